"""The lines of a score as sentences in the reader's language.

An admin writes the sentence of a rule, with words in braces for what differs from lead to lead. They are filled in by
name and nothing else is read from them, so that a sentence cannot reach into the program.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import formatdate

from skycrm.domain import scoring
from skycrm.domain.scoring import HAND_LINE, LIMIT_LINE, Advice, Line
from skycrm.services import scoring_rules

# Points that no rule gave: a score written past the rules
UNEXPLAINED = "unexplained"
# Better a few things to do than a list that nobody reads
MOST_ADVICE = 5
_PLACEHOLDER = re.compile(r"\{\s*(\w+)\s*\}")


def explained(lines: Iterable[Line]) -> list[dict[str, Any]]:
	"""[{rule, points, reason, rule_id}] of lines, plain text; a rule that was deleted since is named by its number."""
	lines = list(lines)
	rows = _rows_of({line.rule for line in lines})
	return [_explained(line, rows) for line in lines]


def advised(advice: Iterable[Advice]) -> list[dict[str, Any]]:
	"""[{rule, points, reason}] of what would raise the score, the best few."""
	rows = _rows_of(set())
	return [
		{
			"rule": _(rows[line.rule]["title"]),
			"points": line.points,
			"reason": hint(rows[line.rule], line.shown),
		}
		for line in list(advice)[:MOST_ADVICE]
		if line.rule in rows
	]


def hint(row: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
	"""What a person can do so that a rule gives more."""
	if row["kind"] == scoring.COMPLETENESS:
		return _("Fill in: {0}.").format(_labels(shown.get("missing") or []))
	if row["kind"] == scoring.ACTIVITY:
		return _("{0} within {1} days.").format(_activity(row["activity"]), row["days"])
	if row["kind"] in (scoring.SILENCE, scoring.RECENCY):
		return _("Get in touch: the last sign was on {0}.").format(_day(shown.get("date")))
	field = _label(row["lead_field"])
	if (row["points"] or 0) < 0:
		return _("Find out whether this still holds: {0}.").format(_(row["title"]))
	if row["operator"] == scoring.IS_SET:
		return _("Fill in: {0}.").format(field)
	if row["operator"] == scoring.AT_LEAST:
		return _("{0}: at least {1}.").format(field, row["match_value"])
	return _("Check {0}: {1}.").format(field, _(row["title"]))


def fill(sentence: str, shown: Mapping[str, str]) -> str:
	"""A sentence with its words in braces filled in; unknown ones stay as they are."""
	return _PLACEHOLDER.sub(lambda found: shown.get(found[1], found[0]), sentence)


def _explained(line: Line, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
	row = rows.get(line.rule)
	if row:
		title, reason = _(row["title"]), fill(_(row["sentence"] or ""), _shown(line, row))
	elif line.rule == LIMIT_LINE:
		title = _("Limit")
		reason = _("A score lies between 0 and 100; the rules alone give {0}.").format(
			line.shown.get("total", "")
		)
	elif line.rule == HAND_LINE:
		title = _("Set by hand")
		reason = _("{0} set the score to {1} until {2}; the rules give {3}.").format(
			_person(line.shown.get("by")),
			line.shown.get("score", ""),
			_day(line.shown.get("date")),
			line.shown.get("rules", ""),
		)
	elif line.rule == UNEXPLAINED:
		title, reason = _("Brought from elsewhere"), _("The score was not worked out by the rules.")
	else:
		title, reason = _("Rule {0}").format(line.rule), _("This rule was deleted since.")
	return {"rule": title, "points": line.points, "reason": reason, "rule_id": line.rule}


def _shown(line: Line, row: Mapping[str, Any]) -> dict[str, str]:
	"""What fills the placeholders, as a reader writes it."""
	shown = dict(line.shown)
	field = str(shown.get("field") or row.get("lead_field") or "")
	values = {name: str(value) for name, value in shown.items() if not isinstance(value, list)}
	values["points"] = f"{line.points:+d}"
	values["field"] = _label(field) if field else ""
	values["value"] = _(values["value"]) if values.get("value") else ""
	values["source"] = _(values["source"]) if values.get("source") else ""
	values["date"] = _day(shown.get("date"))
	values["missing"] = _labels(shown.get("missing") or [])
	return values


def _rows_of(names: set[str]) -> dict[str, Mapping[str, Any]]:
	"""Rules by name: those in force from the cache, and with one query those of `names` that are switched off."""
	rows: dict[str, Mapping[str, Any]] = {row["name"]: row for row in scoring_rules.stored_rules()}
	others = names - rows.keys() - {LIMIT_LINE, HAND_LINE, UNEXPLAINED}
	if others:
		columns = list(scoring_rules.COLUMNS)
		found = frappe.get_all(scoring_rules.RULE, filters={"name": ("in", others)}, fields=columns, limit=0)
		rows.update({row.name: row for row in found})
	return rows


def _label(field: str) -> str:
	derived = scoring_rules.derived_labels()
	if field in derived:
		return derived[field]
	found = frappe.get_meta("Sky Lead").get_field(field)
	return _(found.label) if found and found.label else field


def _labels(fields: Iterable[str]) -> str:
	return ", ".join(_label(field) for field in fields)


def _activity(name: str) -> str:
	return _(name)


def _day(value: Any) -> str:
	return formatdate(value) if value else ""


def _person(user: Any) -> str:
	return frappe.utils.get_fullname(user) if user else _("Somebody")
