"""A new person of the CRM: what an administrator of the CRM makes in one step, and whom and what they cannot touch."""

import pytest
from people import only
from rest_client import RestClient

import frappe

from skycrm.api.v1 import people

EMAIL = "nguoi.moi@example.com"
TEAM = "Đội người mới"
OTHERS = (
	"Sky Sales User",
	"Sky Sales Manager",
	"Sky Marketing User",
	"Sky Marketing Manager",
	"Sky Support Agent",
	"Sky Support Manager",
)


@pytest.fixture
def team() -> str:
	return frappe.get_doc({"doctype": "Sky Team", "team_name": TEAM, "is_group": 0}).insert().name


@pytest.fixture
def admin(as_user):
	"""An administrator of the CRM who is none of the site."""
	with as_user(only("crm-admin@example.com", "Sky CRM Admin")):
		yield


def add(**more) -> dict:
	values = {"full_name": "Ngô Thị Mới", "email": EMAIL, "job": "Sky Support", "welcome": 0, **more}
	return people.create(**values)


def users() -> int:
	return frappe.db.count("User")


def test_one_step_makes_user_profiles_first_page_and_team(team, admin):
	assert add(team=team, place="Manager") == {"user": EMAIL}
	user = frappe.get_doc("User", EMAIL)
	assert (user.first_name, user.last_name, user.language) == ("Ngô Thị", "Mới", "vi")
	assert (user.role_profile_name, user.module_profile) == ("Sky Support", "Sky Support")
	assert user.default_workspace == "SkyCRM Support"
	assert "Accounts" in {row.module for row in user.block_modules}
	assert {"Sky Support Agent", "Support Team"} <= set(frappe.get_roles(EMAIL))
	[row] = frappe.get_doc("Sky Team", team).members
	assert (row.user, row.role_in_team) == (EMAIL, "Manager")
	assert (user.owner, user.user_type, user.enabled) == ("crm-admin@example.com", "System User", 1)


def test_each_job_can_be_given(admin):
	assert len(people.jobs()) == 7
	for number, job in enumerate(people.jobs()):
		user = add(job=job["value"], email=f"job{number}@example.com")["user"]
		assert frappe.db.get_value("User", user, "role_profile_name") == job["value"]
		assert "System Manager" not in frappe.get_roles(user)


def test_two_people_of_the_same_name_are_no_matter_to_talk_about(admin):
	frappe.clear_messages()
	add()
	add(email="nguoi.moi.hai@example.com")
	assert not frappe.get_message_log()


def test_a_name_of_one_word_is_a_first_name(admin):
	add(full_name="Mới")
	assert frappe.db.get_value("User", EMAIL, "full_name") == "Mới"


@pytest.mark.parametrize("existing", ["Administrator", "crm-admin@example.com"])
def test_nobody_who_is_there_is_touched(admin, existing):
	email = existing if "@" in existing else frappe.db.get_value("User", existing, "email")
	before = frappe.get_doc("User", existing).as_dict()
	with pytest.raises(frappe.DuplicateEntryError):
		add(email=email.upper())
	assert frappe.get_doc("User", existing).as_dict() == before


def test_a_job_with_more_power_than_shipped_is_not_handed_on(admin, as_user):
	with as_user("Administrator"):
		profile = frappe.get_doc("Role Profile", "Sky Support")
		profile.append("roles", {"role": "System Manager"})
		profile.save()
	before = users()
	with pytest.raises(frappe.PermissionError, match="System Manager"):
		add()
	assert users() == before
	with as_user("Administrator"):
		assert add()["user"] == EMAIL


@pytest.mark.parametrize(
	("wrong", "names"),
	[
		({"job": "Sky Nonsense"}, "Sky Nonsense"),
		({"job": "Accounts"}, "Accounts"),
		({"place": "King"}, "King"),
		({"language": "xx"}, "xx"),
		({"team": "No Such Team"}, "No Such Team"),
		({"email": "no mail"}, "mail"),
		({"full_name": " "}, "Full Name"),
	],
)
def test_what_is_wrong_is_named_and_nothing_made(admin, wrong, names):
	before = users()
	with pytest.raises(frappe.ValidationError, match=names):
		add(**wrong)
	assert users() == before


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_may_add_people(as_user, role):
	with as_user(only("no-admin@example.com", role)):
		with pytest.raises(frappe.PermissionError):
			add()
		with pytest.raises(frappe.PermissionError):
			people.jobs()
	assert not frappe.db.exists("User", EMAIL)


def test_guests_may_not(site):
	guest = RestClient(site.port, site.name)
	before = users()
	assert guest.call("people.create", full_name="A", email=EMAIL, job="Sky Sales").status_code == 403
	assert guest.call("people.jobs").status_code == 403
	assert users() == before
