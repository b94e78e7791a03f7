"""The one question before anything is sent: may this person be written to on this channel?

Asked for any number of addresses with one query. A no is a no wherever it stands: an entry of Sky Suppression, a lead or a
contact with the same e-mail or phone in any spelling, the framework's own unsubscribe.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from frappe.utils.password import get_encryption_key

from skycrm.domain.consent import (
	ADVERTISING,
	CHANNELS,
	IS_GRANTED,
	IS_REFUSED,
	LABEL,
	NO_ADDRESS,
	SUPPRESSED,
	Answer,
	channel_name,
	decide,
)
from skycrm.domain.errors import RuleError
from skycrm.services.address_key import ERASED, normal_address
from skycrm.services.consent import contact_field

# Addresses asked for in one query
AT_ONCE = 1000
DEFAULT_FIELDS = {"email": ("email_id",), "phone": ("mobile_no", "phone")}


def may_contact(address_or_record: str | Document, channel: str, purpose: str = ADVERTISING) -> Answer:
	"""Whether one person may be written to.

	Args:
		address_or_record: an e-mail address or phone number in any spelling, or a document with `email_id`, `mobile_no`,
			`phone` (Sky Lead, Contact, Customer).
		channel: email, sms, call, or another channel of Sky Suppression, in any case.
		purpose: domain.consent.ADVERTISING or PERSONAL.

	Returns:
		(allowed, reason); the reason is a code, `sentence` makes words of it.
	"""
	if isinstance(address_or_record, str):
		return may_contact_many([address_or_record], channel, purpose)[address_or_record]
	channel = channel_name(channel)
	doc = address_or_record
	own = doc.get(f"{channel}_consent") or doc.get(contact_field(channel))
	if own == "Refused":
		return Answer(False, IS_REFUSED)
	addresses = addresses_of(doc, channel)
	if not addresses:
		return Answer(False, NO_ADDRESS)
	answers = may_contact_many(addresses, channel, purpose).values()
	return next((answer for answer in answers if not answer.allowed), None) or next(iter(answers))


def may_contact_many(addresses: Iterable[str], channel: str, purpose: str = ADVERTISING) -> dict[str, Answer]:
	"""`may_contact` for many addresses: one query for each thousand.

	Returns:
		address as given → answer. What is no address of this channel is not allowed, with NO_ADDRESS.
	"""
	channel = channel_name(channel)
	keys = {address: _key(channel, address) for address in addresses}
	wanted = sorted({key for key in keys.values() if key})
	facts: dict[str, set[str]] = defaultdict(set)
	for start in range(0, len(wanted), AT_ONCE):
		_read_facts(channel, wanted[start : start + AT_ONCE], facts)
	needed = opt_in_needed(channel)
	return {
		address: decide(facts[key], purpose, needed) if key else Answer(False, NO_ADDRESS)
		for address, key in keys.items()
	}


def addresses_of(doc: Document, channel: str) -> list[str]:
	"""The addresses of a record on a channel, without repeats."""
	fields = DEFAULT_FIELDS["email" if channel == "email" else "phone"]
	return list(dict.fromkeys(doc.get(field) for field in fields if doc.get(field)))


def opt_in_needed(channel: str) -> bool:
	"""Whether advertising on this channel needs a yes beforehand; the setting, yes where none was ever saved."""
	if channel not in CHANNELS:
		return True
	value = frappe.get_cached_doc("Sky CRM Settings").get(f"{channel}_opt_in")
	return True if value is None else bool(cint(value))


def erased_address(key: str) -> str:
	"""How the address of an erased person stands in Sky Suppression: nobody reads it back, the site recognises it.

	A plain digest of a phone number could be found by trying all numbers, so the site's own key is part of it.
	"""
	return ERASED + hmac.new(get_encryption_key().encode(), key.encode(), hashlib.sha256).hexdigest()


def sentence(answer: Answer, channel: str) -> str:
	"""An answer in the user's words."""
	name = _(LABEL.get(channel_name(channel), channel))
	return {
		"suppressed": _("This address is on the list of those not to be written to ({0}).").format(name),
		"refused": _("This person refused to be written to ({0}).").format(name),
		"granted": _("This person agreed to be written to ({0}).").format(name),
		"not_asked": _("This person has not agreed to advertising yet ({0}).").format(name),
		"not_needed": _("Nothing stands against it ({0}).").format(name),
		"no_address": _("There is no address for this channel ({0}).").format(name),
	}[answer.reason]


def _key(channel: str, address: str | None) -> str:
	try:
		return normal_address(LABEL.get(channel, channel), address)
	except RuleError:
		return ""


def _read_facts(channel: str, keys: list[str], facts: dict[str, set[str]]) -> None:
	hashes = {erased_address(key): key for key in keys}
	values = {"channel": LABEL.get(channel, channel), "stored": [*keys, *hashes], "keys": keys}
	parts = [
		"""select address, 'suppressed' from `tabSky Suppression`
		where channel = %(channel)s and address in %(stored)s"""
	]
	if channel in CHANNELS:
		state, own = f"{channel}_consent", contact_field(channel)
		kind = "Email" if channel == "email" else "Phone"
		columns = ("email_key",) if channel == "email" else ("phone_key", "phone_key_2")
		parts += [
			f"select {column}, {state} from `tabSky Lead` where {column} in %(keys)s and {state} in ('Granted', 'Refused')"
			for column in columns
		]
		parts.append(
			f"""select i.key_value, c.{own} from `tabSky Identity Key` i
			join `tabContact` c on c.name = i.reference_name
			where i.key_type = '{kind}' and i.key_value in %(keys)s and i.reference_doctype = 'Contact'
			and c.{own} in ('Granted', 'Refused')"""
		)
	if channel == "email":
		parts.append(
			"""select i.key_value, 'Refused' from `tabSky Identity Key` i
			join `tabContact` c on c.name = i.reference_name
			where i.key_type = 'Email' and i.key_value in %(keys)s and i.reference_doctype = 'Contact'
			and c.unsubscribed = 1"""
		)
		parts.append(
			"select lower(email), 'Refused' from `tabEmail Unsubscribe` where global_unsubscribe = 1 and email in %(keys)s"
		)
	# A union, so that each source answers by its own index; names of columns are constants above, values are bound.
	rows = frappe.db.sql(" union ".join(parts), values)  # nosemgrep: frappe-using-db-sql
	codes = {"suppressed": SUPPRESSED, "Refused": IS_REFUSED, "Granted": IS_GRANTED}
	for address, state in rows:
		facts[hashes.get(address, address)].add(codes[state])
