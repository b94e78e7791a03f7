"""Leads whose data are poor: missing, invalid, stale or there twice, as the session's user may read them.

Set-based over indexed columns: one query counts what is missing, invalid and overdue, one what is stale, one for each kind
of duplicate.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import frappe
from frappe.desk.reportview import build_match_conditions
from frappe.utils import add_days, cint, now_datetime

from skycrm.domain import data_quality as quality
from skycrm.domain.data_quality import DUPLICATES
from skycrm.domain.lead_status import CONVERTED, OPEN
from skycrm.permissions.hidden_fields import hidden, shown

LEAD = "Sky Lead"
STALE_DAYS, LATE_DAYS = 60, 7
MOST_ROWS, MOST_GROUPS = 1000, 300
# More keys than these that occur twice are a matter for a whole clean-up; the first so many are counted.
MOST_KEYS = 20_000

# Check → its condition on a lead that is still worked on. Constants: nothing of a request goes into the text.
CONDITIONS: dict[str, str] = {
	quality.NO_CONTACT: """ifnull(l.email_id, '') = '' and ifnull(l.mobile_no, '') = '' and ifnull(l.phone, '') = ''
		and ifnull(l.zalo_id, '') = ''""",
	quality.NO_NAME: "ifnull(l.lead_name, '') = '' and ifnull(l.organization, '') = ''",
	quality.NO_SOURCE: "ifnull(l.source, '') = ''",
	quality.NO_OWNER: "ifnull(l.lead_owner, '') = ''",
	quality.INVALID: "ifnull(l.data_issues, '') != ''",
	quality.OVERDUE: "l.next_contact_on < %(late)s",
	quality.STALE: """l.modified < %(stale)s and l.creation < %(stale)s
		and not exists (select 1 from `tabSky Lead Touch` t where t.`lead` = l.name and t.received_on >= %(stale)s)
		and not exists (select 1 from `tabCommunication` c where c.reference_doctype = 'Sky Lead'
			and c.reference_name = l.name and c.creation >= %(stale)s)
		and not exists (select 1 from `tabComment` k where k.reference_doctype = 'Sky Lead'
			and k.reference_name = l.name and k.comment_type = 'Comment' and k.creation >= %(stale)s)
		and not exists (select 1 from `tabToDo` d where d.reference_type = 'Sky Lead'
			and d.reference_name = l.name and d.modified >= %(stale)s)""",
}
# Kind of duplicate → the columns that hold its key; of a pair of columns both must agree.
KEY_COLUMNS: dict[str, tuple[str, ...]] = {
	quality.SAME_EMAIL: ("email_key",),
	quality.SAME_PHONE: ("phone_key", "phone_key_2"),
	quality.SAME_TAX: ("tax_key",),
}
FILTERS = {"owner": "lead_owner", "team": "team", "source": "source"}
FIELDS = (
	"name",
	"lead_name",
	"organization",
	"mobile_no",
	"phone",
	"email_id",
	"tax_id",
	"source",
	"status",
	"lead_owner",
	"team",
	"next_contact_on",
	"data_issues",
	"creation",
	"modified",
)


def counts(filters: Mapping[str, Any] | None = None) -> dict[str, dict[str, int]]:
	"""How many leads each check finds; for duplicates also how many groups. Nine queries.

	Args:
		filters: `owner`, `team`, `source`, `stale_days`, `late_days`; all optional.

	Returns:
		{check: {"leads": n, "groups": n}}, groups 0 where there are none.

	Raises:
		frappe.PermissionError: the user may read no leads.
	"""
	frappe.has_permission(LEAD, "read", throw=True)
	where, values = _readable(filters)
	cheap = [check for check in CONDITIONS if check != quality.STALE]
	columns = ", ".join(f"ifnull(sum({_one(CONDITIONS[check])}), 0)" for check in cheap)
	found = _run(f"select {columns} from `tabSky Lead` l where {_open()} and {where}", values)[0]
	answer = {check: {"leads": int(number), "groups": 0} for check, number in zip(cheap, found, strict=True)}
	stale = (
		f"select count(*) from `tabSky Lead` l where {_open()} and {CONDITIONS[quality.STALE]} and {where}"
	)
	answer[quality.STALE] = {"leads": int(_run(stale, values)[0][0]), "groups": 0}
	for kind in DUPLICATES:
		groups = _shared(kind, where, values)
		answer[kind] = {"leads": sum(groups.values()), "groups": len(groups)}
	return {check: answer[check] for check in quality.CHECKS}


def leads_with(
	check: str, filters: Mapping[str, Any] | None = None, limit: int = MOST_ROWS
) -> list[dict[str, Any]]:
	"""The leads that a check finds, the latest change first; duplicates group by group, with `group`.

	Args:
		check: one of domain.data_quality.CHECKS.
		filters: as `counts`.
		limit: at most this many leads; of duplicates at most MOST_GROUPS groups.
	"""
	frappe.has_permission(LEAD, "read", throw=True)
	if check in DUPLICATES:
		return _duplicates(check, filters)
	where, values = _readable(filters)
	columns = ", ".join(f"l.{field}" for field in shown(LEAD, FIELDS))
	query = f"""select {columns} from `tabSky Lead` l where {_open()} and {CONDITIONS[check]} and {where}
		order by l.modified desc limit {cint(limit)}"""
	return _run(query, values, as_dict=True)


def groups_of(
	kind: str, filters: Mapping[str, Any] | None = None, limit: int = MOST_GROUPS
) -> list[list[dict[str, Any]]]:
	"""Groups of leads that share one key. Three queries.

	Args:
		kind: one of domain.data_quality.DUPLICATES.
		limit: at most so many groups.
	"""
	found: dict[str, list[dict[str, Any]]] = {}
	for row in _duplicates(kind, filters, limit):
		found.setdefault(row["group"], []).append(row)
	return list(found.values())


def _duplicates(
	kind: str, filters: Mapping[str, Any] | None, limit: int = MOST_GROUPS
) -> list[dict[str, Any]]:
	"""The leads of the first groups, group by group, the oldest of each first. Three queries."""
	where, values = _readable(filters)
	wanted = set(sorted(_shared(kind, where, values))[: cint(limit)])
	if not wanted:
		return []
	fields = ", ".join(f"l.{field}" for field in shown(LEAD, FIELDS))
	closed = hidden(LEAD).intersection(KEY_COLUMNS.get(kind, ()))
	if kind == quality.SAME_NAME:
		branches = [
			f"select {fields}, l.name_key as shared, l.organization_key as shared_2 from `tabSky Lead` l "
			f"where l.name_key in %(shared)s and l.organization_key is not null and {where}"
		]
	else:
		branches = [
			f"select {fields}, l.{column} as shared, null as shared_2 from `tabSky Lead` l "
			f"where l.{column} in %(shared)s and {where}"
			for column in KEY_COLUMNS[kind]
		]
	shared = tuple({key[0] for key in wanted})
	rows = _run(" union all ".join(branches), {**values, "shared": shared}, as_dict=True)
	found = []
	numbers: dict[tuple[str, ...], int] = {}
	for row in sorted(rows, key=lambda row: (row.shared, row.shared_2 or "", row.creation, row.name)):
		key = tuple(part for part in (row.pop("shared"), row.pop("shared_2")) if part)
		# Compared once more: for the database é is e.
		if key in wanted:
			row["group"] = f"#{numbers.setdefault(key, len(numbers) + 1)}" if closed else " · ".join(key)
			found.append(row)
	return found


def _shared(kind: str, where: str, values: Mapping[str, Any]) -> dict[tuple[str, ...], int]:
	"""Key → number of leads that the user may read, of all keys that two of them share.

	First the keys that occur twice, out of the indexes alone; only their leads are looked at. The database takes é for e,
	so keys are compared here.
	"""
	columns = ("organization_key",) if kind == quality.SAME_NAME else KEY_COLUMNS[kind]
	keys = _run(_twice(columns), {})
	if not keys:
		return {}
	if kind == quality.SAME_NAME:
		# Two of one firm first: that is rarer than two of one name.
		select = "l.name_key, l.organization_key, l.status"
		where = f"l.name_key is not null and {where}"
	else:
		select = "l.{column}, null, l.status"
	rows = _run(
		" union all ".join(
			f"select {select.format(column=column)} from `tabSky Lead` l where l.{column} in %(keys)s and {where}"
			for column in columns
		),
		{**values, "keys": tuple(key for (key,) in keys)},
	)
	numbers: dict[tuple[str, ...], list[int]] = {}
	for first, second, status in rows:
		total = numbers.setdefault((first, second) if second else (first,), [0, 0])
		total[0] += 1
		# Two converted leads are two customers: nothing to merge.
		total[1] += status != CONVERTED
	return {key: total for key, (total, left) in numbers.items() if total > 1 and left}


def _twice(columns: tuple[str, ...]) -> str:
	"""Query of the keys that occur more than once in these columns together; each branch walks one index in its order."""
	branches = [
		f"(select {column} from `tabSky Lead` where {column} is not null group by {column} having count(*) > 1 "
		f"limit {MOST_KEYS})"
		for column in columns
	]
	branches += [
		f"(select b.{other} from `tabSky Lead` b where b.{other} is not null and exists "
		f"(select 1 from `tabSky Lead` a where a.{first} = b.{other}) limit {MOST_KEYS})"
		for first, other in pairwise(columns)
	]
	return " union ".join(branches)


def _open() -> str:
	return "l.status in ({})".format(", ".join(f"'{status}'" for status in OPEN))


def _one(condition: str) -> str:
	return f"case when {condition} then 1 else 0 end"


def _readable(filters: Mapping[str, Any] | None) -> tuple[str, dict[str, Any]]:
	"""Condition for what the user may read and has chosen, on the alias `l`, and its values."""
	filters = filters or {}
	now = now_datetime()
	values: dict[str, Any] = {
		"stale": add_days(now, -(cint(filters.get("stale_days")) or STALE_DAYS)),
		"late": add_days(now, -(cint(filters.get("late_days")) or LATE_DAYS)),
	}
	parts = ["1 = 1"]
	# The framework's own words for who may read what, made for a query with values.
	if match := build_match_conditions(LEAD):
		parts.append("(" + match.replace("`tabSky Lead`", "l") + ")")
	for name, column in FILTERS.items():
		if filters.get(name):
			parts.append(f"l.{column} = %({name})s")
			values[name] = filters[name]
	return " and ".join(parts), values


def _run(query: str, values: Mapping[str, Any], as_dict: bool = False) -> Any:
	# Constants of this module and the framework's match conditions; whatever a user chose is in the values.
	return frappe.db.sql(query, values, as_dict=as_dict)  # nosemgrep: frappe-using-db-sql
