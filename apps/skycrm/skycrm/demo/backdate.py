"""Spreads the demo's records over the year: the services stamp today, and a chart of one day shows nothing.

Only the demo writes these columns past the services, on records that it has just made itself.
"""

from datetime import date

import frappe
from frappe.query_builder import Case
from frappe.utils import add_days, get_datetime

from skycrm.demo.plan import Plan

HOURS = (8, 9, 10, 11, 13, 14, 15, 16)


def shift(plan: Plan, leads: dict[int, str], opportunities: dict[int, str], today: date) -> None:
	"""Sets creation and the days of winning and losing; one statement per column."""
	lead_plans = {lead.number: lead for lead in plan.leads}
	_write("Sky Lead", "creation", {leads[n]: _moment(today, p.days_ago, n) for n, p in lead_plans.items()})
	_write(
		"Sky Lead",
		"converted_on",
		{
			leads[p.lead]: _moment(today, lead_plans[p.lead].days_ago - 3, p.number)
			for p in plan.opportunities
			if p.first
		},
	)
	_write(
		"Sky Opportunity",
		"creation",
		{opportunities[p.number]: _moment(today, p.days_ago, p.number) for p in plan.opportunities},
	)
	for stage, column in (("Won", "won_on"), ("Lost", "lost_on")):
		closed = [p for p in plan.opportunities if p.stage == stage]
		_write(
			"Sky Opportunity",
			column,
			{opportunities[p.number]: _moment(today, p.days_ago - p.days_to_close, p.number) for p in closed},
		)


def _moment(today: date, days_ago: int, number: int):
	"""A working hour of that day, different from record to record."""
	return get_datetime(
		f"{add_days(today, -max(days_ago, 0))} {HOURS[number % 8]:02d}:{number * 7 % 60:02d}:00"
	)


def _write(doctype: str, column: str, moments: dict[str, object]) -> None:
	table = frappe.qb.DocType(doctype)
	case = Case()
	for name, moment in moments.items():
		case = case.when(table.name == name, moment)
	frappe.qb.update(table).set(table[column], case.else_(table[column])).where(
		table.name.isin(list(moments))
	).run()
