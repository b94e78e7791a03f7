"""The demo loads through the product's services, as the people of the firm, and only on an unused site."""

from collections import Counter
from dataclasses import replace

import pytest

import frappe
from frappe.utils import getdate, nowdate

from skycrm.demo import backdate, doors, masters, selling
from skycrm.demo import load as demo
from skycrm.demo.plan import make_plan


def quiet(*_args) -> None:
	"""No progress in a test."""


def test_demo_is_refused_on_a_site_that_holds_a_customer():
	frappe.get_doc({"doctype": "Customer", "customer_name": "Khách thật"}).insert()
	before = frappe.db.count("Sky Lead")
	with pytest.raises(demo.DemoRefused) as refusal:
		demo.load(progress=quiet)
	assert "Customer" in str(refusal.value)
	assert frappe.db.count("Sky Lead") == before


def test_a_part_of_the_year_comes_out_as_planned():
	whole = make_plan()
	# The first opportunity of each stage that came from a conversion, and one lead of each status.
	opportunities = list({plan.stage: plan for plan in whole.opportunities if plan.first}.values())
	converted = {plan.lead for plan in opportunities}
	others = {lead.status: lead for lead in whole.leads if lead.status != "Converted"}.values()
	plan = replace(
		whole,
		leads=tuple([lead for lead in whole.leads if lead.number in converted] + list(others)),
		opportunities=tuple(opportunities),
	)
	today = getdate(nowdate())
	masters.make(today, quiet)
	leads = selling.make_leads(plan, today, quiet)
	deals = selling.make_opportunities(plan, leads, today, quiet)
	frappe.set_user("Administrator")
	backdate.shift(plan, leads, deals, today)

	statuses = Counter(frappe.get_all("Sky Lead", {"name": ("in", list(leads.values()))}, pluck="status"))
	assert statuses == Counter(lead.status for lead in plan.leads)
	rows = frappe.get_all(
		"Sky Opportunity",
		{"name": ("in", list(deals.values()))},
		["name", "stage", "status", "amount", "won_on"],
	)
	stages = {row.name: row for row in rows}
	for deal in plan.opportunities:
		row = stages[deals[deal.number]]
		assert row.stage == deal.stage
		assert row.amount > 0
		assert bool(row.won_on) == (deal.stage == "Won")
		orders = frappe.get_all(
			"Sales Order", {"sky_opportunity": row.name, "docstatus": 1}, ["net_total", "owner"]
		)
		assert len(orders) == int(deal.ordered)
		assert frappe.db.count("Quotation", {"sky_opportunity": row.name, "docstatus": 1}) == int(deal.quoted)
		assert all(order.net_total == row.amount and order.owner != "Administrator" for order in orders)
	oldest = min(frappe.get_all("Sky Lead", {"name": ("in", list(leads.values()))}, pluck="creation"))
	assert (getdate(nowdate()) - oldest.date()).days > 100

	doors.make(today)
	first, *others, again = doors.VISITORS
	touches = frappe.get_all(
		"Sky Lead Touch", {"reference_name": doors.FORM}, ["lead", "first"], order_by="creation"
	)
	assert len({touch.lead for touch in touches}) == len(others) + 1 == len(touches) - 1
	assert (again[0], touches[-1].lead, touches[-1].first) == (first[0], touches[0].lead, 0)
	visitor = frappe.get_doc("Sky Lead", touches[0].lead)
	assert visitor.lead_owner and visitor.email_consent == "Granted" and visitor.score > 0
	assert frappe.db.exists("Sky Assignment Log", {"lead": visitor.name, "user": visitor.lead_owner})
	taking = frappe.get_all("Sky Lead", {"source": "Facebook", "lead_owner": ("is", "not set")}, pluck="team")
	assert len(taking) >= len(doors.FOR_THE_TAKING) and all(taking)
