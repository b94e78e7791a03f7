"""Many at once, over HTTP through the server's own processes: one owner, clean refusals, fair turns, never a 500."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import make_user, unique
from rest_client import api_token

import frappe

from skycrm.services import assignment_rules

pytestmark = pytest.mark.commits

SELLERS = [f"parallel{number}.claims@example.com" for number in range(5)]


@pytest.fixture
def made():
	"""Return (sellers, team, list for the names of leads); all of it is committed, and removed afterwards."""
	for seller in SELLERS:
		make_user(seller, "Sky Sales User")
	frappe.db.set_value("Sky Assignment Rule", {"enabled": 1}, "enabled", 0)
	team = frappe.get_doc(
		{
			"doctype": "Sky Team",
			"team_name": unique("Nhóm song song"),
			"members": [{"user": seller} for seller in SELLERS],
		}
	).insert()
	leads: list[str] = []
	frappe.db.commit()
	assignment_rules.drop()
	yield SELLERS, team.name, leads
	frappe.db.rollback()
	for rule in frappe.get_all("Sky Assignment Rule", {"team": team.name}, pluck="name"):
		frappe.delete_doc("Sky Assignment Rule", rule, force=True)
	for lead in leads:
		frappe.delete_doc("Sky Lead", lead, force=True, ignore_missing=True)
	frappe.delete_doc("Sky Team", team.name, force=True)
	frappe.db.commit()
	assignment_rules.drop()


def crowd_member(number):
	"""One of many users; made long ago as far as the framework knows, which lets nobody make many in an hour."""
	frappe.flags.in_import = True
	try:
		user = make_user(f"crowd{number}.claims@example.com", "Sky Sales User")
	finally:
		frappe.flags.in_import = False
	frappe.db.set_value("User", user, "creation", "2026-01-01 00:00:00", update_modified=False)
	return user


def pool_lead(team, leads):
	doc = frappe.get_doc({"doctype": "Sky Lead", "lead_name": unique("Khách"), "team": team}).insert()
	leads.append(doc.name)
	return doc.name


def at_once(jobs, threads=50):
	with ThreadPoolExecutor(threads) as pool:
		return [future.result() for future in [pool.submit(job) for job in jobs]]


def codes(answers):
	return Counter(answer.status_code for answer in answers)


def test_fifty_claims_of_one_lead(made, rest_as):
	sellers, team, leads = made
	lead = pool_lead(team, leads)
	for seller in sellers:
		api_token(seller)
	frappe.db.commit()
	clients = [rest_as(seller) for seller in sellers]
	start = time.perf_counter()
	# Each seller's first request is one of ten; those of the winner after the first get the same answer again.
	answers = at_once(
		[lambda client=clients[i % 5]: client.call("leads.claim", lead=lead) for i in range(50)]
	)
	seconds = time.perf_counter() - start
	frappe.db.rollback()
	owner = frappe.db.get_value("Sky Lead", lead, "lead_owner")
	assert codes(answers) == {200: 10, 409: 40}, [a.text[:300] for a in answers if a.status_code >= 500]
	won = [answer.json()["message"] for answer in answers if answer.status_code == 200]
	assert owner in sellers and {row["owner"] for row in won} == {owner}
	assert len({row["held_until"] for row in won}) == 1
	assert frappe.db.count("Sky Claim", {"lead": lead, "end_reason": ("is", "not set")}) == 1
	print(f"50 claims of one lead by 5 people: {seconds:.2f} s")


def test_fifty_people_one_owner_and_49_refusals(made, rest_as):
	_sellers, team, leads = made
	people = [crowd_member(number) for number in range(50)]
	doc = frappe.get_doc("Sky Team", team)
	for user in people:
		doc.append("members", {"user": user})
	doc.save()
	lead = pool_lead(team, leads)
	frappe.db.commit()
	clients = [rest_as(user) for user in people]
	answers = at_once([lambda client=client: client.call("leads.claim", lead=lead) for client in clients])
	frappe.db.rollback()
	assert codes(answers) == {200: 1, 409: 49}, [
		a.text[:300] for a in answers if a.status_code not in (200, 409)
	]
	owner = frappe.db.get_value("Sky Lead", lead, "lead_owner")
	assert [a.json()["message"]["owner"] for a in answers if a.status_code == 200] == [owner]
	assert frappe.db.count("Sky Claim", {"lead": lead, "end_reason": ("is", "not set")}) == 1


def test_the_cap_holds_when_one_person_claims_many_at_once(made, rest_as):
	sellers, team, leads = made
	names = [pool_lead(team, leads) for _ in range(12)]
	before = frappe.db.get_single_value("Sky CRM Settings", "claim_cap")
	frappe.db.set_single_value("Sky CRM Settings", "claim_cap", 3)
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")
	api_token(sellers[0])
	frappe.db.commit()
	try:
		client = rest_as(sellers[0])
		answers = at_once([lambda name=name: client.call("leads.claim", lead=name) for name in names], 12)
	finally:
		frappe.db.rollback()
		frappe.db.set_single_value("Sky CRM Settings", "claim_cap", before)
		frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")
		frappe.db.commit()
	assert codes(answers) == {200: 3, 417: 9}
	assert frappe.db.count("Sky Lead", {"name": ("in", names), "lead_owner": sellers[0]}) == 3


def test_claim_and_release_as_guest_and_stranger(made, rest_as):
	sellers, team, leads = made
	lead = pool_lead(team, leads)
	stranger = make_user("stranger.claims@example.com", "Sky Sales User")
	marketer = make_user("marketer.claims@example.com", "Sky Marketing User")
	for user in (stranger, marketer, sellers[0], sellers[1]):
		api_token(user)
	frappe.db.commit()
	calls = [
		("leads.claim", {}),
		("leads.release", {}),
		("assignment.hand_on", {"user": sellers[0]}),
		("assignment.explain", {}),
		("assignment.claim_state", {}),
	]
	for method, more in calls:
		for who in ("Guest", stranger, marketer):
			assert rest_as(who).call(method, lead=lead, **more).status_code == 403, (method, who)
	for method in ("assignment.try_rule", "assignment.assign_many", "assignment.claim_selected"):
		arguments = {} if method == "assignment.try_rule" else {"leads": [lead]}
		assert rest_as("Guest").call(method, **arguments).status_code == 403
	frappe.db.rollback()
	assert frappe.db.get_value("Sky Lead", lead, "lead_owner") is None
	one, other = rest_as(sellers[0]), rest_as(sellers[1])
	# Answered as a lead that they may not see is.
	assert one.call("leads.claim", lead="NO-SUCH-LEAD").status_code == 403
	taken = one.message("leads.claim", lead=lead)
	assert taken["owner"] == sellers[0] and taken["held_until"]
	assert other.call("leads.claim", lead=lead).status_code == 409
	refused = rest_as(stranger).call("leads.claim", lead=lead)
	assert refused.status_code == 403 and sellers[0] not in refused.text
	assert sellers[0].split("@")[0] not in refused.text
	assert other.call("leads.release", lead=lead).status_code == 403
	assert one.message("leads.release", lead=lead)["owner"] is None


def test_turns_are_fair_under_parallel_inserts(made, rest):
	sellers, team, leads = made
	frappe.get_doc(
		{
			"doctype": "Sky Assignment Rule",
			"rule_name": unique("Song song"),
			"team": team,
			"conditions": [{"field_name": "city", "operator": "=", "value": "Song Song"}],
		}
	).insert()
	frappe.db.commit()
	answers = at_once(
		[
			lambda i=i: rest.post(
				"/api/resource/Sky Lead", json={"lead_name": unique("Khách song song"), "city": "Song Song"}
			)
			for i in range(20)
		],
		20,
	)
	assert codes(answers) == {200: 20}, [a.text[:400] for a in answers if a.status_code != 200]
	leads += [answer.json()["data"]["name"] for answer in answers]
	got = Counter(answer.json()["data"]["lead_owner"] for answer in answers)
	assert got == dict.fromkeys(sellers, 4), got


def test_a_cap_on_open_leads_holds_under_parallel_inserts(made, rest):
	_sellers, team, leads = made
	frappe.get_doc(
		{
			"doctype": "Sky Assignment Rule",
			"rule_name": unique("Song song"),
			"team": team,
			"method": "Least Loaded",
			"open_cap": 2,
			"conditions": [{"field_name": "city", "operator": "=", "value": "Song Song"}],
		}
	).insert()
	frappe.db.commit()
	answers = at_once(
		[
			lambda i=i: rest.post(
				"/api/resource/Sky Lead", json={"lead_name": unique("Khách song song"), "city": "Song Song"}
			)
			for i in range(20)
		],
		20,
	)
	assert codes(answers) == {200: 20}
	leads += [answer.json()["data"]["name"] for answer in answers]
	got = Counter(answer.json()["data"].get("lead_owner") for answer in answers)
	assert got.pop(None) == 10
	assert set(got.values()) == {2}, got
