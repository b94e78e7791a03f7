"""What an opportunity has to do with ERPNext's documents, for the user: make a quotation, see documents and stock."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import get_workflow
from frappe.utils import cint, flt

from skycrm.domain import approval
from skycrm.integrations.erpnext import documents, mapping, stock
from skycrm.services.workflow_guard import has_active_workflow

DOCTYPE = "Sky Opportunity"
DEFAULT_VALIDITY_DAYS = 30


class NotReadyForQuotationError(frappe.ValidationError):
	"""The opportunity lacks something that a quotation needs, or waits for an approval."""


def make_quotation(opportunity: str) -> str:
	"""Make a draft Quotation from an opportunity, as the session's user.

	Each call makes another one: an opportunity may have several quotations.

	Args:
		opportunity: name of a Sky Opportunity that the user may read.

	Returns:
		Name of the draft.

	Raises:
		frappe.DoesNotExistError: no such opportunity.
		frappe.PermissionError: no right to read it, or none to create a Quotation in ERPNext.
		NotReadyForQuotationError: closed, no customer, no items, or a discount that is not approved; the sentence says
			what to do.
	"""
	doc = frappe.get_doc(DOCTYPE, opportunity)
	doc.check_permission("read")
	frappe.has_permission("Quotation", "create", throw=True)
	check_ready(doc)
	days = cint(frappe.get_cached_doc("Sky CRM Settings").quotation_validity_days) or DEFAULT_VALIDITY_DAYS
	quotation = mapping.quotation_from_opportunity(doc, days)
	quotation.insert()
	return quotation.name


def check_ready(opportunity: Document) -> None:
	"""Raise NotReadyForQuotationError unless a quotation can be made from an opportunity; the remedy is in the sentence."""
	title = frappe.bold(frappe.utils.escape_html(opportunity.title or opportunity.name))
	if opportunity.status != "Open":
		_not_ready(
			_("Opportunity {0} is closed. Move it back to an open stage, then make the quotation.").format(
				title
			)
		)
	if not opportunity.customer:
		_not_ready(
			_(
				"Opportunity {0} has no customer yet. Convert its lead, or choose the customer and save."
			).format(title)
		)
	if not opportunity.items:
		_not_ready(
			_(
				"Items of opportunity {0} are missing. Add at least one item and save, then make the quotation."
			).format(title)
		)
	if opportunity.approval_status == approval.PENDING:
		_not_ready(
			_(
				"The discount of opportunity {0} waits for approval. Ask somebody with the role {1} to approve it."
			).format(title, _approvers())
		)
	if opportunity.approval_status == approval.REJECTED:
		_not_ready(
			_(
				"The discount of opportunity {0} was rejected. Lower it, or request the approval again from somebody with the role {1}."
			).format(title, _approvers())
		)


def connections(opportunity: str) -> dict[str, Any]:
	"""The documents of an opportunity with state and amount, and what it has brought in.

	Args:
		opportunity: name of a Sky Opportunity that the user may read.

	Returns:
		documents: {doctype: rows}, see documents.connected_documents, as far as the user may read them.
		totals: {doctype: net total in company currency of the submitted ones among those rows}.
		revenue: invoiced minus returned, net, in company currency; None for a user who may not read Sales Invoices.
		currency: the company's currency.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError: no such opportunity, no right to read it.
	"""
	doc = frappe.get_doc(DOCTYPE, opportunity)
	doc.check_permission("read")
	found = documents.connected_documents(doc.name)
	return {
		"documents": found,
		"totals": {
			doctype: flt(sum(flt(row.base_net_total) for row in rows if row.docstatus == 1))
			for doctype, rows in found.items()
		},
		"revenue": documents.revenue_by("sky_opportunity", [doc.name])[doc.name]
		if "Sales Invoice" in found
		else None,
		"currency": frappe.get_cached_value("Company", doc.company, "default_currency")
		if doc.company
		else None,
	}


def stock_of_opportunity(opportunity: str) -> list[dict[str, Any]]:
	"""Live stock of an opportunity's items in the warehouses of its company, from ERPNext's Bin.

	Returns:
		Rows of stock.stock_of_items, each with `wanted_qty`: what the opportunity asks for of that item, in stock
		units. Empty for a user who may not see stock.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError: no such opportunity, no right to read it.
	"""
	doc = frappe.get_doc(DOCTYPE, opportunity)
	doc.check_permission("read")
	codes = [line.item_code for line in doc.items if line.item_code]
	rows = stock.stock_of_items(codes, doc.company)
	wanted = (
		stock.in_stock_units([(line.item_code, line.uom, flt(line.qty)) for line in doc.items])
		if rows
		else {}
	)
	return [{**row, "wanted_qty": wanted.get(row["item_code"], 0.0)} for row in rows]


def purchase_history(customer: str, limit: int = 20) -> dict[str, Any]:
	"""What a customer has bought: per item and as a list of invoices, from ERPNext's submitted invoices.

	Args:
		customer: name of a Customer that the user may read.
		limit: how many items and invoices, latest first, at most 100.

	Returns:
		items: rows of documents.bought_items; invoices: the latest invoices; revenue and currency per company.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError: no such customer, no right to read it or Sales Invoices.
	"""
	frappe.get_doc("Customer", customer).check_permission("read")
	frappe.has_permission("Sales Invoice", "read", throw=True)
	limit = min(max(cint(limit), 1), 100)
	invoices = documents.invoices_of_customer(customer)
	return {
		"items": documents.bought_items([row.name for row in invoices], limit),
		"invoices": invoices[:limit],
		"revenue": documents.revenue_per_company(invoices),
	}


def _approvers() -> str:
	"""The roles that may approve a discount, as the workflow of the site has them now."""
	roles = []
	if has_active_workflow(DOCTYPE):
		roles = [
			row.allowed for row in get_workflow(DOCTYPE).transitions if row.next_state == approval.APPROVED
		]
	return ", ".join(frappe.bold(_(role)) for role in dict.fromkeys(roles or ["Sky CRM Admin"]))


def _not_ready(message: str) -> None:
	frappe.throw(message, exc=NotReadyForQuotationError, title=_("No quotation yet"))
