"""Each of ERPNext's own mapping steps carries the opportunity and the campaign on: the real functions, one by one."""

import chain_records as chain
import pytest

import frappe
from frappe.utils import add_days, nowdate

from erpnext.controllers.sales_and_purchase_return import make_return_doc
from erpnext.selling.doctype.quotation.quotation import make_sales_invoice as quotation_to_invoice
from erpnext.selling.doctype.sales_order.sales_order import (
	make_delivery_note,
	make_material_request,
	make_purchase_order,
)
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as delivery_to_invoice
from erpnext.stock.doctype.material_request.material_request import make_purchase_order as request_to_purchase


@pytest.fixture
def sale():
	"""(opportunity, campaign, submitted quotation, submitted order) over a stocked item."""
	code = chain.item("CHAIN-STOCKED", stock=True)
	receipt = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": chain.company(),
			"items": [{"item_code": code, "qty": 50, "t_warehouse": chain.warehouse(), "basic_rate": 10_000}],
		}
	)
	receipt.insert().submit()
	campaign = frappe.get_doc(
		{"doctype": "Sky Campaign", "campaign_name": "Tết", "channel": "Email", "kind": "Promotion"}
	).insert()
	opportunity = chain.opportunity(
		campaign=campaign.name,
		items=[{"item_code": code, "qty": 5, "price_list_rate": 20_000, "rate": 20_000}],
	)
	quotation = chain.quotation(opportunity.name)
	order = chain.order(quotation.name, submit=False)
	for row in order.items:
		row.warehouse = chain.warehouse()
	order.save()
	order.submit()
	return opportunity.name, campaign.name, quotation, order


def carries(doc, sale) -> bool:
	return (doc.sky_opportunity, doc.sky_campaign) == sale[:2]


def test_quotation_to_order(sale):
	assert carries(sale[2], sale) and carries(sale[3], sale)
	assert carries(frappe.get_doc("Sales Order", sale[3].name), sale)


def test_quotation_to_invoice(sale):
	assert carries(quotation_to_invoice(sale[2].name).insert(), sale)


def test_order_to_delivery_to_invoice_and_both_returns(sale):
	delivery = make_delivery_note(sale[3].name)
	assert carries(delivery.insert(), sale)
	delivery.submit()
	invoice = delivery_to_invoice(delivery.name)
	assert carries(invoice.insert(), sale)
	invoice.submit()
	assert carries(make_return_doc("Sales Invoice", invoice.name).insert(), sale)
	assert carries(make_return_doc("Delivery Note", delivery.name).insert(), sale)


def test_order_to_invoice(sale):
	assert carries(chain.invoice(sale[3].name, submit=False), sale)


def test_order_to_purchase_order(sale):
	purchase = make_purchase_order(sale[3].name, [{"item_code": sale[3].items[0].item_code}])
	purchase.supplier = supplier()
	purchase.schedule_date = add_days(nowdate(), 3)
	for row in purchase.items:
		row.schedule_date = purchase.schedule_date
	assert carries(purchase.insert(), sale)


def test_order_to_purchase_order_of_the_default_supplier(sale):
	from erpnext.selling.doctype.sales_order.sales_order import make_purchase_order_for_default_supplier

	line = sale[3].items[0]
	frappe.db.set_value("Sales Order Item", line.name, "supplier", supplier())
	chosen = [{"item_code": line.item_code, "supplier": supplier()}]
	(purchase,) = make_purchase_order_for_default_supplier(sale[3].name, chosen)
	assert carries(purchase, sale)


def test_order_to_material_request_to_purchase_order(sale):
	request = make_material_request(sale[3].name)
	request.material_request_type = "Purchase"
	request.schedule_date = add_days(nowdate(), 3)
	for row in request.items:
		row.schedule_date = request.schedule_date
	assert carries(request.insert(), sale)
	request.submit()
	purchase = request_to_purchase(request.name)
	purchase.supplier = supplier()
	assert carries(purchase.insert(), sale)


def supplier() -> str:
	return chain.once(
		"Supplier",
		{"supplier_name": "Chain Supplier"},
		supplier_group=frappe.get_all("Supplier Group", {"is_group": 0}, pluck="name", limit=1)[0],
	)


def test_a_copy_of_a_quotation_stays_with_the_opportunity(sale):
	assert carries(frappe.copy_doc(sale[2]), sale)


def test_an_order_between_companies_of_the_group_does_not_count_for_the_sale():
	"""A purchase for the order goes to a sister company: its own order there has another customer, and loses the link."""
	name = chain.opportunity().name
	order = frappe.copy_doc(chain.order(chain.quotation(name).name, submit=False))
	order.customer = chain.customer("Chain Sister")
	order.is_internal_customer = 1
	from skycrm.integrations.erpnext.events import sales_order

	sales_order.validate(order)
	assert (order.sky_opportunity, order.sky_campaign) == (None, None)
