"""Scores of thousands of leads at once: four statements to read a part, one for each 2,500 rows to write.

Only rows whose score or lines change are written, and only if nobody has saved the lead since it was read: whoever saves
a lead works its score out anyway.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pypika.terms import Criterion

import frappe
from frappe.utils import get_datetime, now_datetime

from skycrm.domain import lead_status, scoring
from skycrm.domain.scoring import Rule
from skycrm.services import scoring as one
from skycrm.services import scoring_facts, scoring_rules

BATCH = 5000
ROWS_PER_UPDATE = 2500
COLUMNS = (
	"name",
	"creation",
	"modified",
	"status",
	"converted_on",
	"rating",
	"score",
	"score_detail",
	"score_updated_on",
	"score_override",
	"score_override_until",
	"score_override_by",
)


@dataclass(frozen=True)
class Part:
	"""One part of a run: how many leads were looked at, how many were written, the last name in order."""

	seen: int
	changed: int
	last: str


def next_part(after: str, size: int = BATCH) -> Part:
	"""Bring the next leads in order of name up to date.

	Args:
		after: name of the last lead of the part before, "" to begin.
		size: how many at most.

	Returns:
		What was done; `seen` is 0 when there are no more.
	"""
	rules = scoring_rules.rules_in_force()
	lead = frappe.qb.DocType("Sky Lead")
	rows = _read(rules, (lead.name > after) & _due(lead), size)
	changed = _bring_up_to_date(rows, rules)
	return Part(len(rows), changed, rows[-1]["name"] if rows else after)


def refresh(names: Sequence[str]) -> int:
	"""Bring these leads up to date, for a few thousand at most; returns how many were written."""
	if not names:
		return 0
	rules = scoring_rules.rules_in_force()
	lead = frappe.qb.DocType("Sky Lead")
	rows = _read(rules, lead.name.isin(list(names)) & _due(lead), len(names))
	return _bring_up_to_date(rows, rules)


def due() -> int:
	"""How many leads a whole run looks at."""
	lead = frappe.qb.DocType("Sky Lead")
	from pypika.functions import Count

	return frappe.qb.from_(lead).select(Count(lead.name)).where(_due(lead)).run()[0][0]


def read_for_rules(rules: Sequence[Rule], condition: Criterion, limit: int) -> list[dict[str, Any]]:
	"""Leads with everything that the rules and a score by hand need, in order of name."""
	return _read(rules, condition, limit)


def _due(lead: Any) -> Criterion:
	"""Leads that somebody works on, and those decided before there were scores: these get the one of that day."""
	return lead.status.notin(sorted(one.CLOSED)) | lead.score_updated_on.isnull()


def _read(rules: Sequence[Rule], condition: Criterion, limit: int) -> list[dict[str, Any]]:
	lead = frappe.qb.DocType("Sky Lead")
	stored = set(frappe.get_meta("Sky Lead").get_valid_columns())
	wanted = {*COLUMNS, *scoring_facts.KEYS, *scoring_rules.fields_used(rules)} & stored
	query = frappe.qb.from_(lead).select(*(lead[column] for column in sorted(wanted)))
	return query.where(condition).orderby(lead.name).limit(limit).run(as_dict=True)


def _bring_up_to_date(rows: Sequence[Mapping[str, Any]], rules: Sequence[Rule]) -> int:
	if not rows:
		return 0
	now = now_datetime()
	facts = scoring_facts.facts_of_rows(rows, rules)
	follows = one.rating_for(0) is not None
	changed = []
	for row in rows:
		as_of = moment_of(row, now)
		result = scoring.evaluate(rules, facts[row["name"]], as_of, one.by_hand(row))
		rating = (
			one.rating_for(result.score) if follows and row["status"] not in one.CLOSED else row["rating"]
		)
		same = result.score == row["score"] and one.fingerprint(row["score_detail"]) == result.fingerprint
		if not same or not row["score_updated_on"] or (rating or "") != (row["rating"] or ""):
			changed.append(
				{
					"name": row["name"],
					"seen": str(row["modified"]),
					"score": result.score,
					"detail": one.as_detail(result),
					"moment": str(as_of),
					"rating": rating or "",
				}
			)
	for start in range(0, len(changed), ROWS_PER_UPDATE):
		_write(changed[start : start + ROWS_PER_UPDATE])
	return len(changed)


def moment_of(row: Mapping[str, Any], now: datetime) -> datetime:
	"""At which moment a lead is judged: now while it is open, else when it was decided."""
	if row["status"] == lead_status.CONVERTED:
		return get_datetime(row["converted_on"] or row["modified"])
	if row["status"] == lead_status.UNQUALIFIED:
		return get_datetime(row["score_updated_on"] or row["modified"])
	return now


def _write(rows: Sequence[Mapping[str, Any]]) -> None:
	# One statement over a table made of the values: a CASE over a thousand names would be searched a thousand times.
	# The time of the last change stays, and tells here whether somebody has saved the lead meanwhile.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		update `tabSky Lead` `lead`
		join json_table(%(rows)s, '$[*]' columns (
			`name` varchar(140) path '$.name',
			`seen` datetime(6) path '$.seen',
			`score` int path '$.score',
			`detail` text path '$.detail',
			`moment` datetime(6) path '$.moment',
			`rating` varchar(140) path '$.rating'
		)) `new` on `lead`.`name` = convert(`new`.`name` using utf8mb4) collate utf8mb4_unicode_ci
		set `lead`.`score` = `new`.`score`,
			`lead`.`score_detail` = `new`.`detail`,
			`lead`.`score_updated_on` = `new`.`moment`,
			`lead`.`rating` = `new`.`rating`
		where `lead`.`modified` = `new`.`seen`
		""",
		{"rows": json.dumps(rows, ensure_ascii=False)},
	)
