"""Letters: those that were exchanged with the person, and the queued copies of letters to them and about them."""

from collections.abc import Iterator

import frappe
from frappe.model.document import Document
from frappe.utils import split_emails

from skycrm.domain.personal.marks import joined, patterns_of
from skycrm.domain.personal.texts import letter_names
from skycrm.services.personal_data import related
from skycrm.services.personal_data.erase.rows import ERASED, delete_files, delete_rows, mails_of
from skycrm.services.personal_data.subject import Subject, marks_of

LETTER, QUEUE, QUEUE_RECIPIENT = "Communication", "Email Queue", "Email Queue Recipient"
CLEARED = (
	"subject",
	"content",
	"text_content",
	"sender",
	"sender_full_name",
	"recipients",
	"cc",
	"bcc",
	"phone_no",
	"_comments",
)
# Queued letters that nobody waits for any more
GONE_OUT = ("Sent", "Error", "Expired")
PAGE = 100


def erase_letters(subject: Subject, request: Document) -> None:
	"""Content and addresses of letters to, from and about the person; queued copies of them go altogether."""
	names = _exchanged(subject) | _linked(subject)
	if names:
		frappe.db.set_value(
			LETTER,
			{"name": ("in", sorted(names))},
			{**dict.fromkeys(CLEARED, ""), "subject": ERASED},
			update_modified=False,
		)
		delete_files([(LETTER, name) for name in names], subject)
		delete_rows("Version", "ref_doctype", "docname", [(LETTER, name) for name in names])
	queued = _queued(subject, names)
	if queued:
		frappe.db.delete(QUEUE_RECIPIENT, {"parent": ("in", sorted(queued))})
		frappe.db.delete(QUEUE, {"name": ("in", sorted(queued))})


def _exchanged(subject: Subject) -> set[str]:
	"""Letters from the person, and letters to nobody else. In others the address alone is replaced, by the last step."""
	marks, found = marks_of(subject), set()
	for mail in mails_of(subject):
		for row in frappe.get_all(
			LETTER,
			or_filters={"sender": ("like", f"%{mail}%"), "recipients": ("like", f"%{mail}%")},
			fields=["name", "sender", "recipients", "cc", "bcc"],
		):
			to = split_emails(",".join(text for text in (row.recipients, row.cc, row.bcc) if text))
			if marks.found_in(row.sender or "") or (to and all(marks.found_in(one) for one in to)):
				found.add(row.name)
	return found


def _linked(subject: Subject) -> set[str]:
	names: set[str] = set()
	for source, rows in related.rows_of(subject.records, fields="name"):
		if source.doctype == LETTER:
			names |= {row.name for row in rows}
		elif source.doctype == "Communication Link":
			names |= set(
				frappe.get_all(
					"Communication Link", {"name": ("in", [row.name for row in rows])}, pluck="parent"
				)
			)
	return names


def _queued(subject: Subject, letters: set[str]) -> set[str]:
	queued: set[str] = set()
	if letters:
		# Asked without a name, the framework answers with all that belong to no letter.
		queued |= set(frappe.get_all(QUEUE, {"communication": ("in", sorted(letters))}, pluck="name"))
	for doctype, names in subject.records.items():
		if names:
			about = {"reference_doctype": doctype, "reference_name": ("in", names)}
			queued |= set(frappe.get_all(QUEUE, about, pluck="name"))
	marks = marks_of(subject)
	for mail in mails_of(subject):
		for row in frappe.get_all(
			QUEUE_RECIPIENT, {"recipient": ("like", f"%{mail}%")}, ["parent", "recipient"]
		):
			if marks.found_in(row.recipient):
				queued.add(row.parent)
	pattern = joined(marks.patterns + patterns_of(subject.names))
	if pattern:
		queued |= {
			row.name for row in _gone_out() if letter_names((row.message or "").encode(), pattern.search)
		}
	return queued


def _gone_out() -> Iterator[frappe._dict]:
	"""Copies of letters that went out, a reminder of the day for example: encoded, so no search of the database finds them."""
	after = ""
	while True:
		rows = frappe.get_all(
			QUEUE,
			{"name": (">", after), "status": ("in", GONE_OUT)},
			["name", "message"],
			order_by="name",
			limit=PAGE,
		)
		yield from rows
		if len(rows) < PAGE:
			return
		after = rows[-1].name
