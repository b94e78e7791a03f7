"""Module profiles of the seven jobs (domain/jobs.py): shipped once, then the admin's.

A module profile names the modules that are left out, so the modules of an app that comes later would be in everybody's
sight. Each module is therefore looked at once: when the site first has it, it joins what the jobs leave out. An admin
who lets it in is not overruled: the ledger knows that the module has had its turn.
"""

import frappe

from skycrm.domain.jobs import JOBS, OUR_MODULE
from skycrm.setup import shipped
from skycrm.setup.deleting import delete_for_good

DOCTYPE = "Module Profile"
# Under this name the ledger keeps the modules that have had their turn.
SEEN = "Block Module"


def make_profiles() -> None:
	"""Bring the profiles that were never brought, and let them leave out modules that are new; safe on every migrate."""
	# A module that an admin made on this site is theirs: they made it to be seen.
	modules = frappe.get_all("Module Def", filters={"custom": 0}, pluck="name")
	seen = set(shipped.ours(SEEN))
	new = [module for module in modules if module not in seen]
	for profile, job in JOBS.items():
		made = shipped.ship_once(
			DOCTYPE,
			{
				"module_profile_name": profile,
				"block_modules": [{"module": module} for module in job.blocked(modules)],
			},
			key=profile,
			name=profile,
		)
		if not made and new:
			_leave_out(profile, job.blocked(new))
	for module in new:
		shipped.note_shipped(SEEN, module)


def on_new_app(app: str) -> None:
	"""Hook after_app_install: the modules of another app, as soon as it is there."""
	make_profiles()


def _leave_out(profile: str, modules: list[str]) -> None:
	if profile not in shipped.ours(DOCTYPE) or not frappe.db.exists(DOCTYPE, profile):
		return
	document = frappe.get_doc(DOCTYPE, profile)
	missing = sorted(set(modules) - {row.module for row in document.block_modules})
	if not missing:
		return
	for module in missing:
		document.append("block_modules", {"module": module})
	document.flags.ignore_permissions = True  # an installer's write, no user's
	document.save()


def remove() -> None:
	"""Take the profiles away, for the uninstall; whoever had one sees every workspace again."""
	profiles = shipped.ours(DOCTYPE)
	users = frappe.get_all("User", filters={"module_profile": ("in", profiles or [""])}, pluck="name")
	if users:
		frappe.db.delete("Block Module", {"parenttype": "User", "parent": ("in", users)})
		frappe.db.set_value("User", {"name": ("in", users)}, "module_profile", None, update_modified=False)
	delete_for_good(DOCTYPE, profiles)
	# A user whose first page is gone could not open the desk at all.
	if frappe.db.has_column("User", "default_workspace"):
		workspaces = frappe.get_all("Workspace", filters={"module": OUR_MODULE}, pluck="name")
		frappe.db.set_value(
			"User",
			{"default_workspace": ("in", workspaces or [""])},
			"default_workspace",
			None,
			update_modified=False,
		)
