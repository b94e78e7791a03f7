"""Files that come back through the framework's Data Import: the guard of an export is taken off again."""

import frappe
from frappe.model.document import Document

from skycrm.services.export_guard import extension, restored


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Point the import to a copy of its file without the guards, when the file has any. The file given stays as it is."""
	before = doc.get_doc_before_save()
	if not doc.import_file or (before and before.import_file == doc.import_file):
		return
	name = frappe.db.get_value("File", {"file_url": doc.import_file})
	if not name:
		return
	file = frappe.get_doc("File", name)
	content = file.get_content()
	plain = restored(content, extension(doc.import_file))
	if plain is content:
		return
	copy = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": file.file_name,
			"content": plain,
			"is_private": 1,
			"attached_to_doctype": doc.doctype,
			"attached_to_name": doc.name,
			"attached_to_field": "import_file",
		}
	).insert()
	doc.import_file = copy.file_url
