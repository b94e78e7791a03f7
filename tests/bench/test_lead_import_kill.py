"""Fault R17: an import that is killed anywhere ends as if it never was, and the same file again adds nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from import_records import new_import, queue, remove

import frappe

from skycrm.services import import_status

sys.path.insert(0, str(Path(os.environ["SKYCRM_CHECKOUT"]) / "tests" / "load"))

ROWS = 3000
BAD = 90
CHUNK = 150
KILLS = 3
CHILD = """
import sys, frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from skycrm.services import import_run
import_run.CHUNK = int(sys.argv[3])
import_run.run(sys.argv[2], frappe.db.commit)
"""


def start_child(site: str, name: str) -> subprocess.Popen:
	return subprocess.Popen([sys.executable, "-c", CHILD, site, name, str(CHUNK)], cwd=os.getcwd())


def state(name: str) -> frappe._dict:
	frappe.db.rollback()
	return frappe.db.get_value(
		"Sky Lead Import", name, ["status", "last_line", "made", "merged", "skipped", "refused"], as_dict=True
	)


def requeue(name: str) -> None:
	"""As the sweeper does, without the job: the test runs the next process itself."""
	assert import_status.move(name, import_status.QUEUED)
	frappe.db.commit()


@pytest.mark.commits
def test_three_kills_a_resume_and_the_file_again(site, tmp_path):
	import importing

	path = tmp_path / "list.csv"
	bad = importing.make_file(path, ROWS, int(time.time()) * 997 % 10_000_000 + 10_000_000)
	assert len(bad) == BAD
	doc = new_import(path.read_bytes(), policy="Refuse")
	queue(doc)
	frappe.db.commit()
	dice = random.Random(17)
	points = sorted(dice.sample(range(CHUNK, ROWS - 2 * CHUNK), KILLS))
	killed_at = []
	for point in points:
		child = start_child(site.name, doc.name)
		# A kill comes late on a busy machine: beyond the next point too, at times.
		further = max(point, *(line + 1 for line in killed_at)) if killed_at else point
		while state(doc.name).last_line < further and child.poll() is None:
			time.sleep(0.01)
		time.sleep(dice.random() * 0.3)
		assert child.poll() is None, "it ended before it could be killed"
		child.send_signal(signal.SIGKILL)
		child.wait()
		killed_at.append(state(doc.name).last_line)
		assert_whole(doc.name)
		requeue(doc.name)
	assert len(set(killed_at)) == KILLS
	assert start_child(site.name, doc.name).wait() == 0

	done = state(doc.name)
	assert (done.status, done.made, done.merged, done.skipped, done.refused) == (
		"Done",
		ROWS - BAD,
		0,
		0,
		BAD,
	)
	assert_whole(doc.name)
	assert not importing.check_listed(doc.name, ROWS, bad)

	before = importing.stamp()
	again = new_import(path.read_bytes(), policy="Refuse")
	queue(again)
	frappe.db.commit()
	assert start_child(site.name, again.name).wait() == 0
	done = state(again.name)
	assert (done.status, done.made, done.merged, done.skipped, done.refused) == (
		"Done",
		0,
		0,
		ROWS - BAD,
		BAD,
	)
	assert importing.stamp() == before
	remove([doc, again])


def assert_whole(name: str) -> None:
	"""What is counted, listed and there is the same: no half chunk, no lead without its keys, touch and outcome."""
	found = state(name)
	rows = frappe.get_all(
		"Sky Lead Import Row", {"lead_import": name, "outcome": "Made"}, ["lead"], pluck="lead", limit=0
	)
	assert len(rows) == len(set(rows)) == found.made
	assert frappe.db.count("Sky Lead Import Row", {"lead_import": name}) == sum(
		(found.made, found.merged, found.skipped, found.refused)
	)
	touched = frappe.get_all("Sky Lead Touch", {"reference_name": name, "first": 1}, pluck="lead", limit=0)
	assert sorted(touched) == sorted(rows)
	if rows:
		assert frappe.db.count("Sky Lead", {"name": ("in", rows)}) == len(rows)
		# E-mail, number and tax code of each.
		assert frappe.db.count("Sky Lead Key", {"lead": ("in", rows)}) == 3 * len(rows)
