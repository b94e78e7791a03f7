"""Nobody approves their own record by writing the status where the workflow's button refuses them.

The framework asks "may this user approve what they made themselves?" when the button is pressed, but not when the same
move arrives as a plain save (form, REST, import).
"""

from frappe.model.document import Document

from skycrm.services.workflow_guard import check_may_move, has_active_workflow, is_service_move


def check_own_approval(doc: Document, field: str = "status") -> None:
	"""Refuse a move of `field` that the workflow does not offer to the session's user for this record.

	A new record, an unchanged status and a move by services/status.py pass.

	Raises:
		frappe.PermissionError: the sentence names both states and the way out.
	"""
	before = doc.get_doc_before_save()
	if not before or before.get(field) == doc.get(field):
		return
	if is_service_move(doc) or not has_active_workflow(doc.doctype):
		return
	check_may_move(before, doc.get(field))
