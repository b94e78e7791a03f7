"""Quotation to credit note by ERPNext's own mapping functions, dated as the plan says."""

from datetime import date

import frappe
from frappe.utils import flt
from frappe.utils.data import add_days

# What the buttons of ERPNext's own forms call.
MAKE_ORDER = "erpnext.selling.doctype.quotation.quotation.make_sales_order"
MAKE_DELIVERY = "erpnext.selling.doctype.sales_order.sales_order.make_delivery_note"
MAKE_INVOICE = "erpnext.selling.doctype.sales_order.sales_order.make_sales_invoice"
MAKE_RETURN = "erpnext.accounts.doctype.sales_invoice.sales_invoice.make_sales_return"


def list_price(item_code: str) -> float:
	price_list = frappe.db.get_single_value("Selling Settings", "selling_price_list", cache=True)
	return frappe.db.get_value(
		"Item Price", {"item_code": item_code, "price_list": price_list}, "price_list_rate", cache=True
	)


def submit_quotation(name: str, day: date) -> str:
	quotation = frappe.get_doc("Quotation", name)
	quotation.transaction_date = day
	quotation.valid_till = add_days(day, 30)
	quotation.save()
	quotation.submit()
	return quotation.name


def submit_order(quotation: str, day: date, delivery: date) -> str:
	# An order from a quotation that has run out is refused by ERPNext; the order bears its own day below.
	frappe.db.set_value("Quotation", quotation, "valid_till", add_days(frappe.utils.getdate(), 1))
	order = frappe.call(MAKE_ORDER, source_name=quotation)
	order.transaction_date = day
	order.delivery_date = delivery
	for row in order.items:
		row.delivery_date = delivery
	order.insert()
	order.submit()
	frappe.db.set_value("Quotation", quotation, "valid_till", add_days(day, 20))
	return order.name


def submit_delivery(order: str, day: date) -> str:
	note = frappe.call(MAKE_DELIVERY, source_name=order)
	note.set_posting_time = 1
	note.posting_date = day
	note.insert()
	note.submit()
	return note.name


def submit_invoice(order: str, day: date, part: float) -> str:
	invoice = frappe.call(MAKE_INVOICE, source_name=order)
	invoice.set_posting_time = 1
	invoice.posting_date = day
	invoice.due_date = add_days(day, 30)
	invoice.payment_schedule = []
	if part < 1:
		for row in invoice.items:
			row.qty = max(1, flt(row.qty * part, 0))
	invoice.insert()
	invoice.submit()
	return invoice.name


def submit_credit_note(invoice: str, day: date) -> str:
	note = frappe.call(MAKE_RETURN, source_name=invoice)
	note.set_posting_time = 1
	note.posting_date = day
	note.items = note.items[:1]
	note.insert()
	note.submit()
	return note.name
