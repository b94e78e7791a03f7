"""Stands before the framework's method that lets a browser hear which records of a type change."""

import frappe
from frappe import _
from frappe import realtime as of_framework

from skycrm.domain import access
from skycrm.overrides.named_records import limited_doctypes
from skycrm.permissions import rule
from skycrm.permissions.governed import GOVERNED


@frappe.whitelist(methods=["GET", "POST"])
def can_subscribe_doctype(doctype: str) -> bool:
	"""As frappe.realtime.can_subscribe_doctype; for a DocType of ours only those who may see all of its records.

	The others are told of theirs by services/list_updates.py.

	Raises:
		frappe.PermissionError: the user may not hear of every record of the type.
	"""
	if doctype in limited_doctypes() and not _sees_all(doctype):
		frappe.throw(
			_("You may see some records of {0} only, so you are told of those alone.").format(_(doctype)),
			frappe.PermissionError,
		)
	return of_framework.can_subscribe_doctype(doctype)


def _sees_all(doctype: str) -> bool:
	if rule.viewer_for(frappe.session.user, with_teams=False).sees_all:
		return True
	return doctype in GOVERNED and access.is_public(rule.default_for(doctype), "read")
