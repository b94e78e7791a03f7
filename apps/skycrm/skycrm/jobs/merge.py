"""Rows that came to a lead while it was being merged into another one: found and moved after the merge."""

import frappe
from frappe.utils import add_days, now_datetime

from skycrm.services import merge_ledger
from skycrm.services.conversion_lock import begin_fresh, lock_leads
from skycrm.services.merge_links import places, rows_pointing_at, singles_pointing_at
from skycrm.services.merge_move import move

# So long after a merge somebody may still save what they had open.
WATCHED_DAYS = 2


def collect_stragglers(ledger: str) -> int:
	"""Move what still points at the leads of a merge; safe to repeat. Returns how many rows.

	Args:
		ledger: name of a Sky Lead Merge; nothing happens when it was undone meanwhile.
	"""
	begin_fresh()
	primary = frappe.db.get_value(merge_ledger.DOCTYPE, ledger, "primary")
	if not primary or not lock_leads([primary]):
		return 0
	# Read anew, now that no undo can run.
	if not frappe.db.get_value(
		merge_ledger.DOCTYPE, {"name": ledger, "status": merge_ledger.ACTIVE}, "name", for_update=True
	):
		return 0
	record = frappe.get_doc(merge_ledger.DOCTYPE, ledger)
	names = [row.lead for row in record.duplicates]
	in_tables, in_singles = places()
	rows = rows_pointing_at(names, in_tables)
	singles = singles_pointing_at(names, in_singles)
	if not rows and not singles:
		return 0
	merge_ledger.add_moved(record, move(rows, singles, record.primary))
	return len(rows) + len(singles)


def collect_recent() -> None:
	"""Daily: the merges of the last days once more, each in a transaction of its own."""
	recent = frappe.get_all(
		merge_ledger.DOCTYPE,
		filters={
			"status": merge_ledger.ACTIVE,
			"merged_on": (">", add_days(now_datetime(), -WATCHED_DAYS)),
		},
		pluck="name",
		limit=0,
	)
	for ledger in recent:
		collect_stragglers(ledger)
		# Each merge stands by itself, and its locks are not to be held while the next is looked at.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
