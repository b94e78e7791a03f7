"""domain/access.py: each ground on its own, and over random trees what must always hold."""

import random

import pytest

from skycrm.domain.access import (
	FALLBACK,
	Default,
	Record,
	Viewer,
	Why,
	is_public,
	sees_all,
	teams_that_count,
	why,
)

AN = "an@example.com"
BINH = "binh@example.com"


def viewer(**values) -> Viewer:
	return Viewer(AN, **values)


def grounds(record: Record, who: Viewer, ptype: str = "read") -> dict[Default, Why | None]:
	return {default: why(record, who, default, ptype) for default in Default}


def test_a_strangers_record_is_seen_only_when_the_default_is_public():
	assert grounds(Record(owner=BINH, responsible=BINH), viewer()) == {
		Default.PRIVATE: None,
		Default.TEAM: None,
		Default.PUBLIC_READ: Why.PUBLIC,
		Default.PUBLIC_WRITE: Why.PUBLIC,
	}


@pytest.mark.parametrize("ptype", ["write", "delete", "share", "submit", "import"])
def test_public_read_gives_no_change(ptype):
	record = Record(owner=BINH)
	assert why(record, viewer(), Default.PUBLIC_READ, ptype) is None
	assert why(record, viewer(), Default.PUBLIC_WRITE, ptype) is Why.PUBLIC


@pytest.mark.parametrize("ptype", ["read", "select", "print", "email", "report", "export"])
def test_public_read_gives_every_way_of_reading(ptype):
	assert is_public(Default.PUBLIC_READ, ptype)


@pytest.mark.parametrize(
	("record", "ground"),
	[
		(Record(owner=AN), Why.OWNER),
		(Record(owner=BINH, responsible=AN), Why.RESPONSIBLE),
		(Record(owner=BINH, assignees=frozenset({BINH, AN})), Why.ASSIGNEE),
		(Record(owner="AN@Example.com"), Why.OWNER),
	],
)
@pytest.mark.parametrize("ptype", ["read", "write"])
def test_ones_own_record_is_ones_own_even_when_private(record, ground, ptype):
	assert why(record, viewer(), Default.PRIVATE, ptype) is ground


def test_a_name_inside_another_name_is_somebody_else():
	record = Record(
		owner="lan@example.com", responsible="an@example.com.vn", assignees=frozenset({"xan@example.com"})
	)
	assert why(record, viewer(), Default.PRIVATE, "read") is None


def test_a_manager_sees_the_teams_below_even_when_records_are_private():
	record = Record(owner=BINH, team="Hanoi")
	manager = viewer(managed=frozenset({"North", "Hanoi"}))
	assert grounds(record, manager)[Default.PRIVATE] is Why.MANAGER
	assert why(record, manager, Default.PRIVATE, "write") is Why.MANAGER


def test_members_of_a_team_see_each_other_unless_records_are_private():
	record = Record(owner=BINH, team="Hanoi")
	member = viewer(joined=frozenset({"Hanoi"}))
	assert grounds(record, member) == {
		Default.PRIVATE: None,
		Default.TEAM: Why.TEAM_MEMBER,
		Default.PUBLIC_READ: Why.PUBLIC,
		Default.PUBLIC_WRITE: Why.PUBLIC,
	}
	assert why(record, member, Default.PUBLIC_READ, "write") is Why.TEAM_MEMBER


def test_a_member_does_not_see_the_teams_below():
	assert (
		why(Record(owner=BINH, team="Hanoi"), viewer(joined=frozenset({"North"})), Default.TEAM, "read")
		is None
	)


def test_a_record_without_a_team_belongs_to_the_teams_of_the_person_responsible():
	record = Record(owner=BINH, responsible=BINH, responsible_teams=frozenset({"Hanoi", "Dealers"}))
	assert why(record, viewer(managed=frozenset({"Dealers"})), Default.PRIVATE, "read") is Why.MANAGER
	assert why(record, viewer(joined=frozenset({"Hanoi"})), Default.TEAM, "read") is Why.TEAM_MEMBER
	assert why(record, viewer(joined=frozenset({"Hue"})), Default.TEAM, "read") is None


def test_the_team_of_the_record_counts_before_the_teams_of_its_person():
	record = Record(responsible=BINH, team="Hue", responsible_teams=frozenset({"Hanoi"}))
	assert why(record, viewer(managed=frozenset({"Hanoi"})), Default.TEAM, "read") is None


@pytest.mark.parametrize(
	("user", "roles", "expected"),
	[
		("Administrator", [], True),
		(AN, ["Sky CRM Admin"], True),
		(AN, ["System Manager", "Sky Sales User"], True),
		(AN, ["Sky Sales Manager"], False),
		("Guest", ["Guest"], False),
	],
)
def test_who_sees_all(user, roles, expected):
	assert sees_all(user, roles) is expected


def test_without_a_setting_colleagues_see_each_other():
	assert FALLBACK is Default.TEAM


@pytest.mark.parametrize("seed", range(200))
def test_rights_only_grow_with_the_default_and_with_teams(seed):
	"""Private <= Team <= Public Write, more teams never see less, and changing is never more than reading."""
	draw = random.Random(seed)
	teams = [f"T{number}" for number in range(6)]

	def some() -> frozenset[str]:
		return frozenset(draw.sample(teams, draw.randint(0, 3)))

	record = Record(
		owner=draw.choice([AN, BINH, ""]),
		responsible=draw.choice([AN, BINH, ""]),
		assignees=frozenset(draw.sample([AN, BINH], draw.randint(0, 2))),
		team=draw.choice([*teams, "", ""]),
		responsible_teams=some(),
	)
	managed, joined = some(), some()
	small, large = (
		viewer(managed=managed, joined=joined),
		viewer(managed=managed | some(), joined=joined | some()),
	)
	for ptype in ("read", "write"):
		reach = {default: why(record, small, default, ptype) is not None for default in Default}
		assert (
			reach[Default.PRIVATE]
			<= reach[Default.TEAM]
			<= reach[Default.PUBLIC_READ]
			<= reach[Default.PUBLIC_WRITE]
		)
		for default in Default:
			assert (why(record, small, default, ptype) is not None) <= (
				why(record, large, default, ptype) is not None
			)
	for default in Default:
		assert (why(record, small, default, "write") is not None) <= (
			why(record, small, default, "read") is not None
		)
		assert managed <= teams_that_count(small, default)
