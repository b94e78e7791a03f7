"""What hangs on the records and is about the person and nothing else; what the steps themselves leave behind."""

from frappe.model.document import Document

from skycrm.services.personal_data.erase.rows import delete_files, delete_rows, erased_records, request_memory
from skycrm.services.personal_data.subject import Subject

# Rows that are about the person and nothing else
DELETED_WITH_RECORD = (
	("Version", "ref_doctype", "docname"),
	("Comment", "reference_doctype", "reference_name"),
	("Notification Log", "document_type", "document_name"),
	("Activity Log", "reference_doctype", "reference_name"),
	("View Log", "reference_doctype", "reference_name"),
	("Deleted Document", "deleted_doctype", "deleted_name"),
	("Energy Point Log", "reference_doctype", "reference_name"),
	("__global_search", "doctype", "name"),
)


def delete_attached(subject: Subject, request: Document) -> None:
	"""Files, comments, versions and notices of the records."""
	gone = erased_records(subject)
	delete_files(gone, subject)
	for doctype, type_field, name_field in DELETED_WITH_RECORD:
		delete_rows(doctype, type_field, name_field, gone)


def delete_traces(subject: Subject, request: Document) -> None:
	"""What the steps before have left behind themselves: notes of a rename, copies of deleted rows."""
	renamed = request_memory(request).get("renamed") or {}
	gone = erased_records(subject) + [(doctype, name) for doctype, names in renamed.items() for name in names]
	for doctype, type_field, name_field in DELETED_WITH_RECORD:
		delete_rows(doctype, type_field, name_field, gone)
