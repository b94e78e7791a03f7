"""Letters: those that were exchanged, and the queued copies of them."""

import frappe
from frappe.model.document import Document

from skycrm.services.personal_data import related
from skycrm.services.personal_data.erase.rows import ERASED, delete_files, delete_rows, mails_of
from skycrm.services.personal_data.subject import Subject


def erase_letters(subject: Subject, request: Document) -> None:
	"""Content and addresses of letters to, from and about the person; queued copies of them go altogether."""
	mails = mails_of(subject)
	names = set(frappe.get_all("Communication", {"sender": ("in", mails)}, pluck="name") if mails else [])
	for source, rows in related.rows_of(subject.records, fields="name"):
		if source.doctype == "Communication":
			names |= {row.name for row in rows}
		elif source.doctype == "Communication Link":
			names |= set(
				frappe.get_all(
					"Communication Link", {"name": ("in", [row.name for row in rows])}, pluck="parent"
				)
			)
	if names:
		cleared = dict.fromkeys(
			(
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
			),
			"",
		)
		frappe.db.set_value(
			"Communication",
			{"name": ("in", sorted(names))},
			{**cleared, "subject": ERASED},
			update_modified=False,
		)
		delete_files([("Communication", name) for name in names])
		delete_rows("Version", "ref_doctype", "docname", [("Communication", name) for name in names])
	queued = set(
		frappe.get_all("Email Queue", {"communication": ("in", sorted(names) or [""])}, pluck="name")
	)
	for mail in mails:
		queued |= set(
			frappe.get_all("Email Queue Recipient", {"recipient": ("like", f"%{mail}%")}, pluck="parent")
		)
	if queued:
		frappe.db.delete("Email Queue Recipient", {"parent": ("in", sorted(queued))})
		frappe.db.delete("Email Queue", {"name": ("in", sorted(queued))})
