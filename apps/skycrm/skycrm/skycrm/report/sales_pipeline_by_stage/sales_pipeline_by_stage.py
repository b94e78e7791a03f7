"""What each stage of the pipeline holds, in company currency."""

import frappe
from frappe import _

from skycrm.domain.pipeline import StageTotal, share, totals_by_stage
from skycrm.permissions.hidden_fields import hidden, refuse_hidden
from skycrm.services.report_parts import column, company_of, currency_of, money_column, no_chart, not_set

STATUSES = ("Open", "Won", "Lost")
# Columns of amounts → the field that each is made of; who may not see the field gets no such column.
MONEY = {"amount": "base_amount", "share": "base_amount", "weighted": "weighted_amount"}


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message, chart and summary; `filters` as in the .js beside this file, all optional."""
	filters = frappe._dict(filters or {})
	status = filters.status if filters.status in STATUSES else "Open"
	company = company_of(filters)
	totals = totals_by_stage(read(filters, status, company), stages_of(status))
	currency = currency_of(company)
	closed = {name for name, field in MONEY.items() if field in hidden("Sky Opportunity")}
	# The last value: no total row of the framework, which an admin's setting may ask for.
	return (
		[column for column in columns() if column["fieldname"] not in closed],
		rows(totals, currency),
		None,
		no_chart() if closed else chart(totals, currency),
		[] if closed else summary(totals, currency),
		1,
	)


def read(filters: dict, status: str, company: str | None) -> list[dict]:
	"""One grouped query, with the permissions of the session's user."""
	conditions: dict = {"status": status}
	if company:
		conditions["company"] = company
	for field in ("opportunity_owner", "team", "campaign", "source"):
		if filters.get(field):
			conditions[field] = filters[field]
	if filters.from_date and filters.to_date:
		conditions["expected_closing"] = ("between", (filters.from_date, filters.to_date))
	elif filters.from_date:
		conditions["expected_closing"] = (">=", filters.from_date)
	elif filters.to_date:
		conditions["expected_closing"] = ("<=", filters.to_date)
	refuse_hidden("Sky Opportunity", *conditions)
	return frappe.get_list(
		"Sky Opportunity",
		fields=[
			"stage",
			"count(name) as deals",
			"sum(base_amount) as amount",
			"sum(weighted_amount) as weighted",
		],
		filters=conditions,
		group_by="stage",
		order_by="",
		limit_page_length=0,
	)


def stages_of(status: str) -> list[str]:
	"""Stages in the order of the sale; a stage is of the type that its opportunities have as status."""
	return frappe.get_all("Sky Sales Stage", filters={"type": status}, order_by="sequence", pluck="name")


def columns() -> list[dict]:
	return [
		column("stage", _("Stage"), "Link", 200, "Sky Sales Stage"),
		column("deals", _("Opportunities"), "Int", 130),
		money_column("amount", _("Amount"), 180),
		money_column("weighted", _("Weighted Amount"), 180),
		column("share", _("Share of Amount"), "Percent", 140),
		{**column("currency", _("Currency"), "Data", 80), "hidden": 1},
	]


def rows(totals: list[StageTotal], currency: str | None) -> list[dict]:
	"""A row per stage and their sum. The framework's own total row would show the average of the shares."""
	whole = StageTotal(
		_("Total"),
		sum(total.deals for total in totals),
		sum(total.amount for total in totals),
		sum(total.weighted for total in totals),
	)
	return [
		{
			"stage": total.stage,
			"deals": total.deals,
			"amount": total.amount,
			"weighted": total.weighted,
			"share": share(total.amount, whole.amount),
			"currency": currency,
			"is_total": int(total is whole),
		}
		for total in (*totals, whole)
	]


def chart(totals: list[StageTotal], currency: str | None) -> dict:
	"""Amount per stage; none when there is nothing to show."""
	if not any(total.deals for total in totals):
		return no_chart()
	return {
		"data": {
			"labels": [_(total.stage) or not_set() for total in totals],
			"datasets": [{"name": _("Amount"), "values": [total.amount for total in totals]}],
		},
		"type": "bar",
		"fieldtype": "Currency",
		"options": currency,
		"currency": currency,
	}


def summary(totals: list[StageTotal], currency: str | None) -> list[dict]:
	if not any(total.deals for total in totals):
		return []
	return [
		{"label": _("Opportunities"), "value": sum(total.deals for total in totals), "datatype": "Int"},
		{
			"label": _("Amount"),
			"value": sum(total.amount for total in totals),
			"datatype": "Currency",
			"currency": currency,
		},
		{
			"label": _("Weighted Amount"),
			"value": sum(total.weighted for total in totals),
			"datatype": "Currency",
			"currency": currency,
		},
	]
