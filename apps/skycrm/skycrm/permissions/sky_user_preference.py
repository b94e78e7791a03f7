"""Everybody's preferences are their own: seen and changed by nobody else, an administrator of the site excepted."""

import frappe
from frappe.model.document import Document


def query_conditions(user: str, doctype: str | None = None) -> str:
	"""Hook permission_query_conditions: the user's own row."""
	if user == "Administrator":
		return ""
	return f"`tabSky User Preference`.`user` = {frappe.db.escape(user, percent=False)}"


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False for the row of somebody else, or one that is to become theirs."""
	if user == "Administrator":
		return None
	stored = doc.user if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, "user")
	return None if doc.user == user and stored in (user, None) else False
