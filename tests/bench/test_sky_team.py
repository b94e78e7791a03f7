"""The tree of teams: checks, moves, and the team that a person's new records go to."""

import pytest
from factories import make_lead, make_user, unique

import frappe

from skycrm.services.teams import team_of


def make_team(parent: str | None = None, members: tuple[str, ...] = (), **values):
	doc = frappe.new_doc("Sky Team")
	doc.update({"team_name": unique("Nhóm"), "parent_sky_team": parent, **values})
	for user in members:
		doc.append("members", {"user": user})
	return doc.insert()


def test_a_team_moved_takes_the_teams_below_along():
	north, south = make_team(), make_team()
	hanoi = make_team(north.name)
	group = make_team(hanoi.name)
	hanoi.reload()
	hanoi.parent_sky_team = south.name
	hanoi.save()
	south.reload(), group.reload()
	assert south.lft < group.lft < group.rgt < south.rgt


def test_a_team_cannot_be_below_itself():
	parent = make_team()
	child = make_team(parent.name)
	parent.reload()
	parent.parent_sky_team = child.name
	with pytest.raises(frappe.ValidationError):
		parent.save()


def test_a_team_cannot_be_its_own_parent():
	team = make_team()
	team.parent_sky_team = team.name
	with pytest.raises(frappe.ValidationError, match="its own parent"):
		team.save()


def test_a_parent_must_have_teams_below():
	leaf = make_team(is_group=0)
	with pytest.raises(frappe.ValidationError, match="has no teams below"):
		make_team(leaf.name)


def test_a_team_with_teams_below_stays_a_group():
	parent = make_team()
	make_team(parent.name)
	parent.reload()
	parent.is_group = 0
	with pytest.raises(frappe.ValidationError, match="Move them first"):
		parent.save()


def test_a_person_is_a_member_once():
	user = make_user("team.twice@example.com", "Sky Sales User")
	with pytest.raises(frappe.ValidationError, match="rows 1, 2"):
		make_team(members=(user, user))


def test_a_member_is_a_user_of_this_site():
	with pytest.raises(frappe.LinkValidationError, match="Row 1"):
		make_team(members=("nobody.at.all@example.com",))


def test_a_member_row_shows_the_full_name():
	user = make_user("team.name@example.com", "Sky Sales User", last_name="Nguyễn")
	team = make_team(members=(user,))
	assert team.members[0].full_name == frappe.db.get_value("User", user, "full_name")
	assert team.members[0].role_in_team == "Member"


def test_the_team_of_a_person_is_the_deepest_membership_then_what_they_manage():
	user = make_user("team.of@example.com", "Sky Sales User")
	boss = make_user("team.boss@example.com", "Sky Sales Manager")
	top = make_team(members=(user,), manager=boss)
	assert (team_of(user), team_of(boss)) == (top.name, top.name)
	below = make_team(top.name, members=(user,))
	assert team_of(user) == below.name
	assert team_of("nobody@example.com") is None
	assert team_of(None) is None


def test_the_cache_follows_every_change_of_a_team():
	user = make_user("team.cache@example.com", "Sky Sales User")
	team = make_team(members=(user,))
	assert team_of(user) == team.name
	team.members = []
	team.save()
	assert team_of(user) is None
	team.append("members", {"user": user})
	team.save()
	renamed = frappe.rename_doc("Sky Team", team.name, unique("Tên mới"))
	assert team_of(user) == renamed
	frappe.delete_doc("Sky Team", renamed)
	assert team_of(user) is None


def test_a_team_with_teams_below_or_with_records_cannot_be_deleted():
	parent = make_team()
	make_team(parent.name)
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Sky Team", parent.name)
	used = make_team()
	make_lead(team=used.name)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Sky Team", used.name)


def test_only_admins_change_teams(as_user):
	seller = make_user("team.reader@example.com", "Sky Sales User")
	team = make_team()
	with as_user(seller):
		assert frappe.has_permission("Sky Team", "read")
		with pytest.raises(frappe.PermissionError):
			team.save()
