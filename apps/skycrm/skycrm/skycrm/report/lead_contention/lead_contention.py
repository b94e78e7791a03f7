"""Who takes leads out of the pool, what becomes of them, and who reached for leads that others had."""

import frappe
from frappe import _
from frappe.model.db_query import DatabaseQuery
from frappe.utils import cint, flt

from skycrm.services.assignment_log import names_of
from skycrm.services.report_parts import column, no_chart

CLAIM = "Sky Claim"


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	data = rows(frappe._dict(filters or {}))
	return columns(), data, None, chart(data)


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
			avg(timestampdiff(second, `claimed_on`, `first_contact_on`)) as `seconds`
		from `tabSky Claim` where {" and ".join(conditions(filters))} group by `user`""",
		filters,
		as_dict=True,
	)
	full_name = names_of({row.user for row in found if row.user})
	for row in found:
		seconds = row.pop("seconds")
		row.update({key: cint(value) for key, value in row.items() if key != "user"})
		row["full_name"] = full_name(row.user or "")
		row["hours_to_contact"] = None if seconds is None else flt(flt(seconds) / 3600, 1)
		row["expired_percent"] = flt(100 * row.expired / row.claimed, 1) if row.claimed else 0
	return sorted(found, key=lambda row: (-row["claimed"], -row["refused"], row["full_name"]))


def conditions(filters: dict) -> list[str]:
	"""What limits the claims: the reader's rights and the report's filters, whose values are bound. Both days count."""
	found = [DatabaseQuery(CLAIM).build_match_conditions() or "1 = 1"]
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
		column("full_name", _("User"), "Data", 200),
		column("claimed", _("Taken"), "Int", 110),
		column("held", _("Held Now"), "Int", 110),
		column("converted", _("Converted"), "Int", 110),
		column("released", _("Given Back"), "Int", 110),
		column("expired", _("Expired"), "Int", 110),
		column("expired_percent", _("Expired %"), "Percent", 110),
		column("reassigned", _("Handed On"), "Int", 120),
		{**column("hours_to_contact", _("Hours to the First Contact"), "Float", 180), "disable_total": 1},
		column("refused", _("Refused Attempts"), "Int", 150),
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
