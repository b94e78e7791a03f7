"""What comes in by a door, and what becomes of it: the words and rules that every door shares.

A door is a way by which a lead reaches the firm: typed in the desk, sent by a program, filled in on a web page, read
from a file, mailed, posted by another system. Whatever the door, the same person is the same lead (domain/same_person.py):
the first arrival makes it, every later one becomes a touch on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import RuleError
from skycrm.domain.person_name import person_name_key
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.text import name_key, org_name_key

DESK, REST, WEB_FORM, FILE_IMPORT, EMAIL, WEBHOOK = (
	"Desk",
	"REST",
	"Web Form",
	"File Import",
	"Email",
	"Webhook",
)
DOORS = (DESK, REST, WEB_FORM, FILE_IMPORT, EMAIL, WEBHOOK)
# Behind these doors somebody waits who can put a wrong value right; behind the others the lead would be lost with it.
DOORS_WITH_SOMEBODY = frozenset({DESK, REST})

REFUSE, WARN, ATTACH = "Refuse", "Warn", "Attach"
POLICIES = (REFUSE, WARN, ATTACH)
# A program that asks for a new lead gets one and is told of the duplicates; people who write to the firm are known
# again. The desk has a setting of its own.
DEFAULT_POLICIES: dict[str, str] = {
	REST: WARN,
	WEB_FORM: ATTACH,
	FILE_IMPORT: ATTACH,
	EMAIL: ATTACH,
	WEBHOOK: ATTACH,
}

MADE, ATTACHED, REFUSED = "Made", "Attached", "Refused"

NAME_PARTS = frozenset({"salutation", "first_name", "middle_name", "last_name"})
PHONES = ("mobile_no", "phone")
CHANNELS = ("email", "sms", "call")
# What an arrival may bring. Everything else is the system's (keys, score), a service's (status, conversion) or has its
# own way in (consents).
SETTABLE = frozenset(
	{
		"lead_name",
		*NAME_PARTS,
		"gender",
		"birth_date",
		"organization",
		"job_title",
		"tax_id",
		"industry",
		"territory",
		"email_id",
		*PHONES,
		"zalo_id",
		"website",
		"address_line1",
		"city",
		"state",
		"country",
		"source",
		"campaign",
		"rating",
		"next_contact_on",
		"lead_owner",
		"team",
		"notes",
		"items",
	}
)
# Where a lead first came from is not changed, and not contradicted, by where it comes from later.
ORIGIN = frozenset({"source", "campaign"})
# Who works on a known lead, and when, is not for a second arrival to say.
NEVER_FILLED = frozenset({"lead_owner", "team", "rating", "next_contact_on"})
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


@dataclass(frozen=True)
class Consent:
	"""A person's answer to whether they may be written to or called.

	Args:
		channel: "email", "sms" or "call".
		answer: "Granted" or "Refused".
		how: where it was given, for example the title of the form.
		wording: the sentence that the person said yes or no to.
	"""

	channel: str
	answer: str
	how: str
	wording: str = ""


@dataclass(frozen=True)
class Arrival:
	"""One coming in of a person, whatever the door.

	Args:
		values: fields of Sky Lead out of SETTABLE; others are passed over.
		door: one of DOORS.
		reference_doctype, reference_name: what it came through: the form, the import, the mail.
		source, campaign: names of records, for a lead that has none of its own in `values`.
		note: what the person wrote.
		content: label → text as it was sent, shown with the touch.
		utm: utm_source, utm_medium, utm_campaign, utm_term, utm_content, as far as known.
		consents: answers given with it.
		received_on: local time of the site; now when left out.
		external_id: what the sender calls it; the same id of the same reference again is the same arrival.
	"""

	values: Mapping[str, Any]
	door: str
	reference_doctype: str | None = None
	reference_name: str | None = None
	source: str | None = None
	campaign: str | None = None
	note: str = ""
	content: Mapping[str, str] = field(default_factory=dict)
	utm: Mapping[str, str] = field(default_factory=dict)
	consents: tuple[Consent, ...] = ()
	received_on: datetime | None = None
	external_id: str | None = None


def policy_for(door: str, chosen: Mapping[str, str], desk: str | None = None) -> str:
	"""What happens to an arrival that meets a known person.

	Args:
		door: one of DOORS.
		chosen: door → policy, as an admin has set them.
		desk: the desk's own setting: Ignore, Warn or Refuse.

	Returns:
		One of POLICIES. In the desk a second lead is made unless the setting is Refuse: the person at the desk decides.
	"""
	if door == DESK:
		return REFUSE if desk == REFUSE else WARN
	policy = chosen.get(door)
	return policy if policy in POLICIES else DEFAULT_POLICIES.get(door, WARN)


def new_values(arrival: Arrival) -> dict[str, Any]:
	"""The fields of a lead made from an arrival: what may be set and is not empty, with source and campaign."""
	values = {key: value for key, value in arrival.values.items() if key in SETTABLE and not _empty(value)}
	for key in ("source", "campaign"):
		if key not in values and not _empty(value := getattr(arrival, key)):
			values[key] = value
	return values


def compare(
	known: Mapping[str, Any], values: Mapping[str, Any], region: str = DEFAULT_REGION
) -> tuple[dict[str, Any], dict[str, Any]]:
	"""What a second arrival adds to a known lead, and what it says otherwise.

	A field that holds something is never overwritten: a typing error of today must not replace what a salesperson has
	checked. The same value in another spelling says nothing new.

	Args:
		known: the lead as stored.
		values: as `new_values` gives them.
		region: of phone numbers without a country code.

	Returns:
		(fields to fill in, fields that differ and stay as they are), both with the values sent.
	"""
	fill: dict[str, Any] = {}
	differing: dict[str, Any] = {}
	for key, value in values.items():
		if key in NEVER_FILLED or (key in NAME_PARTS and not _empty(known.get("lead_name"))):
			continue
		if key in PHONES and _phone(value, region) in {_phone(known.get(name), region) for name in PHONES}:
			continue
		if _empty(known.get(key)):
			fill[key] = value
		elif key not in ORIGIN and not _same(key, known.get(key), value):
			differing[key] = value
	return fill, differing


def consent_to_write(current: str | None, answer: str) -> bool:
	"""Whether an answer that came in changes the lead's present one.

	A refusal always counts. A yes that comes by a door fills an open question only: whoever refused and changed their
	mind tells a person of the firm, for anybody can type another's address into a form.
	"""
	return answer == "Refused" or (answer == "Granted" and (current or "Unknown") != "Refused")


def _empty(value: Any) -> bool:
	return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _same(key: str, one: Any, other: Any) -> bool:
	if key == "items":
		return False
	if key == "email_id":
		return _quiet(email_key, one) == _quiet(email_key, other)
	if key == "organization":
		return _quiet(org_name_key, one) == _quiet(org_name_key, other)
	if key == "lead_name":
		# Half of the name that is known, "Chị Lan" for Nguyễn Thị Lan, says nothing new.
		return set(_quiet(person_name_key, other).split()) <= set(_quiet(person_name_key, one).split())
	return _text(one) == _text(other)


def _text(value: Any) -> str:
	text = str(value)
	return _quiet(name_key, text) or text


def _phone(value: Any, region: str) -> str:
	return _quiet(phone_key, value, region) or str(value or "")


def _quiet(rule: Any, *arguments: Any) -> str:
	try:
		return rule(*arguments)
	except RuleError:
		return ""
