"""Scores brought up to date by the clock: what happened in the last hours every quarter of an hour, everything at night."""

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from skycrm.services import score_learning, scoring_batch, scoring_runs

# Looked back further than the pause between two calls, so that a scheduler that was down for a while misses nothing.
LOOK_BACK_HOURS = 3
MOST_RECENT = 20_000
DONE_EVENT = "skycrm_score_run_done"


def refresh_recent() -> None:
	"""Leads that somebody heard from, or that came in without a score. Safe to repeat: what is right is not written."""
	names = recent_leads()
	for start in range(0, len(names), scoring_batch.BATCH):
		scoring_batch.refresh(names[start : start + scoring_batch.BATCH])
		# Each part stands on its own: a kill loses one part, and the next call finds it again.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
	if len(names) >= MOST_RECENT:
		# After a large import: a run takes all of them, and is taken up again when it is killed.
		scoring_runs.start("On Request")
		# The run is taken up from its row, so the row must be there whatever happens to this worker.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
	scoring_runs.take_up_stalled()


def recent_leads() -> list[str]:
	"""Leads with an arrival or a message lately, and leads never scored; each name once, at most MOST_RECENT."""
	since = add_to_date(now_datetime(), hours=-LOOK_BACK_HOURS)
	touched = frappe.get_all(
		"Sky Lead Touch", filters={"creation": (">", since)}, pluck="lead", limit=MOST_RECENT
	)
	written = frappe.get_all(
		"Communication",
		filters={"reference_doctype": "Sky Lead", "modified": (">", since)},
		pluck="reference_name",
		limit=MOST_RECENT,
	)
	named = frappe.get_all(
		"Communication Link",
		filters={"link_doctype": "Sky Lead", "modified": (">", since)},
		pluck="link_name",
		limit=MOST_RECENT,
	)
	unscored = frappe.get_all(
		"Sky Lead", filters={"score_updated_on": ("is", "not set")}, pluck="name", limit=MOST_RECENT
	)
	return sorted({*touched, *written, *named, *unscored})[:MOST_RECENT]


def recompute_daily() -> None:
	"""Ask for a run over all leads: points fade as days pass."""
	scoring_runs.delete_old()
	scoring_runs.start("Daily")


def run(name: str) -> None:
	"""Work on a run until it is done, committing each part.

	Args:
		name: of a Sky Score Run.
	"""
	title = _("Working the scores out")
	user = frappe.db.get_value(scoring_runs.RUN, name, "requested_by")

	def after_part(seen: int, total: int) -> None:
		# A part that is done stays done, whatever happens to this worker.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		if user and total:
			frappe.publish_realtime(
				"progress",
				{"percent": seen * 100 / total, "title": title, "description": f"{seen:,} / {total:,}"},
				user=user,
			)

	try:
		counts = scoring_runs.work(name, after_part)
	except Exception as error:
		frappe.db.rollback()
		scoring_runs.fail(name, str(error))
		frappe.db.commit()
		raise
	if counts and user:
		frappe.publish_realtime(DONE_EVENT, scoring_runs.state_of(name), user=user)


def suggest(user: str) -> None:
	"""Learn points from won and lost leads and tell who asked.

	Args:
		user: who asked.
	"""
	# A job that is run again would else be Administrator's.
	frappe.set_user(user)
	score_learning.suggest_and_tell()
