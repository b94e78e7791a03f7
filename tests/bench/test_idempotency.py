"""Requests that carry a key: repeated, changed, and at the same time."""

import os
import subprocess
import sys
import textwrap

import pytest

import frappe
from frappe.utils import add_days, now_datetime

from skycrm.services import idempotency
from skycrm.services.messages import ConflictError

STORE = "Sky Idempotency Key"


class Work:
	"""Something that creates a record each time it really runs."""

	def __init__(self, fail=0):
		self.runs = 0
		self.fail = fail

	def __call__(self):
		self.runs += 1
		note = frappe.get_doc({"doctype": "ToDo", "description": f"run {self.runs}"}).insert()
		if self.runs <= self.fail:
			raise frappe.ValidationError("not yet")
		return {"name": note.name, "run": self.runs}


@pytest.fixture
def key():
	return frappe.generate_hash(length=20)


def test_the_same_key_again_gets_the_first_answer_and_creates_nothing(key):
	work = Work()
	first = idempotency.run_once(key, "notes.make", {"a": 1, "b": [1, 2]}, work)
	todos = frappe.db.count("ToDo")
	again = idempotency.run_once(key, "notes.make", {"b": [1, 2], "a": 1}, work)
	assert first == again == {"name": first["name"], "run": 1}
	assert work.runs == 1 and frappe.db.count("ToDo") == todos


def test_without_a_key_the_work_runs_each_time():
	work = Work()
	for _ in range(2):
		idempotency.run_once(None, "notes.make", {}, work)
		idempotency.run_once("", "notes.make", {}, work)
	assert work.runs == 4


@pytest.mark.parametrize(
	("method", "payload"), [("notes.make", {"a": 2}), ("notes.other", {"a": 1}), ("notes.make", None)]
)
def test_another_request_with_the_same_key_is_a_conflict(key, method, payload):
	work = Work()
	idempotency.run_once(key, "notes.make", {"a": 1}, work)
	with pytest.raises(ConflictError) as error:
		idempotency.run_once(key, method, payload, work)
	assert error.value.http_status_code == 422
	assert work.runs == 1


def test_keys_of_two_users_do_not_meet(key, users, as_user):
	work = Work()
	first = idempotency.run_once(key, "notes.make", {}, work)
	with as_user(users("idem@example.com", "Sky Sales User")):
		second = idempotency.run_once(key, "notes.make", {}, lambda: "theirs")
	assert first["run"] == 1 and second == "theirs"


def test_a_failure_keeps_neither_the_work_nor_the_key(key):
	work = Work(fail=1)
	todos = frappe.db.count("ToDo")
	with pytest.raises(frappe.ValidationError):
		idempotency.run_once(key, "notes.make", {}, work)
	assert frappe.db.count("ToDo") == todos
	assert not frappe.db.exists(STORE, {"idempotency_key": key})
	assert idempotency.run_once(key, "notes.make", {}, work)["run"] == 2


@pytest.mark.parametrize("answer", [None, "name", 5, [1, "hai"], {"tên": "Đức", "on": "2026-01-01"}])
def test_every_answer_comes_back_as_it_was(key, answer):
	assert idempotency.run_once(key, "m", {}, lambda: answer) == answer
	assert idempotency.run_once(key, "m", {}, lambda: "never") == answer


@pytest.mark.parametrize("bad", ["k" * 256, 5, ["k"]])
def test_a_key_that_is_none_is_refused_before_anything_runs(bad):
	work = Work()
	with pytest.raises(frappe.ValidationError):
		idempotency.run_once(bad, "notes.make", {}, work)
	assert work.runs == 0


def test_the_longest_key_and_odd_letters_are_fine():
	for key in ("k" * 255, "khóa 🔑 'x'\" --", " "):
		work = Work()
		for _ in range(2):
			idempotency.run_once(key, "notes.make", {}, work)
		assert work.runs == 1


def test_a_key_used_within_its_own_work_is_a_conflict(key):
	def nested():
		return idempotency.run_once(key, "m", {}, lambda: 1)

	with pytest.raises(ConflictError):
		idempotency.run_once(key, "m", {}, nested)


def test_expired_keys_are_deleted_and_others_stay(key):
	idempotency.run_once(key, "m", {}, lambda: 1)
	old = frappe.generate_hash(length=20)
	idempotency.run_once(old, "m", {}, lambda: 1)
	expires = frappe.db.get_value(STORE, {"idempotency_key": key}, "expires_on")
	assert 29 <= (expires - now_datetime()).days <= 30
	frappe.db.set_value(STORE, {"idempotency_key": old}, "expires_on", add_days(now_datetime(), -1))
	assert idempotency.delete_expired() >= 1
	assert not frappe.db.exists(STORE, {"idempotency_key": old})
	assert frappe.db.exists(STORE, {"idempotency_key": key})


WORKER = """
import os, sys, time
import frappe
site, key, mark, go, fail = sys.argv[1:6]
os.chdir(sys.argv[6])
frappe.init(site=site, sites_path=".")
frappe.connect()
frappe.flags.in_test = True
frappe.set_user("Administrator")
from skycrm.services import idempotency
frappe.db.sql("select 1")
while not os.path.exists(go):
	time.sleep(0.005)
def work():
	note = frappe.get_doc({"doctype": "ToDo", "description": mark}).insert()
	time.sleep(0.3)
	if fail == "first" and not os.path.exists(go + ".failed"):
		open(go + ".failed", "w").close()
		raise RuntimeError("killed")
	return {"name": note.name}
try:
	print(idempotency.run_once(key, "notes.make", {"mark": mark}, work)["name"])
	frappe.db.commit()
except RuntimeError:
	frappe.db.rollback()
	print("failed")
"""


@pytest.mark.commits
@pytest.mark.parametrize("fail", ["none", "first"])
def test_requests_at_the_same_time_run_once_and_get_one_answer(site, key, tmp_path, fail):
	mark, go = f"parallel {key}", tmp_path / "go"
	arguments = [site.name, key, mark, str(go), fail, str(site.bench / "sites")]
	program = textwrap.dedent(WORKER)
	workers = [
		subprocess.Popen(
			[sys.executable, "-c", program, *arguments],
			stdout=subprocess.PIPE,
			stderr=subprocess.PIPE,
			text=True,
			env=os.environ,
		)
		for _ in range(6)
	]
	go.touch()
	results = [worker.communicate(timeout=60) for worker in workers]
	try:
		answers = [out.strip().splitlines()[-1] if out.strip() else err[-800:] for out, err in results]
		frappe.db.rollback()
		made = frappe.get_all("ToDo", filters={"description": ("like", f"%{mark}%")}, pluck="name")
		assert len(made) == 1, answers
		assert sorted(answers) == sorted(
			(["failed"] if fail == "first" else []) + made * (6 - (fail == "first"))
		)
	finally:
		for name in frappe.get_all("ToDo", filters={"description": ("like", f"%{mark}%")}, pluck="name"):
			frappe.delete_doc("ToDo", name, force=True)
		frappe.db.delete(STORE, {"idempotency_key": key})
		frappe.db.commit()
