"""Leads whose data are poor: missing, invalid, stale or there twice, as the session's user may read them.

Set-based over indexed columns: one query counts what is missing, invalid and overdue, one what is stale, one for each kind
of duplicate.
"""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe.desk.reportview import build_match_conditions
from frappe.utils import add_days, cint, now_datetime

from skycrm.domain import data_quality as quality
from skycrm.domain.data_quality import DUPLICATES
from skycrm.domain.lead_status import CONVERTED, OPEN

LEAD = "Sky Lead"
STALE_DAYS, LATE_DAYS = 60, 7
MOST_ROWS, MOST_GROUPS = 1000, 300

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
	"""How many leads each check finds; for duplicates also how many groups. Six queries.

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
		groups, leads = _run(
			f"select count(*), ifnull(sum(g.number), 0) from ({_groups(kind, where)}) g", values
		)[0]
		answer[kind] = {"leads": int(leads), "groups": int(groups)}
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
	columns = ", ".join(f"l.{field}" for field in FIELDS)
	query = f"""select {columns} from `tabSky Lead` l where {_open()} and {CONDITIONS[check]} and {where}
		order by l.modified desc limit {cint(limit)}"""
	return _run(query, values, as_dict=True)


def groups_of(
	kind: str, filters: Mapping[str, Any] | None = None, limit: int = MOST_GROUPS
) -> list[list[dict[str, Any]]]:
	"""Groups of leads that share one key. Two queries.

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
	"""The leads of the first groups, group by group, the oldest of each first. Two queries."""
	where, values = _readable(filters)
	groups = _run(f"{_groups(kind, where)} order by shared limit {cint(limit)}", values)
	if not groups:
		return []
	columns = ", ".join(f"l.{field}" for field in FIELDS)
	shared = {row[0] for row in groups}
	if kind == quality.SAME_NAME:
		wanted = {(row[0], row[1]) for row in groups}
		branches = [
			f"select {columns}, l.name_key as shared, l.organization_key as shared_2 from `tabSky Lead` l "
			f"where l.name_key in %(shared)s and l.organization_key is not null and {where}"
		]
	else:
		wanted = {(key, None) for key in shared}
		branches = [
			f"select {columns}, l.{column} as shared, null as shared_2 from `tabSky Lead` l "
			f"where l.{column} in %(shared)s and {where}"
			for column in KEY_COLUMNS[kind]
		]
	rows = _run(" union all ".join(branches), {**values, "shared": tuple(shared)}, as_dict=True)
	found = []
	for row in sorted(rows, key=lambda row: (row.shared, row.shared_2 or "", row.creation, row.name)):
		# Compared once more: for the database é is e.
		if (row.shared, row.shared_2) in wanted:
			row["group"] = " · ".join(part for part in (row.pop("shared"), row.pop("shared_2")) if part)
			found.append(row)
	return found


def _groups(kind: str, where: str) -> str:
	"""Query of the groups of a kind: `shared` key and `number` of leads.

	First the keys that occur twice, out of the index alone; only their leads are looked at. The database takes é for e,
	so keys are compared once more byte by byte.
	"""
	if kind == quality.SAME_NAME:
		return f"""select l.name_key as shared, l.organization_key as shared_2, count(*) as number
			from `tabSky Lead` l where l.name_key is not null and l.organization_key is not null and {where}
			group by l.name_key, l.organization_key having count(*) > 1 and {_some_left()}"""
	columns = KEY_COLUMNS[kind]
	keys = " union all ".join(
		f"select {column} as k from `tabSky Lead` where {column} is not null" for column in columns
	)
	twice = f"select k from ({keys}) a group by k having count(*) > 1"
	leads = " union all ".join(
		f"select l.name, l.status, l.{column} as k from ({twice}) b straight_join `tabSky Lead` l on l.{column} = b.k where {where}"
		for column in columns
	)
	return f"""select max(l.k) as shared, count(*) as number from ({leads}) l
		group by cast(l.k as binary) having count(*) > 1 and {_some_left()}"""


def _some_left() -> str:
	# Two converted leads are two customers: nothing to merge.
	return f"sum(l.status != '{CONVERTED}') > 0"


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
