"""Who takes leads out of the pool, what becomes of them, and who reached for leads that others had."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.utils import cint, flt

from skycrm.services.assignment_log import names_of
from skycrm.services.report_parts import column, no_chart

CLAIM = "Sky Claim"
COUNTED = (
	"claimed",
	"held",
	"released",
	"expired",
	"reassigned",
	"converted",
	"refused",
	"contacts",
	"seconds",
)


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	data = rows(frappe._dict(filters or {}))
	# The last value: no total row of the framework, which would take the mean of the percentages.
	return columns(), [*data, *total(data)], None, chart(data), None, 1


def rows(filters: dict) -> list[dict]:
	"""One row per person, the one with the most claims first; claims of leads that the reader may read. Two queries."""
	# Sums over a condition, which get_list does not let through; its own conditions for the reader are part of this.
	found = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""select `user`,
			sum(ifnull(`end_reason`, '') != 'Refused') as `claimed`,
			sum(`ended_on` is null) as `held`,
			sum(ifnull(`end_reason`, '') = 'Released') as `released`,
			sum(ifnull(`end_reason`, '') = 'Expired') as `expired`,
			sum(ifnull(`end_reason`, '') = 'Reassigned') as `reassigned`,
			sum(ifnull(`end_reason`, '') = 'Converted') as `converted`,
			sum(ifnull(`end_reason`, '') = 'Refused') as `refused`,
			count(`first_contact_on`) as `contacts`,
			sum(timestampdiff(second, `claimed_on`, `first_contact_on`)) as `seconds`
		from `tabSky Claim` where {" and ".join(conditions(filters))} group by `user`""",
		filters,
		as_dict=True,
	)
	full_name = names_of({row.user for row in found if row.user})
	for row in found:
		row.update({key: cint(value) for key, value in row.items() if key != "user"})
		row.update({"full_name": full_name(row.user or ""), "is_total": 0, **shares(row)})
	return sorted(found, key=lambda row: (-row["claimed"], -row["refused"], row["full_name"]))


def shares(row: Mapping[str, Any]) -> dict:
	"""What is worked out of the sums: percent of the claims that expired, hours to the first contact."""
	hours = flt(row["seconds"]) / 3600 / row["contacts"] if row["contacts"] else None
	return {
		"expired_percent": flt(100 * row["expired"] / row["claimed"], 1) if row["claimed"] else 0,
		"hours_to_contact": None if hours is None else flt(hours, 1),
	}


def total(data: list[dict]) -> list[dict]:
	"""One row for all people; none for nobody."""
	if not data:
		return []
	sums = {key: sum(row[key] for row in data) for key in COUNTED}
	return [{"full_name": _("Total"), "is_total": 1, **sums, **shares(sums)}]


def conditions(filters: dict) -> list[str]:
	"""What limits the claims: the reader's rights and the report's filters, whose values are bound. Both days count."""
	found = [build_match_conditions(CLAIM) or "1 = 1"]
	if filters.from_date:
		found.append("`claimed_on` >= %(from_date)s")
	if filters.to_date:
		found.append("`claimed_on` < date_add(%(to_date)s, interval 1 day)")
	if filters.team:
		found.append("`tabSky Claim`.`team` = %(team)s")
	if filters.user:
		found.append("`user` = %(user)s")
	return found


def columns() -> list[dict]:
	return [
		column("full_name", _("User"), "Data", 140),
		column("claimed", _("Taken"), "Int", 80),
		column("held", _("Held Now"), "Int", 90),
		column("converted", _("Converted"), "Int", 120),
		column("released", _("Given Back"), "Int", 95),
		column("expired", _("Expired"), "Int", 85),
		{**column("expired_percent", _("Expired %"), "Percent", 110), "precision": 1},
		column("reassigned", _("Handed On"), "Int", 100),
		{**column("hours_to_contact", _("Hours to the First Contact"), "Float", 200), "precision": 1},
		column("refused", _("Refused Attempts"), "Int", 155),
	]


def chart(data: list[dict]) -> dict:
	"""Taken and expired leads per person, the most first."""
	if not data:
		return no_chart()
	top = data[:15]
	return {
		"data": {
			"labels": [row["full_name"] for row in top],
			"datasets": [
				{"name": _("Taken"), "values": [row["claimed"] for row in top]},
				{"name": _("Expired"), "values": [row["expired"] for row in top]},
			],
		},
		"type": "bar",
		"fieldtype": "Int",
	}
