"""Prints of our documents: a print format gets the whole document, so what the reader may not see goes first."""

import frappe
from frappe.model.document import Document

from skycrm.permissions.hidden_fields import hidden, is_ours


def before_print(doc: Document, method: str | None = None, print_settings: object | None = None) -> None:
	"""Event before_print: empty the fields that are hidden from the session's user, in this copy of the document."""
	if not is_ours(doc.doctype):
		return
	for row in (doc, *doc.get_all_children()):
		for field in hidden(row.doctype):
			row.set(field, [] if row.meta.get_field(field).fieldtype in frappe.model.table_fields else None)
