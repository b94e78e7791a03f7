"""New leads find an owner by the admin's rules: who, why, who was passed over, and what it costs."""

from __future__ import annotations

import json

import access_records as make
import pytest
from clock import at
from factories import make_item, make_user

import frappe
from frappe.cache_manager import clear_doctype_map
from frappe.desk.doctype.notification_settings.notification_settings import create_notification_settings
from frappe.utils import add_days, now_datetime, today

from skycrm.api.v1 import assignment as api
from skycrm.domain.intake import Arrival
from skycrm.jobs import assignment as jobs
from skycrm.services import (
	assignment,
	assignment_messages,
	assignment_pool,
	assignment_rules,
	assignment_turns,
)
from skycrm.services.intake import receive


@pytest.fixture(autouse=True)
def no_other_rules():
	"""Only the rules of the test are asked, before and after it."""
	frappe.db.set_value("Sky Assignment Rule", {"enabled": 1}, "enabled", 0)
	assignment_rules.drop()
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	assignment_rules.drop()
	frappe.cache.delete_value("sky_keeps_leave")


@pytest.fixture
def people():
	return [make.user("Sky Sales User", label=name) for name in ("an", "binh", "chi")]


@pytest.fixture
def team(people):
	return make.team(members=tuple(people))


def make_rule(**values):
	values.setdefault("rule_name", f"Rule {frappe.generate_hash(length=8)}")
	return frappe.get_doc({"doctype": "Sky Assignment Rule", "enabled": 1, **values}).insert()


def owners(number, **values):
	return [make.lead(**values).lead_owner for _ in range(number)]


def without_mail(user):
	"""The site of the tests has no mail account; what is told stays in the desk."""
	create_notification_settings(user)
	frappe.db.set_value("Notification Settings", user, "enable_email_notifications", 0)
	frappe.clear_document_cache("Notification Settings", user)


def log_of(lead):
	return frappe.get_all("Sky Assignment Log", {"lead": lead.name}, ["*"], order_by="decided_on desc")


class TestWhoGetsIt:
	def test_in_turn_with_team_log_and_reason(self, people, team):
		rule = make_rule(team=team)
		assert sorted(owners(3)) == sorted(people)
		lead = make.lead()
		assert (lead.lead_owner in people, lead.team, lead.held_until) == (True, team, None)
		(row,) = log_of(lead)
		assert (row.rule, row.user, row.outcome, row.is_waiting) == (rule.name, lead.lead_owner, "Given", 0)
		assert "turn" in row.reason
		(answer,) = api.explain(lead.name)
		assert answer["user"] == lead.lead_owner
		assert {one["reason"] for one in answer["passed_over"]} == {"Comes later in turn."}
		assert len(answer["passed_over"]) == 2

	def test_an_owner_who_was_chosen_or_derived_stays(self, people, team):
		make_rule(team=team)
		other = make.user("Sky Sales User")
		assert make.lead(lead_owner=other).lead_owner == other
		with make.acting_as(other):
			assert make.lead().lead_owner == other
		assert not frappe.db.count("Sky Assignment Log", {"user": other})

	def test_the_first_rule_that_fits_decides(self, people, team):
		special = make.user("Sky Sales User")
		make_rule(team=team, priority=20)
		make_rule(
			priority=5,
			members=[{"user": special}],
			conditions=[{"field_name": "city", "operator": "=", "value": "Huế"}],
		)
		make_rule(priority=1, enabled=0, members=[{"user": make.user("Sky Sales User")}])
		assert make.lead(city="huế").lead_owner == special
		assert make.lead(city="Vinh").lead_owner in people

	def test_conditions_on_products_territory_and_door(self, people):
		item = make_item()
		group = frappe.db.get_value("Item", item, "item_group")
		territory = frappe.db.get_value("Territory", {"is_group": 0})
		root = frappe.db.get_value("Territory", {"lft": 1})
		by_item, by_place, by_door = people
		make_rule(
			priority=1,
			members=[{"user": by_item}],
			conditions=[{"field_name": "item_group", "operator": "under", "value": group}],
		)
		make_rule(
			priority=2,
			members=[{"user": by_place}],
			conditions=[{"field_name": "territory", "operator": "under", "value": root}],
		)
		make_rule(
			priority=3,
			members=[{"user": by_door}],
			conditions=[{"field_name": "door", "operator": "=", "value": "Web Form"}],
		)
		assert make.lead(items=[{"item_code": item, "qty": 1}]).lead_owner == by_item
		assert make.lead(territory=territory).lead_owner == by_place
		name = f"Khách {frappe.generate_hash(length=8)}"
		received = receive(Arrival(values={"lead_name": name}, door="Web Form"))
		assert frappe.db.get_value("Sky Lead", received.lead, "lead_owner") == by_door
		assert make.lead().lead_owner is None

	def test_pool_by_team_below_role_and_managers(self, people, team):
		boss, support = make.user("Sky Sales Manager"), make.user("Sky Support Agent")
		top = make.team(manager=boss, members=(support,))
		frappe.get_doc("Sky Team", team).update({"parent_sky_team": top}).save()
		everybody = make_rule(team=top, with_teams_below=1)
		got = {one.name for one in assignment.rules_of(everybody.name)}
		assert got == {everybody.name}

		def pool(**values):
			everybody.update(values).save()
			return set(assignment_pool.people(assignment.rules_of(everybody.name)[0]))

		assert pool() == {*people, support}
		assert pool(role="Sky Sales User") == set(people)
		assert pool(role=None, include_managers=1) == {*people, support, boss}
		assert pool(with_teams_below=0) == {support, boss}
		everybody.update({"members": [{"user": people[0], "weight": 2}]})
		assert pool(include_managers=0) == {support, people[0]}

	def test_fewest_open_leads(self, people, team):
		busy = people[0]
		for _ in range(3):
			make.lead(lead_owner=busy)
		make_rule(team=team, method="Least Loaded")
		got = owners(7)
		assert got.count(busy) == 1
		assert got.count(people[1]) == got.count(people[2]) == 3

	def test_weights(self, people):
		make_rule(
			method="Weighted",
			members=[
				{"user": user, "weight": weight} for user, weight in zip(people, (3, 1, 0), strict=True)
			],
		)
		got = owners(12)
		assert [got.count(user) for user in people] == [9, 3, 0]


class TestWhoDoesNot:
	def test_disabled_absent_and_capped_people_and_why(self, people, team):
		disabled, absent, capped = people
		free = make.user("Sky Sales User")
		frappe.db.set_value("User", disabled, "enabled", 0)
		frappe.get_doc(
			{"doctype": "Sky Absence", "user": absent, "from_date": today(), "to_date": add_days(today(), 2)}
		).insert()
		make.lead(lead_owner=capped)
		make_rule(team=team, members=[{"user": free}], open_cap=1)
		lead = make.lead()
		assert lead.lead_owner == free
		reasons = {one["name"]: one["reason"] for one in api.explain(lead.name)[0]["passed_over"]}
		by_user = {user: reasons[user.split("@")[0]] for user in people}
		assert by_user[disabled] == "The user is disabled."
		assert by_user[absent].startswith("Absent until ")
		assert by_user[capped] == "Has 1 open leads; at most 1 are allowed."

	def test_a_deputy_stands_in(self, people):
		absent, deputy = people[0], people[1]
		frappe.get_doc(
			{
				"doctype": "Sky Absence",
				"user": absent,
				"from_date": today(),
				"to_date": today(),
				"deputy": deputy,
			}
		).insert()
		make_rule(members=[{"user": absent}])
		lead = make.lead()
		assert lead.lead_owner == deputy
		assert "Stands in for" in api.explain(lead.name)[0]["reason"]

	def test_the_day_cap_ends_with_the_day(self, people):
		make_rule(members=[{"user": people[0]}], daily_cap=2)
		assert owners(3) == [people[0], people[0], None]
		with at(add_days(now_datetime(), 1)):
			assert owners(1) == [people[0]]

	def test_hours_and_holidays(self, people):
		day = frappe.utils.getdate("2026-11-23")
		holidays = frappe.get_doc(
			{
				"doctype": "Holiday List",
				"holiday_list_name": f"Nghỉ {frappe.generate_hash(length=6)}",
				"from_date": "2026-11-01",
				"to_date": "2026-12-31",
				"holidays": [{"holiday_date": "2026-11-30", "description": "Nghỉ bù"}],
			}
		).insert()
		make_rule(
			members=[{"user": people[0]}],
			hours=[{"weekday": "Monday", "from_time": "08:00:00", "to_time": "17:00:00"}],
			holiday_list=holidays.name,
		)
		for moment, owner in (
			(f"{day} 09:00:00", people[0]),
			(f"{day} 18:00:00", None),
			("2026-11-24 09:00:00", None),
			("2026-11-30 09:00:00", None),
		):
			with at(moment):
				lead = make.lead()
				assert lead.lead_owner == owner, moment
		assert "working hours" in api.explain(lead.name)[0]["passed_over"][0]["reason"]


class TestNobodyFree:
	def test_it_waits_in_the_pool_and_is_given_out_later(self, people, team):
		frappe.db.set_value("User", people[0], "enabled", 0)
		rule = make_rule(members=[{"user": people[0]}], fallback_team=team)
		lead = make.lead()
		assert (lead.lead_owner, lead.team) == (None, team)
		assert log_of(lead)[0].is_waiting == 1
		jobs.assign_waiting()
		assert len(log_of(lead)) == 1, "still waiting is not written down again"
		frappe.db.set_value("User", people[0], "enabled", 1)
		jobs.assign_waiting()
		lead.reload()
		assert (lead.lead_owner, lead.team) == (people[0], team)
		assert [(row.outcome, row.is_waiting) for row in log_of(lead)] == [("Given", 0), ("Waiting", 0)]
		assert rule.name

	def test_a_waiting_lead_that_was_taken_is_left_alone(self, people, team):
		frappe.db.set_value("User", people[0], "enabled", 0)
		make_rule(members=[{"user": people[0]}], fallback_team=team)
		lead = make.lead()
		lead.lead_owner = people[1]
		lead.save()
		frappe.db.set_value("User", people[0], "enabled", 1)
		jobs.assign_waiting()
		assert frappe.db.get_value("Sky Lead", lead.name, "lead_owner") == people[1]
		assert not frappe.db.count("Sky Assignment Log", {"lead": lead.name, "is_waiting": 1})

	def test_the_next_rule_or_a_person(self, people):
		frappe.db.set_value("User", people[0], "enabled", 0)
		make_rule(members=[{"user": people[0]}], priority=1, fallback="Ask the Next Rule")
		make_rule(
			members=[{"user": people[0]}], priority=2, fallback="Give to One Person", fallback_user=people[1]
		)
		lead = make.lead()
		assert lead.lead_owner == people[1]
		(answer,) = api.explain(lead.name)
		assert len(answer["passed_over"]) == 2
		assert answer["reason"].startswith("Nobody of the rule was free")


class TestLeave:
	@pytest.mark.commits
	def test_approved_leave_of_an_hr_app(self, people):
		"""A site with an HR app has this DocType; here one with the fields that count stands in its place."""
		user = make_user("leave.seller@example.com", "Sky Sales User")
		doctype = frappe.get_doc(
			{
				"doctype": "DocType",
				"name": "Leave Application",
				"module": "Custom",
				"custom": 1,
				"is_submittable": 1,
				"fields": [
					{
						"fieldname": "employee",
						"fieldtype": "Link",
						"options": "Employee",
						"label": "Employee",
					},
					{"fieldname": "from_date", "fieldtype": "Date", "label": "From"},
					{"fieldname": "to_date", "fieldtype": "Date", "label": "To"},
					{"fieldname": "status", "fieldtype": "Data", "label": "Status"},
				],
				"permissions": [{"role": "System Manager", "read": 1}],
			}
		).insert()
		employee = None
		try:
			frappe.cache.delete_value("sky_keeps_leave")
			employee = frappe.get_doc(
				{
					"doctype": "Employee",
					"first_name": "Leave",
					"gender": frappe.db.get_value("Gender", {}),
					"date_of_birth": "1990-01-01",
					"date_of_joining": "2020-01-01",
					"company": frappe.db.get_value("Company", {}),
					"user_id": user,
					"status": "Active",
				}
			).insert()
			leave = frappe.get_doc(
				{
					"doctype": "Leave Application",
					"employee": employee.name,
					"from_date": today(),
					"to_date": add_days(today(), 4),
					"status": "Open",
				}
			).insert()
			make_rule(members=[{"user": user}])
			assert make.lead().lead_owner == user
			leave.db_set("status", "Approved")
			lead = make.lead()
			assert lead.lead_owner is None
			assert "On leave until" in api.explain(lead.name)[0]["passed_over"][0]["reason"]
		finally:
			frappe.db.rollback()
			if employee:
				frappe.delete_doc("Employee", employee.name, force=True, ignore_missing=True)
			frappe.db.delete("Leave Application")
			doctype.delete(force=True)
			frappe.db.commit()
			frappe.cache.delete_value("sky_keeps_leave")


class TestMany:
	def test_set_wise_with_the_same_shares(self, people, team):
		leads = [make.lead(city="Vinh").name for _ in range(30)]
		owned = make.lead(lead_owner=people[0]).name
		make_rule(team=team, conditions=[{"field_name": "city", "operator": "=", "value": "Vinh"}], hold=1)
		frappe.db.commit()
		outcomes = assignment.assign_many([*leads, owned])
		assert set(outcomes) == set(leads)
		rows = frappe.get_all(
			"Sky Lead", {"name": ("in", leads)}, ["lead_owner", "team", "held_until"], limit=0
		)
		assert [sum(row.lead_owner == user for row in rows) for user in people] == [10, 10, 10]
		assert all(row.team == team and row.held_until for row in rows)
		assert frappe.db.count("Sky Assignment Log", {"lead": ("in", leads)}) == 30
		assert frappe.db.count("Sky Claim", {"lead": ("in", leads), "how": "Assigned"}) == 30

	def test_statements_do_not_grow_with_the_leads(self, people, team, statements):
		make_rule(team=team, method="Least Loaded", hold=1)
		leads = [make.lead(lead_owner=people[0]).name for _ in range(60)]
		frappe.db.set_value("Sky Lead", {"name": ("in", leads)}, {"lead_owner": None, "team": None})
		assignment.assign_many(leads[:3])
		counts = []
		for part in (leads[3:6], leads[6:]):
			statements.clear()
			assignment.assign_many(part)
			counts.append(len(statements))
		# One of them writes all new owners into the audit log.
		assert counts[0] == counts[1] <= 15, counts

	def test_the_managers_button(self, people, team):
		lead = make.lead(lead_owner=people[0])
		frappe.db.set_value("Sky Lead", lead.name, {"lead_owner": None, "team": team})
		boss = make.user("Sky Sales Manager", "Sky Sales User")
		frappe.get_doc("Sky Team", team).update({"manager": boss}).save()
		make_rule(team=team)
		with make.acting_as(people[0]), pytest.raises(frappe.PermissionError):
			api.assign_many([lead.name])
		assert frappe.db.get_value("Sky Lead", lead.name, "lead_owner") is None
		with make.acting_as(boss):
			answer = api.assign_many(json.dumps([lead.name]))
		assert answer["outcomes"][0]["done"], answer
		assert frappe.db.get_value("Sky Lead", lead.name, "lead_owner") in people
		with make.acting_as(boss):
			assert "owner already" in api.assign_many([lead.name])["outcomes"][0]["message"]


class TestTrying:
	def test_it_changes_nothing(self, people, team, statements):
		rule = make_rule(team=team, conditions=[{"field_name": "city", "operator": "=", "value": "Vinh"}])
		before = assignment_turns.look(rule.name)
		statements.clear()
		answer = api.try_rule(rule.name, values={"city": "Vinh"})
		assert answer["fits"] and answer["user"] in people and len(answer["passed_over"]) == 2
		assert not [text for text in statements if not text.lstrip().lower().startswith("select")]
		assert assignment_turns.look(rule.name) == before
		assert api.try_rule(rule.name, values={"city": "Huế"}) == {"fits": False}
		lead = make.lead(lead_owner=people[0], city="vinh")
		assert api.try_rule(rule.name, lead=lead.name)["user"] == answer["user"]

	def test_a_rule_that_is_not_saved_yet(self, people):
		answer = api.try_rule({"rule_name": "Thử", "members": [{"user": people[2]}], "enabled": 1}, values={})
		assert answer["user"] == people[2]

	def test_who_may_not_read_rules_may_not_try(self, people):
		with make.acting_as(people[0]), pytest.raises(frappe.PermissionError):
			api.try_rule(values={})

	def test_an_explanation_follows_the_lead(self, people, team):
		make_rule(team=team)
		lead = make.lead()
		stranger = make.user("Sky Sales User")
		with make.acting_as(lead.lead_owner):
			assert api.explain(lead.name)
			assert frappe.get_list("Sky Assignment Log", {"lead": lead.name})
		with make.acting_as(stranger):
			with pytest.raises(frappe.PermissionError):
				api.explain(lead.name)
			assert not frappe.get_list("Sky Assignment Log", {"lead": lead.name})
			log = frappe.get_doc("Sky Assignment Log", {"lead": lead.name})
			assert not log.has_permission("read")


class TestRecords:
	@pytest.mark.parametrize(
		("values", "message"),
		[
			({}, "Nobody would get these leads"),
			({"conditions": [{"field_name": "no_field", "operator": "=", "value": "x"}]}, "has no field"),
			(
				{"conditions": [{"field_name": "city", "operator": "under", "value": "x"}]},
				"has nothing below it",
			),
			(
				{"conditions": [{"field_name": "territory", "operator": "under", "value": "?"}]},
				"does not exist",
			),
			({"conditions": [{"field_name": "score", "operator": ">", "value": "hot"}]}, "is not a number"),
			({"fallback": "Give to One Person"}, "cannot sign in"),
			(
				{"hours": [{"weekday": "Monday", "from_time": "10:00:00", "to_time": "09:00:00"}]},
				"ends before it begins",
			),
		],
	)
	def test_a_rule_that_cannot_work_is_refused(self, people, values, message):
		if values:
			values = {"members": [{"user": people[0]}], **values}
		with pytest.raises(frappe.ValidationError, match=message):
			make_rule(**values)

	def test_absences_of_oneself_and_for_others_by_a_manager(self, people):
		one, other, _third = people
		values = {"doctype": "Sky Absence", "from_date": today(), "to_date": today()}
		with make.acting_as(one):
			frappe.get_doc({**values, "user": one}).insert()
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc({**values, "user": other}).insert()
			assert len(frappe.get_list("Sky Absence")) == 1
		with make.acting_as(make.user("Sky Sales Manager")):
			frappe.get_doc({**values, "user": other}).insert()
		with pytest.raises(frappe.ValidationError, match="absent"):
			frappe.get_doc({**values, "user": one, "deputy": one}).insert()

	def test_a_deleted_lead_takes_its_explanations_along(self, people, team):
		make_rule(team=team, hold=1)
		lead = make.lead()
		lead.delete()
		assert not frappe.db.count("Sky Assignment Log", {"lead": lead.name})
		assert not frappe.db.count("Sky Claim", {"lead": lead.name})

	def test_a_renamed_rule_keeps_its_turns(self, people, team):
		rule = make_rule(team=team)
		first = owners(2)
		frappe.rename_doc("Sky Assignment Rule", rule.name, f"{rule.name} moved")
		assert owners(1)[0] not in first


class TestFramework:
	def test_its_own_assignment_rule_works_beside_ours(self, people, team):
		make_rule(team=team)
		without_mail(people[2])
		frappe.get_doc(
			{
				"doctype": "Assignment Rule",
				"name": f"Todo {frappe.generate_hash(length=6)}",
				"document_type": "Sky Lead",
				"description": "Call",
				"assign_condition": "status == 'New'",
				"rule": "Round Robin",
				"users": [{"user": people[2]}],
				"assignment_days": [
					{"day": day}
					for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
				],
			}
		).insert()
		try:
			lead = make.lead()
		finally:
			clear_doctype_map("Assignment Rule", "Sky Lead")
			frappe.cache.delete_value("assignment_rules")
		assert lead.lead_owner in people
		assert frappe.db.exists("ToDo", {"reference_name": lead.name, "allocated_to": people[2]})

	def test_the_owner_is_told_by_a_notification_that_an_admin_may_edit(self, people, team):
		make_rule(team=team)
		for user in people:
			without_mail(user)
		lead = make.lead()
		assert not frappe.db.get_value("Notification", "Lead Given to Me", "is_standard")
		assignment_messages.tell(lead.lead_owner, [lead.name], "sky_lead_given", str)
		note = frappe.get_last_doc("Notification Log", {"for_user": lead.lead_owner})
		assert (note.document_type, note.document_name) == ("Sky Lead", lead.name)
		assert lead.lead_name in note.subject
		jobs.tell_owners([make.lead(lead_owner=people[0]).name for _ in range(5)])
		note = frappe.get_last_doc("Notification Log", {"for_user": people[0]})
		assert note.subject == "5 leads were given to you."


class TestCost:
	def insert(self, statements):
		statements.clear()
		make.lead(source="Website")
		return len(statements)

	def test_no_statement_without_a_rule_and_few_with_one(self, people, team, statements):
		self.insert(statements)
		without = self.insert(statements)
		assert not [
			text for text in statements if "Assignment" in text or "Claim" in text or "Absence" in text
		]
		make_rule(team=team)
		self.insert(statements)
		assert self.insert(statements) <= without + 7
		frappe.get_doc("Sky Assignment Rule", {"enabled": 1}).update(
			{"method": "Least Loaded", "hold": 1}
		).save()
		self.insert(statements)
		assert self.insert(statements) <= without + 10
