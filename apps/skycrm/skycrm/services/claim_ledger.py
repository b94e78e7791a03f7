"""Sky Claim: who held which lead from when to when, written and read as rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe.utils import now_datetime

CLAIM = "Sky Claim"


@dataclass(frozen=True)
class Row:
	"""A claim to be written."""

	lead: str
	user: str | None
	held_until: datetime | None
	team: str | None
	how: str


def write(rows: Collection[Row], ended_on: datetime | None = None, end_reason: str | None = None) -> None:
	"""Write claims, open or ended; one statement per 1000."""
	if not rows:
		return
	now, by = now_datetime(), frappe.session.user
	fields = ["name", "creation", "modified", "owner", "modified_by"]
	fields += ["lead", "user", "held_until", "team", "how", "claimed_on", "ended_on", "end_reason"]
	values = [
		(
			*(frappe.generate_hash(length=10), now, now, by, by),
			*(row.lead, row.user, row.held_until, row.team, row.how, now, ended_on, end_reason),
		)
		for row in rows
	]
	frappe.db.bulk_insert(CLAIM, fields, values, chunk_size=1000)


def end(leads: Iterable[str], reason: str) -> None:
	"""End the open claims of leads; one statement."""
	table = frappe.qb.DocType(CLAIM)
	frappe.qb.update(table).set(table.ended_on, now_datetime()).set(table.end_reason, reason).where(
		table.lead.isin(list(leads)) & table.ended_on.isnull()
	).run()


def open_claim(lead: str) -> frappe._dict | None:
	"""The claim by which a lead is held: name, team whose pool it came from, user."""
	return frappe.db.get_value(
		CLAIM, {"lead": lead, "ended_on": ("is", "not set")}, ["name", "team", "user"], as_dict=True
	)


def forget(lead: str) -> None:
	"""Delete what was noted about a lead that is deleted; for `on_trash`."""
	for doctype in (CLAIM, "Sky Assignment Log"):
		frappe.db.delete(doctype, {"lead": lead})
