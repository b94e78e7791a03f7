"""Rows of Sky Inbound Event: what other programs sent, what became of it, and when it is forgotten."""

import hashlib
from typing import Any

import frappe
from frappe.utils import add_days, cint, now, now_datetime

EVENT = "Sky Inbound Event"
FAILED = "Failed"
DELETED_AT_ONCE = 5000
KEPT_DAYS = 30


def claim(hook: str, event_id: str, payload: str) -> str | None:
	"""Write an event down as the first to bring it; None when it was here before.

	Of two at once the second waits for the first at the primary key.
	"""
	name = hashlib.sha256(f"{hook}\x1f{event_id}".encode()).hexdigest()[:40]
	moment, user = now(), frappe.session.user
	# The query builder's "insert ignore" hides errors of any kind; this one hides the same key alone.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		insert into `tabSky Inbound Event`
			(name, owner, creation, modified, modified_by, webhook, event_id, received_on, outcome, payload, attempts)
		values
			(%(name)s, %(user)s, %(moment)s, %(moment)s, %(user)s, %(hook)s, %(event_id)s, %(moment)s, '', %(payload)s, 0)
		on duplicate key update name = name
		""",
		{
			"name": name,
			"user": user,
			"moment": moment,
			"hook": hook,
			"event_id": event_id,
			"payload": payload,
		},
	)
	# Read with a lock: what another request has committed meanwhile, not what this one saw at its begin.
	# Whoever committed one has written its outcome by then, so an empty one is this transaction's own.
	return None if frappe.db.get_value(EVENT, name, "outcome", for_update=True) else name


def take_again(name: str) -> bool:
	"""Lock a failed event for another try; False when it is not failed, or no longer."""
	return frappe.db.get_value(EVENT, name, "outcome", for_update=True) == FAILED


def finish(
	name: str, outcome: str, lead: str | None = None, touch: str | None = None, reason: str = ""
) -> dict[str, Any]:
	"""Write down what became of an event. Returns {reference, outcome, reason}."""
	event = frappe.qb.DocType(EVENT)
	(
		frappe.qb.update(event)
		.set(event.outcome, outcome)
		.set(event.lead, lead)
		.set(event.touch, touch)
		.set(event.error, reason[:2000] or None)
		.set(event.attempts, event.attempts + 1)
		.set(event.modified, now_datetime())
		.where(event.name == name)
	).run()
	return {"reference": name, "outcome": outcome, "reason": reason}


def delete_expired() -> int:
	"""Delete the events that are older than their webhook keeps them, in portions. Returns how many."""
	days = dict(frappe.get_all("Sky Inbound Webhook", fields=["name", "keep_days"], as_list=True))
	deleted = 0
	gone = frappe.get_all(
		EVENT, filters={"webhook": ("not in", list(days) or [""])}, distinct=True, pluck="webhook"
	)
	for hook, kept in {**days, **dict.fromkeys(gone, KEPT_DAYS)}.items():
		until = add_days(now_datetime(), -max(cint(kept), 1))
		while names := frappe.get_all(
			EVENT,
			filters={"webhook": hook, "received_on": ("<", until)},
			pluck="name",
			limit=DELETED_AT_ONCE,
		):
			frappe.db.delete(EVENT, {"name": ("in", names)})
			deleted += len(names)
	return deleted


def forget(lead: str) -> None:
	"""Delete what was sent about a lead that is being deleted."""
	frappe.db.delete(EVENT, {"lead": lead})
