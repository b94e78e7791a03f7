"""Who may merge leads: whoever may change all of them, and either delete the duplicates or hold a role of the settings."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services.merge_links import LEAD

# Besides whoever merged the leads, these may undo it.
MAY_UNDO = ("Sky Sales Manager", "Sky CRM Admin", "System Manager")


def check_may_at_all() -> None:
	"""Refuse those who may change no lead whatsoever, before they can make others wait.

	Raises:
		frappe.PermissionError
	"""
	frappe.has_permission(LEAD, "write", throw=True)


def may_merge_without_deleting() -> bool:
	"""True for the roles that the settings let merge although they may not delete leads."""
	rows = frappe.get_cached_doc("Sky CRM Settings").get("merge_roles") or []
	return bool({row.role for row in rows} & set(frappe.get_roles()))


def check_may_merge(documents: Sequence[Document]) -> None:
	"""Refuse unless the session's user may merge these leads, the one that stays first.

	Raises:
		frappe.PermissionError
	"""
	for lead in documents:
		lead.check_permission("read")
		lead.check_permission("write")
	if may_merge_without_deleting():
		return
	for lead in documents[1:]:
		if not lead.has_permission("delete"):
			frappe.throw(
				_(
					"You may not merge leads, for that takes duplicates out of the list. Ask your manager to do it, or an administrator to add your role under Roles That May Merge in Sky CRM Settings."
				),
				exc=frappe.PermissionError,
				title=_("Cannot merge"),
			)


def check_may_undo(ledger: Document) -> None:
	"""Refuse unless the session's user made this merge or is a manager.

	Raises:
		frappe.PermissionError
	"""
	user = frappe.session.user
	if user in (ledger.merged_by, "Administrator") or not set(MAY_UNDO).isdisjoint(frappe.get_roles(user)):
		return
	frappe.throw(
		_("Only {0}, who merged these leads, or a {1} may undo the merge. Ask one of them.").format(
			frappe.bold(frappe.utils.escape_html(frappe.utils.get_fullname(ledger.merged_by))),
			_("Sky Sales Manager"),
		),
		exc=frappe.PermissionError,
		title=_("Cannot undo"),
	)
