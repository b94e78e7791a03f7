"""What a request may not carry into a record of ours, whichever door it comes by (form, REST, bulk edit, import).

The framework keeps owner, creation and docstatus, the controllers what they work out themselves; what is left is put
back or refused here, on the documents that the framework has loaded for this save: no query.
"""

from frappe import _
from frappe.model.document import Document

from skycrm.domain.foreign_rows import first_foreign
from skycrm.services.record_checks import label, refuse
from skycrm.services.workflow_guard import is_service_move

# Only services write these.
OWNED = {"Sky Lead": ("email_subject", "score_updated_on")}


def keep(doc: Document, method: str | None = None) -> None:
	"""Document event `before_validate` of our DocTypes: put back what is not the caller's to write. In place.

	Raises:
		frappe.ValidationError: a row that belongs to another record.
	"""
	before = doc.get_doc_before_save()
	if before:
		_refuse_foreign_rows(doc, before)
	doc.idx = before.idx if before else 0
	if not is_service_move(doc):
		for field in OWNED.get(doc.doctype, ()):
			doc.set(field, before.get(field) if before else None)


def _refuse_foreign_rows(doc: Document, before: Document) -> None:
	for table in doc.meta.get_table_fields():
		given = [(row.idx, row.name) for row in doc.get(table.fieldname) if row.name and not row.is_new()]
		if not given:
			continue
		position = first_foreign(given, (row.name for row in before.get(table.fieldname)))
		if position is not None:
			refuse(
				_(
					"Row {0} of {1} is not a row of this record. Leave its ID out to add it as a new row, or load the record again."
				).format(position, label(doc, table.fieldname))
			)
