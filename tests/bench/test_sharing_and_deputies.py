"""Sharing rules and deputies: lists and single records agree, and a change counts at once."""

import random

import access_records as make
import pytest
from access_records import listed, readable, record
from sql_log import recorded

import frappe
from frappe.utils import add_days, today

from skycrm.permissions import density, facts
from skycrm.permissions import rule as access_rule

LEAD, DEAL = "Sky Lead", "Sky Opportunity"


def rule(share_from: str, share_to: str, to_type: str = "User", **values) -> str:
	"""A new sharing rule on leads; `share_from` is a user when it looks like one."""
	doc = frappe.get_doc(
		{
			"doctype": "Sky Sharing Rule",
			"document_type": LEAD,
			"enabled": 1,
			"access": "Read",
			"share_from_type": "User" if "@" in share_from else "Sky Team",
			"share_from": share_from,
			"share_to_type": to_type,
			"share_to": share_to,
		}
	)
	doc.update(values)
	return doc.insert().name


def absent(user: str, deputy: str | None = None, first: int = 0, last: int = 3) -> str:
	return (
		frappe.get_doc(
			{
				"doctype": "Sky Absence",
				"user": user,
				"from_date": add_days(today(), first),
				"to_date": add_days(today(), last),
				"deputy": deputy,
			}
		)
		.insert()
		.name
	)


def sees(user: str, names: list[str], ptype: str = "read") -> set[str]:
	"""What the user may do; for reading, the list has to say the same."""
	found = readable(LEAD, user, names, ptype)
	if ptype == "read":
		assert listed(LEAD, user, names) == found
	return found


@pytest.fixture
def firm():
	"""North above Hanoi with An, South with Bình, Service with Chi; leads of all, private by default."""
	make.set_default_access(LEAD, "Private")
	make.set_default_access(DEAL, "Private")
	people = {name: make.user("Sky Sales User", label=name) for name in ("boss", "an", "binh", "chi", "dung")}
	north = make.team(manager=people["boss"])
	teams = {
		"north": north,
		"hanoi": make.team(north, members=(people["an"],)),
		"south": make.team(members=(people["binh"],)),
		"service": make.team(members=(people["chi"],)),
	}
	leads = {
		"an": record(LEAD, people["an"], team=teams["hanoi"], owner="Administrator"),
		"no team": record(LEAD, people["an"], owner="Administrator"),
		"binh": record(LEAD, people["binh"], team=teams["south"], owner="Administrator"),
	}
	return people, teams, leads


class TestSharingRules:
	def test_from_a_team_with_the_teams_below_to_a_person(self, firm):
		people, teams, leads = firm
		names = list(leads.values())
		assert sees(people["dung"], names) == set()
		rule(teams["north"], people["dung"])
		assert sees(people["dung"], names) == {leads["an"], leads["no team"]}
		assert sees(people["dung"], names, "write") == set()

	def test_from_a_person_to_a_role_with_changes(self, firm):
		people, _teams, leads = firm
		support = make.user("Sky Marketing User")
		rule(people["binh"], "Sky Marketing User", "Role", access="Write")
		names = list(leads.values())
		assert sees(support, names) == {leads["binh"]}
		# The role itself may not change leads: a rule never gives more than a role.
		assert sees(support, names, "write") == set()
		rule(people["binh"], "Sky Sales User", "Role", access="Write")
		assert sees(people["dung"], names, "write") == {leads["binh"]}
		assert sees(people["dung"], names, "delete") == set()

	def test_to_a_team_means_its_members_and_whoever_manages_it(self, firm):
		people, teams, leads = firm
		rule(people["binh"], teams["hanoi"], "Sky Team")
		names = [leads["binh"]]
		assert sees(people["an"], names) == sees(people["boss"], names) == {leads["binh"]}
		assert sees(people["chi"], names) == set()

	def test_other_document_types_stay_closed(self, firm):
		people, _teams, _leads = firm
		deal = record(DEAL, people["an"], owner="Administrator")
		rule(people["an"], people["dung"])
		assert not readable(DEAL, people["dung"], [deal]) and not listed(DEAL, people["dung"], [deal])

	def test_switched_off_or_deleted_it_opens_nothing_at_once(self, firm):
		people, _teams, leads = firm
		names = list(leads.values())
		first = frappe.get_doc("Sky Sharing Rule", rule(people["binh"], people["dung"]))
		assert sees(people["dung"], names) == {leads["binh"]}
		first.enabled = 0
		first.save()
		assert sees(people["dung"], names) == set()
		second = rule(people["binh"], people["dung"], access="Write")
		assert sees(people["dung"], names) == {leads["binh"]}
		frappe.delete_doc("Sky Sharing Rule", second)
		assert sees(people["dung"], names) == set()

	def test_a_team_that_moves_takes_its_rules_along(self, firm):
		people, teams, leads = firm
		rule(teams["north"], people["dung"])
		south = frappe.get_doc("Sky Team", teams["south"])
		south.parent_sky_team = teams["north"]
		south.save()
		assert sees(people["dung"], list(leads.values())) == set(leads.values())

	@pytest.mark.parametrize(
		("operator", "value", "meets"),
		[
			("=", "Hà Nội", True),
			("=", "Huế", False),
			("!=", "Huế", True),
			("in", "Huế, Hà Nội", True),
			("not in", "Huế, Hà Nội", False),
			("like", "nội", True),
			("like", "Hà%", True),
			("like", "Nội%", False),
			("not like", "Nội%", True),
			("like", "50%_off'; drop", False),
		],
	)
	def test_a_filter_on_text(self, firm, operator, value, meets):
		people, _teams, leads = firm
		frappe.db.set_value(LEAD, leads["binh"], "city", "Hà Nội")
		rule(
			people["binh"],
			people["dung"],
			filters=[{"field_name": "city", "operator": operator, "value": value}],
		)
		assert sees(people["dung"], list(leads.values())) == ({leads["binh"]} if meets else set())

	def test_every_row_of_a_filter_has_to_hold_and_a_change_counts(self, firm):
		people, _teams, leads = firm
		frappe.db.set_value(LEAD, leads["binh"], {"score": 80, "status": "Contacted"})
		rule(
			people["binh"],
			people["dung"],
			filters=[
				{"field_name": "score", "operator": ">=", "value": "70"},
				{"field_name": "status", "operator": "=", "value": "Contacted"},
			],
		)
		names = list(leads.values())
		assert sees(people["dung"], names) == {leads["binh"]}
		frappe.db.set_value(LEAD, leads["binh"], "score", 60)
		assert sees(people["dung"], names) == set()

	@pytest.mark.parametrize(
		("values", "says"),
		[
			({"document_type": "Sky Price List"}, "cannot be shared by a rule"),
			({"document_type": "ToDo"}, "cannot be shared by a rule"),
			({"document_type": "Sky Issue"}, "belong to teams"),
			({"share_to": "nobody@example.com"}, "Could not find|does not exist"),
			({"share_to": ""}, "is missing"),
			(
				{"filters": [{"field_name": "no_such", "operator": "=", "value": "1"}]},
				"no field",
			),
			(
				{"filters": [{"field_name": "score", "operator": ">", "value": "many"}]},
				"not a number",
			),
		],
	)
	def test_a_rule_that_cannot_be_evaluated_is_refused(self, firm, values, says):
		people, _teams, _leads = firm
		before = frappe.db.count("Sky Sharing Rule")
		with pytest.raises(frappe.ValidationError, match=says):
			rule(people["binh"], values.pop("share_to", people["dung"]), **values)
		assert frappe.db.count("Sky Sharing Rule") == before


class TestDeputies:
	def test_sees_and_changes_what_the_absent_person_is_responsible_for(self, firm):
		people, _teams, leads = firm
		names = list(leads.values())
		away = absent(people["an"], people["chi"])
		assert (
			sees(people["chi"], names)
			== sees(people["chi"], names, "write")
			== {leads["an"], leads["no team"]}
		)
		frappe.delete_doc("Sky Absence", away)
		assert sees(people["chi"], names) == set()

	@pytest.mark.parametrize(("first", "last"), [(1, 5), (-5, -1)])
	def test_not_before_and_not_after(self, firm, first, last):
		people, _teams, leads = firm
		absent(people["an"], people["chi"], first, last)
		assert sees(people["chi"], list(leads.values())) == set()

	def test_manages_for_an_absent_manager(self, firm):
		people, _teams, leads = firm
		absent(people["boss"], people["chi"])
		assert sees(people["chi"], list(leads.values())) == {
			leads["an"],
			leads["no team"],
		}

	def test_the_deputy_of_a_team_manages_while_its_manager_is_absent(self, firm):
		people, teams, leads = firm
		north = frappe.get_doc("Sky Team", teams["north"])
		north.append("members", {"user": people["dung"], "role_in_team": "Deputy"})
		north.save()
		names = list(leads.values())
		assert sees(people["dung"], names) == set()
		absent(people["boss"])
		assert sees(people["dung"], names) == {leads["an"], leads["no team"]}


class TestWhoNamesADeputy:
	"""A deputy sees what the absent person sees: naming one must not be a way to see more."""

	def test_no_sales_manager_makes_themselves_the_deputy_of_the_boss_or_of_another_team(self, firm):
		people, _teams, leads = firm
		stranger = make.user("Sky Sales User", "Sky Sales Manager")
		before = frappe.db.count("Sky Absence")
		for absentee in (people["boss"], people["an"], people["dung"]):
			with make.acting_as(stranger), pytest.raises(frappe.PermissionError):
				absent(absentee, stranger)
		assert frappe.db.count("Sky Absence") == before
		assert sees(stranger, list(leads.values())) == set()

	def test_nor_by_changing_an_absence_that_is_there(self, firm):
		people, _teams, _leads = firm
		stranger = make.user("Sky Sales User", "Sky Sales Manager")
		name = absent(people["boss"])
		with make.acting_as(stranger), pytest.raises(frappe.PermissionError):
			doc = frappe.get_doc("Sky Absence", name)
			doc.deputy = stranger
			doc.save()
		assert not frappe.db.get_value("Sky Absence", name, "deputy")

	def test_the_person_and_their_manager_may_and_without_a_deputy_any_manager_may(self, firm):
		people, _teams, leads = firm
		row = {
			"doctype": "Has Role",
			"role": "Sky Sales Manager",
			"parenttype": "User",
			"parentfield": "roles",
		}
		frappe.get_doc({**row, "parent": people["boss"], "name": frappe.generate_hash(length=10)}).db_insert()
		frappe.clear_cache(user=people["boss"])
		with make.acting_as(people["boss"]):
			assert absent(people["an"], people["chi"])
		with make.acting_as(people["binh"]):
			assert absent(people["binh"], people["dung"])
		with make.acting_as(make.user("Sky Sales Manager")):
			assert absent(people["chi"])
		assert leads["binh"] in sees(people["dung"], list(leads.values()))


def test_what_is_kept_takes_one_query_and_counts_until_something_changes():
	person = make.user("Sky Sales User")
	make.team(members=(person,))
	frappe.get_roles(person)
	access_rule.default_for(LEAD)
	facts.forget()
	with recorded() as first:
		access_rule.condition(LEAD, person)
	with recorded() as second:
		access_rule.condition(LEAD, person)
	assert (len(first), len(second)) == (7, 1)


@pytest.mark.parametrize("many", [True, False])
def test_both_ways_to_find_the_rows_give_the_same(many, monkeypatch, firm):
	"""However many somebody sees: only how MariaDB finds them is different."""
	people, _teams, leads = firm
	monkeypatch.setattr(density, "sees_many", lambda *_arguments: many)
	make.assign(LEAD, leads["binh"], people["dung"])
	for person, sees_these in (
		("boss", {"an", "no team"}),
		("an", {"an", "no team"}),
		("dung", {"binh"}),
		("chi", set()),
	):
		facts.changed()
		assert ("length(" in access_rule.condition(LEAD, people[person])) is many
		assert sees(people[person], list(leads.values())) == {leads[key] for key in sees_these}


@pytest.mark.parametrize(("rows", "most"), [(0, 0), (1, 2), (10_000, 244), (1_000_000, 2449)])
def test_how_many_are_too_many_to_collect(rows, most):
	assert density.most_to_collect(rows) == most


def test_what_was_kept_under_a_mark_that_is_rolled_back_does_not_come_back(firm):
	"""A team that was never stored must not open anything once another change has been stored."""
	people, _teams, leads = firm
	frappe.db.savepoint("team")
	make.team(manager=people["dung"], members=(people["binh"],))
	frappe.db.set_value(LEAD, leads["binh"], "team", None)
	assert sees(people["dung"], list(leads.values())) == {leads["binh"]}
	frappe.db.rollback(save_point="team")
	facts.forget()
	assert sees(people["dung"], list(leads.values())) == set()
	facts.changed()
	assert sees(people["dung"], list(leads.values())) == set()


@pytest.mark.parametrize("seed", range(4))
def test_lists_and_records_agree_over_random_teams_rules_and_absences(seed):
	"""Every person, every lead, every default: what the list shows is exactly what can be opened."""
	draw = random.Random(f"sharing {seed}")
	people = [make.user("Sky Sales User", *(["Sky Support Agent"] * (number % 2))) for number in range(6)]
	teams: list[str] = []
	for _number in range(6):
		chosen = draw.sample(people, draw.randint(0, 3))
		name = make.team(
			parent=draw.choice([None, *teams]) if teams else None,
			manager=draw.choice([None, *people]),
			members=tuple(chosen[:1]),
			managers=tuple(chosen[1:2]),
		)
		if chosen[2:]:
			team = frappe.get_doc("Sky Team", name)
			team.append("members", {"user": chosen[2], "role_in_team": "Deputy"})
			team.save()
		teams.append(name)
	for person in draw.sample(people, 3):
		deputy = draw.choice([None, *(one for one in people if one != person)])
		absent(person, deputy, draw.choice([-1, 0, 1]))
	for _number in range(5):
		to_type = draw.choice(["User", "Sky Team", "Role"])
		share_to = draw.choice({"User": people, "Sky Team": teams, "Role": ["Sky Support Agent"]}[to_type])
		share_from = draw.choice([one for one in (*people, *teams) if one != share_to])
		filters = draw.choice(
			[
				[],
				[
					{
						"field_name": "score",
						"operator": draw.choice([">=", "<"]),
						"value": "50",
					}
				],
			]
		)
		rule(
			share_from,
			share_to,
			to_type,
			access=draw.choice(["Read", "Write"]),
			filters=filters,
		)
	names = []
	for _number in range(14):
		name = record(
			LEAD,
			draw.choice(["", *people]),
			team=draw.choice([None, *teams]),
			owner=draw.choice(["Administrator", *people]),
		)
		frappe.db.set_value(LEAD, name, "score", draw.choice([0, 49, 50, 90]))
		if draw.random() < 0.3:
			make.assign(LEAD, name, draw.choice(people))
		names.append(name)
	for access in ("Private", "Team", "Public Read", "Public Write"):
		make.set_default_access(LEAD, access)
		for person in people:
			assert sees(person, names, "write") <= sees(person, names), (access, person)


def test_issues_follow_the_rule_once_an_administrator_closes_them():
	"""A team has an issue in hand; what none has yet, everybody of service sees and may take."""
	agent, other = make.user("Sky Support Agent"), make.user("Sky Support Agent")
	team = make.team(members=(agent,))
	names = {
		label: frappe.get_doc({"doctype": "Sky Issue", "subject": label, "assigned_team": assigned})
		.insert(ignore_permissions=True)
		.name
		for label, assigned in (("of the team", team), ("of nobody", None))
	}
	all_names = list(names.values())
	assert readable("Sky Issue", other, all_names) == listed("Sky Issue", other, all_names) == set(all_names)
	make.set_default_access("Sky Issue", "Team")
	assert readable("Sky Issue", agent, all_names) == listed("Sky Issue", agent, all_names) == set(all_names)
	assert (
		readable("Sky Issue", other, all_names)
		== listed("Sky Issue", other, all_names)
		== {names["of nobody"]}
	)
	assert readable("Sky Issue", other, all_names, "write") == {names["of nobody"]}
