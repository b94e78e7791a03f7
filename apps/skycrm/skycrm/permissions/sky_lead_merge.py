"""Who sees which merge of leads: whoever may read the lead that stayed."""

import frappe
from frappe.model.document import Document

from skycrm.permissions import rule


def query_conditions(user: str, doctype: str | None = None) -> str:
	"""Hook permission_query_conditions: the merges that the user may read, as SQL."""
	readable = rule.condition("Sky Lead", user)
	if not readable:
		return ""
	return (
		f"`tabSky Lead Merge`.`primary` in (select `tabSky Lead`.`name` from `tabSky Lead` where {readable})"
	)


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False when the lead may not be read, else None, so that others may still say no."""
	if doc.is_new() or not doc.get("primary"):
		return None
	if not frappe.db.exists("Sky Lead", doc.primary):
		return None if not rule.condition("Sky Lead", user) else False
	return None if frappe.has_permission("Sky Lead", "read", doc=doc.primary, user=user) else False
