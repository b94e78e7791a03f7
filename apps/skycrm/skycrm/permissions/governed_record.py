"""Who sees which record of the DocTypes in governed.py; the rule is domain/access.py."""

from frappe.model.document import Document

from skycrm.permissions import rule


def query_conditions(user: str, doctype: str) -> str:
	"""Hook permission_query_conditions: the records that the user may read, as SQL."""
	return rule.condition(doctype, user)


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False when the rule says no, else None, so that others may still say no."""
	return None if rule.may(doc, ptype, user) else False
