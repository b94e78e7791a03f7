"""ERPNext's documents of an opportunity: counted for the rules, listed for the user, summed as revenue, declared lost.

Counts and sums for the rules see every document, whoever asks; lists for the user go through `frappe.get_list` and so
show what that user may read in ERPNext.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import frappe
from frappe.query_builder import Case, DocType, Order
from frappe.query_builder.functions import Count, Max, Sum
from frappe.utils import flt

from skycrm.domain.stages import Documents
from skycrm.integrations.erpnext.guard import own_change

# DocType → (date field, party field) in the order in which a sale runs through them.
CONNECTED: dict[str, tuple[str, str]] = {
	"Quotation": ("transaction_date", "party_name"),
	"Sales Order": ("transaction_date", "customer"),
	"Delivery Note": ("posting_date", "customer"),
	"Sales Invoice": ("posting_date", "customer"),
	"Purchase Order": ("transaction_date", "supplier"),
}
EXTRA_FIELDS: dict[str, list[str]] = {
	"Quotation": ["valid_till"],
	"Sales Order": ["per_delivered", "per_billed", "delivery_date"],
	"Delivery Note": ["per_billed", "is_return"],
	"Sales Invoice": ["outstanding_amount", "is_return", "due_date"],
	"Purchase Order": ["per_received", "per_billed"],
}
# DocType → (its lines, the order a line comes from): documents made from several orders carry one opportunity in the
# head, but belong to each of their orders' opportunities.
LINES_OF_ORDERS: dict[str, tuple[str, str]] = {
	"Delivery Note": ("Delivery Note Item", "against_sales_order"),
	"Sales Invoice": ("Sales Invoice Item", "sales_order"),
}
# A quotation in one of these states offers nothing any more.
DEAD_QUOTATION = ("Lost", "Expired", "Cancelled")
LIST_LIMIT = 100


def live_documents(opportunity: str) -> Documents:
	"""How many quotations, orders and invoices of an opportunity are alive; three counts on indexed columns."""
	linked = {"sky_opportunity": opportunity}
	return Documents(
		quotations=frappe.db.count(
			"Quotation", {**linked, "docstatus": ("<", 2), "status": ("not in", DEAD_QUOTATION)}
		),
		orders=frappe.db.count("Sales Order", {**linked, "docstatus": 1}),
		invoices=frappe.db.count("Sales Invoice", {**linked, "docstatus": 1, "is_return": 0}),
	)


def submitted_sales(opportunity: str) -> list[tuple[str, str]]:
	"""(doctype, name) of the submitted invoices and orders of an opportunity, in the order in which to cancel them."""
	linked = {"sky_opportunity": opportunity, "docstatus": 1}
	invoices = frappe.get_all("Sales Invoice", filters={**linked, "is_return": 0}, pluck="name")
	orders = frappe.get_all("Sales Order", filters=linked, pluck="name")
	return [("Sales Invoice", name) for name in invoices] + [("Sales Order", name) for name in orders]


def those_readable(documents: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
	"""Which of some (doctype, name) the session's user may open; one query for each doctype."""
	readable: set[tuple[str, str]] = set()
	for doctype in {doctype for doctype, _name in documents}:
		names = [name for kind, name in documents if kind == doctype]
		if frappe.has_permission(doctype, "read"):
			found = frappe.get_list(
				doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0
			)
			readable |= {(doctype, name) for name in found}
	return [document for document in documents if document in readable]


def open_quotations(opportunity: str) -> list[str]:
	"""Names of the submitted quotations of an opportunity that can still be declared lost."""
	return frappe.get_all(
		"Quotation",
		filters={
			"sky_opportunity": opportunity,
			"docstatus": 1,
			"status": ("in", ("Open", "Replied", "Expired")),
		},
		order_by="creation",
		pluck="name",
	)


def declare_quotation_lost(name: str, reason: str | None, note: str | None) -> bool:
	"""Declare one submitted quotation lost through ERPNext's own method.

	Args:
		name: the quotation.
		reason: why, written as an ERPNext Quotation Lost Reason of the same name.
		note: the story in free text.

	Returns:
		False when the user may not change this quotation, which then stays as it is.
	"""
	quotation = frappe.get_doc("Quotation", name)
	if not quotation.has_permission("write"):
		return False
	reasons = [{"lost_reason": _quotation_lost_reason(reason)}] if reason else []
	with own_change(quotation):
		quotation.declare_enquiry_lost(reasons, [], note or None)
	return True


def lost_reason_of(quotation: Any) -> tuple[str | None, str | None]:
	"""(first reason, free text) that ERPNext holds for a lost quotation."""
	reasons = quotation.get("lost_reasons") or []
	return (reasons[0].lost_reason if reasons else None), (quotation.get("order_lost_reason") or None)


def revenue_by(fieldname: str, names: Iterable[str]) -> dict[str, float]:
	"""Net revenue per opportunity or campaign: submitted invoices minus returns, in company currency.

	Counted line by line: a line of an invoice that covers several orders belongs to the opportunity of its own order,
	whatever the head of the invoice says; a line without an order belongs to the head's.

	Args:
		fieldname: sky_opportunity or sky_campaign.
		names: the records to sum for, two indexed look-ups for all of them.

	Returns:
		Every name given, 0.0 for those without an invoice.

	Raises:
		ValueError: for any other field.
	"""
	if fieldname not in ("sky_opportunity", "sky_campaign"):
		raise ValueError(fieldname)
	wanted = list(dict.fromkeys(names))
	totals = dict.fromkeys(wanted, 0.0)
	if not wanted:
		return totals
	for name, amount in _invoiced_by_order(fieldname, wanted) + _invoiced_without_order(fieldname, wanted):
		totals[name] += flt(amount)
	return totals


def _invoiced_by_order(fieldname: str, names: list[str]) -> list[tuple[str, float]]:
	"""(linked record, net amount) of the invoice lines that come from an order with a link."""
	order, line, invoice = (DocType(name) for name in ("Sales Order", "Sales Invoice Item", "Sales Invoice"))
	return (
		frappe.qb.from_(order)
		.join(line)
		.on(line.sales_order == order.name)
		.join(invoice)
		.on(invoice.name == line.parent)
		.where(order[fieldname].isin(names) & (invoice.docstatus == 1))
		.groupby(order[fieldname])
		.select(order[fieldname], Sum(line.base_net_amount))
		.run()
	)


def _invoiced_without_order(fieldname: str, names: list[str]) -> list[tuple[str, float]]:
	"""(linked record, net amount) of the lines of linked invoices whose order has no link, or that have no order."""
	order, line, invoice = (DocType(name) for name in ("Sales Order", "Sales Invoice Item", "Sales Invoice"))
	return (
		frappe.qb.from_(invoice)
		.join(line)
		.on(line.parent == invoice.name)
		.left_join(order)
		.on(order.name == line.sales_order)
		.where(invoice[fieldname].isin(names) & (invoice.docstatus == 1))
		.where(order[fieldname].isnull() | (order[fieldname] == ""))
		.groupby(invoice[fieldname])
		.select(invoice[fieldname], Sum(line.base_net_amount))
		.run()
	)


def connected_documents(opportunity: str) -> dict[str, list[dict[str, Any]]]:
	"""The documents of an opportunity that the user may read, newest first; the same few queries however many there are.

	Returns:
		{doctype: rows}; a DocType that the user may not read at all is left out. Each row has name, docstatus, status,
		date, party, currency, grand_total, net_total, base_net_total and what EXTRA_FIELDS adds.
	"""
	found: dict[str, list[dict[str, Any]]] = {}
	for doctype, (date_field, party_field) in CONNECTED.items():
		if not frappe.has_permission(doctype, "read"):
			continue
		found[doctype] = frappe.get_list(
			doctype,
			or_filters={
				"sky_opportunity": opportunity,
				"name": ("in", _by_their_lines(doctype, opportunity)),
			},
			fields=[
				"name",
				"docstatus",
				"status",
				f"{date_field} as date",
				f"{party_field} as party",
				"currency",
				"grand_total",
				"net_total",
				"base_net_total",
				*EXTRA_FIELDS[doctype],
			],
			order_by=f"`tab{doctype}`.creation desc",
			limit_page_length=LIST_LIMIT,
		)
	return found


def _by_their_lines(doctype: str, opportunity: str) -> list[str]:
	"""Names of the documents with a line from an order of the opportunity; the caller filters them by rights."""
	if doctype not in LINES_OF_ORDERS:
		return [""]
	child_doctype, order_field = LINES_OF_ORDERS[doctype]
	line, order = DocType(child_doctype), DocType("Sales Order")
	return (
		frappe.qb.from_(order)
		.join(line)
		.on(line[order_field] == order.name)
		.where(order.sky_opportunity == opportunity)
		.select(line.parent)
		.distinct()
		.run(pluck=True)
	) or [""]


def invoices_of_customer(customer: str) -> list[dict[str, Any]]:
	"""The submitted invoices and credit notes of a customer that the user may read, latest first."""
	return frappe.get_list(
		"Sales Invoice",
		filters={"customer": customer, "docstatus": 1},
		fields=[
			"name",
			"posting_date",
			"status",
			"is_return",
			"company",
			"currency",
			"grand_total",
			"base_net_total",
			"outstanding_amount",
			"sky_opportunity",
		],
		order_by="`tabSales Invoice`.posting_date desc, `tabSales Invoice`.creation desc",
		limit_page_length=0,
	)


def bought_items(invoices: list[str], limit: int) -> list[dict[str, Any]]:
	"""What stands on some invoices, summed per item, the one bought last first; one query.

	Args:
		invoices: names that the user may read.
		limit: how many items.

	Returns:
		item_code, item_name, stock_uom, qty (net of returns, in stock units), base_net_amount, times (invoices it
		stands on) and last_bought_on.
	"""
	if not invoices:
		return []
	line, invoice = DocType("Sales Invoice Item"), DocType("Sales Invoice")
	is_sale = invoice.is_return == 0
	last = Max(Case().when(is_sale, invoice.posting_date)).as_("last_bought_on")
	amount = Sum(line.base_net_amount).as_("base_net_amount")
	return (
		frappe.qb.from_(line)
		.join(invoice)
		.on(invoice.name == line.parent)
		.where(invoice.name.isin(invoices) & (line.item_code != ""))
		.groupby(line.item_code)
		.select(
			line.item_code,
			Max(line.item_name).as_("item_name"),
			Max(line.stock_uom).as_("stock_uom"),
			Sum(line.stock_qty).as_("qty"),
			amount,
			Count(Case().when(is_sale, invoice.name)).distinct().as_("times"),
			last,
		)
		.orderby(last, order=Order.desc)
		.orderby(amount, order=Order.desc)
		.limit(limit)
		.run(as_dict=True)
	)


def revenue_per_company(invoices: list[dict[str, Any]]) -> dict[str, float]:
	"""Net revenue of some submitted invoices and credit notes per company, each in that company's currency."""
	totals: dict[str, float] = {}
	for row in invoices:
		totals[row["company"]] = totals.get(row["company"], 0.0) + flt(row["base_net_total"])
	return totals


def _quotation_lost_reason(reason: str) -> str:
	if not frappe.db.exists("Quotation Lost Reason", reason):
		record = frappe.new_doc("Quotation Lost Reason")
		record.order_lost_reason = reason
		# A salesperson may lose a deal without the right to edit ERPNext's masters; the name is that of a reason
		# which an admin of SkyCRM has made.
		record.insert(ignore_permissions=True, ignore_if_duplicate=True)
	return reason
