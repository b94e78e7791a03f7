"""A recomputation of all scores whose process is really killed, at every point, ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from factories import make_lead
from rq import Worker
from rq.job import Job

import frappe
from frappe.utils import now_datetime
from frappe.utils.background_jobs import create_job_id, get_redis_conn

from skycrm.services import scoring_batch, scoring_runs

pytestmark = [pytest.mark.commits, pytest.mark.slow]

RUN = "Sky Score Run"
LEADS = 160
PART = 20
WRONG = 1
# In the order in which one run comes by: what is not committed at the kill is lost and done again.
POINTS = ("taken", "begun", "read", "written", "noted", "committed", "last")
SECONDS = 120

# Works on a run in small parts, and stops for good at a point: the test kills it there.
CHILD = """
import functools, os, pathlib, sys, time
import frappe
site, name, point, flag, part = sys.argv[1:6]
frappe.init(site=site, sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from skycrm.jobs import scoring as jobs
from skycrm.services import scoring_batch, scoring_runs

def stop():
	pathlib.Path(flag).write_text(str(os.getpid()))
	time.sleep(600)

def stops(function, before=0, after=0, when=lambda given: True):
	calls = []
	def wrapped(*given, **more):
		if when(given):
			calls.append(given)
		if before and len(calls) == before:
			stop()
		answer = function(*given, **more)
		if after and len(calls) == after:
			stop()
		return answer
	return wrapped

scoring_runs.work = functools.partial(scoring_runs.work, size=int(part))
if point == "taken":
	scoring_runs._take = stops(scoring_runs._take, after=1)
elif point in ("begun", "committed"):
	frappe.db.commit = stops(frappe.db.commit, after=1 if point == "begun" else 3)
elif point in ("read", "written"):
	scoring_batch._write = stops(scoring_batch._write, **{"before" if point == "read" else "after": 2})
elif point == "noted":
	scoring_runs._note = stops(scoring_runs._note, after=2)
elif point == "last":
	scoring_runs._note = stops(scoring_runs._note, after=1, when=lambda given: given[-1])
"""
WORKS = CHILD + "jobs.run(name)\n"
# The same inside a worker of the queue, with a queue of its own so that no other worker takes the job.
WORKER = (
	CHILD
	+ """
from rq import Queue, Worker
from frappe.utils.background_jobs import create_job_id, execute_job, get_redis_conn
connection = get_redis_conn()
queue = Queue(flag, connection=connection)
kwargs = {"site": site, "user": "Administrator", "method": scoring_runs.JOB, "event": None, "job_name": "score",
	"is_async": True, "kwargs": {"name": name}}
queue.enqueue_call(execute_job, kwargs=kwargs, timeout=7200, job_id=create_job_id(f"skycrm_score_run_{name}"))
Worker([queue], name=os.path.basename(flag), connection=connection).work(burst=True)
"""
)
# What the scheduler starts every quarter of an hour
TICK = """
import sys, frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from skycrm.jobs import scoring
scoring.refresh_recent()
frappe.db.commit()
"""


@pytest.fixture
def leads() -> Iterator[list[str]]:
	"""Committed leads with a wrong score, on a site on which all others are right."""
	# The last part is half full, whatever else is on the site.
	more = (PART // 2 - scoring_batch.due()) % PART
	made = [make_lead(mobile_no="0912345678" if number % 3 else None).name for number in range(LEADS + more)]
	frappe.db.set_value(RUN, {"status": ("in", scoring_runs.OPEN)}, "status", "Failed")
	frappe.db.commit()
	part = scoring_batch.next_part("")
	while part.seen:
		part = scoring_batch.next_part(part.last)
	frappe.db.commit()
	yield made
	frappe.db.rollback()
	for doctype in ("Sky Lead Key", "Sky Lead Touch"):
		frappe.db.delete(doctype, {"lead": ("in", made)})
	frappe.db.delete("Version", {"ref_doctype": "Sky Lead", "docname": ("in", made)})
	frappe.db.delete("Sky Lead", {"name": ("in", made)})
	frappe.db.commit()


@pytest.fixture
def run(leads) -> Iterator[str]:
	"""A run that waits, without a job of the queue."""
	doc = frappe.get_doc({"doctype": RUN, "status": "Queued", "reason": "Daily"}).insert(
		ignore_permissions=True
	)
	frappe.db.commit()
	yield doc.name
	frappe.db.rollback()
	frappe.db.delete(RUN, {"name": doc.name})
	frappe.db.commit()


def spoil(leads: list[str]) -> dict[str, tuple]:
	"""Make the scores wrong; returns what is right."""
	right = scores(leads)
	assert len(set(right.values())) > 1 and WRONG not in {score for score, _detail in right.values()}
	frappe.db.sql("update `tabSky Lead` set score = %s, score_detail = '[]' where name in %s", (WRONG, leads))
	frappe.db.commit()
	return right


def scores(leads: list[str]) -> dict[str, tuple]:
	frappe.db.rollback()
	rows = frappe.get_all("Sky Lead", {"name": ("in", leads)}, ["name", "score", "score_detail"], limit=0)
	return {row.name: (row.score, row.score_detail) for row in rows}


def still_wrong(leads: list[str]) -> int:
	return [score for score, _detail in scores(leads).values()].count(WRONG)


def state(run: str) -> frappe._dict:
	frappe.db.rollback()
	return frappe.get_doc(RUN, run)


def versions(leads: list[str]) -> int:
	return frappe.db.count("Version", {"ref_doctype": "Sky Lead", "docname": ("in", leads)})


def start(program: str, run: str, point: str, flag: Path) -> subprocess.Popen:
	return subprocess.Popen(
		[sys.executable, "-c", program, frappe.local.site, run, point, str(flag), str(PART)], cwd=os.getcwd()
	)


def wait_for(flag: Path, child: subprocess.Popen) -> int:
	"""Wait until a child stands at its point; returns the process that stands there."""
	until = time.monotonic() + SECONDS
	while not (flag.exists() and flag.read_text()):
		assert child.poll() is None, "it ended before it could be killed"
		assert time.monotonic() < until, "it never came to its point"
		time.sleep(0.02)
	return int(flag.read_text())


def time_passes(run: str) -> None:
	frappe.db.sql(
		"update `tabSky Score Run` set modified = modified - interval %s minute where name = %s",
		(scoring_runs.SILENT_MINUTES + 1, run),
	)
	frappe.db.commit()


def tick() -> None:
	subprocess.run([sys.executable, "-c", TICK, frappe.local.site], cwd=os.getcwd(), check=True)


def wait_until_done(run: str) -> frappe._dict:
	"""The queue's own workers do it."""
	until = time.monotonic() + SECONDS
	while state(run).status in scoring_runs.OPEN:
		assert time.monotonic() < until, state(run).as_dict()
		time.sleep(0.2)
	return state(run)


def test_killed_at_every_point_the_next_tick_of_the_scheduler_ends_it(leads, run, tmp_path):
	right, before = spoil(leads), versions(leads)
	seen = changed = 0
	for point in POINTS:
		flag = tmp_path / point
		child = start(WORKS, run, point, flag)
		wait_for(flag, child)
		child.send_signal(signal.SIGKILL)
		child.wait()
		found = state(run)
		assert found.status == ("Queued" if point == "taken" else "Running"), point
		# What is noted and what is written are one: no part is half there.
		assert found.changed == len(leads) - still_wrong(leads), point
		assert found.seen >= seen and found.changed >= changed and found.seen % PART == 0, point
		seen, changed = found.seen, found.changed
		time_passes(run)
	assert still_wrong(leads) == PART // 2, "the last part was not lost"

	tick()
	done = wait_until_done(run)
	assert done.status == "Done" and not done.error
	assert scores(leads) == right
	assert scoring_batch.refresh(leads) == 0, "each lead's score is the one of the rules"
	assert (done.seen, done.total, done.changed) == (scoring_batch.due(), scoring_batch.due(), len(leads))
	assert versions(leads) == before, "a score that is worked out anew is no change of the lead"
	# Once begun, it was taken up by each process after that.
	assert done.taken_up == len(POINTS) - 1
	assert f"again from there: {done.taken_up} times" in scoring_runs.state_of(run)["sentence"]
	tick()
	assert state(run).modified == done.modified, "a run that is over is left alone"


def test_a_worker_killed_with_its_job_does_not_block_the_run(leads, run, tmp_path):
	"""Its job goes on standing as begun in the queue, and the queue takes no second job of the same name."""
	right = spoil(leads)
	flag = tmp_path / f"kill-{frappe.generate_hash(length=8)}"
	worker = start(WORKER, run, "written", flag)
	horse = wait_for(flag, worker)
	worker.send_signal(signal.SIGKILL)
	worker.wait()
	os.kill(horse, signal.SIGKILL)
	connection = get_redis_conn()
	job = Job.fetch(create_job_id(f"skycrm_score_run_{run}"), connection=connection)
	try:
		assert job.get_status() == "started"
		tick()
		time.sleep(1)
		assert state(run).status == "Running", "it is not silent for long enough"
		time_passes(run)
		scoring_runs.enqueue(run)
		frappe.db.commit()
		assert job.get_status() == "started", "the queue would take it: this test shows nothing"
		tick()
		done = wait_until_done(run)
	finally:
		job.delete()
		connection.delete(f"{Worker.redis_worker_namespace_prefix}{flag.name}", f"rq:queue:{flag}")
		connection.srem("rq:workers", f"{Worker.redis_worker_namespace_prefix}{flag.name}")
		connection.srem("rq:queues", f"rq:queue:{flag}")
	assert (done.status, done.taken_up, done.changed) == ("Done", 1, len(leads))
	assert scores(leads) == right


def test_a_second_job_does_not_disturb_the_first(leads, run, tmp_path):
	spoil(leads)
	flag = tmp_path / "first"
	first = start(WORKS, run, "committed", flag)
	wait_for(flag, first)
	try:
		before = state(run)
		assert before.modified > now_datetime() - timedelta(minutes=1)
		assert scoring_runs.work(run, lambda *progress: frappe.db.commit(), size=PART) == {}
		assert state(run).as_dict() == before.as_dict()
	finally:
		first.send_signal(signal.SIGKILL)
		first.wait()
