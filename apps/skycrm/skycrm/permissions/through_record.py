"""Records that belong to another one and say something about it: who may read that one may read them, nobody else.

For any DocType of ours with a link to it; named for each in hooks.py.
"""

import frappe
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document

from skycrm.permissions import rule

# DocType → (the field with the record that it belongs to, the type of that record).
BELONGS_TO: dict[str, tuple[str, str]] = {
	"Sky Assignment Log": ("lead", "Sky Lead"),
	"Sky Claim": ("lead", "Sky Lead"),
	"Sky Form Submission": ("lead", "Sky Lead"),
	"Sky Lead Touch": ("lead", "Sky Lead"),
	"Sky Campaign Recipient": ("campaign", "Sky Campaign"),
}


def query_conditions(user: str, doctype: str) -> str:
	"""Hook permission_query_conditions: those whose record the user may read, "" for those who see all."""
	if rule.viewer_for(user, with_teams=False).sees_all:
		return ""
	field, owner_type = BELONGS_TO[doctype]
	condition = readable(owner_type, user)
	if condition in ("", NOTHING):
		return condition
	return f"`tab{doctype}`.`{field}` in (select `tab{owner_type}`.`name` from `tab{owner_type}` where {condition})"


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False where the record may not be read, else None, so that others may still say no."""
	if ptype == "create" or doc.is_new() or rule.viewer_for(user, with_teams=False).sees_all:
		return None
	field, owner_type = BELONGS_TO[doc.doctype]
	name = doc.get(field)
	return None if name and frappe.has_permission(owner_type, "read", name, user=user) else False


NOTHING = "1 = 0"


def readable(doctype: str, user: str) -> str:
	"""What the framework adds to the user's list of a type: roles, user permissions and our rule.

	Returns:
		a condition; "" for everything, NOTHING for nothing.
	"""
	try:
		return DatabaseQuery(doctype, user=user).build_match_conditions()
	except frappe.PermissionError:
		frappe.clear_messages()
		return NOTHING
