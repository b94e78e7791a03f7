"""The demo loads through the product's services, as the people of the firm, and only on an unused site."""

from collections import Counter
from dataclasses import replace

import pytest

import frappe
from frappe.utils import getdate, nowdate

from skycrm.demo import backdate, doors, fair, masters, partner, people, selling
from skycrm.demo import load as demo
from skycrm.demo.plan import make_plan
from skycrm.domain import data_quality as quality
from skycrm.services import data_quality, merge_undo, reminders
from skycrm.skycrm.report.lead_contention import lead_contention


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
		colleagues=tuple(
			one for one in whole.colleagues if one[0] in {sale.number for sale in opportunities}
		),
	)
	assert plan.colleagues
	today = getdate(nowdate())
	masters.make(today, quiet)
	leads = selling.make_leads(plan, today, quiet)
	deals = selling.make_opportunities(plan, leads, today, quiet)
	frappe.set_user("Administrator")
	backdate.shift(plan, leads, deals, today)

	statuses = Counter(frappe.get_all("Sky Lead", {"name": ("in", list(leads.values()))}, pluck="status"))
	assert statuses == Counter(
		lead.status for lead in (*plan.leads, *(lead for _sale, lead in plan.colleagues))
	)
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

	demo.work_on_leads(plan, leads, today, quiet)
	check_doors()
	check_list_of_the_fair()
	check_webhook_and_mails()
	check_contention()
	check_answers()
	check_poor_data()
	check_decisions_left_open(plan)
	check_reminders()


def check_doors() -> None:
	"""Who comes twice by the form is one lead with two touches."""
	first, *others, again = doors.VISITORS
	submissions = frappe.get_all(
		"Sky Form Submission", {"form": doors.FORM}, ["lead", "status", "full_name"], order_by="creation"
	)
	assert len(submissions) == len(doors.VISITORS)
	assert len({row.lead for row in submissions}) == len(others) + 1
	assert (again[0], submissions[-1].lead, submissions[-1].status) == (
		first[0],
		submissions[0].lead,
		"Known Person",
	)
	visitor = frappe.get_doc("Sky Lead", submissions[0].lead)
	assert visitor.lead_owner and visitor.email_consent == "Granted" and visitor.score > 0
	assert frappe.db.exists("Sky Assignment Log", {"lead": visitor.name, "user": visitor.lead_owner})
	taking = frappe.get_all("Sky Lead", {"source": "Facebook", "lead_owner": ("is", "not set")}, pluck="team")
	assert taking and all(taking)


def check_list_of_the_fair() -> None:
	"""The list has rows of each kind, and the one of the seminar is not started."""
	done, waiting = frappe.get_all(
		"Sky Lead Import",
		{"owner": fair.WHO_IMPORTS},
		["name", "status", "made", "merged", "refused", "flagged"],
		order_by="creation",
	)
	assert (done.status, done.made, done.merged, done.refused, done.flagged) == ("Done", 18, 4, 3, 3)
	assert waiting.status == "Draft"
	reasons = frappe.get_all(
		"Sky Lead Import Row", {"lead_import": done.name, "outcome": "Refused"}, pluck="reason"
	)
	assert len(reasons) == 3 and all(reasons)


def check_webhook_and_mails() -> None:
	"""Events of each outcome; mails of known people are touches, the one of somebody new is a lead."""
	outcomes = Counter(frappe.get_all("Sky Inbound Event", {"webhook": hook_name()}, pluck="outcome"))
	assert outcomes == {"Made": 3, "Attached": 1, "Failed": 1, "Refused": 1}
	touches = frappe.get_all("Sky Lead Touch", {"door": "Email"}, ["first", "lead"])
	assert Counter(touch.first for touch in touches) == {0: 2, 1: 1}
	assert (
		frappe.db.count("Communication", {"reference_name": ("in", [touch.lead for touch in touches])}) == 3
	)


def hook_name() -> str:
	return frappe.db.get_value("Sky Inbound Webhook", {"title": partner.TITLE})


def check_contention() -> None:
	"""The report has claims of each end."""
	sums: Counter = Counter()
	for row in lead_contention.rows(frappe._dict()):
		sums.update({key: value for key, value in row.items() if isinstance(value, int)})
	for column in ("claimed", "held", "released", "expired", "reassigned", "converted", "refused"):
		assert sums[column] > 0, column


def check_answers() -> None:
	"""Each channel has a yes and a no, each with its line in the ledger; most were never asked."""
	for channel in ("email", "sms", "call"):
		states = set(frappe.get_all("Sky Lead", pluck=f"{channel}_consent", distinct=True))
		assert states == {"Granted", "Refused", "Unknown"}, channel
	answers = set(frappe.get_all("Sky Consent Record", pluck="answer", distinct=True))
	assert answers >= {"Granted", "Refused", "Withdrawn"}


def check_poor_data() -> None:
	"""The report finds something of each kind, but for what nobody has left lying in so short a year."""
	found = data_quality.counts()
	for check in set(quality.CHECKS) - {quality.STALE, quality.OVERDUE}:
		assert found[check]["leads"] > 0, check


def check_decisions_left_open(plan) -> None:
	"""A merge can be undone, a request of a person waits; a suggestion needs more leads than this part of the year has."""
	merge = frappe.get_last_doc("Sky Lead Merge")
	assert merge.undoable and len(merge.duplicates) == 1
	merge_undo.undo(merge.primary)
	assert frappe.db.exists("Sky Lead", merge.duplicates[0].lead)
	request = frappe.get_last_doc("Sky Personal Data Request")
	assert request.status == "Previewed" and request.records


def check_reminders() -> None:
	"""Everybody of the firm has something due, and nobody so much that they would look away."""
	for person in people.PEOPLE:
		frappe.set_user(person.email)
		shown = reminders.panel()
		assert 0 < shown["total"] == len(shown["items"]) <= 12, person.email
	frappe.set_user("Administrator")
