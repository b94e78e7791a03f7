"""A job that the queue tries again runs as the user who asked for it: in a real worker, with the framework's own retry."""

from __future__ import annotations

import subprocess
import sys

import access_records as make
import pytest
from rq.job import Job

import frappe
from frappe.utils.background_jobs import create_job_id, get_redis_conn

pytestmark = pytest.mark.commits

# A worker with a queue of its own, and a job of this app that is tried again once.
WORKER = """
import sys, frappe
site, user, label, hooked = sys.argv[1:5]
frappe.init(site=site, sites_path=".")
frappe.connect()
from rq import Queue, Worker
from frappe.utils.background_jobs import create_job_id, execute_job, get_redis_conn
from skycrm.jobs import bulk, same_user

def run(**_more):
	attempt = frappe.db.count("ToDo", {"description": ("like", label + "%")}) + 1
	frappe.get_doc({"doctype": "ToDo", "description": f"{label} {attempt} {frappe.session.user}"}).insert(ignore_permissions=True)
	if attempt == 1:
		frappe.db.commit()
		raise frappe.RetryBackgroundJobError

# As the real one: the framework names a job that it tries again by its function.
run.__module__ = "skycrm.jobs.bulk"
bulk.run = run
if hooked == "no":
	same_user.before_job = same_user.after_job = lambda **_more: None
connection = get_redis_conn()
queue = Queue(label, connection=connection)
kwargs = {"site": site, "user": user, "method": "skycrm.jobs.bulk.run", "event": None, "job_name": "bulk",
	"is_async": True, "kwargs": {}}
queue.enqueue_call(execute_job, kwargs=kwargs, timeout=60, job_id=create_job_id(label))
Worker([queue], name=label, connection=connection).work(burst=True)
"""


def tried_twice(user: str, hooked: str = "yes") -> tuple[list[list[str]], str]:
	"""([description, owner] of the two attempts, what became of the job)"""
	label = f"retry-{frappe.generate_hash(length=8)}"
	done = subprocess.run(
		[sys.executable, "-c", WORKER, frappe.local.site, user, label, hooked],
		capture_output=True,
		text=True,
		timeout=120,
		check=False,
	)
	frappe.db.rollback()
	connection = get_redis_conn()
	job = Job.fetch(create_job_id(label), connection=connection)
	filters = {"description": ("like", f"{label}%")}
	try:
		rows = frappe.get_all("ToDo", filters, ["description", "owner"], order_by="creation", as_list=True)
		assert len(rows) == 2, done.stderr[-3000:]
		return [[description.removeprefix(label), owner] for description, owner in rows], job.get_status()
	finally:
		job.delete()
		connection.srem("rq:queues", f"rq:queue:{label}")
		frappe.db.delete("ToDo", filters)
		frappe.db.commit()


@pytest.fixture
def person():
	name = make.user("Sky Sales User", label="retry")
	frappe.db.commit()
	yield name
	make.remove_users(name)


def test_the_second_attempt_has_the_rights_of_the_first(person):
	rows, status = tried_twice(person)
	assert rows == [[f" 1 {person}", person], [f" 2 {person}", person]]
	assert status == "finished"


def test_what_the_framework_does_by_itself(person):
	"""The hole is real on this version; once the framework closes it the hooks can go."""
	rows, status = tried_twice(person, hooked="no")
	assert rows[1] == [" 2 Administrator", "Administrator"]
	assert status == "failed"
