"""Mails to a lead address: a person unknown becomes one lead, a known one a touch on the lead there is.

The framework fetches, parses and files the mail (overrides/lead_mail.py); here it is decided what it means for leads.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, get_datetime

from skycrm.domain.email_address import email_key
from skycrm.domain.html_text import html_to_lines
from skycrm.domain.inbound_mail import not_a_person
from skycrm.domain.intake import EMAIL, MADE, REFUSED, Arrival
from skycrm.domain.mail_person import own_words, sender_name, signed_phone
from skycrm.domain.phone import DEFAULT_REGION
from skycrm.services import intake
from skycrm.services.identity import quiet
from skycrm.services.person_lock import hold

LEAD = "Sky Lead"
SOURCE = "Email"
NOTE_LENGTH = 5000
# Attached to the lead besides the mail; more are read in the mail.
MOST_FILES = 25


def why_no_lead(headers: Mapping[str, str], sender: str | None, receiver: str) -> str:
	"""Why a mail must not make a lead, "" when a person wrote it; reasons of domain/inbound_mail.py."""
	return not_a_person(headers, sender, _own_addresses(sender), receiver)


def arrival_of(
	headers: Mapping[str, str], sender: str, text: str, html: str, account: str, message_id: str, date: str
) -> Arrival:
	"""A mail as an arrival.

	Args:
		headers: name in lower case → text as it came, addresses not yet decoded.
		sender: to whom an answer would go.
		text, html: bodies, either may be "".
		account: name of the Email Account that received it.
		message_id: unique for the mail.
		date: when it was sent, local time of the site.
	"""
	words = own_words(text or "\n".join(html_to_lines(html)))
	region = frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION
	return Arrival(
		{
			"lead_name": name_of_sender(headers, sender),
			"email_id": sender,
			**signed_phone(words, region),
		},
		EMAIL,
		"Email Account",
		account,
		SOURCE,
		note=words[:NOTE_LENGTH],
		content={"Subject": headers.get("subject", "")},
		received_on=get_datetime(date),
		external_id=message_id,
	)


def name_of_sender(headers: Mapping[str, str], sender: str) -> str:
	"""What the person behind a mail is called; headers and sender as for `arrival_of`."""
	return sender_name(headers.get("from"), headers.get("reply-to"), sender)


def lock(arrival: Arrival | None, message_id: str) -> None:
	"""Hold a mail, and the person who wrote it, until this transaction ends: fetched twice at once it is one mail."""
	if arrival:
		intake.lock(arrival)
	hold({}, f"mail {message_id}")


def take_in(arrival: Arrival, subject: str) -> str | None:
	"""Make the lead, or write a touch on the one there is.

	Returns:
		The lead to which the mail belongs; None when the door refuses known people, or the lead could not be made: the mail
		is kept without one then, and the reason is in the Error Log.

	Raises:
		frappe.QueryDeadlockError, ConflictError: not now; the framework keeps the mail for its next round.
	"""
	frappe.db.savepoint("mail_intake")
	messages = len(frappe.local.message_log)
	try:
		received = intake.receive(arrival)
	except frappe.ValidationError as error:
		if getattr(error, "http_status_code", 0) == 409:
			raise
		frappe.db.rollback(save_point="mail_intake")
		del frappe.local.message_log[messages:]
		frappe.log_error(
			"A mail made no lead", reference_doctype="Email Account", reference_name=arrival.reference_name
		)
		return None
	if received.action == MADE and not received.repeated:
		# The desk proposes it as the subject of the first answer.
		frappe.db.set_value(LEAD, received.lead, "email_subject", subject[:140], update_modified=False)
	return None if received.action == REFUSED else received.lead


def lead_named_in(subject: str, sender: str | None) -> Document | None:
	"""The lead whose number a subject ends with ("Re: Báo giá (#SKY-LEAD-2026-00012)"), when the sender may say so.

	That is the person of the lead, or a user of the site who may read it: numbers are easy to guess.
	"""
	name = cstr(subject).rpartition("#")[2].strip(" ()")
	if "#" not in cstr(subject) or not sender or not frappe.db.exists(LEAD, name):
		return None
	lead = frappe.get_doc(LEAD, name)
	if lead.email_key and lead.email_key == quiet(email_key, sender):
		return lead
	user = frappe.db.get_value("User", {"email": sender, "enabled": 1, "user_type": "System User"})
	return lead if user and lead.has_permission("read", user=user) else None


def parent_of(references: list[str]) -> str | None:
	"""The newest mail that a thread's earlier message ids name."""
	if not references:
		return None
	found = frappe.get_all(
		"Communication",
		filters={"message_id": ("in", references)},
		order_by="creation desc",
		limit=1,
		pluck="name",
	)
	return found[0] if found else None


def attach_files(lead: str, files: list[Any], shown_inline: set[str]) -> None:
	"""Show a mail's files with the lead too; they are stored once. Pictures within the text are left out."""
	for file in [file for file in files if file.name not in shown_inline][:MOST_FILES]:
		copy = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": file.file_name,
				"file_url": file.file_url,
				"attached_to_doctype": LEAD,
				"attached_to_name": lead,
				"is_private": 1,
			}
		)
		# The mail came to the firm's own account: whoever fetches it has no rights, and needs none.
		copy.insert(ignore_permissions=True)


def tell_of_files_left_out(lead: str, names: list[str]) -> None:
	"""Say on the lead which files of a mail could not be stored."""
	if names:
		shown = ", ".join(escape_html(name) for name in names[:MOST_FILES])
		text = _("These files of an email could not be saved: {0}. Ask the sender for them in another form.")
		frappe.get_doc(LEAD, lead).add_comment("Info", text.format(shown))


def keep_unhandled(raw: bytes | str, message_id: str, account: str, reason: str) -> None:
	"""Keep a mail that could not be handled where admins look for such mails."""
	frappe.get_doc(
		{
			"doctype": "Unhandled Email",
			"raw": raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw,
			"message_id": message_id,
			"reason": reason,
			"email_account": account,
		}
	).insert(ignore_permissions=True)


def id_without_header(headers: Mapping[str, str], body: str) -> str:
	"""An id for a mail that has none: the same mail delivered again gives the same, whatever the way it took."""
	parts = [headers.get(name, "") for name in ("from", "to", "date", "subject")]
	return (
		hashlib.sha256("\x1f".join([*parts, body]).encode("utf-8", "replace")).hexdigest()[:40]
		+ "@no-id.skycrm"
	)


def _own_addresses(sender: str | None) -> list[str]:
	"""The sender's address when it is one of the firm's mail accounts or of its people."""
	if not sender:
		return []
	own = frappe.db.get_value("Email Account", {"email_id": sender}) or frappe.db.get_value(
		"User", {"email": sender, "enabled": 1, "user_type": "System User"}
	)
	return [sender.lower()] if own else []
