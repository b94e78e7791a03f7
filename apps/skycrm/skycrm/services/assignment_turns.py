"""Whose turn it is by a rule: one row per rule, locked while a lead is given out.

The row is locked until the transaction ends, so two leads that come in at the same moment are given out one after the
other: turns, shares and caps are exact. A rule keeps all of its people in one row; a row per person would make
parallel inserts lock gaps and run into deadlocks.
"""

import json
from datetime import date

import frappe
from frappe.utils import getdate

from skycrm.domain.assignment import Turn, Turns

TURN = "Sky Assignment Turn"


def ensure(rule: str) -> None:
	"""Make the row of a rule unless it is there."""
	now = frappe.utils.now()
	user = frappe.session.user
	frappe.db.bulk_insert(
		TURN,
		["name", "creation", "modified", "owner", "modified_by", "rule", "turns"],
		[(frappe.generate_hash(length=10), now, now, user, user, rule, "{}")],
		ignore_duplicates=True,
	)


def remove(rule: str) -> None:
	"""Forget where a rule stood."""
	frappe.db.delete(TURN, {"rule": rule})


def lock(rule: str) -> Turns:
	"""Where the rule stands now, whatever this transaction has seen before; locked until it ends."""
	row = _read(rule, for_update=True)
	if row is None:
		ensure(rule)
		row = _read(rule, for_update=True)
	return _decode(row)


def look(rule: str) -> Turns:
	"""Where the rule stood when this transaction began to read."""
	return _decode(_read(rule))


def write(rule: str, turns: Turns) -> None:
	"""Store where a rule stands; the caller holds its lock."""
	table = frappe.qb.DocType(TURN)
	frappe.qb.update(table).set(table.turns, _encode(turns)).where(table.rule == rule).run()


def _read(rule: str, for_update: bool = False) -> str | None:
	table = frappe.qb.DocType(TURN)
	query = frappe.qb.from_(table).select(table.turns).where(table.rule == rule)
	if for_update:
		query = query.for_update()
	rows = query.run()
	return (rows[0][0] or "{}") if rows else None


def _decode(text: str | None) -> Turns:
	stored = json.loads(text or "{}")
	day: date | None = getdate(stored["day"]) if stored.get("day") else None
	people = {user: Turn(*values) for user, values in (stored.get("people") or {}).items()}
	return Turns(stored.get("clock") or 0.0, day, people)


def _encode(turns: Turns) -> str:
	people = {user: [turn.mark, turn.given, turn.today] for user, turn in turns.people.items()}
	return json.dumps(
		{"clock": turns.clock, "day": turns.day.isoformat() if turns.day else None, "people": people}
	)
