"""Cards and charts of the framework on our DocTypes: not for those who may not see what they add up."""

from frappe.model.document import Document

from skycrm.permissions.hidden_fields import hidden, is_ours

FIELDS = ("aggregate_function_based_on", "value_based_on", "based_on", "group_by_based_on")


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False where a field is hidden, so that nobody reads a 0 that is none; else None."""
	doctype = doc.get("document_type")
	if not is_ours(doctype):
		return None
	return False if hidden(doctype, user).intersection(doc.get(field) for field in FIELDS) else None
