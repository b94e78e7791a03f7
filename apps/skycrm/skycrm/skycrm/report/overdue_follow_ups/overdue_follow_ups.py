"""Leads and opportunities whose next contact should have happened already."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from skycrm.domain.pipeline import days_late
from skycrm.permissions.hidden_fields import refuse_hidden
from skycrm.services.follow_ups import LEAD, OPPORTUNITY, STILL_OPEN, list_overdue
from skycrm.services.report_parts import column, no_chart, not_set

MOST_ROWS = 500


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	filters = frappe._dict(filters or {})
	for doctype in (LEAD, OPPORTUNITY):
		refuse_hidden(doctype, "next_contact_on")
	data = with_names(rows(filters))
	return columns(), data, message(data), chart(data)


def rows(filters: dict) -> list[dict]:
	"""One query per type, with the permissions of the session's user; the longest late first."""
	now = now_datetime()
	found = []
	for doctype in STILL_OPEN:
		if filters.document_type not in (None, "", doctype) or not frappe.has_permission(doctype, "read"):
			continue
		for row in list_overdue(doctype, filters.owner, filters.team, MOST_ROWS):
			found.append({**row, "document_type": doctype, "days_late": days_late(row.next_contact_on, now)})
	least = cint(filters.days_late)
	return sorted((row for row in found if row["days_late"] >= least), key=lambda row: row["next_contact_on"])


def columns() -> list[dict]:
	return [
		column("document_type", _("Type"), "Data", 130),
		column("name", _("Record"), "Dynamic Link", 170, "document_type"),
		column("title", _("Name"), "Data", 220),
		column("owner", _("Owner"), "Data", 190),
		column("team", _("Team"), "Link", 140, "Sky Team"),
		column("status", _("Status"), "Data", 110),
		column("next_contact_on", _("Next Contact"), "Datetime", 160),
		column("days_late", _("Days Late"), "Int", 110),
	]


def message(data: list[dict]) -> str | None:
	"""Say so when the list is cut off, rather than let a short list look complete."""
	cut = any(count >= MOST_ROWS for count in Counter(row["document_type"] for row in data).values())
	if not cut:
		return None
	return _(
		"Only the {0} longest overdue records of each type are shown. Use the filters to see others."
	).format(MOST_ROWS)


def with_names(data: list[dict]) -> list[dict]:
	"""Put the names of people where their user ids are: one query. Most users may not read other users' records."""
	names = dict(
		frappe.get_all(
			"User",
			filters={"name": ("in", {row["owner"] for row in data if row["owner"]})},
			fields=["name", "full_name"],
			as_list=True,
		)
	)
	for row in data:
		row["owner"] = names.get(row["owner"]) or row["owner"]
	return data


def chart(data: list[dict]) -> dict:
	"""Late records per owner, the most first."""
	if not data:
		return no_chart()
	per_owner = Counter(row["owner"] or not_set() for row in data).most_common(15)
	return {
		"data": {
			"labels": [owner for owner, _count in per_owner],
			"datasets": [{"name": _("Overdue"), "values": [count for _owner, count in per_owner]}],
		},
		"type": "bar",
		"fieldtype": "Int",
	}
