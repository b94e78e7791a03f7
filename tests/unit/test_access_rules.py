"""domain/access.py: each ground on its own, and over random trees what must always hold."""

import random

import pytest

from skycrm.domain.access import (
	FALLBACK,
	Default,
	Ground,
	Policy,
	Pool,
	Record,
	SharingRule,
	Viewer,
	Why,
	is_public,
	sees_all,
	teams_that_count,
	verdict,
	why,
)
from skycrm.domain.access import grounds as grounds_of

AN = "an@example.com"
BINH = "binh@example.com"


def viewer(**values) -> Viewer:
	return Viewer(AN, **values)


def grounds(record: Record, who: Viewer, ptype: str = "read") -> dict[Default, Why | None]:
	return {default: why(record, who, Policy(default), ptype) for default in Default}


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
	assert why(record, viewer(), Policy(Default.PUBLIC_READ), ptype) is None
	assert why(record, viewer(), Policy(Default.PUBLIC_WRITE), ptype) is Why.PUBLIC


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
	assert why(record, viewer(), Policy(Default.PRIVATE), ptype) is ground


def test_a_name_inside_another_name_is_somebody_else():
	record = Record(
		owner="lan@example.com", responsible="an@example.com.vn", assignees=frozenset({"xan@example.com"})
	)
	assert why(record, viewer(), Policy(Default.PRIVATE), "read") is None


def test_a_manager_sees_the_teams_below_even_when_records_are_private():
	record = Record(owner=BINH, team="Hanoi")
	manager = viewer(managed=frozenset({"North", "Hanoi"}))
	assert grounds(record, manager)[Default.PRIVATE] is Why.MANAGER
	assert why(record, manager, Policy(Default.PRIVATE), "write") is Why.MANAGER


def test_members_of_a_team_see_each_other_unless_records_are_private():
	record = Record(owner=BINH, team="Hanoi")
	member = viewer(joined=frozenset({"Hanoi"}))
	assert grounds(record, member) == {
		Default.PRIVATE: None,
		Default.TEAM: Why.TEAM_MEMBER,
		Default.PUBLIC_READ: Why.PUBLIC,
		Default.PUBLIC_WRITE: Why.PUBLIC,
	}
	assert why(record, member, Policy(Default.PUBLIC_READ), "write") is Why.TEAM_MEMBER


def test_a_member_does_not_see_the_teams_below():
	assert (
		why(
			Record(owner=BINH, team="Hanoi"),
			viewer(joined=frozenset({"North"})),
			Policy(Default.TEAM),
			"read",
		)
		is None
	)


def test_a_record_without_a_team_belongs_to_the_teams_of_the_person_responsible():
	record = Record(owner=BINH, responsible=BINH, responsible_teams=frozenset({"Hanoi", "Dealers"}))
	assert why(record, viewer(managed=frozenset({"Dealers"})), Policy(Default.PRIVATE), "read") is Why.MANAGER
	assert why(record, viewer(joined=frozenset({"Hanoi"})), Policy(Default.TEAM), "read") is Why.TEAM_MEMBER
	assert why(record, viewer(joined=frozenset({"Hue"})), Policy(Default.TEAM), "read") is None


def test_the_team_of_the_record_counts_before_the_teams_of_its_person():
	record = Record(responsible=BINH, team="Hue", responsible_teams=frozenset({"Hanoi"}))
	assert why(record, viewer(managed=frozenset({"Hanoi"})), Policy(Default.TEAM), "read") is None


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
		reach = {default: why(record, small, Policy(default), ptype) is not None for default in Default}
		assert (
			reach[Default.PRIVATE]
			<= reach[Default.TEAM]
			<= reach[Default.PUBLIC_READ]
			<= reach[Default.PUBLIC_WRITE]
		)
		for default in Default:
			assert (why(record, small, Policy(default), ptype) is not None) <= (
				why(record, large, Policy(default), ptype) is not None
			)
	for default in Default:
		assert (why(record, small, Policy(default), "write") is not None) <= (
			why(record, small, Policy(default), "read") is not None
		)
		assert managed <= teams_that_count(small, default)


class TestSharingRules:
	RULE = SharingRule("R", from_teams=frozenset({"Hanoi"}), to_team="Service")

	def ways(self, record: Record, who: Viewer, rule: SharingRule) -> set[str]:
		policy = Policy(Default.PRIVATE, rules=(rule,))
		return {
			ptype
			for ptype in ("read", "export", "write", "delete", "share")
			if why(record, who, policy, ptype)
		}

	def test_opens_records_of_a_team_to_another_for_reading(self):
		record, who = Record(owner=BINH, team="Hanoi"), viewer(joined=frozenset({"Service"}))
		assert self.ways(record, who, self.RULE) == {"read", "export"}
		assert list(grounds_of(record, who, Policy(Default.PRIVATE, rules=(self.RULE,)), "read")) == [
			Ground(Why.SHARING_RULE, "R")
		]

	def test_opens_nothing_of_other_teams_and_nothing_to_others(self):
		member = viewer(joined=frozenset({"Service"}))
		assert not self.ways(Record(owner=BINH, team="Hue"), member, self.RULE)
		assert not self.ways(Record(owner=BINH), member, self.RULE)
		assert not self.ways(Record(owner=BINH, team="Hanoi"), viewer(joined=frozenset({"Hue"})), self.RULE)

	def test_a_manager_of_the_receiving_team_receives(self):
		record, who = Record(owner=BINH, team="Hanoi"), viewer(managed=frozenset({"Service"}))
		assert self.ways(record, who, self.RULE) == {"read", "export"}

	def test_writing_is_no_deleting_and_no_sharing_on(self):
		rule = SharingRule("R", writes=True, from_user=BINH, to_role="Sky Support Agent")
		who = viewer(roles=frozenset({"Sky Support Agent"}))
		assert self.ways(Record(responsible="Binh@Example.com"), who, rule) == {"read", "export", "write"}

	def test_a_filter_must_be_met(self):
		rule = SharingRule("R", from_user=BINH, to_user=AN.upper(), filtered=True)
		assert not self.ways(Record(responsible=BINH), viewer(), rule)
		assert self.ways(Record(responsible=BINH, matching=frozenset({"R"})), viewer(), rule) == {
			"read",
			"export",
		}

	def test_a_rule_for_nobody_and_of_nobody_opens_nothing(self):
		assert not self.ways(Record(), viewer(roles=frozenset()), SharingRule("R"))


class TestDeputies:
	def test_stands_in_for_the_person_responsible_and_the_assignee_in_everything(self):
		who = viewer(stands_in_for=frozenset({BINH}))
		for record in (Record(responsible=BINH), Record(assignees=frozenset({BINH}))):
			for ptype in ("read", "write", "delete"):
				assert why(record, who, Policy(Default.PRIVATE), ptype) is Why.DEPUTY_OF_PERSON

	def test_does_not_stand_in_for_whoever_merely_made_it(self):
		assert (
			why(Record(owner=BINH), viewer(stands_in_for=frozenset({BINH})), Policy(Default.PRIVATE), "read")
			is None
		)

	def test_manages_the_teams_of_an_absent_manager(self):
		record, who = Record(owner=BINH, team="Hanoi"), viewer(managed_for_others=frozenset({"Hanoi"}))
		assert why(record, who, Policy(Default.PRIVATE), "write") is Why.DEPUTY_OF_MANAGER


class TestRecordsOfTeams:
	def test_what_no_team_has_waits_for_whoever_may_take_it(self):
		policy = Policy(Default.PRIVATE, Pool.EVERYBODY)
		waiting = Record(owner=BINH, held_by_team=True)
		assert why(waiting, viewer(), policy, "write") is Why.POOL
		assert why(waiting, viewer(), policy, "delete") is None
		assert why(Record(owner=BINH, team="Hue", held_by_team=True), viewer(), policy, "read") is None

	def test_a_person_takes_a_waiting_record_through_a_service_only(self):
		assert why(Record(owner=BINH), viewer(), Policy(Default.PRIVATE, Pool.EVERYBODY), "write") is None


@pytest.mark.parametrize(
	("role_allows", "limited", "shared", "has_ground", "allowed"),
	[
		(True, False, False, True, True),
		(False, False, False, True, False),
		(True, True, False, True, False),
		(True, False, False, False, False),
		(False, True, True, False, True),
	],
)
def test_roles_companies_and_grounds_have_to_agree_and_a_share_opens_all(
	role_allows, limited, shared, has_ground, allowed
):
	found = [Ground(Why.OWNER)] if has_ground else []
	assert verdict(found, role_allows, limited, shared).allowed is allowed
