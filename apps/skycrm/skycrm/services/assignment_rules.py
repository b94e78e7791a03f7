"""The assignment rules that are in use, read once and kept in the cache: a new lead asks for them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import to_timedelta

from skycrm.domain import segment_filter
from skycrm.domain.assignment import Limits, Method
from skycrm.domain.lead_conditions import EXTRA_FIELDS, Condition
from skycrm.domain.send_window import Window
from skycrm.services.filter_rows import check_filter_rows
from skycrm.services.record_checks import label, refuse, shown

RULE = "Sky Assignment Rule"
LEAD = "Sky Lead"
CACHE_KEY = "sky_assignment_rules"
# Seconds. What `under` a territory means may change without a rule being saved.
LIFETIME = 600

WAIT, NEXT_RULE, PERSON = "Wait in the Pool", "Ask the Next Rule", "Give to One Person"


@dataclass(frozen=True)
class Rule:
	"""A rule as the services use it; see the DocType for what its fields mean."""

	name: str
	method: Method
	conditions: tuple[Condition, ...] = ()
	team: str | None = None
	with_teams_below: bool = True
	include_managers: bool = False
	role: str | None = None
	weights: Mapping[str, float] = field(default_factory=dict)
	limits: Limits = field(default_factory=Limits)
	hours: tuple[Window, ...] = ()
	holiday_list: str | None = None
	fallback: str = WAIT
	fallback_team: str | None = None
	fallback_user: str | None = None
	hold: bool = False
	notify: bool = True

	@property
	def counts_open_leads(self) -> bool:
		"""Whether somebody must count what the people of the pool have open."""
		return self.method is Method.LEAST_LOADED or self.limits.open_leads > 0

	@property
	def pool_team(self) -> str | None:
		"""The team whose pool a lead waits in."""
		return self.fallback_team or self.team


def enabled_rules() -> list[Rule]:
	"""The rules in use in the order in which they are asked; no query while they are cached."""
	rules = frappe.cache.get_value(CACHE_KEY, expires=True)
	if rules is None:
		rules = read_rules({"enabled": 1})
		frappe.cache.set_value(CACHE_KEY, rules, expires_in_sec=LIFETIME)
	return rules


def read_rules(filters: Mapping[str, Any]) -> list[Rule]:
	"""Rules as they are stored, in the order in which they are asked. Four queries and one per tree condition."""
	rows = frappe.get_all(RULE, filters=filters, fields=["*"], order_by="priority, creation, name")
	names = [row.name for row in rows]
	conditions = _children("Sky Assignment Condition", names)
	members = _children("Sky Assignment Member", names)
	hours = _children("Sky Assignment Hours", names)
	return [
		as_rule(row, conditions.get(row.name, ()), members.get(row.name, ()), hours.get(row.name, ()))
		for row in rows
	]


def as_rule(row: Mapping[str, Any], conditions: Iterable, members: Iterable, hours: Iterable) -> Rule:
	"""A rule out of the fields of its record and the rows of its tables, stored or not."""
	return Rule(
		name=row.get("name") or row.get("rule_name") or "",
		method=Method(row.get("method") or Method.ROUND_ROBIN.value),
		conditions=tuple(_condition(one) for one in conditions),
		team=row.get("team") or None,
		with_teams_below=bool(row.get("with_teams_below")),
		include_managers=bool(row.get("include_managers")),
		role=row.get("role") or None,
		weights={one.user: frappe.utils.flt(one.weight) for one in members},
		limits=Limits(int(row.get("open_cap") or 0), int(row.get("daily_cap") or 0)),
		hours=tuple(
			Window(one.weekday, to_timedelta(one.from_time), to_timedelta(one.to_time)) for one in hours
		),
		holiday_list=row.get("holiday_list") or None,
		fallback=row.get("fallback") or WAIT,
		fallback_team=row.get("fallback_team") or None,
		fallback_user=row.get("fallback_user") or None,
		hold=bool(row.get("hold")),
		notify=bool(row.get("notify")),
	)


def forget() -> None:
	"""Read the rules anew the next time; also once this transaction has ended, for others read what is committed."""
	drop()
	frappe.db.after_commit.add(drop)
	frappe.db.after_rollback.add(drop)


def drop() -> None:
	"""Take the rules out of the cache."""
	frappe.cache.delete_value(CACHE_KEY)


def check_conditions(rule: Document) -> None:
	"""Refuse a condition on a field that leads do not have, or with a value that cannot be compared.

	Raises:
		frappe.ValidationError: names the row, the reason and the remedy.
	"""
	of_trees = [row for row in rule.conditions if row.operator == "under"]
	of_extras = [row for row in rule.conditions if row.field_name in EXTRA_FIELDS and row not in of_trees]
	others = [row for row in rule.conditions if row not in of_trees and row not in of_extras]
	check_filter_rows(rule, "conditions", LEAD, others)
	for row in of_extras:
		if segment_filter.filter_problem(row.operator, row.value, "Data"):
			refuse(
				_("Row {0} of {1}: the value is missing. Enter what the field is compared with.").format(
					row.idx, label(rule, "conditions")
				)
			)
	for row in of_trees:
		tree = tree_of(row.field_name)
		if not tree:
			refuse(
				_(
					"Row {0} of {1}: {2} has nothing below it. Use 'under' for a territory or an item group only."
				).format(row.idx, label(rule, "conditions"), shown(row.field_name))
			)
		if not row.value or not frappe.db.exists(tree, row.value):
			refuse(
				_("Row {0} of {1}: {2} {3} does not exist. Enter its name as it is written there.").format(
					row.idx, label(rule, "conditions"), _(tree), shown(row.value or "")
				)
			)


def tree_of(fieldname: str) -> str | None:
	"""The tree DocType that a field of a lead names a node of, or None."""
	if fieldname == "item_group":
		return "Item Group"
	df = frappe.get_meta(LEAD).get_field(fieldname)
	if df and df.fieldtype == "Link" and frappe.get_meta(df.options).get("is_tree"):
		return df.options
	return None


def _condition(row: Any) -> Condition:
	df = frappe.get_meta(LEAD).get_field(row.field_name)
	return Condition(
		row.field_name,
		row.operator,
		row.value or "",
		is_number=bool(df and df.fieldtype in segment_filter.NUMBER_FIELDS),
		members=_below(row.field_name, row.value) if row.operator == "under" else frozenset(),
	)


def _below(fieldname: str, node: str | None) -> frozenset[str]:
	tree = tree_of(fieldname)
	bounds = frappe.db.get_value(tree, node, ["lft", "rgt"]) if tree and node else None
	if not bounds:
		return frozenset()
	return frozenset(
		frappe.get_all(tree, filters={"lft": (">=", bounds[0]), "rgt": ("<=", bounds[1])}, pluck="name")
	)


def _children(doctype: str, parents: list[str]) -> dict[str, list]:
	rows: dict[str, list] = {}
	if parents:
		for row in frappe.get_all(
			doctype,
			filters={"parenttype": RULE, "parent": ("in", parents)},
			fields=["*"],
			order_by="parent, idx",
		):
			rows.setdefault(row.parent, []).append(row)
	return rows
