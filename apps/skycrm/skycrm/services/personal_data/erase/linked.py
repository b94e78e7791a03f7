"""What was written down about the person in tables of this app: rows stay for figures, texts go."""

import frappe
from frappe.model.document import Document

from skycrm.services import merge_ledger
from skycrm.services.personal_data import import_rows, related
from skycrm.services.personal_data.erase.rows import TEXT_FIELDS, clear_columns, is_reference
from skycrm.services.personal_data.subject import CONTACT, LEAD, Subject

# Documents of ours that live on after the person: only what names the person is taken out of their texts.
WORK_DOCTYPES = frozenset(
	{"Sky Opportunity", "Sky Issue", "Sky Campaign", "Event", "ToDo", "Sky Consent Record"}
)


def clear_linked(subject: Subject, request: Document) -> None:
	"""Texts of what was written down about the person: touches, submissions, answers, ledgers. Rows stay, for figures."""
	records = {
		doctype: [name for name in names if (doctype, name) not in subject.kept]
		for doctype, names in subject.records.items()
	}
	for source, rows in related.rows_of(records, fields="name"):
		meta = frappe.get_meta(source.doctype)
		if meta.module != "SkyCRM" or source.doctype in subject.records:
			continue
		# Rows of imports have a step of their own.
		if source.doctype in WORK_DOCTYPES or source.doctype == import_rows.ROW:
			continue
		fields = [
			field.fieldname
			for field in meta.fields
			if field.fieldtype in TEXT_FIELDS and not is_reference(meta, field.fieldname)
		]
		if source.doctype == "Sky Lead Key":
			frappe.db.delete(source.doctype, {"name": ("in", [row.name for row in rows])})
		elif fields:
			clear_columns(source.doctype, [row.name for row in rows], fields)
	leads = subject.has(LEAD)
	if leads:
		merge_ledger.forget_content(leads)
		# Emptied, the ledger cannot take the conversion back any more.
		frappe.db.set_value(
			"Sky Lead Conversion", {"lead": ("in", leads)}, "status", "Undone", update_modified=False
		)
		frappe.db.set_value(
			"Sky Consent Record",
			{"lead": ("in", leads)},
			{"how": None, "wording": None},
			update_modified=False,
		)
	contacts = subject.has(CONTACT)
	if contacts:
		frappe.db.set_value(
			"Sky Consent Record",
			{"contact": ("in", contacts)},
			{"how": None, "wording": None},
			update_modified=False,
		)
