"""Refusals that come while a mail waits in the queue: each recipient is asked about right before the mail goes out.

By the rule of queueing (services/sending_guard.py, domain/consent.py) and no other. Asked at sending, not when the refusal is
stored: a refusal has many doors, a mail has one, and a row whose sending has begun is in the memory of a worker. The other
recipients get their mail, and what nobody can refuse is not looked at.
"""

from email import policy
from email.parser import HeaderParser
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.consent import INSISTED, IS_REFUSED, LEFT_OUT, SUPPRESSED, Answer, leaves_out
from skycrm.services import consent, may_contact, sending_guard
from skycrm.services.address_key import normal_address

RECIPIENT = "Email Queue Recipient"
# Records of one person in whose history a mail that was not sent is noted
MOST_RECORDS = 20


def may_go(queue: Document, row: Document) -> bool:
	"""Whether a mail may go to one of its recipients now; if not, the row says why and the person's history too, once.

	Args:
		queue: Email Queue whose sending has begun.
		row: of its recipients, not sent to yet.
	"""
	purpose = _purpose(queue)
	if not purpose or row.get("sky_consent") == INSISTED:
		return True
	# The framework commits around each mail; without this the connection would go on seeing what was true when it looked up
	# the mail account, before it waited for the mail server.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	address = sending_guard.address_of(row.recipient)
	answer = may_contact.may_contact_many([address], "email", purpose)[address]
	if leaves_out(answer, purpose):
		_leave_out(queue, row, address, answer)
		return False
	if row.get("sky_consent") == LEFT_OUT:
		# Agreed since, and somebody sends the mail again.
		_mark(row, "", "")
	return True


def outcome(queue: Document, status: str, values: dict[str, Any]) -> str:
	"""What a sending that ends leaves in the row of the mail.

	Args:
		queue: Email Queue.
		status: which the framework gives it.
		values: further columns that the framework writes; the reason is added to its error.

	Returns:
		The status; Error when the mail went to nobody, for it was not sent.
	"""
	count = sum(row.get("sky_consent") == LEFT_OUT for row in queue.recipients)
	if not count:
		return status
	reason = _(
		"Left out when the mail was sent: {0} of {1} recipients. They refused meanwhile, or have not agreed to advertising; the table of recipients says why."
	).format(count, len(queue.recipients))
	before = (values.get("error") or queue.error or "").replace(reason, "").strip()
	values["error"] = f"{before}\n{reason}".strip()
	if status == "Sent" and not frappe.db.exists(RECIPIENT, {"parent": queue.name, "status": "Sent"}):
		return "Error"
	return status


def _purpose(queue: Document) -> str | None:
	"""Of all recipients of a mail alike."""
	if "sky_purpose" not in queue.flags:
		queue.flags.sky_purpose = sending_guard.purpose_of(queue)
	return queue.flags.sky_purpose


def _leave_out(queue: Document, row: Document, address: str, answer: Answer) -> None:
	is_news = row.get("sky_consent") != LEFT_OUT
	_mark(row, LEFT_OUT, may_contact.sentence(answer, "email"))
	if is_news and answer.reason in (IS_REFUSED, SUPPRESSED):
		consent.note_left_out(_people(address), _subject(queue), queue.name)


def _mark(row: Document, mark: str, error: str) -> None:
	row.update({"sky_consent": mark, "error": error})
	row.update_db(sky_consent=mark, error=error)


def _people(address: str) -> list[dict[str, Any]]:
	"""The leads and contacts with this address; a contact that came of one of the leads is not named twice."""
	key = normal_address("Email", address)
	leads = frappe.get_all(
		"Sky Lead",
		filters={"email_key": key},
		fields=["name as lead", "contact", "customer"],
		limit=MOST_RECORDS,
	)
	known = {lead.contact for lead in leads}
	contacts = frappe.get_all(
		"Sky Identity Key",
		filters={"key_type": "Email", "key_value": key, "reference_doctype": "Contact"},
		pluck="reference_name",
		limit=MOST_RECORDS,
	)
	return [*leads, *({"contact": name} for name in dict.fromkeys(contacts) if name not in known)]


def _subject(queue: Document) -> str:
	return str(HeaderParser(policy=policy.default).parsestr(queue.message or "")["subject"] or "")
