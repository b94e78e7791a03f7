"""What the leads of each source became, and what was won from them."""

import frappe
from frappe import _
from frappe.utils import add_days

from skycrm.domain.pipeline import SourceResult, results_by_source, total_of
from skycrm.permissions.hidden_fields import hidden, refuse_hidden
from skycrm.services.report_parts import column, company_of, currency_of, money_column, no_chart, not_set


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	filters = frappe._dict(filters or {})
	for doctype in ("Sky Lead", "Sky Opportunity"):
		refuse_hidden(doctype, "source", *(["campaign"] if filters.campaign else []))
	company = company_of(filters)
	results = results_by_source(read_leads(filters))
	won = read_won(filters, company)
	# The last value: no total row of the framework, which an admin's setting may ask for.
	seen = [
		column
		for column in columns()
		if column["fieldname"] != "amount" or "base_amount" not in hidden("Sky Opportunity")
	]
	return seen, rows(results, won, currency_of(company)), None, chart(results), None, 1


def read_leads(filters: dict) -> list[dict]:
	"""Leads per source and status: one grouped query, with the permissions of the session's user."""
	return frappe.get_list(
		"Sky Lead",
		fields=["source", "status", "count(name) as leads"],
		filters=conditions(filters, "lead_owner"),
		group_by="source, status",
		order_by="",
		limit_page_length=0,
	)


def read_won(filters: dict, company: str | None) -> dict[str, dict]:
	"""Opportunities won per source: one grouped query; nothing for a user who may not read opportunities."""
	if not frappe.has_permission("Sky Opportunity", "read"):
		return {}
	won = [*conditions(filters, "opportunity_owner"), ["status", "=", "Won"]]
	if company:
		won.append(["company", "=", company])
	found = frappe.get_list(
		"Sky Opportunity",
		fields=["source", "count(name) as deals", "sum(base_amount) as amount"],
		filters=won,
		group_by="source",
		order_by="",
		limit_page_length=0,
	)
	return {row.source or "": row for row in found}


def conditions(filters: dict, owner_field: str) -> list[list]:
	"""Both kinds of record are counted by the day they were made."""
	chosen: list[list] = []
	if filters.get("from_date"):
		chosen.append(["creation", ">=", filters["from_date"]])
	if filters.get("to_date"):
		# Up to the end of that day.
		chosen.append(["creation", "<", add_days(filters["to_date"], 1)])
	if filters.get("owner"):
		chosen.append([owner_field, "=", filters["owner"]])
	for field in ("team", "campaign"):
		if filters.get(field):
			chosen.append([field, "=", filters[field]])
	return chosen


def columns() -> list[dict]:
	return [
		column("source", _("Source"), "Link", 200, "Sky Lead Source"),
		column("leads", _("Leads"), "Int", 100),
		column("qualified", _("Qualified"), "Int", 110),
		column("converted", _("Converted"), "Int", 110),
		column("unqualified", _("Unqualified"), "Int", 120),
		column("conversion_rate", _("Conversion Rate"), "Percent", 140),
		column("won", _("Opportunities Won"), "Int", 150),
		money_column("amount", _("Amount Won"), 180),
		{**column("currency", _("Currency"), "Data", 80), "hidden": 1},
	]


def rows(results: list[SourceResult], won: dict[str, dict], currency: str | None) -> list[dict]:
	"""A row per source and their sum. The framework's own total row would show the average of the rates."""
	# A source may have brought opportunities without a lead of its own.
	known = {result.source for result in results}
	everything = [*results, *(SourceResult(source) for source in sorted(set(won) - known))]
	if not everything:
		return []
	return [
		*(row(result, result.source or None, won.get(result.source), currency) for result in everything),
		{
			**row(total_of(everything), _("Total"), None, currency),
			"won": sum(found.deals for found in won.values()),
			"amount": sum(found.amount or 0 for found in won.values()),
			"is_total": 1,
		},
	]


def row(result: SourceResult, source: str | None, won: dict | None, currency: str | None) -> dict:
	return {
		"source": source,
		"leads": result.leads,
		"qualified": result.qualified,
		"converted": result.converted,
		"unqualified": result.unqualified,
		"conversion_rate": result.conversion_rate,
		"won": won.deals if won else 0,
		"amount": (won.amount or 0) if won else 0,
		"currency": currency,
		"is_total": 0,
	}


def chart(results: list[SourceResult]) -> dict:
	if not results:
		return no_chart()
	return {
		"data": {
			"labels": [_(result.source) if result.source else not_set() for result in results],
			"datasets": [
				{"name": _("Leads"), "values": [result.leads for result in results]},
				{"name": _("Converted"), "values": [result.converted for result in results]},
			],
		},
		"type": "bar",
		"fieldtype": "Int",
	}
