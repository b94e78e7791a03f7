"""Who hears over the socket that a record has changed: read off the site's own Redis, after requests of somebody else."""

import json
import time
from collections.abc import Callable, Iterator

import access_records as make
import pytest
from rest_client import api_token

import frappe
from frappe.utils.background_jobs import get_redis_connection_without_auth

from skycrm.permissions.governed import GOVERNED

pytestmark = pytest.mark.commits
SUBSCRIBE = "frappe.realtime.can_subscribe_doctype"


@pytest.fixture
def camp() -> Iterator[dict[str, str]]:
	"""Seller, colleague, manager of the team above, stranger, and a lead of the seller; committed."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	people = {word: make.user("Sky Sales User") for word in ("seller", "colleague", "boss", "stranger")}
	people["admin"] = make.user("Sky CRM Admin", "Sky Sales Manager")
	above = make.team(manager=people["boss"])
	team = make.team(parent=above, members=(people["seller"], people["colleague"]))
	lead = make.record("Sky Lead", people["seller"], team=team)
	for user in people.values():
		api_token(user)
	frappe.db.commit()
	yield {**people, "lead": lead, "team": team}
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Sky Lead", lead, force=True, ignore_missing=True)
	for name in (team, above):
		frappe.delete_doc("Sky Team", name, force=True)
	make.remove_users(*people.values())


def rooms_told(change: Callable[[], None], name: str) -> set[str]:
	"""The rooms into which something with the name of the record is sent while it is changed."""
	listening = get_redis_connection_without_auth().pubsub()
	listening.subscribe("events")
	while not listening.get_message(timeout=2):
		pass
	change()
	rooms, until = set(), time.monotonic() + 1.5
	while time.monotonic() < until:
		sent = listening.get_message(ignore_subscribe_messages=True, timeout=0.2)
		if sent and name in sent["data"].decode():
			rooms.add(json.loads(sent["data"])["room"])
	listening.close()
	return rooms


def heard_by(camp: dict[str, str], rooms: set[str]) -> set[str]:
	return {word for word, user in camp.items() if f"user:{user}" in rooms}


def test_a_change_is_told_to_the_team_and_to_nobody_else(rest_as, camp):
	lead, seller = camp["lead"], rest_as(camp["seller"])

	def change() -> None:
		assert seller.put(f"/api/resource/Sky Lead/{lead}", json={"city": "Huế"}).status_code == 200

	rooms = rooms_told(change, lead)
	assert heard_by(camp, rooms) == {"seller", "colleague", "boss"}
	# Nobody gets into these who may not read the record, or all records.
	assert {room for room in rooms if not room.startswith("user:")} <= {
		"doctype:Sky Lead",
		f"doc:Sky Lead/{lead}",
	}


def test_so_is_that_it_is_gone(rest, camp):
	def change() -> None:
		assert rest.delete(f"/api/resource/Sky Lead/{camp['lead']}").status_code == 202

	assert heard_by(camp, rooms_told(change, camp["lead"])) == {"seller", "colleague", "boss"}


def test_a_refused_change_is_not_told(rest_as, camp):
	def change() -> None:
		answer = rest_as(camp["seller"]).put(
			f"/api/resource/Sky Lead/{camp['lead']}", json={"mobile_no": "số sai", "city": "Huế"}
		)
		assert answer.status_code >= 400

	assert not heard_by(camp, rooms_told(change, camp["lead"]))


def test_only_who_sees_every_record_hears_of_every_record(rest_as, camp):
	before = [frappe.copy_doc(row) for row in frappe.get_doc("Sky CRM Settings").access_defaults]
	for doctype in sorted(GOVERNED):
		make.set_default_access(doctype, "Team")
	frappe.db.commit()
	try:
		for person in ("seller", "boss", "stranger"):
			for doctype in (*sorted(GOVERNED), "Sky Lead Merge", "Sky Claim"):
				answer = rest_as(camp[person]).call(SUBSCRIBE, doctype=doctype)
				assert answer.status_code == 403, (person, doctype)
		assert rest_as(camp["stranger"]).message(SUBSCRIBE, doctype="ToDo") is True
		assert rest_as(camp["admin"]).message(SUBSCRIBE, doctype="Sky Lead") is True
		assert rest_as("Guest").call(SUBSCRIBE, doctype="Sky Lead").status_code == 403
		make.set_default_access("Sky Lead", "Public Read")
		frappe.db.commit()
		assert rest_as(camp["stranger"]).message(SUBSCRIBE, doctype="Sky Lead") is True
	finally:
		settings = frappe.get_doc("Sky CRM Settings")
		settings.set("access_defaults", before)
		settings.save()
		frappe.db.commit()
