"""Jobs that the scheduler runs once a day."""

import pytest
from factories import make_customer, make_lead, unique

import frappe

from skycrm.jobs import daily


@pytest.fixture
def queued(monkeypatch):
	calls = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **more: calls.append((method, more)))
	return calls


def indexed(name):
	return frappe.db.exists("Sky Identity Key", {"reference_doctype": "Customer", "reference_name": name})


def test_little_is_indexed_at_once(queued):
	name = make_customer(unique("Công ty Ít"))
	frappe.db.delete("Sky Identity Key", {"reference_doctype": "Customer", "reference_name": name})
	daily.start_identity_index()
	assert indexed(name) and not queued
	total = frappe.db.count("Sky Identity Key")
	daily.start_identity_index()
	assert frappe.db.count("Sky Identity Key") == total and not queued


def test_much_is_left_to_a_worker_once_and_after_the_commit(queued, monkeypatch):
	monkeypatch.setattr(daily, "AT_ONCE", 1)
	customers = [make_customer(unique("Công ty Nhiều")) for _ in range(3)]
	frappe.db.delete(
		"Sky Identity Key", {"reference_doctype": "Customer", "reference_name": ("in", customers)}
	)
	daily.start_identity_index()
	assert not indexed(customers[0])
	((method, more),) = queued
	assert more["enqueue_after_commit"] and more["deduplicate"] and more["job_id"]
	frappe.get_attr(method)()
	assert all(indexed(name) for name in customers)


def test_keys_of_leads_are_filled_at_once_or_by_a_worker(queued, monkeypatch):
	leads = [make_lead(email_id=f"{frappe.generate_hash(length=10)}@example.com").name for _ in range(3)]
	where = {"lead": ("in", leads)}
	frappe.db.delete("Sky Lead Key", where)
	monkeypatch.setattr(daily, "AT_ONCE", 1)
	daily.start_lead_keys()
	assert not frappe.db.count("Sky Lead Key", where)
	((method, more),) = queued
	assert more["enqueue_after_commit"] and more["deduplicate"] and more["job_id"]
	frappe.get_attr(method)()
	assert frappe.db.count("Sky Lead Key", where) == 3
	frappe.db.delete("Sky Lead Key", {"lead": leads[0]})
	daily.start_lead_keys()
	assert frappe.db.count("Sky Lead Key", where) == 3 and len(queued) == 1


def test_keys_from_the_end_are_filled_at_once_or_by_a_worker(queued, monkeypatch):
	customers = [make_customer(unique("Công ty Từ")) for _ in range(3)]
	where = {"reference_name": ("in", customers), "key_type": "Name", "key_back": ("is", "set")}
	words = frappe.db.count("Sky Identity Key", where)
	assert words
	frappe.db.set_value("Sky Identity Key", {"reference_name": ("in", customers)}, "key_back", None)
	monkeypatch.setattr(daily, "AT_ONCE", 1)
	daily.start_name_backs()
	((method, more),) = queued
	assert (
		more["enqueue_after_commit"]
		and more["deduplicate"]
		and not frappe.db.count("Sky Identity Key", where)
	)
	frappe.get_attr(method)()
	assert frappe.db.count("Sky Identity Key", where) == words
	daily.start_name_backs()
	assert len(queued) == 1


def test_the_scheduler_knows_the_jobs():
	events = frappe.get_hooks("scheduler_events", app_name="skycrm")
	# Those of a cron expression lie one level deeper.
	kinds = [*events.values(), *events.get("cron", {}).values()]
	methods = [method for kind in kinds if not isinstance(kind, dict) for method in kind]
	assert "skycrm.jobs.daily.delete_expired_idempotency_keys" in methods
	assert "skycrm.jobs.daily.fill_identity_index" in methods
	assert "skycrm.jobs.daily.fill_lead_keys" in methods
	for method in methods:
		assert callable(frappe.get_attr(method))


def test_deleting_expired_keys_can_run_at_any_time():
	daily.delete_expired_idempotency_keys()
	daily.delete_expired_idempotency_keys()
