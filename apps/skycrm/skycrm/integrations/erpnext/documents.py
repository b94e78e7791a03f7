"""ERPNext's documents of an opportunity: counted for the rules, listed for the user, summed as revenue, declared lost.

Counts and sums for the rules see every document, whoever asks; lists for the user go through `frappe.get_list` and so
show what that user may read in ERPNext.
"""

from collections.abc import Iterable
from typing import Any

import frappe
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
	"""How many quotations, orders and invoices of an opportunity are alive; one statement on indexed columns."""
	rows = frappe.db.sql(
		"""
		select 'quotations', count(*) from `tabQuotation`
		where sky_opportunity = %(opportunity)s and docstatus < 2 and status not in %(dead)s
		union all
		select 'orders', count(*) from `tabSales Order`
		where sky_opportunity = %(opportunity)s and docstatus = 1
		union all
		select 'invoices', count(*) from `tabSales Invoice`
		where sky_opportunity = %(opportunity)s and docstatus = 1 and is_return = 0
		""",
		{"opportunity": opportunity, "dead": DEAD_QUOTATION},
	)
	return Documents(**dict(rows))


def submitted_sales(opportunity: str) -> list[tuple[str, str]]:
	"""(doctype, name) of the submitted invoices and orders of an opportunity, in the order in which to cancel them."""
	rows = frappe.db.sql(
		"""
		select 'Sales Invoice', name from `tabSales Invoice`
		where sky_opportunity = %(opportunity)s and docstatus = 1 and is_return = 0
		union all
		select 'Sales Order', name from `tabSales Order`
		where sky_opportunity = %(opportunity)s and docstatus = 1
		""",
		{"opportunity": opportunity},
	)
	return [(doctype, name) for doctype, name in rows]


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
	rows = frappe.db.sql(
		# fieldname is one of two literals checked above, values are bound
		f"""
		select linked, sum(amount) from (
			select so.{fieldname} as linked, line.base_net_amount as amount
			from `tabSales Order` so
			join `tabSales Invoice Item` line on line.sales_order = so.name
			join `tabSales Invoice` si on si.name = line.parent
			where so.{fieldname} in %(names)s and si.docstatus = 1
			union all
			select si.{fieldname}, line.base_net_amount
			from `tabSales Invoice` si
			join `tabSales Invoice Item` line on line.parent = si.name
			left join `tabSales Order` so on so.name = line.sales_order
			where si.{fieldname} in %(names)s and si.docstatus = 1 and ifnull(so.{fieldname}, '') = ''
		) invoiced
		group by linked
		""",
		{"names": wanted},
	)
	totals.update({name: flt(amount) for name, amount in rows})
	return totals


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
	line, order = frappe.qb.DocType(child_doctype), frappe.qb.DocType("Sales Order")
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
	return frappe.db.sql(
		"""
		select line.item_code, max(line.item_name) as item_name, max(line.stock_uom) as stock_uom,
			sum(line.stock_qty) as qty, sum(line.base_net_amount) as base_net_amount,
			count(distinct if(si.is_return, null, si.name)) as times,
			max(if(si.is_return, null, si.posting_date)) as last_bought_on
		from `tabSales Invoice Item` line
		join `tabSales Invoice` si on si.name = line.parent
		where si.name in %(invoices)s and ifnull(line.item_code, '') != ''
		group by line.item_code
		order by last_bought_on desc, base_net_amount desc
		limit %(limit)s
		""",
		{"invoices": invoices, "limit": limit},
		as_dict=True,
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
