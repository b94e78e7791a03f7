"""Leads with poor data: how many of each kind, and which; repaired from the report by its buttons."""

from collections.abc import Callable

import frappe
from frappe import _

from skycrm.domain import data_quality as quality
from skycrm.permissions.hidden_fields import hidden
from skycrm.services import data_quality
from skycrm.services.report_parts import column, no_chart


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	filters = frappe._dict(filters or {})
	# Whatever else was sent stands for the overview.
	check = filters.get("check") if filters.get("check") in quality.CHECKS else None
	if not check:
		rows = overview(filters)
		return overview_columns(), rows, None, chart(rows)
	rows = with_names(data_quality.leads_with(check, filters))
	closed = hidden("Sky Lead")
	columns = [column for column in lead_columns(check) if column["fieldname"] not in closed]
	return columns, rows, message(check, rows), no_chart()


def labels() -> dict[str, tuple[Callable[[], str], Callable[[], str]]]:
	"""Check → what it finds, and what can be done about it."""
	return {
		quality.NO_CONTACT: (
			lambda: _("No way to reach"),
			lambda: _("Ask for a number or an address, or give up"),
		),
		quality.NO_NAME: (lambda: _("No name"), lambda: _("Ask for the name")),
		quality.NO_SOURCE: (lambda: _("No source"), lambda: _("Set the source of several at once")),
		quality.NO_OWNER: (
			lambda: _("No owner"),
			lambda: _("Set the owner of several at once, or claim them"),
		),
		quality.INVALID: (
			lambda: _("Values that are not valid"),
			lambda: _("Normalise, then correct by hand"),
		),
		quality.STALE: (
			lambda: _("Nothing happened for long"),
			lambda: _("Contact them, or give up with a reason"),
		),
		quality.OVERDUE: (
			lambda: _("Next contact long overdue"),
			lambda: _("Contact them, or give up with a reason"),
		),
		quality.SAME_EMAIL: (lambda: _("Same email"), lambda: _("Merge")),
		quality.SAME_PHONE: (lambda: _("Same phone number"), lambda: _("Merge")),
		quality.SAME_TAX: (lambda: _("Same tax code"), lambda: _("Merge, unless they are colleagues")),
		quality.SAME_NAME: (lambda: _("Same name and organization"), lambda: _("Look at them side by side")),
	}


def overview(filters: dict) -> list[dict]:
	words = labels()
	return [
		{
			"check": check,
			"finding": words[check][0](),
			"leads": numbers["leads"],
			"groups": numbers["groups"] or None,
			"remedy": words[check][1](),
		}
		for check, numbers in data_quality.counts(filters).items()
	]


def overview_columns() -> list[dict]:
	return [
		column("finding", _("Finding"), "Data", 240),
		column("leads", _("Leads"), "Int", 110),
		column("groups", _("Groups"), "Int", 110),
		column("remedy", _("What to Do"), "Data", 380),
	]


def lead_columns(check: str) -> list[dict]:
	columns = [
		column("name", _("Lead"), "Link", 200, "Sky Lead"),
		column("lead_name", _("Name"), "Data", 190),
		column("organization", _("Organization"), "Data", 190),
		column("mobile_no", _("Mobile No"), "Data", 130),
		column("phone", _("Phone"), "Data", 120),
		column("email_id", _("Email"), "Data", 190),
		column("status", _("Status"), "Data", 110),
		column("owner_name", _("Owner"), "Data", 150),
		column("source", _("Source"), "Link", 120, "Sky Lead Source"),
		column("next_contact_on", _("Next Contact"), "Datetime", 150),
		column("modified", _("Last Changed"), "Datetime", 150),
	]
	if check in quality.DUPLICATES:
		return [column("group", _("Shared"), "Data", 210), *columns]
	if check == quality.INVALID:
		return [columns[0], columns[1], column("data_issues", _("What Is Wrong"), "Data", 420), *columns[2:]]
	return columns


def with_names(rows: list[dict]) -> list[dict]:
	"""Add the names of the owners: one query. Most users may not read other users' records."""
	owners = {row["lead_owner"] for row in rows if row["lead_owner"]}
	names = dict(
		frappe.get_all(
			"User", filters={"name": ("in", sorted(owners))}, fields=["name", "full_name"], as_list=True
		)
		if owners
		else []
	)
	for row in rows:
		row["owner_name"] = names.get(row["lead_owner"]) or row["lead_owner"]
	return rows


def message(check: str, rows: list[dict]) -> str | None:
	"""Say so when the list is cut off, rather than let a short list look complete."""
	if check in quality.DUPLICATES:
		groups = len({row["group"] for row in rows})
		if groups >= data_quality.MOST_GROUPS:
			return _("Only the first {0} groups are shown. Merge them, then look again.").format(groups)
	elif len(rows) >= data_quality.MOST_ROWS:
		return _("Only {0} leads are shown. Use the filters to see others.").format(len(rows))
	return None


def chart(rows: list[dict]) -> dict:
	"""What there is most of."""
	found = [row for row in rows if row["leads"]]
	if not found:
		return no_chart()
	return {
		"data": {
			"labels": [row["finding"] for row in found],
			"datasets": [{"name": _("Leads"), "values": [row["leads"] for row in found]}],
		},
		"type": "bar",
		"fieldtype": "Int",
	}
