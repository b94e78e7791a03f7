"""HTTP methods of opportunities: arguments in, one service called, plain values out.

Rights are checked in the services, on the record and on ERPNext's DocTypes; nobody gets here without signing in.
"""

from typing import Any

import frappe

from skycrm.services import opportunity as opportunities
from skycrm.services import opportunity_documents
from skycrm.services.idempotency import run_once


@frappe.whitelist(methods=["POST"])
def make_quotation(opportunity: str, idempotency_key: str | None = None) -> str:
	"""Make a draft Quotation with the items, rates, currency, price list and totals of an opportunity.

	Args:
		opportunity: name of a Sky Opportunity.
		idempotency_key: the same key again gives the first answer; without one each call makes another quotation.

	Returns:
		Name of the draft.
	"""
	return run_once(
		idempotency_key,
		"opportunities.make_quotation",
		{"opportunity": opportunity},
		lambda: opportunity_documents.make_quotation(opportunity),
	)


@frappe.whitelist(methods=["POST"])
def move(
	opportunity: str, stage: str, lost_reason: str | None = None, lost_note: str | None = None
) -> dict[str, Any]:
	"""Move an opportunity to a stage.

	Args:
		opportunity: name of a Sky Opportunity that the user may change.
		stage: name of a Sky Sales Stage.
		lost_reason: name of a Sky Lost Reason, needed for a stage of type Lost.
		lost_note: the story in free text.

	Returns:
		The new state: name, stage, status, probability, amounts, dates and reason.
	"""
	return opportunities.move(opportunity, stage, lost_reason, lost_note)


@frappe.whitelist(methods=["GET", "POST"])
def connections(opportunity: str) -> dict[str, Any]:
	"""The ERPNext documents of an opportunity that the user may read, with state and amount, totals and revenue."""
	return opportunity_documents.connections(opportunity)


@frappe.whitelist(methods=["GET", "POST"])
def stock(opportunity: str) -> list[dict[str, Any]]:
	"""Live stock of an opportunity's items per warehouse of its company: actual, reserved, ordered, projected."""
	return opportunity_documents.stock_of_opportunity(opportunity)


@frappe.whitelist(methods=["GET", "POST"])
def purchase_history(customer: str, limit: int = 20) -> dict[str, Any]:
	"""What a customer has bought: items with quantity, amount and last date, latest invoices, revenue per company."""
	return opportunity_documents.purchase_history(customer, limit)
