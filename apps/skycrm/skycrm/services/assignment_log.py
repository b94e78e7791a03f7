"""Every decision on who works on a lead, written down so that it can be explained later."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe.utils import now_datetime

from skycrm.domain.assignment import Verdict, Why
from skycrm.services.assignment_dealer import Outcome, decided
from skycrm.services.assignment_words import sentence

LOG = "Sky Assignment Log"
GIVEN, WAITING, HANDED_ON = "Given", "Waiting", "Handed On"
FIELDS = ("lead", "rule", "user", "outcome", "decided_on", "decided_by", "is_waiting", "reason", "details")


@dataclass(frozen=True)
class Entry:
	"""One line of the log, before it is written."""

	lead: str
	verdict: Verdict
	outcome: str
	rule: str | None = None
	steps: tuple[Mapping[str, Any], ...] = ()


def entry_of(lead: str, outcome: Outcome) -> Entry:
	"""The line for what the rules said about a lead."""
	steps = tuple(
		{
			"rule": step.rule,
			"passed": [_plain(verdict) for verdict in step.decision.passed_over],
		}
		for step in outcome.steps
	)
	kind = GIVEN if outcome.user else WAITING
	return Entry(lead, decided(outcome), kind, outcome.rule.name, steps)


def write(entries: Collection[Entry], decided_on: datetime | None = None) -> None:
	"""Write lines; what a lead was waiting for before is over. One statement per 1000 lines, one more for the waiting.

	The sentence is stored in the language of the site for lists and reports; forms show it in the reader's.
	"""
	if not entries:
		return
	moment = decided_on or now_datetime()
	by = frappe.session.user
	people = names_of({entry.verdict.user for entry in entries} | _stood_in_for(entries))
	rows = [
		(
			frappe.generate_hash(length=10),
			moment,
			moment,
			by,
			by,
			entry.lead,
			entry.rule,
			entry.verdict.user or None,
			entry.outcome,
			moment,
			by,
			int(entry.outcome == WAITING),
			_in_language_of_site(entry.verdict, people),
			json.dumps({**_plain(entry.verdict), "steps": entry.steps}),
		)
		for entry in entries
	]
	frappe.db.bulk_insert(
		LOG,
		["name", "creation", "modified", "owner", "modified_by", *FIELDS],
		rows,
		chunk_size=1000,
	)


def end_waiting(leads: Collection[str]) -> None:
	"""Note that these leads wait no longer."""
	if leads:
		table = frappe.qb.DocType(LOG)
		frappe.qb.update(table).set(table.is_waiting, 0).where(
			table.lead.isin(list(leads)) & (table.is_waiting == 1)
		).run()


def explain(lead: str, limit: int = 20) -> list[dict[str, Any]]:
	"""The decisions on a lead, the latest first, as sentences in the reader's language. Two queries.

	The caller has checked that the reader may read the lead.

	Returns:
		[{rule, user, user_name, outcome, decided_on, reason, passed_over: [{rule, name, reason}]}]; plain text.
	"""
	rows = frappe.get_all(
		LOG, filters={"lead": lead}, fields=list(FIELDS), order_by="decided_on desc", limit=limit
	)
	stored = [(row, json.loads(row.details or "{}")) for row in rows]
	users = {row.user for row in rows} | {row.decided_by for row in rows}
	for _row, details in stored:
		users |= {(details.get("params") or {}).get("stands_in_for")}
		users |= {one["user"] for step in details.get("steps") or () for one in step["passed"]}
	people = names_of({user for user in users if user})
	return [_explained(row, details, people) for row, details in stored]


def as_answer(outcome: Outcome) -> dict[str, Any]:
	"""What the rules would do with a lead, in the form of one row of `explain`. One query."""
	entry = entry_of("", outcome)
	users = {entry.verdict.user, *(one["user"] for step in entry.steps for one in step["passed"])}
	people = names_of(users | _stood_in_for([entry]))
	row = frappe._dict(
		rule=entry.rule, user=entry.verdict.user, outcome=entry.outcome, decided_on=None, decided_by=None
	)
	return _explained(row, {**_plain(entry.verdict), "steps": entry.steps}, people)


def names_of(users: Collection[str]) -> Callable[[str], str]:
	"""A function from user to full name, read in one query; unknown users are shown as they are."""
	known = (
		dict(
			frappe.get_all(
				"User",
				filters={"name": ("in", [user for user in users if user])},
				fields=["name", "full_name"],
				as_list=True,
			)
		)
		if any(users)
		else {}
	)
	return lambda user: known.get(user) or user


def _explained(
	row: Mapping[str, Any], details: Mapping[str, Any], people: Callable[[str], str]
) -> dict[str, Any]:
	params = dict(details.get("params") or {})
	return {
		"rule": row.get("rule"),
		"user": row.get("user"),
		"user_name": people(row.get("user") or ""),
		"outcome": row.get("outcome"),
		"decided_on": row.get("decided_on"),
		"decided_by": people(row.get("decided_by") or ""),
		"reason": sentence(details.get("why") or "", params, people) or row.get("reason") or "",
		"passed_over": [
			{
				"rule": step["rule"],
				"name": people(one["user"]),
				"reason": sentence(one["why"], one.get("params") or {}, people),
			}
			for step in details.get("steps") or ()
			for one in step["passed"]
		],
	}


def _plain(verdict: Verdict) -> dict[str, Any]:
	return {"user": verdict.user, "why": verdict.why.value, "params": dict(verdict.params)}


def _stood_in_for(entries: Iterable[Entry]) -> set[str]:
	return {str(entry.verdict.params.get("stands_in_for") or "") for entry in entries}


def _in_language_of_site(verdict: Verdict, people: Callable[[str], str]) -> str:
	before = frappe.local.lang
	frappe.local.lang = frappe.get_system_settings("language") or "en"
	try:
		return sentence(verdict.why, verdict.params, people)
	finally:
		frappe.local.lang = before


def handed_on(lead: str, user: str, note: str) -> Entry:
	"""The line for a lead that one person gave to another."""
	return Entry(lead, Verdict(user, Why.HANDED_ON, {"note": note} if note else {}), HANDED_ON)
