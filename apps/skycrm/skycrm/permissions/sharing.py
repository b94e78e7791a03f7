"""Sharing rules over the database: those meant for a user, and their filters as SQL. Evaluated, never copied."""

from collections.abc import Iterable

import frappe
from frappe.model.db_query import DatabaseQuery

from skycrm.domain import access
from skycrm.permissions.facts import per_request
from skycrm.services.filter_rows import as_filters

RULE = "Sky Sharing Rule"
FILTER = "Sky Sharing Rule Filter"


def rules_for(doctype: str, viewer: access.Viewer) -> tuple[access.SharingRule, ...]:
	"""The enabled sharing rules on a DocType that are meant for the viewer; one query, once in a request."""
	if viewer.sees_all:
		return ()
	return per_request(("rules", doctype, viewer.user), lambda: _read(doctype, viewer))


def _read(doctype: str, viewer: access.Viewer) -> tuple[access.SharingRule, ...]:
	# A left join of the tree over itself: the query builder says it at greater length.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select `rule`.`name`, `rule`.`access`, `rule`.`share_from_type`, `rule`.`share_from`,
			`rule`.`share_to_type`, `rule`.`share_to`, `below`.`name` as `team`,
			exists(select 1 from `tabSky Sharing Rule Filter` `f` where `f`.`parent` = `rule`.`name`) as `filtered`
		from `tabSky Sharing Rule` `rule`
		left join `tabSky Team` `top` on `rule`.`share_from_type` = 'Sky Team' and `top`.`name` = `rule`.`share_from`
		left join `tabSky Team` `below` on `below`.`lft` >= `top`.`lft` and `below`.`rgt` <= `top`.`rgt`
		where `rule`.`enabled` = 1 and `rule`.`document_type` = %(doctype)s and (
			(`rule`.`share_to_type` = 'User' and `rule`.`share_to` = %(user)s)
			or (`rule`.`share_to_type` = 'Role' and `rule`.`share_to` in %(roles)s)
			or (`rule`.`share_to_type` = 'Sky Team' and `rule`.`share_to` in %(teams)s)
		)
		order by `rule`.`name`
		""",
		{
			"doctype": doctype,
			"user": viewer.user,
			"roles": tuple(viewer.roles) or ("",),
			"teams": tuple(viewer.teams) or ("",),
		},
		as_dict=True,
	)
	teams: dict[str, set[str]] = {}
	for row in rows:
		teams.setdefault(row.name, set()).update([row.team] if row.team else [])
	return tuple(
		as_rule(row, frozenset(teams[row.name]), bool(row.filtered))
		for row in {row.name: row for row in rows}.values()
	)


def as_rule(row: frappe._dict, from_teams: frozenset[str], filtered: bool) -> access.SharingRule:
	"""A row or a document of Sky Sharing Rule as the rule knows it."""
	to = row.share_to_type
	return access.SharingRule(
		name=row.name or "",
		writes=row.access == "Write",
		from_user=row.share_from if row.share_from_type == "User" else "",
		from_teams=from_teams,
		to_user=row.share_to if to == "User" else "",
		to_role=row.share_to if to == "Role" else "",
		to_team=row.share_to if to == "Sky Team" else "",
		filtered=filtered,
	)


def filter_conditions(doctype: str, rules: Iterable[access.SharingRule]) -> dict[str, str]:
	"""Sharing rule with a filter → its filter as a condition on `tab<doctype>`; one query if there are any."""
	names = [rule.name for rule in rules if rule.filtered]
	if not names:
		return {}
	rows: dict[str, list[frappe._dict]] = {name: [] for name in names}
	for row in frappe.get_all(
		FILTER,
		filters={"parenttype": RULE, "parent": ("in", names)},
		fields=["parent", "field_name", "operator", "value"],
		order_by="parent, idx",
	):
		rows[row.parent].append(row)
	return {name: as_condition(doctype, found) for name, found in rows.items()}


def as_condition(doctype: str, rows: Iterable[frappe._dict]) -> str:
	"""Rows of a filter as SQL, by the framework's own words for list filters; every row has to hold."""
	conditions: list[str] = []
	query = DatabaseQuery(doctype)
	# What is compared was checked when the rule was saved; whose records are found is not the filter's to say.
	query.build_filter_conditions(as_filters(doctype, rows), conditions, ignore_permissions=True)
	return " and ".join(f"({condition})" for condition in conditions) or "1 = 1"


def matching(doctype: str, name: str, rules: Iterable[access.SharingRule]) -> frozenset[str]:
	"""Which of the rules with a filter have one that this record meets. Two queries if there are any."""
	conditions = filter_conditions(doctype, rules)
	if not conditions:
		return frozenset()
	columns = ", ".join(f"({condition})" for condition in conditions.values())
	# The framework's own conditions, with every value in them escaped by it.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"select {columns} from `tab{doctype}` where `name` = {frappe.db.escape(name, percent=False)}"
	)
	return frozenset(rule for rule, meets in zip(conditions, rows[0] if rows else (), strict=False) if meets)
