"""Recomputing all scores: who asked, how far it is. The state is in the database, so a run that is killed is taken up.

A run goes through the leads in order of their names and notes after each part where it is. Whoever works on it writes a
token of their own into the run first; when another worker has taken the run over, which it may once nothing was heard of the
first one for a while, the first one stops at its next part.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from skycrm.services import scoring_batch

RUN = "Sky Score Run"
QUEUED, RUNNING, DONE, FAILED = "Queued", "Running", "Done", "Failed"
OPEN = (QUEUED, RUNNING)
# A part takes seconds. A run that was silent for longer has lost its worker.
SILENT_MINUTES = 10
# A run that takes its worker down each time must not do so for ever.
MOST_TAKEN_UP = 10
KEPT_DAYS = 90
JOB = "skycrm.jobs.scoring.run"
TIME_LIMIT = 2 * 60 * 60


def start(reason: str) -> str:
	"""Ask for a recomputation of all scores; one that waits already will do.

	Args:
		reason: Daily, Rules Changed or On Request.

	Returns:
		Name of the Sky Score Run.
	"""
	waiting = frappe.db.get_value(RUN, {"status": QUEUED}, "name")
	if waiting:
		enqueue(waiting)
		return waiting
	run = frappe.get_doc(
		{"doctype": RUN, "status": QUEUED, "reason": reason, "requested_by": frappe.session.user}
	)
	# Whoever may ask for it was checked by the caller; the record itself is made by the system only.
	run.insert(ignore_permissions=True)
	enqueue(run.name)
	return run.name


def enqueue(run: str, after: str = "") -> None:
	"""Hand a run to a worker once this transaction is committed; twice is no harm.

	Args:
		run: name of a Sky Score Run.
		after: told apart from an earlier job of this run, which may stand as begun for long after its worker was killed.
	"""
	frappe.enqueue(
		JOB,
		queue="long",
		timeout=TIME_LIMIT,
		job_id=f"skycrm_score_run_{run}{after}",
		deduplicate=True,
		enqueue_after_commit=True,
		name=run,
	)


def work(run: str, after_part: Callable[[int, int], None], size: int = scoring_batch.BATCH) -> dict[str, Any]:
	"""Do a run from where it is to its end.

	Args:
		run: name of a Sky Score Run.
		after_part: called with (leads looked at, leads in all) after each part, to commit it and tell about it.
		size: leads in a part.

	Returns:
		The run's counts: seen, changed, total. Empty when it is done already or another worker has it.
	"""
	token = frappe.generate_hash(length=12)
	row = _take(run, token)
	if not row:
		return {}
	after_part(row.seen, row.total)
	while True:
		part = scoring_batch.next_part(row.last_lead or "", size)
		row.seen, row.changed, row.last_lead = row.seen + part.seen, row.changed + part.changed, part.last
		finished = part.seen < size
		row.total = row.seen if finished else max(row.total, row.seen)
		if not _note(run, token, row, finished):
			frappe.db.rollback()
			return {}
		after_part(row.seen, row.total)
		if finished:
			return {"seen": row.seen, "changed": row.changed, "total": row.total}


def fail(run: str, error: str) -> None:
	"""Note why a run ended early; the next one of the day begins anew."""
	frappe.db.set_value(
		RUN, run, {"status": FAILED, "error": error[:500], "finished_on": now_datetime(), "attempt": ""}
	)


def stalled() -> list[str]:
	"""Runs whose worker is gone, or that no worker ever got."""
	return [row.name for row in _stalled_rows()]


def take_up_stalled() -> None:
	"""Hand the stalled runs to workers, each from where it is; give up one that has been taken up too often."""
	for row in _stalled_rows():
		if row.taken_up >= MOST_TAKEN_UP:
			fail(
				row.name,
				_(
					"Taken up {0} times and never ended. Tell your administrator: its worker was killed each time."
				).format(row.taken_up),
			)
		else:
			enqueue(row.name, f"_{row.modified:%Y%m%d%H%M%S}")


def delete_old() -> None:
	"""Forget runs that nobody asks about any more."""
	frappe.db.delete(RUN, {"modified": ("<", add_to_date(now_datetime(), days=-KEPT_DAYS))})


def state_of(run: str) -> dict[str, Any]:
	"""How far a run is: {name, status, seen, total, changed, sentence}."""
	row = frappe.db.get_value(
		RUN, run, ["name", "status", "seen", "total", "changed", "taken_up", "error"], as_dict=True
	)
	if not row:
		return {}
	sentence = {
		QUEUED: lambda: _("Waiting for a worker."),
		RUNNING: lambda: _("{0} of {1} leads looked at.").format(row.seen, row.total),
		DONE: lambda: _done_sentence(row),
		FAILED: lambda: _("Ended early: {0}").format(row.error or ""),
	}[row.status]()
	return {**row, "sentence": sentence}


def _done_sentence(row: frappe._dict) -> str:
	if row.taken_up:
		return _(
			"{0} leads looked at, {1} scores changed. Interrupted and taken up again from there: {2} times."
		).format(row.seen, row.changed, row.taken_up)
	return _("{0} leads looked at, {1} scores changed.").format(row.seen, row.changed)


def _stalled_rows() -> list[frappe._dict]:
	return frappe.get_all(
		RUN,
		filters={"status": ("in", OPEN), "modified": ("<", _silent_since())},
		fields=["name", "modified", "taken_up"],
	)


def _silent_since() -> datetime:
	return add_to_date(now_datetime(), minutes=-SILENT_MINUTES)


def _take(run: str, token: str) -> Any:
	"""The run as it stands, made ours; None when it is over or another worker is at it."""
	row = frappe.db.get_value(
		RUN,
		run,
		["status", "seen", "changed", "total", "last_lead", "started_on", "taken_up", "modified"],
		as_dict=True,
		for_update=True,
	)
	if not row or row.status not in OPEN:
		return None
	was_begun = row.status == RUNNING
	if was_begun and row.modified > _silent_since():
		return None
	row.total = row.total or scoring_batch.due()
	frappe.db.set_value(
		RUN,
		run,
		{
			"status": RUNNING,
			"attempt": token,
			"total": row.total,
			"started_on": row.started_on or now_datetime(),
			"taken_up": row.taken_up + was_begun,
		},
	)
	return row


def _note(run: str, token: str, row: Any, finished: bool) -> bool:
	"""Write down how far the run is, in the transaction of the part; False when it is not ours any more."""
	if frappe.db.get_value(RUN, run, "attempt", for_update=True) != token:
		return False
	values = {"seen": row.seen, "changed": row.changed, "total": row.total, "last_lead": row.last_lead}
	if finished:
		values.update(status=DONE, finished_on=now_datetime())
	frappe.db.set_value(RUN, run, values)
	return True
