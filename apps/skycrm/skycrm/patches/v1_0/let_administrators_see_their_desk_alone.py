"""Who manages workspaces sees every workspace of the site, so the job of a CRM administrator comes without that role.

Only where the profile still is as the app brought it: what an admin made of it is theirs.
"""

import frappe

from skycrm.setup import roles

PROFILE = "Sky CRM Administration"
LEFT_OUT = "Workspace Manager"


def execute() -> None:
	"""Take the role out of the profile; its users follow by themselves."""
	if not frappe.db.exists("Role Profile", PROFILE):
		return
	document = frappe.get_doc("Role Profile", PROFILE)
	if {row.role for row in document.roles} != {*_known(roles.PROFILES[PROFILE]), LEFT_OUT}:
		return
	document.roles = [row for row in document.roles if row.role != LEFT_OUT]
	document.flags.ignore_permissions = True  # an installer's write, no user's
	document.save()


def _known(names: tuple[str, ...]) -> set[str]:
	return set(frappe.get_all("Role", filters={"name": ("in", names), "disabled": 0}, pluck="name"))
