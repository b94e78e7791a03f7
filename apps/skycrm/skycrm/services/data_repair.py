"""Repairs of many leads as jobs that survive anything: what is still to be done stands in Sky Data Repair.

A job works in parts, each with its own transaction that also notes how far it came. Whoever runs it holds the lease; when
it has given no sign of life for a while the sweep hands the repair to a new job, which goes on where the last one stopped.
"""

import json
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime, strip_html

from skycrm.domain import data_quality as quality
from skycrm.domain.merge import best_primary
from skycrm.services import bulk, data_quality, merge_fields
from skycrm.services.conversion import error_text
from skycrm.services.data_normalise import normalise
from skycrm.services.merge import merge

DOCTYPE = "Sky Data Repair"
LEAD = "Sky Lead"
NORMALISE, MERGE, SET = "Normalise", "Merge Sure Groups", "Set Values"
QUEUED, RUNNING, DONE, FAILED = "Queued", "Running", "Done", "Failed"
JOB = "skycrm.jobs.data_repair.run"
# Records or groups in one transaction.
PART = {NORMALISE: 500, MERGE: 1, SET: bulk.NOW_LIMIT}
# After so long without a sign of life somebody else takes over.
LEASE_MINUTES = 10
MOST_OUTCOMES = 500
MAY_SET = ("source", "lead_owner", "territory", "team", "campaign")
MOST_SURE_GROUPS = 1000


def start(kind: str, todo: Sequence[Any], arguments: dict[str, Any] | None = None) -> str:
	"""Queue a repair for the session's user; one of a kind at a time.

	Args:
		kind: NORMALISE, MERGE or SET.
		todo: names of leads, or for MERGE lists of names.
		arguments: for SET {field, value}.

	Returns:
		Name of the Sky Data Repair, of the one that is under way if there is one.

	Raises:
		frappe.PermissionError: the user may change no leads.
	"""
	frappe.has_permission(LEAD, "write", throw=True)
	user = frappe.session.user
	waiting = frappe.db.get_value(
		DOCTYPE, {"for_user": user, "kind": kind, "status": ("in", (QUEUED, RUNNING))}, "name"
	)
	if waiting and kind != SET:
		return waiting
	repair = frappe.new_doc(DOCTYPE)
	repair.update(
		{
			"kind": kind,
			"status": QUEUED,
			"for_user": user,
			"total": len(todo),
			"todo": json.dumps(list(todo)),
			"arguments": json.dumps(arguments or {}),
			"outcomes": "[]",
			"started_on": now_datetime(),
			"last_seen": now_datetime(),
		}
	)
	# A system record about what the user asked for; they may read it, and each lead is checked when it is changed.
	repair.insert(ignore_permissions=True)
	enqueue(repair.name)
	return repair.name


def enqueue(name: str) -> None:
	"""Hand a repair to a worker once this transaction is committed."""
	frappe.enqueue(
		JOB,
		queue="long",
		enqueue_after_commit=True,
		job_id=f"sky_data_repair_{name}",
		deduplicate=True,
		repair=name,
	)


def start_normalise(leads: Sequence[str] | None = None) -> str:
	"""Queue the repair of numbers, addresses and keys: of these leads, or of all that the user may read."""
	filters: dict[str, Any] = {"status": ("!=", "Converted")}
	if leads:
		filters["name"] = ("in", list(leads))
	names = frappe.get_list(LEAD, filters=filters, pluck="name", order_by="name", limit_page_length=0)
	return start(NORMALISE, names)


def start_merging() -> str:
	"""Queue the merge of every group that shares an address or number and whose names agree."""
	return start(MERGE, sure_groups())


def sure_groups() -> list[list[str]]:
	"""Groups of leads that are one person for sure, among those that the session's user may read. Six queries."""
	taken: set[str] = set()
	groups = []
	for kind in quality.SURE:
		for group in data_quality.groups_of(kind, limit=data_quality.MOST_KEYS):
			names = [row["name"] for row in group]
			# A lead of two groups goes with the first; what is left of the second is found the next time.
			if quality.is_sure(group) and taken.isdisjoint(names):
				taken.update(names)
				groups.append(names)
	# The next run finds the others.
	return groups[:MOST_SURE_GROUPS]


def take_lease(name: str) -> str | None:
	"""Take a repair to work on; None when somebody else does, or when it is over. One statement."""
	token = frappe.generate_hash(length=12)
	table = frappe.qb.DocType(DOCTYPE)
	free = (table.status == QUEUED) | (
		(table.status == RUNNING) & (table.last_seen < add_to_date(now_datetime(), minutes=-LEASE_MINUTES))
	)
	(
		frappe.qb.update(table)
		.set(table.status, RUNNING)
		.set(table.lease, token)
		.set(table.last_seen, now_datetime())
		.where((table.name == name) & free)
	).run()
	return token if frappe.db.get_value(DOCTYPE, name, "lease") == token else None


def work_once(name: str, token: str) -> bool:
	"""Do the next part in this transaction. Returns whether there is more.

	Args:
		token: of the lease; with another one nothing is done.
	"""
	repair = frappe.get_doc(DOCTYPE, name, for_update=True)
	if repair.lease != token or repair.status != RUNNING:
		return False
	todo = json.loads(repair.todo or "[]")
	part = todo[repair.seen : repair.seen + PART[repair.kind]]
	outcomes = _do(repair, part) if part else []
	more = repair.seen + len(part) < len(todo)
	note(repair, len(part), more, outcomes)
	return more


def note(repair: Document, seen: int, more: bool, outcomes: list[dict[str, Any]]) -> None:
	"""Write down how far a repair came."""
	done = sum(bool(outcome["done"]) for outcome in outcomes)
	kept = [*json.loads(repair.outcomes or "[]"), *outcomes][:MOST_OUTCOMES]
	values = {
		"seen": repair.seen + seen,
		"done": repair.done + done,
		"refused": repair.refused + len(outcomes) - done,
		"outcomes": json.dumps(kept, ensure_ascii=False),
		"last_seen": now_datetime(),
	}
	if not more:
		values |= {"status": DONE, "ended_on": now_datetime()}
	frappe.db.set_value(DOCTYPE, repair.name, values)


def fail(name: str, message: str) -> None:
	"""Note that a repair could not go on; what was done stays done."""
	frappe.db.set_value(
		DOCTYPE, name, {"status": FAILED, "error": message[:1000], "ended_on": now_datetime()}
	)


def stalled() -> list[str]:
	"""Repairs that wait for a job, or whose job gave no sign of life."""
	return frappe.get_all(
		DOCTYPE,
		filters={
			"status": ("in", (QUEUED, RUNNING)),
			"last_seen": ("<", add_to_date(now_datetime(), minutes=-LEASE_MINUTES)),
		},
		pluck="name",
		limit=0,
	)


def set_values(leads: Sequence[str], field: str, value: str) -> list[bulk.Outcome]:
	"""Set one field of several leads, each through its own rules, as the session's user.

	Raises:
		frappe.ValidationError: another field, or too many leads.
	"""
	check_settable(field)

	def step(name: str) -> None:
		lead = frappe.get_doc(LEAD, name)
		lead.check_permission("write")
		lead.set(field, value)
		lead.save()

	return bulk.for_each(LEAD, leads, step)


def check_settable(field: str) -> None:
	"""Refuse a field that is not to be set for many at once.

	Raises:
		frappe.ValidationError: names the fields that are.
	"""
	if field not in MAY_SET:
		meta = frappe.get_meta(LEAD)
		frappe.throw(
			_("{0} cannot be set for many leads at once. Choose one of these: {1}.").format(
				frappe.bold(frappe.utils.escape_html(field)),
				", ".join(_(meta.get_label(name)) for name in MAY_SET),
			)
		)


def _do(repair: Document, part: list[Any]) -> list[dict[str, Any]]:
	if repair.kind == NORMALISE:
		return normalise(part)
	if repair.kind == SET:
		arguments = json.loads(repair.arguments or "{}")
		return [dict(row) for row in set_values(part, arguments["field"], arguments["value"])]
	return [_merge(names) for names in part]


def _merge(names: Sequence[str]) -> dict[str, Any]:
	"""Merge a group as it is now; what no longer fits is said and left alone."""
	rows = frappe.get_list(
		LEAD,
		filters={"name": ("in", list(names))},
		fields=["name", "creation", *merge_fields.value_fields()],
		limit_page_length=0,
	)
	title = next((row.lead_name for row in rows if row.lead_name), names[0])
	if not quality.is_sure(rows):
		message = _("The leads have changed since and are no longer surely one person.")
		return {"name": names[0], "title": title, "done": False, "message": message}
	primary = best_primary(rows, merge_fields.value_fields())
	others = [row.name for row in rows if row.name != primary]
	try:
		merge(primary, others)
	except (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError) as error:
		message = strip_html(error_text(error))
		return {"name": primary, "title": title, "done": False, "message": message}
	return {
		"name": primary,
		"title": title,
		"done": True,
		"message": _("Merged: {0}").format(", ".join(others)),
	}
