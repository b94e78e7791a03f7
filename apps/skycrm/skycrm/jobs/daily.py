"""What the scheduler does once a day; each step may run again at any time."""

import frappe

from skycrm.services import idempotency, identity_index, inbound_event, lead_keys

# More records than this are indexed by a worker, so that an installation does not wait for them.
AT_ONCE = 2000
# Seconds; a million contacts take a quarter of an hour.
TIME_LIMIT = 4 * 60 * 60


def delete_expired_idempotency_keys() -> None:
	"""Forget answers that nobody can ask for any more."""
	idempotency.delete_expired()


def fill_identity_index() -> None:
	"""Index the Contacts and Customers that have no key yet: after the installation, and whatever was lost since.

	It looks for what is missing and commits each round, so a job that is killed loses one round and the next day's job
	goes on where it ended.
	"""
	# A job of a million rows in one transaction would hold its locks for minutes.
	identity_index.backfill(after_batch=frappe.db.commit)


def start_identity_index() -> None:
	"""Fill the index now when little is missing, else by a worker once this transaction is committed."""
	missing = sum(
		len(identity_index.records_without_rows(doctype, AT_ONCE + 1))
		for doctype in identity_index.INDEXED_DOCTYPES
	)
	if missing > AT_ONCE:
		frappe.enqueue(
			"skycrm.jobs.daily.fill_identity_index",
			queue="long",
			timeout=TIME_LIMIT,
			job_id="skycrm_identity_index",
			deduplicate=True,
			enqueue_after_commit=True,
		)
	elif missing:
		identity_index.backfill()


def fill_lead_keys() -> None:
	"""Write the keys of leads that nobody holds, and drop those that no longer hold; repeats what was lost since."""
	# A job of a million rows in one transaction would hold its locks for minutes.
	lead_keys.backfill(after_batch=frappe.db.commit)


def start_lead_keys() -> None:
	"""Fill the keys of leads now when little is missing, else by a worker once this transaction is committed."""
	missing = len(lead_keys.missing(AT_ONCE + 1))
	if missing > AT_ONCE:
		frappe.enqueue(
			"skycrm.jobs.daily.fill_lead_keys",
			queue="long",
			timeout=TIME_LIMIT,
			job_id="skycrm_lead_keys",
			deduplicate=True,
			enqueue_after_commit=True,
		)
	elif missing:
		lead_keys.backfill()


def delete_expired_inbound_events() -> None:
	"""Forget what other programs sent once its time has passed."""
	inbound_event.delete_expired()


def fill_name_backs() -> None:
	"""Give names the keys from their end by which near ones are found."""
	# A job of a million rows in one transaction would hold its locks for minutes.
	identity_index.fill_backs(after_batch=frappe.db.commit)


def start_name_backs() -> None:
	"""Fill the keys now when little is missing, else by a worker once this transaction is committed."""
	missing = identity_index.without_backs(AT_ONCE + 1)
	if missing > AT_ONCE:
		frappe.enqueue(
			"skycrm.jobs.daily.fill_name_backs",
			queue="long",
			timeout=TIME_LIMIT,
			job_id="skycrm_name_backs",
			deduplicate=True,
			enqueue_after_commit=True,
		)
	elif missing:
		identity_index.fill_backs()
