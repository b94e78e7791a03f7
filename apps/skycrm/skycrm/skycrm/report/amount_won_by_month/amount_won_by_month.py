"""What was won in each month, in company currency."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import add_months, get_first_day, getdate

from skycrm.domain.pipeline import month_starts
from skycrm.permissions.hidden_fields import hidden, refuse_hidden
from skycrm.services.report_parts import column, company_of, currency_of, money_column, no_chart

MONTHS_SHOWN = 12


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	filters = frappe._dict(filters or {})
	last = getdate(filters.to_date)
	first = (
		getdate(filters.from_date) if filters.from_date else get_first_day(add_months(last, 1 - MONTHS_SHOWN))
	)
	if first > last:
		frappe.throw(
			_("{0} is after {1}. Choose an earlier {0}.").format(
				frappe.bold(_("From Date")), frappe.bold(_("To Date"))
			)
		)
	told = "base_amount" not in hidden("Sky Opportunity")
	company = company_of(filters)
	data = rows(read(filters, first, last, company), month_starts(first, last), currency_of(company))
	if not told:
		return [column for column in columns() if column["fieldname"] != "amount"], data, None, no_chart()
	return columns(), data, None, chart(data)


def read(filters: dict, first: date, last: date, company: str | None) -> list[dict]:
	"""One grouped query, with the permissions of the session's user."""
	conditions: dict = {
		"status": "Won",
		"won_on": ("between", (first, last)),
	}
	if company:
		conditions["company"] = company
	for field in ("opportunity_owner", "team"):
		if filters.get(field):
			conditions[field] = filters[field]
	refuse_hidden("Sky Opportunity", *conditions)
	return frappe.get_list(
		"Sky Opportunity",
		fields=[
			"year(won_on) as won_year",
			"month(won_on) as won_month",
			"count(name) as deals",
			"sum(base_amount) as amount",
		],
		filters=conditions,
		group_by="year(won_on), month(won_on)",
		order_by="",
		limit_page_length=0,
	)


def columns() -> list[dict]:
	return [
		column("month", _("Month"), "Data", 140),
		column("deals", _("Opportunities Won"), "Int", 160),
		money_column("amount", _("Amount Won"), 200),
		{**column("currency", _("Currency"), "Data", 80), "hidden": 1},
	]


def rows(found: list[dict], months: list[date], currency: str | None) -> list[dict]:
	"""One row per month, also for a month in which nothing was won."""
	by_month = {(row.won_year, row.won_month): row for row in found}
	return [
		{
			"month": month.strftime("%m/%Y"),
			"deals": getattr(by_month.get((month.year, month.month)), "deals", 0) or 0,
			"amount": getattr(by_month.get((month.year, month.month)), "amount", 0) or 0,
			"currency": currency,
		}
		for month in months
	]


def chart(data: list[dict]) -> dict:
	if not any(row["deals"] for row in data):
		return no_chart()
	return {
		"data": {
			# Two figures of the year: longer labels run into each other on a chart of twelve months
			"labels": [row["month"].replace("/20", "/") for row in data],
			"datasets": [{"name": _("Amount Won"), "values": [row["amount"] for row in data]}],
		},
		"type": "bar",
		"fieldtype": "Currency",
		"options": data[0]["currency"],
		"currency": data[0]["currency"],
	}
