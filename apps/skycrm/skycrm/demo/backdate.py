"""Spreads the demo's records over the year: the services stamp today, and a chart of one day shows nothing.

Only the demo writes these columns past the services, on records that it has just made itself.
"""

from datetime import date, datetime, timedelta

import frappe
from frappe.query_builder import Case
from frappe.utils import add_days, get_datetime

from skycrm.demo.plan import Plan

# How far back the demo's visitors and events go
ARRIVALS_LAST = timedelta(days=6)
IMPORTED_AGO = timedelta(days=5, hours=2)
HOURS = (8, 9, 10, 11, 13, 14, 15, 16)


def shift(plan: Plan, leads: dict[int, str], opportunities: dict[int, str], today: date) -> None:
	"""Sets creation and the days of winning and losing; one statement per column."""
	colleagues = {lead.number: lead for _sale, lead in plan.colleagues}
	lead_plans = {**{lead.number: lead for lead in plan.leads}, **colleagues}
	write("Sky Lead", "creation", {leads[n]: _moment(today, p.days_ago, n) for n, p in lead_plans.items()})
	converted = [lead_plans[sale.lead] for sale in plan.opportunities if sale.first]
	write(
		"Sky Lead",
		"converted_on",
		{
			leads[p.number]: _moment(today, p.days_ago - p.number % 9 - 1, p.number)
			for p in (*converted, *colleagues.values())
		},
	)
	write(
		"Sky Opportunity",
		"creation",
		{opportunities[p.number]: _moment(today, p.days_ago, p.number) for p in plan.opportunities},
	)
	for stage, column in (("Won", "won_on"), ("Lost", "lost_on")):
		closed = [p for p in plan.opportunities if p.stage == stage]
		write(
			"Sky Opportunity",
			column,
			{opportunities[p.number]: _moment(today, p.days_ago - p.days_to_close, p.number) for p in closed},
		)


def leave_alone(plan: Plan, leads: dict[int, str], today: date) -> None:
	"""Sets when the leads that nobody converts were last worked on: some of them long ago."""
	write(
		"Sky Lead",
		"modified",
		{
			leads[p.number]: _moment(today, p.days_ago // 3, p.number)
			for p in plan.leads
			if p.status != "Converted"
		},
	)


def arrivals(now: datetime) -> None:
	"""Sets when visitors, events and the list came in: over the last days, in the order in which they were taken.

	Mails have their own date. Leads are as old as the arrival that made them, and so is the decision who gets them.
	"""
	for doctype, column, filters in (
		("Sky Form Submission", "creation", {"form": ("is", "set")}),
		("Sky Inbound Event", "received_on", {"webhook": ("is", "set")}),
		("Sky Lead Touch", "received_on", {"door": ("in", ("Web Form", "Webhook"))}),
	):
		names = frappe.get_all(doctype, filters=filters, order_by="creation, name", pluck="name")
		step = ARRIVALS_LAST / max(len(names), 1)
		write(doctype, column, {name: now - step * (len(names) - place) for place, name in enumerate(names)})
	begun = now - IMPORTED_AGO
	for name in frappe.get_all("Sky Lead Import", {"status": "Done"}, pluck="name"):
		times = {"creation": begun, "started_on": begun, "finished_on": begun + timedelta(seconds=9)}
		frappe.db.set_value("Sky Lead Import", name, times, update_modified=False)
	frappe.db.set_value(
		"Sky Lead Touch", {"door": "File Import"}, "received_on", begun, update_modified=False
	)
	mails = frappe.get_all(
		"Communication",
		{"reference_doctype": "Sky Lead", "sent_or_received": "Received"},
		["name", "communication_date"],
		as_list=True,
	)
	write("Communication", "creation", dict(mails))
	first = dict(frappe.get_all("Sky Lead Touch", {"first": 1}, ["lead", "received_on"], as_list=True))
	write("Sky Lead", "creation", first)
	decided = frappe.get_all(
		"Sky Assignment Log", {"lead": ("in", list(first))}, ["name", "lead"], as_list=True
	)
	for column in ("creation", "decided_on"):
		write("Sky Assignment Log", column, {name: first[lead] for name, lead in decided})
	answers(now, first)


def answers(now: datetime, first: dict[str, datetime]) -> None:
	"""Sets when leads answered to being written to: with their arrival, or to a seller over the last days.

	Args:
		first: when each lead that came by a door came in.
	"""
	rows = frappe.get_all(
		"Sky Consent Record",
		filters={"lead": ("is", "set")},
		fields=["name", "lead", "channel", "door"],
		order_by="creation, name",
	)
	moments = {
		row.name: first[row.lead]
		if row.door != "Desk" and row.lead in first
		else now - timedelta(hours=19 * (len(rows) - place))
		for place, row in enumerate(rows)
	}
	write("Sky Consent Record", "given_on", moments)
	for channel in ("Email", "SMS", "Call"):
		latest = {row.lead: moments[row.name] for row in rows if row.channel == channel}
		write("Sky Lead", f"{channel.lower()}_consent_on", latest)


def _moment(today: date, days_ago: int, number: int):
	"""A working hour of that day, different from record to record."""
	return get_datetime(
		f"{add_days(today, -max(days_ago, 0))} {HOURS[number % 8]:02d}:{number * 7 % 60:02d}:00"
	)


def write(doctype: str, column: str, moments: dict[str, object]) -> None:
	"""Sets one column of some records, with one statement."""
	if not moments:
		return
	table = frappe.qb.DocType(doctype)
	case = Case()
	for name, moment in moments.items():
		case = case.when(table.name == name, moment)
	frappe.qb.update(table).set(table[column], case.else_(table[column])).where(
		table.name.isin(list(moments))
	).run()
