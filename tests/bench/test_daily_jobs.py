"""Jobs that the scheduler runs once a day."""

import pytest
from factories import make_customer, unique

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


def test_the_scheduler_knows_the_jobs():
	events = frappe.get_hooks("scheduler_events", app_name="skycrm")
	methods = [method for kind in events.values() for method in kind]
	assert "skycrm.jobs.daily.delete_expired_idempotency_keys" in methods
	assert "skycrm.jobs.daily.fill_identity_index" in methods
	for method in methods:
		assert callable(frappe.get_attr(method))


def test_deleting_expired_keys_can_run_at_any_time():
	daily.delete_expired_idempotency_keys()
	daily.delete_expired_idempotency_keys()
