"""From a new lead to a submitted invoice with five products: ours through its services, the peer's by its own functions."""

from __future__ import annotations

import statistics
import time

from common import Figure, counted_statements, new_person
from inserting import erpnext_lead, sky_lead

import frappe
from frappe.utils import add_days, nowdate

from skycrm.api.v1 import leads, opportunities

ITEMS = tuple(f"LOAD-ITEM-{number}" for number in range(1, 6))
PRICE = 125_000


def ensure_items() -> None:
	group = frappe.get_all("Item Group", filters={"is_group": 0}, limit=1, pluck="name")[0]
	for code in ITEMS:
		if not frappe.db.exists("Item", code):
			frappe.get_doc(
				{
					"doctype": "Item",
					"item_code": code,
					"item_group": group,
					"stock_uom": "Nos",
					"is_stock_item": 0,
				}
			).insert(ignore_permissions=True)
	frappe.db.commit()


def ours() -> None:
	values = sky_lead(new_person())
	values["items"] = [{"item_code": code, "qty": 2} for code in ITEMS]
	lead = frappe.get_doc(values).insert()
	opportunity_name = leads.convert(lead=lead.name)["opportunity"]
	opportunity = frappe.get_doc("Sky Opportunity", opportunity_name)
	for row in opportunity.items:
		row.price_list_rate = row.rate = PRICE
	opportunity.save()
	quotation = frappe.get_doc("Quotation", opportunities.make_quotation(opportunity=opportunity_name))
	finish(quotation)


def peer() -> None:
	lead = frappe.get_doc(erpnext_lead(new_person())).insert()
	opportunity = frappe.call("erpnext.crm.doctype.lead.lead.make_opportunity", source_name=lead.name)
	for code in ITEMS:
		opportunity.append("items", {"item_code": code, "qty": 2, "uom": "Nos", "rate": PRICE})
	opportunity.insert()
	customer = frappe.call("erpnext.crm.doctype.lead.lead.make_customer", source_name=lead.name)
	customer.insert()
	opportunity.reload()
	quotation = frappe.call(
		"erpnext.crm.doctype.opportunity.opportunity.make_quotation", source_name=opportunity.name
	)
	quotation.quotation_to, quotation.party_name = "Customer", customer.name
	quotation.insert()
	finish(quotation)


def finish(quotation) -> None:
	"""The part that both share: ERPNext's documents from the quotation on."""
	quotation.submit()
	order = frappe.call(
		"erpnext.selling.doctype.quotation.quotation.make_sales_order", source_name=quotation.name
	)
	order.delivery_date = add_days(nowdate(), 7)
	for row in order.items:
		row.delivery_date = order.delivery_date
	order.insert()
	order.submit()
	invoice = frappe.call(
		"erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice", source_name=order.name
	)
	invoice.insert()
	invoice.submit()
	frappe.db.commit()


def to_invoice(times: int = 8) -> list[Figure]:
	ensure_items()
	taken: dict[str, list[float]] = {"ours": [], "peer": []}
	for number in range(times + 1):
		for name, run in (("ours", ours), ("peer", peer)):
			start = time.perf_counter()
			run()
			if number:  # the first of each warms the caches
				taken[name].append((time.perf_counter() - start) * 1000)
	statements = {}
	for name, run in (("ours", ours), ("peer", peer)):
		with counted_statements() as seen:
			run()
		statements[name] = len(seen)
	mine, theirs = statistics.median(taken["ours"]), statistics.median(taken["peer"])
	return [
		Figure("chain lead to submitted invoice", mine, theirs, "ms", "≤ 1.1x", met=mine <= 1.1 * theirs),
		Figure("chain, SQL statements", statements["ours"], statements["peer"], "statements", ""),
	]
