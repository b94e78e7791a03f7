"""Which workflows an administrator of the CRM may see and change: those of our own DocTypes, nobody else's.

Whoever has a right to workflows by another role as well keeps it whole.
"""

import frappe
from frappe.model.document import Document
from frappe.permissions import get_valid_perms

from skycrm.domain.jobs import OUR_MODULE

CRM_ADMIN = "Sky CRM Admin"


def query_conditions(user: str, doctype: str | None = None) -> str:
	"""Hook permission_query_conditions."""
	if _has_another_right(user):
		return ""
	return f"""`tabWorkflow`.`document_type` in (
		select `name` from `tabDocType` where `module` = {frappe.db.escape(OUR_MODULE)}
	)"""


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False for a workflow of another DocType, or one that is to become such."""
	if _has_another_right(user):
		return None
	stored = None if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, "document_type")
	return None if all(_is_ours(doctype) for doctype in {doc.document_type, stored} - {None}) else False


def _has_another_right(user: str) -> bool:
	return user == "Administrator" or any(
		right.role != CRM_ADMIN and right.read for right in get_valid_perms("Workflow", user)
	)


def _is_ours(doctype: str) -> bool:
	return frappe.db.get_value("DocType", doctype, "module", cache=True) == OUR_MODULE
