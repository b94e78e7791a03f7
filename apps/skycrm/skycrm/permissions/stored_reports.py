"""Stored reports (Prepared Report) about records of the CRM are for whoever made them.

They hold what their maker saw: rows that others may not see, and columns that are hidden from others. The framework
shows them, their files and their filters to everybody who may open the report; found on Frappe 15.101.
"""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.query_words import loaded
from skycrm.permissions.hidden_fields import PREFIX
from skycrm.services import audit, export_audit

# A report of a report of a report …: as services/export_audit.py
_STEPS = 5


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False for what somebody else made; else the framework decides."""
	if ptype == "delete" or doc.is_new() or doc.owner == user:
		return None
	return False if is_ours(doc.report_name) else None


def query_conditions(user: str) -> str:
	"""Hook permission_query_conditions, besides the framework's own."""
	if user == "Administrator":
		return ""
	names = ", ".join(frappe.db.escape(name, percent=False) for name in _names())
	if not names:
		return ""
	own = frappe.db.escape(user, percent=False)
	return f"(`tabPrepared Report`.owner = {own} or `tabPrepared Report`.report_name not in ({names}))"


def is_ours(report: str) -> bool:
	"""Whether a report is about records of the CRM."""
	return audit.is_ours(export_audit.report_of(report).doctype)


def check(stored: Document) -> None:
	"""Refuse a stored report that the session's user may not see.

	Raises:
		frappe.PermissionError
	"""
	user = frappe.session.user
	if user != "Administrator" and has_permission(stored, "read", user) is False:
		frappe.throw(
			_("A stored report is for whoever made it. Run the report yourself."),
			exc=frappe.PermissionError,
			title=_("Somebody Else's Report"),
		)


def check_named(filters: Any) -> None:
	"""The same for a stored report that the filters of a report name.

	Raises:
		frappe.PermissionError
		frappe.DoesNotExistError
	"""
	filters = loaded(filters)
	name = filters.get("prepared_report_name") if isinstance(filters, Mapping) else None
	if name:
		# The framework takes conditions for a name as well, and so finds the same one.
		check(frappe.get_doc("Prepared Report", name))


def _names() -> set[str]:
	"""Every report about records of the CRM, and every one that is made from one of those."""
	found = set(frappe.get_all("Report", {"ref_doctype": ("like", f"{PREFIX}%")}, pluck="name", limit=0))
	newest = found
	for _step in range(_STEPS):
		if not newest:
			break
		made = frappe.get_all("Report", {"reference_report": ("in", newest)}, pluck="name", limit=0)
		newest = set(made) - found
		found |= newest
	return found
