"""The rules of the score as they are in force: read once, kept in the cache, so that a new lead costs no query for them."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain import scoring
from skycrm.domain.scoring import Rule

RULE = "Sky Scoring Rule"
CACHE_KEY = "skycrm_scoring_rules"
COLUMNS = (
	"name",
	"title",
	"kind",
	"points",
	"max_points",
	"lead_field",
	"operator",
	"match_value",
	"activity",
	"door",
	"days",
	"half_life_days",
	"other_points",
	"sentence",
)
# What a rule may look at beside the plain fields of a lead would tell nothing or change with the score itself.
NOT_TO_COMPARE = frozenset(
	{
		"score",
		"rating",
		"score_detail",
		"score_updated_on",
		"score_override",
		"search_text",
		"duplicates_html",
	}
)
NO_VALUE = frozenset(
	{"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Table", "Attach Image"}
)
PLACEHOLDERS = frozenset(
	{"points", "field", "value", "count", "days", "date", "source", "filled", "total", "missing"}
)


def stored_rules() -> list[dict[str, Any]]:
	"""The enabled rules in their order, as plain rows with `sources` and `complete_fields`; from the cache."""
	return frappe.cache.get_value(CACHE_KEY, _read_rules)


def rules_in_force() -> tuple[Rule, ...]:
	"""The enabled rules for domain/scoring.py, in their order."""
	stored = stored_rules()
	rows, rules = getattr(frappe.local, "skycrm_rules_in_force", (None, ()))
	# The cache hands out one and the same list as long as it holds.
	if rows is not stored:
		rules = tuple(as_rule(row) for row in stored)
		frappe.local.skycrm_rules_in_force = (stored, rules)
	return rules


def as_rule(row: Any) -> Rule:
	"""A rule out of a stored row or a document."""
	return Rule(
		name=row.get("name") or "",
		kind=row.get("kind"),
		points=row.get("points") or 0,
		max_points=row.get("max_points") or 0,
		lead_field=row.get("lead_field") or "",
		operator=row.get("operator") or scoring.IS_SET,
		value=row.get("match_value") or "",
		activity=row.get("activity") or "",
		door=row.get("door") or "",
		days=row.get("days") or 0,
		half_life_days=row.get("half_life_days") or 0,
		source_points={line.get("source"): line.get("points") or 0 for line in row.get("sources") or ()},
		other_points=row.get("other_points") or 0,
		fields=tuple(line.get("lead_field") for line in row.get("complete_fields") or ()),
	)


def fields_used(rules: Iterable[Rule]) -> set[str]:
	"""Fields that the rules read, those of domain/scoring.py's DERIVED among them."""
	named: set[str] = set()
	for rule in rules:
		if rule.kind == scoring.FIELD:
			named.add(rule.lead_field)
		elif rule.kind == scoring.COMPLETENESS:
			named |= set(rule.fields)
		elif rule.kind == scoring.SOURCE:
			named.add("source")
	return named


def fields_to_compare() -> dict[str, str]:
	"""Field → its translated label: what a rule may compare."""
	found = {
		field.fieldname: _(field.label)
		for field in frappe.get_meta("Sky Lead").fields
		if field.label and field.fieldtype not in NO_VALUE and field.fieldname not in NOT_TO_COMPARE
	}
	return {**found, **derived_labels()}


def derived_labels() -> dict[str, str]:
	"""Facts worked out of the fields → translated label."""
	return {
		scoring.COMPANY_EMAIL: _("Email address of a firm's own domain"),
		scoring.VALID_PHONE: _("Valid phone number"),
		scoring.VALID_TAX_CODE: _("Valid tax code"),
		scoring.ITEM_COUNT: _("Number of products of interest"),
	}


def forget() -> None:
	"""Read the rules anew next time, and again once this transaction is over: others may have read the old ones."""
	clear_cache()
	frappe.db.after_commit.add(clear_cache)
	frappe.db.after_rollback.add(clear_cache)


def forget_source(source: str) -> None:
	"""Take a lead source that is being deleted out of the rules: its points are no reason to keep it."""
	frappe.db.delete(f"{RULE} Source", {"source": source, "parenttype": RULE})
	forget()


def clear_cache() -> None:
	"""Forget what was read."""
	frappe.cache.delete_value(CACHE_KEY)


def check(rule: Document) -> None:
	"""What a rule needs to make sense, and nothing of another kind.

	Raises:
		frappe.ValidationError: names the field, the reason and the remedy.
	"""
	checks = {
		scoring.FIELD: _check_field,
		scoring.ACTIVITY: _check_activity,
		scoring.SILENCE: _check_activity,
		scoring.RECENCY: _check_recency,
		scoring.SOURCE: _check_sources,
		scoring.COMPLETENESS: _check_completeness,
	}
	checks[rule.kind](rule)
	if rule.kind != scoring.SOURCE:
		_check_points(rule)
	_check_sentence(rule)


def _check_points(rule: Document) -> None:
	if not rule.points:
		_refuse(
			rule,
			"points",
			_("A rule without points says nothing. Enter points, or below 0 to take some away."),
		)
	if abs(rule.points) > 100:
		_refuse(rule, "points", _("One rule gives at most 100 points and takes at most 100. Enter less."))


def _check_field(rule: Document) -> None:
	if rule.lead_field not in fields_to_compare():
		_refuse(rule, "lead_field", _("There is no such field. Choose one of the list."))
	if rule.operator not in scoring.OPERATORS:
		_refuse(rule, "operator", _("Choose how to compare."))
	if rule.operator in scoring.OPERATORS_WITHOUT_VALUE:
		rule.match_value = None
	elif not scoring.split(rule.match_value or ""):
		_refuse(
			rule,
			"match_value",
			_("Enter what the field is compared with, or choose {0}.").format(_("is set")),
		)


def _check_activity(rule: Document) -> None:
	if rule.activity not in scoring.ACTIVITIES:
		_refuse(rule, "activity", _("Choose what is counted."))
	if (rule.days or 0) < 1:
		_refuse(rule, "days", _("Enter how many days the rule looks back, at least 1."))
	if rule.activity != "Came Back":
		rule.door = None


def _check_recency(rule: Document) -> None:
	if (rule.half_life_days or 0) < 1:
		_refuse(
			rule, "half_life_days", _("Enter after how many days the points are half as many, at least 1.")
		)


def _check_sources(rule: Document) -> None:
	if not rule.sources:
		_refuse(rule, "sources", _("Add a row for each source that deserves points of its own."))
	named = [row.source for row in rule.sources]
	for row in rule.sources:
		if named.count(row.source) > 1:
			_refuse(
				rule, "sources", _("{0} is there more than once. Keep one row for it.").format(_(row.source))
			)
		if abs(row.points or 0) > 100:
			_refuse(
				rule, "sources", _("One rule gives at most 100 points and takes at most 100. Enter less.")
			)


def _check_completeness(rule: Document) -> None:
	if not rule.complete_fields:
		_refuse(rule, "complete_fields", _("Add the fields that ought to be filled in."))
	known = fields_to_compare()
	for row in rule.complete_fields:
		if row.lead_field not in known:
			_refuse(rule, "complete_fields", _("There is no such field. Choose one of the list."))


def _check_sentence(rule: Document) -> None:
	for name in placeholders(rule.sentence or ""):
		if name not in PLACEHOLDERS:
			shown = ", ".join(f"{{{word}}}" for word in sorted(PLACEHOLDERS))
			_refuse(
				rule,
				"sentence",
				_("{0} cannot be filled in. Use only these: {1}.").format(f"{{{name}}}", shown),
			)


def placeholders(sentence: str) -> list[str]:
	"""The words in braces of a sentence."""
	return [part.split("}", 1)[0].strip() for part in sentence.split("{")[1:] if "}" in part]


def _refuse(rule: Document, field: str, reason: str) -> None:
	frappe.throw(
		_("{0}: {1}").format(frappe.bold(_(rule.meta.get_label(field))), frappe.utils.escape_html(reason)),
		title=_("Scoring rule not valid"),
	)


def _read_rules() -> list[dict[str, Any]]:
	rows = frappe.get_all(
		RULE, filters={"enabled": 1}, fields=list(COLUMNS), order_by="sequence asc, name asc", limit=0
	)
	names = [row.name for row in rows]
	sources, fields = ((_children(table, names) if names else []) for table in ("Source", "Field"))
	return [
		{
			**row,
			"sources": [dict(line) for line in sources if line.parent == row.name],
			"complete_fields": [dict(line) for line in fields if line.parent == row.name],
		}
		for row in rows
	]


def _children(table: str, parents: list[str]) -> list[Any]:
	columns = ["source", "points"] if table == "Source" else ["lead_field"]
	return frappe.get_all(
		f"Sky Scoring Rule {table}",
		filters={"parenttype": RULE, "parent": ("in", parents)},
		fields=["parent", *columns],
		order_by="parent, idx",
		limit=0,
	)
