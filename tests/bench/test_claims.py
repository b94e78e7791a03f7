"""Leads in the pool: claimed by one, held while worked on, given back by hand or by time; and what colleagues see of it."""

from __future__ import annotations

import access_records as make
import pytest
from clock import at

import frappe
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime

from skycrm.api.v1 import assignment as api
from skycrm.api.v1 import leads as leads_api
from skycrm.jobs import claims as jobs
from skycrm.services import assignment_rules, assignment_timeline, claim_sweep, claims
from skycrm.services.claims import HeldByAnotherError


@pytest.fixture(autouse=True)
def settings():
	"""Plain settings, whatever the site has; nothing of them stays in the cache."""
	frappe.db.set_value("Sky Assignment Rule", {"enabled": 1}, "enabled", 0)
	assignment_rules.drop()
	# Leads that are held on the site already are not this test's.
	frappe.db.set_value("Sky Lead", {"held_until": (">", "2000-01-01")}, "held_until", None)
	set_settings(
		claim_days=7,
		claim_longest_days=30,
		claim_notice_hours=24,
		claim_cap=0,
		claim_cooldown_days=3,
		pool_access="The Team",
	)
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	assignment_rules.drop()
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")


def set_settings(**values):
	frappe.db.set_single_value("Sky CRM Settings", values)
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")


@pytest.fixture
def people():
	return [make.user("Sky Sales User", label=name) for name in ("an", "binh")]


@pytest.fixture
def boss():
	return make.user("Sky Sales Manager", "Sky Sales User", label="boss")


@pytest.fixture
def team(people, boss):
	return make.team(manager=boss, members=tuple(people))


def pool_lead(team, **values):
	"""A lead without owner in the pool of a team."""
	return make.lead(team=team, **values)


def take(user, lead):
	with make.acting_as(user):
		return claims.claim(lead.name)


def stored(lead, *fields):
	return frappe.db.get_value("Sky Lead", lead.name, fields or "lead_owner")


def history(lead):
	return frappe.get_all(
		"Sky Claim",
		{"lead": lead.name},
		["user", "how", "ended_on", "end_reason", "held_until", "team", "first_contact_on"],
		order_by="claimed_on, creation",
	)


class TestClaim:
	def test_it_is_theirs_for_some_days_and_again_says_the_same(self, people, team):
		lead = pool_lead(team)
		answer = take(people[0], lead)
		assert (answer["lead"], answer["owner"]) == (lead.name, people[0])
		days = (answer["held_until"] - now_datetime()).total_seconds() / 86400
		assert 6.99 < days < 7.01
		assert stored(lead, "lead_owner", "team") == (people[0], team)
		again = take(people[0], lead)
		assert (again["owner"], get_datetime(again["held_until"])) == (people[0], answer["held_until"])
		assert len(history(lead)) == 1

	def test_another_one_is_told_who_has_it_if_they_may_see_that(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		with pytest.raises(HeldByAnotherError, match=people[0].split("@")[0]):
			take(people[1], lead)
		assert stored(lead) == people[0]
		make.set_default_access("Sky Lead", "Private")
		with pytest.raises(HeldByAnotherError) as refused:
			take(people[1], lead)
		assert people[0].split("@")[0] not in str(refused.value)
		assert str(refused.value).startswith("Somebody else")

	def test_a_hidden_lead_is_refused_like_any_hidden_record(self, people, team):
		lead = pool_lead(team)
		with pytest.raises(frappe.PermissionError):
			take(make.user("Sky Sales User"), lead)
		with pytest.raises(frappe.PermissionError):
			take(make.user("Sky Marketing User"), lead)
		with pytest.raises(frappe.PermissionError):
			take(make.user("Stock User"), lead)
		with make.acting_as(people[0]), pytest.raises(frappe.DoesNotExistError):
			claims.claim("SKY-LEAD-0000-00000")
		assert stored(lead) is None

	def test_a_finished_lead_cannot_be_claimed(self, people, team):
		lead = pool_lead(team)
		frappe.db.set_value("Sky Lead", lead.name, "status", "Unqualified")
		with pytest.raises(frappe.ValidationError, match="cannot be claimed"):
			take(people[0], lead)

	def test_no_more_than_the_cap(self, people, team):
		set_settings(claim_cap=2)
		for _ in range(2):
			take(people[0], pool_lead(team))
		third = pool_lead(team)
		with pytest.raises(frappe.ValidationError, match="at most 2"):
			take(people[0], third)
		assert take(people[1], third)["owner"] == people[1]
		with make.acting_as(people[0]):
			held = frappe.get_all("Sky Claim", {"user": people[0]}, pluck="lead")[0]
			claims.release(held)
		assert take(people[0], pool_lead(team))["owner"] == people[0]

	def test_not_again_at_once_after_giving_it_back(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		with make.acting_as(people[0]):
			claims.release(lead.name)
		with pytest.raises(frappe.ValidationError, match="claim it again from"):
			take(people[0], lead)
		with at(add_days(now_datetime(), 3.01)):
			assert take(people[0], lead)["owner"] == people[0]

	def test_many_of_the_list(self, people, team):
		mine, theirs, hidden = pool_lead(team), pool_lead(team), make.lead()
		take(people[1], theirs)
		with make.acting_as(people[0]):
			answer = api.claim_selected([mine.name, theirs.name, hidden.name, "NO-SUCH"])
		done = {row["name"]: (row["done"], row["message"]) for row in answer["outcomes"]}
		assert done[mine.name] == (True, "")
		assert done[theirs.name][0] is False and "already" in done[theirs.name][1]
		assert done[hidden.name][1].replace(hidden.name, "") == done["NO-SUCH"][1].replace("NO-SUCH", "")
		assert (stored(mine), stored(theirs), stored(hidden)) == (people[0], people[1], None)


class TestByTheForm:
	def test_choosing_oneself_is_a_claim(self, people, team):
		set_settings(claim_cap=1)
		first, second = pool_lead(team), pool_lead(team)
		with make.acting_as(people[0]):
			doc = frappe.get_doc("Sky Lead", first.name)
			doc.lead_owner = people[0]
			doc.save()
			assert doc.held_until
			doc = frappe.get_doc("Sky Lead", second.name)
			doc.lead_owner = people[0]
			with pytest.raises(frappe.ValidationError, match="at most 1"):
				doc.save()
		assert [(row.user, row.how) for row in history(first)] == [(people[0], "Claimed")]

	def test_nobody_takes_what_another_one_holds(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		with make.acting_as(people[1]):
			doc = frappe.get_doc("Sky Lead", lead.name)
			doc.lead_owner = people[1]
			with pytest.raises(frappe.PermissionError, match="held by somebody else"):
				doc.save()
		assert stored(lead) == people[0]

	def test_a_lead_of_the_pool_is_not_handed_on_by_a_member(self, people, team):
		lead = pool_lead(team)
		with make.acting_as(people[0]), pytest.raises(frappe.PermissionError, match="Claim it first"):
			api.hand_on(lead.name, people[0])
		assert stored(lead) is None


class TestGivingBackAndHandingOn:
	def test_back_to_the_pool_it_came_from(self, people, boss):
		pool = make.team(manager=boss, members=tuple(people))
		own = make.team(pool, members=(people[0],))
		lead = pool_lead(pool)
		take(people[0], lead)
		assert stored(lead, "team") == own
		with make.acting_as(people[0]):
			assert leads_api.release(lead.name) == {"lead": lead.name, "owner": None, "held_until": None}
			assert leads_api.release(lead.name)["owner"] is None
		assert stored(lead, "lead_owner", "team", "held_until") == (None, pool, None)
		(row,) = history(lead)
		assert (row.end_reason, row.ended_on is not None) == ("Released", True)

	def test_only_the_owner_and_managers(self, people, boss, team):
		lead = pool_lead(team)
		take(people[0], lead)
		for step in (leads_api.release, lambda name: api.hand_on(name, people[1])):
			with make.acting_as(people[1]), pytest.raises(frappe.PermissionError, match="not yours"):
				step(lead.name)
		assert stored(lead) == people[0]
		with make.acting_as(boss):
			answer = api.hand_on(lead.name, people[1], "Khách quen của Bình")
		assert answer["owner"] == people[1] and answer["held_until"]
		assert [(row.user, row.how, row.end_reason) for row in history(lead)] == [
			(people[0], "Claimed", "Reassigned"),
			(people[1], "Handed On", None),
		]
		with make.acting_as(people[1]):
			assert "Khách quen" in api.explain(lead.name)[0]["reason"]
			told = " ".join(row["content"] for row in assignment_timeline.content("Sky Lead", lead.name))
		assert "claimed this lead" in told and "gave this lead to" in told

	def test_not_to_somebody_who_cannot_work_on_it(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		for wrong in (make.user("Stock User"), "nobody@example.com"):
			with (
				make.acting_as(people[0]),
				pytest.raises(frappe.ValidationError, match="cannot work on leads"),
			):
				api.hand_on(lead.name, wrong)
		assert stored(lead) == people[0]

	def test_a_new_owner_by_the_form_ends_the_claim(self, people, boss, team):
		lead = pool_lead(team)
		take(people[0], lead)
		with make.acting_as(boss):
			doc = frappe.get_doc("Sky Lead", lead.name)
			doc.lead_owner = people[1]
			doc.save()
		assert stored(lead, "lead_owner", "held_until") == (people[1], None)
		assert history(lead)[0].end_reason == "Reassigned"

	def test_giving_up_ends_the_claim(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		with make.acting_as(people[0]):
			doc = frappe.get_doc("Sky Lead", lead.name)
			doc.update({"status": "Unqualified", "unqualified_reason": "Không mua"}).save()
		assert stored(lead, "lead_owner", "held_until") == (people[0], None)
		assert history(lead)[0].end_reason == "Given Up"

	def test_nobody_writes_the_end_of_a_hold_by_hand(self, people, team):
		lead = pool_lead(team)
		answer = take(people[0], lead)
		with make.acting_as(people[0]):
			doc = frappe.get_doc("Sky Lead", lead.name)
			doc.held_until = add_days(now_datetime(), 900)
			doc.save()
		assert stored(lead, "held_until") == answer["held_until"]
		assert make.lead(held_until=now_datetime()).held_until is None


class TestTime:
	def test_back_to_the_pool_when_nothing_happens(self, people, team):
		lead, free = pool_lead(team), pool_lead(team, lead_owner=people[1])
		take(people[0], lead)
		for days, owner in ((6.9, people[0]), (7.1, None), (7.2, None)):
			with at(add_to_date(now_datetime(), hours=days * 24)):
				jobs.sweep()
			assert stored(lead) == owner, days
		assert stored(lead, "team", "held_until") == (team, None)
		assert [row.end_reason for row in history(lead)] == ["Expired"]
		assert stored(free) == people[1], "only what was claimed goes back"

	@pytest.mark.parametrize("kind", ["comment", "mail", "touch", "status", "plan"])
	def test_work_holds_it(self, people, team, kind):
		lead = pool_lead(team)
		take(people[0], lead)
		with at(add_days(now_datetime(), 5)), make.acting_as(people[0]):
			doc = frappe.get_doc("Sky Lead", lead.name)
			if kind == "comment":
				doc.add_comment("Comment", "Đã gọi")
			elif kind == "mail":
				frappe.get_doc(
					{
						"doctype": "Communication",
						"communication_type": "Communication",
						"communication_medium": "Email",
						"sent_or_received": "Sent",
						"subject": "Báo giá",
						"content": "Gửi anh",
						"reference_doctype": "Sky Lead",
						"reference_name": lead.name,
					}
				).insert(ignore_permissions=True)
			elif kind == "touch":
				frappe.get_doc(
					{
						"doctype": "Sky Lead Touch",
						"lead": lead.name,
						"door": "Web Form",
						"received_on": now_datetime(),
					}
				).insert(ignore_permissions=True)
			elif kind == "status":
				doc.status = "Contacted"
				doc.save()
			else:
				doc.next_contact_on = add_days(now_datetime(), 20)
				doc.save()
		with at(add_to_date(now_datetime(), days=7, hours=5)):
			jobs.sweep()
		assert stored(lead) == people[0]
		late = 40 if kind == "plan" else 13
		with at(add_days(now_datetime(), late)):
			jobs.sweep()
		assert stored(lead) is None

	def test_the_owner_is_told_before_once(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		assert claim_sweep.due_for_notice() == []
		with at(add_to_date(now_datetime(), days=6, hours=3)):
			assert claim_sweep.due_for_notice() == [lead.name]
			assert claim_sweep.due_for_notice() == []

	def test_for_ever_when_the_settings_say_so(self, people, team):
		set_settings(claim_days=0)
		lead = pool_lead(team)
		assert take(people[0], lead)["held_until"] is None
		with at(add_days(now_datetime(), 400)):
			jobs.sweep()
		assert stored(lead) == people[0]
		with make.acting_as(people[0]):
			claims.release(lead.name)
		assert history(lead)[0].end_reason == "Released"

	def test_the_first_contact_is_noted(self, people, team):
		lead, other = pool_lead(team), pool_lead(team)
		take(people[0], lead)
		take(people[0], other)
		with at(add_to_date(now_datetime(), hours=2)), make.acting_as(people[0]):
			frappe.get_doc("Sky Lead", lead.name).add_comment("Comment", "Đã gọi")
			doc = frappe.get_doc("Sky Lead", other.name)
			doc.status = "Contacted"
			doc.save()
		claim_sweep.note_first_contacts()
		assert history(lead)[0].first_contact_on and history(other)[0].first_contact_on

	def test_a_refused_attempt_is_counted(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		jobs.note_refusal(lead.name, people[1], str(now_datetime()))
		assert [row.end_reason for row in history(lead)] == [None, "Refused"]
		jobs.note_refusal("NO-SUCH", people[1], str(now_datetime()))

	def test_statements_do_not_grow_with_the_leads(self, people, team, statements):
		def expire(number):
			names = [pool_lead(team).name for _ in range(number)]
			with make.acting_as(people[0]):
				for name in names:
					claims.claim(name)
			with at(add_days(now_datetime(), 8)):
				statements.clear()
				claim_sweep.extend_due()
				assert len(claim_sweep.return_expired()) == number
				return len(statements)

		expire(1)
		assert expire(2) == expire(12)


class TestWhoSeesThePool:
	def test_the_team_even_when_leads_are_private(self, people, boss, team):
		lead, owned = pool_lead(team), pool_lead(team, lead_owner=people[1])
		stranger = make.user("Sky Sales User")
		make.set_default_access("Sky Lead", "Private")
		names = [lead.name, owned.name]

		def seen(user):
			with make.acting_as(user):
				listed = set(frappe.get_list("Sky Lead", {"name": ("in", names)}, pluck="name"))
				one_by_one = {
					name for name in names if frappe.get_doc("Sky Lead", name).has_permission("read")
				}
			assert listed == one_by_one
			return listed

		assert seen(people[0]) == {lead.name}
		assert seen(boss) == set(names)
		assert seen(stranger) == set()
		with make.acting_as(people[0]):
			doc = frappe.get_doc("Sky Lead", lead.name)
			assert not doc.has_permission("write"), "claim it first"
			assert api.claim_state(lead.name)["may_claim"]
			assert claims.claim(lead.name)["owner"] == people[0]
			assert frappe.get_doc("Sky Lead", lead.name).has_permission("write")

	def test_everybody_when_the_settings_say_so(self, people, team):
		lead, owned = make.lead(), pool_lead(team, lead_owner=people[1])
		stranger = make.user("Sky Sales User")
		with make.acting_as(stranger):
			assert not frappe.get_list("Sky Lead", {"name": ("in", [lead.name, owned.name])})
		set_settings(pool_access="Everybody")
		with make.acting_as(stranger):
			assert frappe.get_list("Sky Lead", {"name": ("in", [lead.name, owned.name])}, pluck="name") == [
				lead.name
			]
			assert claims.claim(lead.name)["owner"] == stranger
			assert not frappe.get_doc("Sky Lead", owned.name).has_permission("read")

	def test_claims_follow_the_lead(self, people, team):
		lead = pool_lead(team)
		take(people[0], lead)
		with make.acting_as(people[1]):
			assert frappe.get_list("Sky Claim", {"lead": lead.name})
		with make.acting_as(make.user("Sky Sales User")):
			assert not frappe.get_list("Sky Claim", {"lead": lead.name})


class TestReport:
	def test_who_claims_how_many_and_what_becomes_of_them(self, people, boss, team):
		from skycrm.skycrm.report.lead_contention.lead_contention import execute

		first, second, third = (pool_lead(team) for _ in range(3))
		take(people[0], first)
		take(people[0], second)
		take(people[1], third)
		jobs.note_refusal(third.name, people[0], str(now_datetime()))
		with make.acting_as(people[0]):
			claims.release(first.name)
		with at(add_days(now_datetime(), 8)):
			jobs.sweep()
		frappe.db.set_value(
			"Sky Claim",
			{"lead": third.name, "user": people[1]},
			"first_contact_on",
			add_to_date(now_datetime(), hours=5),
		)
		with make.acting_as(boss):
			_columns, data, *_more = execute({"team": team})
		*people_rows, total = data
		by_user = {row["user"]: row for row in people_rows}
		one, other = by_user[people[0]], by_user[people[1]]
		assert (one["claimed"], one["released"], one["expired"], one["refused"]) == (2, 1, 1, 1)
		assert (other["claimed"], other["expired"], other["refused"]) == (1, 1, 0)
		assert 4.9 < other["hours_to_contact"] < 5.1
		# A share of all claims and a mean of all contacts, not a sum or a mean of those of the people.
		assert total["is_total"] and (total["claimed"], total["expired"], total["refused"]) == (3, 2, 1)
		assert total["expired_percent"] == 66.7 and total["hours_to_contact"] == other["hours_to_contact"]
		with make.acting_as(make.user("Sky Sales Manager")):
			assert execute({})[1] == []
