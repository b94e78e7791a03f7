"""Refusals respected where the framework sends: what is queued is looked at just before it is stored.

What happens to a mail that waits when the refusal comes: services/waiting_mail.py.

	a mail that a person wrote to a person   refused with a sentence; the person may insist, which is written down
	newsletters and ERPNext's e-mail campaigns   the refusing addresses are taken out, the others get their mail
	everything else (passwords, notifications, reports)   untouched, at the cost of nothing

A mail is known by what it hangs on: see ADVERTISING_DOCTYPES, and Communication for the first kind.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, parse_addr

from skycrm.domain.consent import ADVERTISING, INSISTED, PERSONAL, leaves_out
from skycrm.services import consent, may_contact

ADVERTISING_DOCTYPES = frozenset({"Newsletter", "Email Campaign", "Sky Campaign"})
# Seconds in which somebody who insisted may send
OVERRIDE_SECONDS = 15 * 60
OVERRIDE_METHOD = "skycrm.api.v1.consent.override"


class ContactRefusedError(frappe.ValidationError):
	"""Somebody on the list of recipients does not want to be written to."""


def check_queued_mail(queue: Document) -> None:
	"""Look at a mail that is about to be queued (before_insert of Email Queue).

	Raises:
		ContactRefusedError: a mail of a person to somebody who refused, and nobody insisted.
	"""
	purpose = purpose_of(queue)
	if not purpose or not queue.recipients:
		return
	addresses = {row.recipient: address_of(row.recipient) for row in queue.recipients}
	if purpose == PERSONAL:
		interactive = getattr(frappe.local, "request", None) is not None
		refused = check_personal(
			addresses.values(), "email", queue.reference_doctype, queue.reference_name, interactive
		)
		for row in queue.recipients:
			if is_overridden(addresses[row.recipient], "email"):
				# Somebody knew of the refusal: it is no news when the mail is sent.
				row.sky_consent = INSISTED
	else:
		answers = may_contact.may_contact_many(set(addresses.values()), "email", purpose)
		refused = [address for address, answer in answers.items() if leaves_out(answer, purpose)]
	if refused:
		_take_out(queue, {row for row, address in addresses.items() if address in refused})


def check_personal(
	addresses: Iterable[str],
	channel: str,
	reference_doctype: str | None = None,
	reference_name: str | None = None,
	may_ask: bool = True,
) -> list[str]:
	"""Those of some addresses that must not be written to, one person to another.

	Args:
		may_ask: whether somebody sits before the desk; then they are asked instead.

	Raises:
		ContactRefusedError: there are some and `may_ask`; its dialog has a button to insist.
	"""
	answers = may_contact.may_contact_many(set(addresses), channel, PERSONAL)
	refused = {
		address: answer
		for address, answer in answers.items()
		if leaves_out(answer, PERSONAL) and not is_overridden(address, channel)
	}
	if refused and may_ask:
		lines = "".join(
			f"<li>{escape_html(address)}: {escape_html(may_contact.sentence(answer, channel))}</li>"
			for address, answer in sorted(refused.items())
		)
		frappe.msgprint(
			_(
				"This was not sent: somebody on the list does not want to be written to. If it is a personal answer that they wait for, choose Send Anyway, then send again. That you did so is written down."
			)
			+ f"<ul>{lines}</ul>",
			title=_("Refused to Be Written To"),
			indicator="red",
			raise_exception=ContactRefusedError,
			primary_action={
				"label": _("Send Anyway"),
				"server_action": OVERRIDE_METHOD,
				"args": {
					"addresses": sorted(refused),
					"channel": channel,
					"reference_doctype": reference_doctype,
					"reference_name": reference_name,
				},
				"hide_on_success": True,
			},
		)
	return list(refused)


def insist(
	addresses: Iterable[str], channel: str, reference_doctype: str | None, reference_name: str | None
) -> None:
	"""Let the session's user write to these addresses for a while, and write that down."""
	listed = sorted(set(addresses))
	consent.note_override(
		reference_name if reference_doctype == "Sky Lead" else None,
		reference_name if reference_doctype == "Contact" else None,
		channel,
		", ".join(listed),
	)
	for address in listed:
		frappe.cache.set_value(_override_key(address, channel), 1, expires_in_sec=OVERRIDE_SECONDS)


def is_overridden(address: str, channel: str) -> bool:
	"""Whether the session's user has insisted on writing to this address a moment ago."""
	return bool(frappe.cache.get_value(_override_key(address, channel), expires=True))


def _override_key(address: str, channel: str) -> str:
	return f"skycrm_consent_override:{frappe.session.user}:{channel}:{address.strip().lower()}"


def address_of(recipient: str) -> str:
	"""The address alone of a recipient with or without a name."""
	return parse_addr(recipient)[1] or recipient


def purpose_of(queue: Document) -> str | None:
	"""Why a mail is sent: ADVERTISING, PERSONAL, or None for what nobody can refuse."""
	if queue.reference_doctype in ADVERTISING_DOCTYPES:
		return ADVERTISING
	if not queue.communication:
		return None
	letter = frappe.db.get_value(
		"Communication",
		queue.communication,
		["reference_doctype", "communication_type", "sent_or_received"],
		as_dict=True,
	)
	if not letter:
		return None
	if letter.reference_doctype in ADVERTISING_DOCTYPES:
		return ADVERTISING
	by_a_person = letter.communication_type == "Communication" and letter.sent_or_received == "Sent"
	return PERSONAL if by_a_person else None


def _take_out(queue: Document, refused: set[str]) -> None:
	"""Drop recipients in memory. A mail that nobody is left for is stored as not sent, with the reason."""
	queue.set("recipients", [row for row in queue.recipients if row.recipient not in refused])
	queue.error = _("{0} recipients were left out: they refused, or have not agreed to advertising.").format(
		len(refused)
	)
	if not queue.recipients:
		queue.status = "Error"
