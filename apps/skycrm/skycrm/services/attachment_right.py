"""A file hangs on a record of ours only by somebody who may change the record.

The framework asks so in its own dialog, and not when a File is made or moved by REST.
"""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.permissions.governed import GOVERNED
from skycrm.services.assignment_right import may

WHERE = ("attached_to_doctype", "attached_to_name")


def check_file(file: Document, method: str | None = None) -> None:
	"""Document event `validate` of File.

	Raises:
		frappe.PermissionError: the record is not theirs to change, or there is no such record: the answer is the same.
	"""
	if file.flags.ignore_permissions or file.attached_to_doctype not in GOVERNED:
		return
	before = file.get_doc_before_save()
	if before and all(before.get(field) == file.get(field) for field in WHERE):
		return
	if not may(file.attached_to_doctype, file.attached_to_name, "write"):
		raise frappe.PermissionError(
			_("You may not attach files to this record. Ask somebody who may change it.")
		)
