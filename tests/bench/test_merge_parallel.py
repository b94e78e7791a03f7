"""Merging by many at once, beside conversions and arrivals, over HTTP; and a process that is killed in the middle of it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter

import pytest
from conversion_records import (
	hang_everything_on,
	lead_row,
	phone,
	picture,
	table_counts,
)
from factories import make_lead, make_user
from people import only
from rest_client import api_token
from test_conversion_parallel import at_once
from test_conversion_parallel import remove as remove_converted

import frappe

from skycrm.services.merge_links import LEAD

pytestmark = pytest.mark.commits


@pytest.fixture
def leads():
	"""Return a maker of committed leads; afterwards they are gone with all that was made of them."""
	made: list[str] = []

	def make(**values):
		lead = make_lead(**values)
		made.append(lead.name)
		return lead

	yield make
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for ledger in frappe.get_all("Sky Lead Merge", {"primary": ("in", made)}, pluck="name"):
		frappe.db.delete("Sky Lead Merged Record", {"parent": ledger})
		frappe.db.delete("Sky Lead Merge", {"name": ledger})
	for doctype in (
		"Sky Lead Key",
		"Sky Lead Touch",
		"Sky Claim",
		"Sky Consent Record",
	):
		frappe.db.delete(doctype, {"lead": ("in", made)})
	remove_converted(made)
	frappe.db.commit()


def pair(leads, **values):
	return leads(lead_name="Trần Văn Gộp", **values), leads(lead_name="Trần Văn Gộp", mobile_no=phone())


def test_fifty_calls_for_one_pair_make_one_merge_and_one_answer(leads, rest):
	stays, goes = pair(leads)
	hang_everything_on(goes)
	frappe.db.commit()
	answers = at_once(
		[lambda: rest.call("leads.merge", primary=stays.name, duplicates=[goes.name]) for _ in range(50)]
	)
	assert Counter(answer.status_code for answer in answers) == {200: 50}, [
		answer.text[:600] for answer in answers if answer.status_code != 200
	][:3]
	frappe.db.rollback()
	assert frappe.db.count("Sky Lead Merge", {"primary": stays.name}) == 1
	messages = [answer.json()["message"] for answer in answers]
	# Scores are worked out in the background, out of what has just moved.
	for message in messages:
		for field in ("score", "score_detail", "score_updated_on"):
			message.pop(field, None)
	assert all(message == messages[0] for message in messages)
	assert not frappe.db.exists(LEAD, goes.name)
	assert frappe.db.count("Comment", {"reference_name": stays.name, "comment_type": "Comment"}) == 1


def test_both_ways_at_once_leave_one_lead(leads, rest):
	one, two = pair(leads)
	frappe.db.commit()
	answers = at_once(
		[
			lambda a=a, b=b: rest.call("leads.merge", primary=a, duplicates=[b])
			for a, b in [(one.name, two.name), (two.name, one.name)] * 10
		],
		threads=20,
	)
	assert Counter(answer.status_code for answer in answers) == {200: 10, 409: 10}, [
		answer.text[:400] for answer in answers if answer.status_code not in (200, 409)
	][:3]
	frappe.db.rollback()
	assert frappe.db.count(LEAD, {"name": ("in", (one.name, two.name))}) == 1


def test_converting_and_merging_at_once_leaves_no_half_state(leads, rest):
	for _round in range(4):
		stays, goes = pair(leads)
		goes.add_comment("Comment", "một")
		frappe.db.commit()
		answers = at_once(
			[
				*[
					lambda name=name: rest.call("leads.convert", lead=name)
					for name in (goes.name, stays.name) * 3
				],
				*[
					lambda: rest.call("leads.merge", primary=stays.name, duplicates=[goes.name])
					for _ in range(6)
				],
			],
			threads=12,
		)
		assert {answer.status_code for answer in answers} <= {200, 404, 409}, [
			answer.text[:600] for answer in answers if answer.status_code not in (200, 404, 409)
		][:2]
		frappe.db.rollback()
		left = frappe.get_all(
			LEAD,
			{"name": ("in", (stays.name, goes.name))},
			["name", "status", "customer"],
		)
		ledgers = frappe.db.count("Sky Lead Merge", {"primary": stays.name})
		if len(left) == 2:
			assert ledgers == 0
			converted = [lead for lead in left if lead.status == "Converted"]
			assert goes.name in {lead.name for lead in converted}
		else:
			assert ledgers == 1 and left[0].name == stays.name
			assert not frappe.db.exists("Sky Lead Conversion", {"lead": goes.name})
		assert all(bool(lead.customer) == (lead.status == "Converted") for lead in left)


def test_somebody_who_comes_in_during_the_merge_joins_the_lead_that_stays(leads, rest):
	number = phone()
	stays, goes = (
		leads(lead_name="Lê Thị Về"),
		leads(lead_name="Lê Thị Về", mobile_no=number),
	)
	frappe.db.commit()
	script = """
import sys, frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from skycrm.domain.intake import Arrival
from skycrm.services.intake import receive
from skycrm.api.v1._retry import with_retry
for _ in range(6):
	with_retry(lambda: receive(Arrival(values={"lead_name": "Lê Thị Về", "mobile_no": sys.argv[2]}, door="Webhook")))
	frappe.db.commit()
"""
	import os

	arriving = [
		subprocess.Popen(
			[sys.executable, "-c", script, os.environ["SKYCRM_TEST_SITE"], number],
			stderr=subprocess.PIPE,
			text=True,
		)
		for _ in range(3)
	]
	answer = rest.call("leads.merge", primary=stays.name, duplicates=[goes.name])
	assert answer.status_code == 200, answer.text[:600]
	for process in arriving:
		assert process.wait(timeout=120) == 0, process.stderr.read()[-1500:]
	frappe.db.rollback()
	assert frappe.db.count(LEAD, {"phone_key": "+84" + number[1:]}) == 1
	assert frappe.db.count("Sky Lead Touch", {"lead": stays.name, "door": "Webhook"}) == 18


KILLED = """
import os, signal, sys
import frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from skycrm.services import merge, merge_undo
module = merge_undo if sys.argv[5] == "undo" else merge
real = getattr(module, sys.argv[4])
def killed(*args, **kwargs):
	real(*args, **kwargs)
	os.kill(os.getpid(), signal.SIGKILL)
setattr(module, sys.argv[4], killed)
if module is merge:
	merge.merge(sys.argv[2], [sys.argv[3]])
else:
	merge_undo.undo(sys.argv[2])
"""


def kill_in(site, stays, goes, function, what):
	ended = subprocess.run(
		[
			sys.executable,
			"-c",
			KILLED,
			site.name,
			stays.name,
			goes.name,
			function,
			what,
		],
		cwd=site.bench / "sites",
		capture_output=True,
		timeout=60,
	)
	assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()[-2000:]
	frappe.db.rollback()


def counted():
	found = table_counts()
	# Written by the site's own jobs meanwhile; keys of leads are filled in by one of them.
	for table in ("tabSessions", "tabScheduled Job Log", "tabError Log", "tabRQ Job", "tabSky Lead Key"):
		found.pop(table, None)
	return found


def keys_of(*leads):
	return frappe.get_all(
		"Sky Lead Key",
		{"lead": ("in", [lead.name for lead in leads])},
		["key_value", "lead"],
		order_by="name",
	)


@pytest.mark.parametrize("function", ["move", "_delete", "_save_primary", "_tell"])
def test_a_process_killed_in_the_middle_leaves_nothing_and_no_lock(leads, rest, site, function):
	stays, goes = pair(leads)
	hang_everything_on(goes)
	frappe.db.commit()
	before = counted(), lead_row(stays.name), lead_row(goes.name), picture(goes.name)
	keys = keys_of(stays, goes)
	kill_in(site, stays, goes, function, "merge")
	assert (
		counted(),
		lead_row(stays.name),
		lead_row(goes.name),
		picture(goes.name),
	) == before
	assert keys_of(stays, goes) == keys
	assert rest.message("leads.merge", primary=stays.name, duplicates=[goes.name])["name"] == stays.name


@pytest.mark.parametrize("function", ["move_back", "_restore_primary"])
def test_an_undo_killed_in_the_middle_leaves_the_merge_whole(leads, rest, site, function):
	stays, goes = pair(leads)
	hang_everything_on(goes)
	frappe.db.commit()
	whole = lead_row(goes.name)
	rest.message("leads.merge", primary=stays.name, duplicates=[goes.name])
	frappe.db.rollback()
	before = counted()
	kill_in(site, stays, goes, function, "undo")
	assert counted() == before
	assert rest.message("leads.undo_merge", lead=goes.name)["restored"] == [goes.name]
	frappe.db.rollback()
	assert lead_row(goes.name) == whole


def test_a_field_of_the_admin_counts_like_ours(leads, rest):
	field = {
		"doctype": "Custom Field",
		"dt": LEAD,
		"fieldname": "merge_test_colour",
		"label": "Màu",
		"fieldtype": "Data",
		"insert_after": "zalo_id",
	}
	frappe.get_doc(field).insert()
	frappe.db.commit()
	try:
		stays, goes = leads(), leads(merge_test_colour="xanh")
		frappe.db.commit()
		answer = rest.message("leads.merge", primary=stays.name, duplicates=[goes.name])
		assert answer["merge_test_colour"] == "xanh"
		rest.message("leads.undo_merge", lead=stays.name)
	finally:
		frappe.db.rollback()
		frappe.delete_doc("Custom Field", "Sky Lead-merge_test_colour", force=True)
		frappe.db.commit()
		frappe.clear_cache(doctype=LEAD)


class TestAnswers:
	def test_the_whole_round_by_http_alone(self, leads, rest):
		stays, goes = pair(leads, organization="Một")
		frappe.db.commit()
		shown = rest.message("leads.preview_merge", leads=[stays.name, goes.name])
		assert shown["ready"] is True
		merged = rest.message(
			"leads.merge",
			primary=stays.name,
			duplicates=[goes.name],
			choices={"mobile_no": goes.name},
		)
		assert merged["name"] == stays.name and merged["merge"]["duplicates"] == [goes.name]
		assert rest.get(rest.resource(LEAD, goes.name)).status_code == 404
		assert rest.message("leads.merged_into", lead=goes.name) == {"lead": stays.name}
		[ledger] = rest.message("leads.merges_of", lead=stays.name)
		assert ledger["leads"] == [{"name": goes.name, "title": "Trần Văn Gộp"}]
		assert rest.message("leads.undo_merge", lead=stays.name, ledger=ledger["ledger"])["restored"] == [
			goes.name
		]
		assert rest.get(rest.resource(LEAD, goes.name)).status_code == 200

	def test_statuses_and_nothing_changed(self, leads, rest, rest_as):
		stays, goes = pair(leads)
		nobody = make_user("nobody.merge@example.com")
		seller = only("seller.merge@example.com", "Sky Sales User")
		for user in (nobody, seller):
			api_token(user)
		frappe.db.commit()
		before = [lead_row(lead.name) for lead in (stays, goes)]
		good = {"primary": stays.name, "duplicates": [goes.name]}
		for arguments, status in (
			({**good, "primary": "SKY-LEAD-0000-00000"}, 404),
			({**good, "duplicates": []}, 417),
			({**good, "duplicates": [stays.name]}, 417),
			({**good, "duplicates": 5}, 417),
			({**good, "choices": ["lead_name"]}, 417),
			({**good, "choices": {"nonsense": goes.name}}, 417),
			({**good, "choices": {"lead_name": "SKY-LEAD-0"}}, 417),
			({**good, "choices": {"status": {"x": 1}}}, 417),
		):
			answer = rest.call("leads.merge", **arguments)
			assert answer.status_code == status, (
				arguments,
				answer.status_code,
				answer.text[:300],
			)
		assert rest.call("leads.undo_merge", lead=stays.name).status_code == 404
		for user in ("Guest", nobody, seller):
			client = rest_as(user)
			for method, arguments in (
				("leads.merge", good),
				("leads.preview_merge", {"leads": [stays.name, goes.name]}),
				("leads.undo_merge", {"lead": stays.name}),
				("leads.merges_of", {"lead": stays.name}),
			):
				answer = client.call(method, **arguments)
				assert answer.status_code in ((403, 404) if method == "leads.undo_merge" else (403,)), (
					user,
					method,
					answer.status_code,
				)
		frappe.db.rollback()
		assert [lead_row(lead.name) for lead in (stays, goes)] == before
