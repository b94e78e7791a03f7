"""Module profiles: what the desk of each job leaves out, also when an app comes later; and who gets which."""

import pytest
from people import only

import frappe
from frappe.desk.desktop import get_workspace_sidebar_items

from skycrm.domain.jobs import JOBS, OUR_MODULE
from skycrm.overrides import boot
from skycrm.overrides import user as user_desk
from skycrm.setup import module_profiles, shipped

EXPECTED = {
	"Sky Sales": {"SkyCRM"},
	"Sky Sales Management": {"SkyCRM", "SkyCRM Management", "Selling"},
	"Sky Marketing": {"SkyCRM Marketing"},
	"Sky Marketing Management": {"SkyCRM Marketing"},
	"Sky Support": {"SkyCRM Support"},
	"Sky Support Management": {"SkyCRM Support"},
	"Sky CRM Administration": {
		"SkyCRM",
		"SkyCRM Management",
		"SkyCRM Marketing",
		"SkyCRM Support",
		"SkyCRM Setup",
		"Selling",
	},
}


def person(profile: str, **values) -> str:
	"""A user who was given a role profile the way an administrator gives it."""
	user = frappe.get_doc("User", only("job@example.com"))
	user.update({"role_profile_name": "", "module_profile": "", "default_workspace": "", "block_modules": []})
	user.save(ignore_permissions=True)
	user.update({"role_profile_name": profile, **values})
	user.save(ignore_permissions=True)
	frappe.clear_cache(user=user.name)
	return user.name


def blocked(profile: str) -> set[str]:
	return {row.module for row in frappe.get_doc("Module Profile", profile).block_modules}


@pytest.mark.parametrize("profile", JOBS)
def test_the_sidebar_of_a_job_holds_what_the_job_needs(profile):
	user = person(profile)
	frappe.set_user(user)
	try:
		pages = {page["name"] for page in get_workspace_sidebar_items()["pages"]}
	finally:
		frappe.set_user("Administrator")
	assert pages == EXPECTED[profile]
	assert frappe.db.get_value("User", user, "default_workspace") == JOBS[profile].home in pages


def test_a_desk_that_an_administrator_chooses_is_kept():
	frappe.get_doc({"doctype": "Module Profile", "module_profile_name": "Own Desk"}).insert()
	user = person("Sky Sales", module_profile="Own Desk", default_workspace="Selling")
	found = frappe.db.get_value("User", user, ["module_profile", "default_workspace"])
	assert found == ("Own Desk", "Selling")


def test_another_job_brings_another_desk():
	user = frappe.get_doc("User", person("Sky Sales"))
	user.role_profile_name = "Sky Support"
	user.save(ignore_permissions=True)
	assert (user.module_profile, user.default_workspace) == ("Sky Support", "SkyCRM Support")
	assert OUR_MODULE not in {row.module for row in user.block_modules}


def test_a_desk_that_is_not_on_the_site_is_not_proposed():
	frappe.delete_doc("Module Profile", "Sky Support", force=True)
	user = frappe.get_doc("User", person("Sky Support"))
	assert not user.module_profile


def test_users_without_a_job_of_ours_are_left_alone():
	user = frappe.get_doc("User", only("nobody@example.com"))
	user_desk.before_validate(user)
	assert not user.module_profile and not user.default_workspace


def test_profiles_are_brought_once():
	document = frappe.get_doc("Module Profile", "Sky Sales")
	document.block_modules = [row for row in document.block_modules if row.module != "Selling"]
	document.save()
	frappe.delete_doc("Module Profile", "Sky Marketing", force=True)
	module_profiles.make_profiles()
	assert "Selling" not in blocked("Sky Sales")
	assert not frappe.db.exists("Module Profile", "Sky Marketing")


def test_the_modules_of_an_app_that_comes_later_stay_out_until_somebody_lets_them_in():
	frappe.get_doc(
		{"doctype": "Module Def", "module_name": "Later App", "app_name": "erpnext", "custom": 0}
	).db_insert()
	module_profiles.on_new_app("later")
	assert all("Later App" in blocked(profile) for profile in JOBS)
	document = frappe.get_doc("Module Profile", "Sky Sales")
	document.block_modules = [row for row in document.block_modules if row.module != "Later App"]
	document.save()
	module_profiles.make_profiles()
	assert "Later App" not in blocked("Sky Sales")
	assert "Later App" in blocked("Sky Support")


def test_a_module_that_an_administrator_made_is_left_to_them():
	frappe.get_doc(
		{"doctype": "Module Def", "module_name": "Own Module", "app_name": "skycrm", "custom": 1}
	).db_insert()
	module_profiles.make_profiles()
	assert not any("Own Module" in blocked(profile) for profile in JOBS)


def test_an_uninstall_gives_everybody_their_whole_desk_back():
	user = person("Sky Sales")
	module_profiles.remove()
	document = frappe.get_doc("User", user)
	assert not document.module_profile and not document.default_workspace and not document.block_modules
	assert not frappe.get_all("Module Profile", {"name": ("in", list(JOBS))})


def test_the_profiles_count_as_ours():
	assert set(JOBS) <= set(shipped.ours("Module Profile"))


@pytest.mark.parametrize("profile", JOBS)
def test_the_way_back_leads_to_a_workspace_that_one_may_see_home_first(profile):
	"""The framework would take the first workspace of our module, whoever may see it."""
	frappe.set_user(person(profile))
	told = frappe._dict(
		allowed_workspaces=get_workspace_sidebar_items()["pages"],
		user={"default_workspace": {"name": JOBS[profile].home}},
		module_wise_workspaces={OUR_MODULE: ["SkyCRM Setup", "SkyCRM"], "Selling": ["Selling"]},
	)
	boot.extend_bootinfo(told)
	ours = told.module_wise_workspaces[OUR_MODULE]
	assert ours[0] == JOBS[profile].home
	assert set(ours) == EXPECTED[profile] - {"Selling"}
	assert told.module_wise_workspaces["Selling"] == ["Selling"]
