"""The demo's year of selling: every step through the service that a user's click would call, as that user."""

from collections import defaultdict
from datetime import date

import frappe
from frappe.utils import add_days, flt, get_datetime

from skycrm.api.v1 import leads as leads_api
from skycrm.api.v1 import opportunities as opportunities_api
from skycrm.demo import erpnext_documents as erp
from skycrm.demo.plan import LeadPlan, OpportunityPlan, Plan

# The way a lead is walked to the status that the plan wants.
PATHS = {
	"New": (),
	"Contacted": ("Contacted",),
	"Nurturing": ("Contacted", "Nurturing"),
	"Qualified": ("Contacted", "Qualified"),
	"Converted": ("Contacted", "Qualified"),
	"Unqualified": ("Contacted", "Unqualified"),
}
OPEN_STAGES = ("Prospecting", "Needs Analysis", "Proposal", "Negotiation")


def make_leads(plan: Plan, today: date, tell) -> dict[int, str]:
	"""Names of the leads by their number in the plan."""
	names: dict[int, str] = {}
	for lead_plan in plan.leads:
		frappe.set_user(lead_plan.owner)
		names[lead_plan.number] = make_lead(lead_plan, today)
		if lead_plan.number % 50 == 0:
			tell(lead_plan.number, len(plan.leads), "leads")
	return names


def make_lead(lead_plan: LeadPlan, today: date) -> str:
	lead = frappe.get_doc(
		{
			"doctype": "Sky Lead",
			"lead_name": lead_plan.lead_name,
			"gender": lead_plan.gender if frappe.db.exists("Gender", lead_plan.gender, cache=True) else None,
			"organization": lead_plan.organization,
			"job_title": lead_plan.job_title,
			"mobile_no": lead_plan.mobile_no,
			"email_id": lead_plan.email_id,
			"tax_id": lead_plan.tax_id,
			"address_line1": lead_plan.street,
			"city": lead_plan.city,
			"country": "Vietnam",
			"territory": lead_plan.territory,
			"source": lead_plan.source,
			"lead_owner": lead_plan.owner,
			"team": lead_plan.team,
			"rating": lead_plan.rating,
			"next_contact_on": _moment(today, lead_plan.next_contact_in_days),
			"items": [{"item_code": code, "qty": qty} for code, qty in lead_plan.items],
		}
	).insert()
	for status in PATHS[lead_plan.status]:
		lead.status = status
		if status == "Unqualified":
			lead.unqualified_reason = lead_plan.unqualified_reason
		lead.save()
	return lead.name


def _moment(today: date, days: int | None):
	return None if days is None else get_datetime(f"{add_days(today, days)} 09:00:00")


def make_opportunities(plan: Plan, leads: dict[int, str], today: date, tell) -> dict[int, str]:
	"""Names of the opportunities by their number in the plan, each with the documents that its stage calls for.

	Args:
		leads: names of the leads by their number; those of colleagues are added.
	"""
	owners = {lead.number: lead.owner for lead in plan.leads}
	names: dict[int, str] = {}
	parties: dict[int, dict] = {}
	colleagues: dict[int, list[LeadPlan]] = defaultdict(list)
	for number, lead_plan in plan.colleagues:
		colleagues[number].append(lead_plan)
	for done, opportunity_plan in enumerate(plan.opportunities, start=1):
		frappe.set_user(owners[opportunity_plan.lead])
		if opportunity_plan.first:
			parties[opportunity_plan.lead] = leads_api.convert(lead=leads[opportunity_plan.lead])
			name = parties[opportunity_plan.lead]["opportunity"]
		else:
			name = make_further_opportunity(parties[opportunity_plan.lead], opportunity_plan)
		names[opportunity_plan.number] = name
		fill(name, opportunity_plan, today)
		for colleague in colleagues[opportunity_plan.number]:
			leads[colleague.number] = join(
				make_lead(colleague, today), parties[opportunity_plan.lead]["customer"], name
			)
		advance(name, opportunity_plan, today)
		if done % 10 == 0:
			tell(done, len(plan.opportunities), "opportunities")
	return names


def make_further_opportunity(party: dict, opportunity_plan: OpportunityPlan) -> str:
	"""A customer who buys again."""
	opportunity = frappe.get_doc(
		{
			"doctype": "Sky Opportunity",
			"title": frappe.db.get_value("Customer", party["customer"], "customer_name"),
			"customer": party["customer"],
			"contact_person": party["contact"],
			"stage": OPEN_STAGES[0],
			"source": "Existing Customer"
			if frappe.db.exists("Sky Lead Source", "Existing Customer")
			else None,
		}
	)
	opportunity.extend("items", [{"item_code": code, "qty": qty} for code, qty in opportunity_plan.items])
	return opportunity.insert().name


def join(lead: str, customer: str, opportunity: str) -> str:
	"""Somebody whose colleague is being sold to already: another contact of the customer, the same opportunity."""
	leads_api.convert(lead=lead, customer=customer, opportunity=opportunity)
	return lead


def fill(name: str, opportunity_plan: OpportunityPlan, today: date) -> None:
	"""Products, discounts, next step and the day on which the sale is expected."""
	opportunity = frappe.get_doc("Sky Opportunity", name)
	goods = frappe.get_cached_value("Item", opportunity_plan.items[0][0], "item_name")
	buyer = frappe.db.get_value("Customer", opportunity.customer, "customer_name")
	opportunity.title = f"{goods} – {buyer}"[:140]
	opportunity.items = []
	for (code, qty), discount in zip(opportunity_plan.items, opportunity_plan.discounts, strict=True):
		price = erp.list_price(code)
		opportunity.append(
			"items",
			{
				"item_code": code,
				"qty": qty,
				"price_list_rate": price,
				"discount_percentage": discount,
				"rate": flt(price * (100 - discount) / 100, 0),
			},
		)
	closing = add_days(today, opportunity_plan.days_to_close)
	if opportunity_plan.stage in ("Won", "Lost"):
		closing = add_days(today, opportunity_plan.days_to_close - opportunity_plan.days_ago)
	opportunity.expected_closing = closing
	opportunity.next_step = opportunity_plan.next_step
	if opportunity_plan.next_step:
		opportunity.next_contact_on = _moment(today, opportunity_plan.number % 19 - 5)
	opportunity.save()


def advance(name: str, opportunity_plan: OpportunityPlan, today: date) -> None:
	"""Moves the sale as far as the plan says, with quotation, order, delivery and invoice on the way."""
	started = add_days(today, -opportunity_plan.days_ago)
	if opportunity_plan.stage in OPEN_STAGES[1:2]:
		opportunities_api.move(opportunity=name, stage=opportunity_plan.stage)
	quotation = None
	if opportunity_plan.quoted:
		quotation = erp.submit_quotation(
			opportunities_api.make_quotation(opportunity=name), add_days(started, 2)
		)
	if opportunity_plan.stage == "Negotiation":
		opportunities_api.move(opportunity=name, stage=opportunity_plan.stage)
	if opportunity_plan.ordered:
		closed = add_days(started, opportunity_plan.days_to_close)
		order = erp.submit_order(quotation, closed, add_days(closed, 7))
		if opportunity_plan.delivered:
			erp.submit_delivery(order, min(add_days(closed, 4), today))
		if opportunity_plan.invoiced:
			invoice = erp.submit_invoice(order, min(add_days(closed, 6), today), opportunity_plan.invoiced)
			if opportunity_plan.returned:
				erp.submit_credit_note(invoice, today)
	if opportunity_plan.stage == "Lost":
		opportunities_api.move(opportunity=name, stage="Lost", lost_reason=opportunity_plan.lost_reason)
