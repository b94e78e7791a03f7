"""Roles of the seven jobs and the role profiles made of them and of the ERPNext roles that each job needs.

The roles themselves are fixtures (fixtures/role.json); setup/fixtures.py keeps an admin's changes to them. A profile is
inserted once and then belongs to the admin.
"""

import frappe

from skycrm.setup import shipped
from skycrm.setup.deleting import delete_for_good

SALES_USER = "Sky Sales User"
SALES_MANAGER = "Sky Sales Manager"
MARKETING_USER = "Sky Marketing User"
MARKETING_MANAGER = "Sky Marketing Manager"
SUPPORT_AGENT = "Sky Support Agent"
SUPPORT_MANAGER = "Sky Support Manager"
CRM_ADMIN = "Sky CRM Admin"

ROLES = (
	SALES_USER,
	SALES_MANAGER,
	MARKETING_USER,
	MARKETING_MANAGER,
	SUPPORT_AGENT,
	SUPPORT_MANAGER,
	CRM_ADMIN,
)

# Why the ERPNext roles: Sales User reads items, prices, stock and territories, keeps customers, contacts and addresses,
# and makes quotations and orders. ERPNext has no role that only reads customers and their orders, so support and
# marketing get it too; their own roles decide what they see of the CRM. Managers of sales keep prices and territories
# (Sales Master Manager) and invoice (Accounts User). Newsletter Manager and Support Team are the framework's and
# ERPNext's own roles of those jobs. Roles that a site does not have are left out.
PROFILES: dict[str, tuple[str, ...]] = {
	"Sky Sales": (SALES_USER, "Sales User"),
	"Sky Sales Management": (
		SALES_USER,
		SALES_MANAGER,
		"Sales User",
		"Sales Manager",
		"Sales Master Manager",
		"Accounts User",
	),
	"Sky Marketing": (MARKETING_USER, "Sales User", "Newsletter Manager"),
	"Sky Marketing Management": (MARKETING_USER, MARKETING_MANAGER, "Sales User", "Newsletter Manager"),
	"Sky Support": (SUPPORT_AGENT, "Sales User", "Support Team"),
	"Sky Support Management": (SUPPORT_AGENT, SUPPORT_MANAGER, "Sales User", "Support Team"),
	"Sky CRM Administration": (
		*ROLES,
		"Sales User",
		"Sales Manager",
		"Sales Master Manager",
		"Item Manager",
		"Stock User",
		"Accounts User",
		"Purchase User",
	),
}


def make_profiles() -> None:
	"""Insert the role profiles that the app has not brought yet; safe to run on every migrate."""
	known = set(frappe.get_all("Role", filters={"disabled": 0}, pluck="name"))
	for profile, roles in PROFILES.items():
		shipped.ship_once(
			"Role Profile",
			{"role_profile": profile, "roles": [{"role": role} for role in roles if role in known]},
			key=profile,
			name=profile,
		)


def note_roles() -> None:
	"""Note the roles as ours, for the uninstall. The framework makes them when it syncs the DocTypes that name them."""
	for role in ROLES:
		shipped.ship_once(
			"Role",
			{"role_name": role, "desk_access": 1},
			key=role,
			name=role,
			made_by_framework=True,
		)


def remove() -> None:
	"""Take the profiles and roles away, for the uninstall, from users and from other apps' DocTypes as well."""
	profiles = set(shipped.ours("Role Profile"))
	if frappe.db.has_column("User", "role_profile_name"):
		frappe.db.set_value(
			"User",
			{"role_profile_name": ("in", list(profiles))},
			"role_profile_name",
			None,
			update_modified=False,
		)
	if frappe.db.table_exists("User Role Profile"):
		frappe.db.delete("User Role Profile", {"role_profile": ("in", list(profiles))})
	delete_for_good("Role Profile", profiles)

	roles = list(ROLES)
	frappe.db.delete("Has Role", {"role": ("in", roles)})
	frappe.db.delete("Custom DocPerm", {"role": ("in", roles)})
	frappe.db.delete("DocPerm", {"role": ("in", roles)})
	delete_for_good("Role", roles)
