"""Records that belong to a lead and say something about it: who may read the lead may read them, nobody else.

For any DocType of ours with a link `lead`; named for each in hooks.py.
"""

import frappe
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document

from skycrm.permissions import rule


def query_conditions(user: str, doctype: str) -> str:
	"""Hook permission_query_conditions: records whose lead the user may read, "" for those who see all leads."""
	if rule.viewer_for(user, with_teams=False).sees_all:
		return ""
	# What the framework adds to the list of leads: its roles, user permissions and our rule.
	try:
		condition = DatabaseQuery("Sky Lead", user=user).build_match_conditions()
	except frappe.PermissionError:
		return "1 = 0"
	if not condition:
		return ""
	return f"`tab{doctype}`.`lead` in (select `tabSky Lead`.`name` from `tabSky Lead` where {condition})"


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False where the lead may not be read, else None, so that others may still say no."""
	if ptype == "create" or doc.is_new() or rule.viewer_for(user, with_teams=False).sees_all:
		return None
	lead = doc.get("lead")
	return None if lead and frappe.has_permission("Sky Lead", "read", lead, user=user) else False
