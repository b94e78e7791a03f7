"""A pricing rule does not change what was agreed in an opportunity, for people who may not untick it either."""

import access_records as make
import chain_records as chain
import pytest

import frappe

from erpnext.selling.doctype.quotation.quotation import make_sales_invoice as quotation_to_invoice
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as delivery_to_invoice

AGREED = 85_000
DATE = "2099-01-01"


@pytest.fixture(params=["a discount for everybody", "a discount for who has the coupon"])
def ruled_item(request) -> str:
	"""An item with a pricing rule of its own; even one that asks for a coupon takes agreed discounts away."""
	return item_with_rule(request.param)


def item_with_rule(title: str) -> str:
	code = chain.item(f"CHAIN-{frappe.generate_hash(length=8)}")
	frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": title,
			"apply_on": "Item Code",
			"items": [{"item_code": code}],
			"selling": 1,
			"currency": "VND",
			"company": chain.company(),
			"rate_or_discount": "Discount Percentage",
			"discount_percentage": 50,
			"price_or_product_discount": "Price",
			"coupon_code_based": int("coupon" in title),
		}
	).insert()
	return code


@pytest.fixture
def seller():
	"""Somebody with the roles of the sales profile and those of the store and the books."""
	roles = [row.role for row in frappe.get_doc("Role Profile", "Sky Sales").roles]
	person = make.user(*roles, "Stock User", "Accounts User")
	with make.acting_as(person):
		yield person


@pytest.fixture
def offer(ruled_item, seller):
	"""The submitted quotation of an opportunity with 15 % off."""
	line = {"item_code": ruled_item, "qty": 2, "price_list_rate": 100_000, "discount_percentage": 15}
	deal = chain.opportunity(items=[line], opportunity_owner=seller)
	frappe.db.set_value("Sky Opportunity", deal.name, "approval_status", "Approved")
	frappe.db.set_value("Sky Opportunity", deal.name, "approved_discount_percentage", 15)
	return chain.quotation(deal.name)


def rate(doc) -> float:
	doc.reload()
	return doc.items[0].rate


def ordered(quotation: str):
	order = make_sales_order(quotation)
	assert order.items[0].rate == AGREED
	order.delivery_date = DATE
	return order.insert()


def test_from_the_quotation_to_the_invoice(offer):
	assert rate(offer) == AGREED
	order = ordered(offer.name).submit()
	assert rate(order) == AGREED
	assert rate(make_sales_invoice(order.name).insert()) == AGREED
	delivery = make_delivery_note(order.name).insert().submit()
	assert rate(delivery) == AGREED
	assert rate(delivery_to_invoice(delivery.name).insert()) == AGREED


def test_an_invoice_straight_from_the_quotation(offer):
	assert rate(quotation_to_invoice(offer.name).insert()) == AGREED


def test_a_later_change_keeps_it(offer):
	order = ordered(offer.name)
	order.reload()
	order.po_no = "PO-1"
	order.save()
	assert rate(order) == AGREED


def test_an_order_that_is_amended(offer):
	order = ordered(offer.name).submit()
	with make.acting_as("Administrator"):
		order.reload()
		order.cancel()
	again = frappe.copy_doc(order)
	again.update({"amended_from": order.name, "docstatus": 0})
	assert rate(again.insert()) == AGREED


def test_a_quotation_made_by_hand_follows_the_rules_of_the_site(seller):
	"""Nothing of ERPNext changes where nothing was agreed."""
	with make.acting_as("Administrator"):
		code = item_with_rule("a discount for everybody")
	deal = chain.opportunity(opportunity_owner=seller)
	doc = frappe.get_doc(
		{
			"doctype": "Quotation",
			"quotation_to": "Customer",
			"party_name": deal.customer,
			"company": chain.company(),
			"currency": "VND",
			"selling_price_list": chain.price_list(),
			"sky_opportunity": deal.name,
			"items": [{"item_code": code, "qty": 1, "price_list_rate": 100_000, "rate": 85_000}],
		}
	).insert()
	assert not doc.ignore_pricing_rule
	assert rate(doc) == 50_000
