"""Roles and role profiles: what each may do with our DocTypes, and that profiles bring what the job needs."""

import access_records as make
import pytest

import frappe

from skycrm.setup import fixtures, removal, roles, shipped

RIGHTS = ("read", "write", "create", "delete", "export", "import", "report", "print", "email", "share")
EVERYTHING = set(RIGHTS)
WORK = {"read", "write", "create", "report", "print", "email", "share"}
LOOK = {"read"}


def rights(role: str, doctype: str) -> set[str]:
	return {
		right
		for row in frappe.get_meta(doctype).permissions
		if row.role == role and not row.permlevel
		for right in RIGHTS
		if row.get(right)
	}


def test_the_seven_roles_are_there_and_open_the_desk():
	found = frappe.get_all("Role", {"name": ("in", roles.ROLES)}, ["name", "desk_access", "disabled"])
	assert {row.name for row in found} == set(roles.ROLES)
	assert all(row.desk_access and not row.disabled for row in found)
	assert {record["name"] for record in fixtures.read("Role")} == set(roles.ROLES)


@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
@pytest.mark.parametrize(
	("role", "least", "most"),
	[
		("System Manager", EVERYTHING, EVERYTHING),
		("Sky CRM Admin", EVERYTHING, EVERYTHING),
		("Sky Sales Manager", EVERYTHING, EVERYTHING),
		("Sky Sales User", WORK, WORK),
		("Sky Marketing Manager", LOOK, {"read", "report", "print", "email", "export"}),
		("Sky Marketing User", LOOK, {"read", "report", "print", "email"}),
		("Guest", set(), set()),
		("All", set(), set()),
	],
)
def test_what_each_role_may_do_with_leads_and_opportunities(doctype, role, least, most):
	assert least <= rights(role, doctype) <= most


@pytest.mark.parametrize("role", [role for role in roles.ROLES if role != "Sky CRM Admin"])
def test_only_admins_change_the_settings_and_teams(role):
	for doctype in ("Sky CRM Settings", "Sky Team"):
		assert not rights(role, doctype) & {"write", "create", "delete"}


def test_every_right_belongs_to_a_role_that_the_app_or_the_framework_brings():
	known = {*roles.ROLES, "System Manager"}
	for doctype in removal.our_doctypes():
		for row in frappe.get_meta(doctype).permissions:
			assert row.role in known, f"{doctype} gives rights to {row.role}"


@pytest.mark.parametrize("profile", sorted(roles.PROFILES))
def test_a_profile_gives_a_user_its_roles(profile):
	wanted = {role for role in roles.PROFILES[profile] if frappe.db.exists("Role", role)}
	assert {row.role for row in frappe.get_doc("Role Profile", profile).roles} == wanted
	assert wanted & set(roles.ROLES)
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": f"profile-{frappe.generate_hash(length=6)}@example.com",
			"first_name": "Profile",
			"send_welcome_email": 0,
			"role_profile_name": profile,
		}
	).insert(ignore_permissions=True)
	assert wanted <= set(frappe.get_roles(user.name))
	assert frappe.db.get_value("User", user.name, "user_type") == "System User"


def test_a_seller_can_do_the_chain_with_the_profile():
	user = make.user(*(row.role for row in frappe.get_doc("Role Profile", "Sky Sales").roles))
	for doctype, right in (
		("Sky Lead", "create"),
		("Sky Opportunity", "create"),
		("Customer", "create"),
		("Contact", "create"),
		("Address", "create"),
		("Quotation", "submit"),
		("Sales Order", "submit"),
		("Item", "read"),
		("Bin", "read"),
	):
		assert frappe.has_permission(doctype, right, user=user), (doctype, right)
	assert not frappe.has_permission("Sky CRM Settings", "write", user=user)


def test_profiles_are_brought_once():
	doc = frappe.get_doc("Role Profile", "Sky Sales")
	doc.roles = doc.roles[:1]
	doc.save()
	frappe.delete_doc("Role Profile", "Sky Marketing", force=True)
	roles.make_profiles()
	assert len(frappe.get_doc("Role Profile", "Sky Sales").roles) == 1
	assert not frappe.db.exists("Role Profile", "Sky Marketing")


def test_removal_leaves_no_role_anywhere():
	user = make.user("Sky Sales User", "Sales User")
	frappe.get_doc("Role Profile", "Sky Sales").append("roles", {"role": "Sales Manager"})
	frappe.get_doc(
		{"doctype": "Custom DocPerm", "parent": "ToDo", "role": "Sky Sales User", "permlevel": 0, "read": 1}
	).insert()
	roles.remove()
	for doctype, field in (("Role", "name"), ("Has Role", "role"), ("Custom DocPerm", "role")):
		assert not frappe.get_all(doctype, {field: ("in", roles.ROLES)})
	assert not frappe.get_all("Role Profile", {"name": ("in", list(roles.PROFILES))})
	assert "Sales User" in frappe.get_roles(user)


def test_roles_count_as_ours_though_the_framework_makes_them():
	assert set(roles.ROLES) <= set(shipped.ours("Role"))
