"""From an opportunity to a Quotation: everything carried over, totals equal to the unit, refused with a remedy."""

import random

import chain_records as chain
import pytest

import frappe
from frappe.utils import add_days, flt, nowdate

from skycrm.api.v1 import opportunities as api
from skycrm.services.opportunity_documents import NotReadyForQuotationError, make_quotation


def test_head_and_lines_are_carried_over():
	customer = chain.customer()
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": "An",
			"last_name": "Nguyễn",
			"links": [{"link_doctype": "Customer", "link_name": customer}],
			"email_ids": [{"email_id": "an@chain.example.com", "is_primary": 1}],
			"phone_nos": [{"phone": "0912345678", "is_primary_mobile_no": 1}],
		}
	).insert()
	address = frappe.get_doc(
		{
			"doctype": "Address",
			"address_title": customer,
			"address_type": "Billing",
			"address_line1": "1 Tràng Tiền",
			"city": "Hà Nội",
			"country": "Vietnam",
			"is_primary_address": 1,
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	).insert()
	campaign = frappe.get_doc(
		{"doctype": "Sky Campaign", "campaign_name": "Tết", "channel": "Email", "kind": "Promotion"}
	).insert()
	doc = chain.opportunity(
		contact_person=contact.name,
		campaign=campaign.name,
		items=[
			{
				"item_code": chain.item("CHAIN-BOXED", boxes_of=12),
				"qty": 3,
				"uom": "Box",
				"price_list_rate": 1_200_000,
				"discount_percentage": 5,
			},
			{
				"item_code": chain.item("CHAIN-WEIGHED", unit="Kg"),
				"qty": 1.5,
				"price_list_rate": 333_333,
				"rate": 320_000,
			},
		],
	)
	frappe.db.set_single_value("Sky CRM Settings", "quotation_validity_days", 21)
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")

	quotation = frappe.get_doc("Quotation", make_quotation(doc.name))

	assert quotation.docstatus == 0
	assert (quotation.quotation_to, quotation.party_name) == ("Customer", customer)
	assert (quotation.company, quotation.currency) == (doc.company, "VND")
	assert quotation.selling_price_list == doc.selling_price_list
	assert str(quotation.valid_till) == add_days(nowdate(), 21)
	assert (quotation.sky_opportunity, quotation.sky_campaign) == (doc.name, campaign.name)
	assert quotation.contact_person == contact.name
	assert quotation.contact_email == "an@chain.example.com"
	assert "0912345678" in quotation.contact_mobile
	assert quotation.customer_address == address.name
	assert "Tràng Tiền" in quotation.address_display
	for ours, theirs in zip(doc.items, quotation.items, strict=True):
		for field in ("item_code", "item_name", "qty", "uom", "price_list_rate", "rate", "amount"):
			assert theirs.get(field) == ours.get(field), field
	boxed = quotation.items[0]
	assert (boxed.conversion_factor, boxed.stock_uom, boxed.stock_qty) == (12, "Nos", 36)
	assert boxed.rate == 1_140_000
	assert quotation.net_total == doc.amount == 3 * 1_140_000 + 480_000


def test_the_default_tax_template_of_the_company_is_applied():
	account = frappe.get_all(
		"Account", {"company": chain.company(), "account_type": "Tax", "is_group": 0}, pluck="name", limit=1
	)
	account = account[0] if account else _tax_account()
	frappe.db.set_value("Sales Taxes and Charges Template", {"company": chain.company()}, "is_default", 0)
	frappe.get_doc(
		{
			"doctype": "Sales Taxes and Charges Template",
			"title": "VAT 8 Chain",
			"company": chain.company(),
			"is_default": 1,
			"taxes": [
				{"charge_type": "On Net Total", "account_head": account, "rate": 8, "description": "VAT 8 %"}
			],
		}
	).insert()
	doc = chain.opportunity()

	quotation = frappe.get_doc("Quotation", make_quotation(doc.name))

	assert [(row.rate, row.tax_amount) for row in quotation.taxes] == [(8, 16_000)]
	assert quotation.net_total == doc.amount == 200_000
	assert quotation.grand_total == 216_000


def _tax_account() -> str:
	parent = frappe.get_all(
		"Account",
		{"company": chain.company(), "is_group": 1, "root_type": "Liability"},
		order_by="lft desc",
		pluck="name",
		limit=1,
	)[0]
	return (
		frappe.get_doc(
			{
				"doctype": "Account",
				"account_name": "VAT Chain",
				"company": chain.company(),
				"parent_account": parent,
				"account_type": "Tax",
			}
		)
		.insert()
		.name
	)


def test_a_pricing_rule_does_not_change_what_was_agreed():
	code = chain.item("CHAIN-RULED")
	frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": "Half price",
			"apply_on": "Item Code",
			"items": [{"item_code": code}],
			"selling": 1,
			"currency": "VND",
			"company": chain.company(),
			"rate_or_discount": "Discount Percentage",
			"discount_percentage": 50,
			"price_or_product_discount": "Price",
		}
	).insert()
	doc = chain.opportunity(items=[{"item_code": code, "qty": 1, "price_list_rate": 90_000, "rate": 90_000}])

	quotation = frappe.get_doc("Quotation", make_quotation(doc.name))

	assert (quotation.items[0].rate, quotation.net_total) == (90_000, 90_000)


@pytest.fixture
def site_rounds():
	"""Let the site round money to so many decimals, until the test is over."""

	def to(digits: int) -> None:
		frappe.db.set_default("currency_precision", digits)
		frappe.db.set_default("number_format", "#,###" if digits == 0 else "#,###.##")

	yield to
	frappe.db.rollback()
	frappe.clear_cache()


@pytest.mark.parametrize(("currency", "digits"), [("VND", 0), ("USD", 2)])
def test_totals_are_equal_to_the_unit_for_random_lines(currency, digits, site_rounds):
	"""Any quantity, price, discount and rate, in either currency, with the site's rounding set for it."""
	chain.exchange()
	site_rounds(digits)
	rng = random.Random(f"chain {currency}")
	codes = [chain.item(f"CHAIN-RANDOM-{number}", unit="Kg") for number in range(5)]
	prices = chain.price_list(f"Chain {currency}", currency)
	for _run in range(15):
		lines = [_random_line(rng, rng.choice(codes), digits) for _line in range(rng.randint(1, 8))]
		doc = chain.opportunity(
			currency=currency,
			selling_price_list=prices,
			conversion_rate=1 if currency == "VND" else round(rng.uniform(23_000, 27_000), 4),
			items=lines,
			approval_status="Not Needed",
		)
		if doc.approval_status == "Pending":
			frappe.db.set_value("Sky Opportunity", doc.name, "approval_status", "Approved")

		quotation = frappe.get_doc("Quotation", make_quotation(doc.name))

		told = [(row.qty, row.price_list_rate, row.discount_percentage, row.rate) for row in doc.items]
		assert quotation.net_total == doc.amount, told
		assert quotation.total == doc.amount, told
		assert quotation.base_net_total == doc.base_amount, (told, doc.conversion_rate)
		assert quotation.conversion_rate == doc.conversion_rate
		for ours, theirs in zip(doc.items, quotation.items, strict=True):
			assert theirs.rate == ours.rate and theirs.amount == ours.amount, told


def _random_line(rng: random.Random, code: str, digits: int) -> dict:
	price = round(rng.uniform(0.5, 9_999) * (1 if digits else 1000), digits)
	line = {
		"item_code": code,
		"qty": rng.choice([1, 2, 7, 0.5, 1.333, 12.125, rng.randint(1, 999)]),
		"price_list_rate": price,
	}
	kind = rng.randint(0, 4)
	if kind == 1:
		line["discount_percentage"] = round(rng.uniform(0, 100), rng.choice([0, 1, 2, 3]))
	elif kind == 2:
		line["rate"] = round(price * rng.uniform(0.3, 1), digits)
	elif kind == 3:
		line["rate"] = round(price * rng.uniform(1, 2), digits)
	elif kind == 4:
		line["discount_percentage"] = 100
	return line


@pytest.mark.parametrize("status", ["Pending", "Rejected"])
def test_refused_while_the_discount_is_not_approved_and_says_who_may(status):
	doc = chain.opportunity()
	frappe.db.set_value("Sky Opportunity", doc.name, "approval_status", status)
	with pytest.raises(NotReadyForQuotationError, match="Sky Sales Manager"):
		make_quotation(doc.name)
	assert not frappe.db.exists("Quotation", {"sky_opportunity": doc.name})


def test_a_high_discount_waits_and_goes_through_once_it_is_approved():
	doc = chain.opportunity(
		items=[
			{
				"item_code": chain.item("CHAIN-SERVICE"),
				"qty": 1,
				"price_list_rate": 100,
				"discount_percentage": 40,
			}
		]
	)
	assert doc.approval_status == "Pending"
	with pytest.raises(NotReadyForQuotationError, match="waits for approval"):
		make_quotation(doc.name)
	frappe.model.workflow.apply_workflow(doc, "Approve")
	assert make_quotation(doc.name)


def test_refused_when_closed_with_the_way_out():
	doc = chain.opportunity()
	api.move(doc.name, "Won")
	with pytest.raises(NotReadyForQuotationError, match="open stage"):
		make_quotation(doc.name)


def test_refused_without_items_or_customer_with_the_way_out():
	doc = chain.opportunity(items=[])
	with pytest.raises(NotReadyForQuotationError, match="at least one item"):
		make_quotation(doc.name)
	doc = chain.opportunity()
	frappe.db.set_value("Sky Opportunity", doc.name, "customer", None)
	with pytest.raises(NotReadyForQuotationError, match="choose the customer"):
		make_quotation(doc.name)


def test_rights_are_those_of_the_opportunity_and_of_erpnext():
	doc = chain.opportunity()
	before = frappe.db.count("Quotation")
	for roles in ((), ("Sky Sales User",), ("Sales User",)):
		person = chain.user(
			f"quoter-{len(roles)}-{'-'.join(roles) or 'none'}".replace(" ", "").lower(), *roles
		)
		frappe.set_user(person)
		with pytest.raises(frappe.PermissionError):
			make_quotation(doc.name)
		frappe.set_user("Administrator")
	assert frappe.db.count("Quotation") == before


def test_the_owner_with_the_selling_role_may():
	person = chain.user("seller", "Sky Sales User", "Sales User")
	doc = chain.opportunity(opportunity_owner=person)
	frappe.set_user(person)
	name = make_quotation(doc.name)
	assert frappe.db.get_value("Quotation", name, "owner") == person


def test_an_unknown_opportunity_is_no_such_record():
	with pytest.raises(frappe.DoesNotExistError):
		make_quotation("SKY-OPP-1900-00001")


def test_each_call_makes_another_quotation_and_a_key_repeats_the_first():
	doc = chain.opportunity()
	first, second = api.make_quotation(doc.name), api.make_quotation(doc.name)
	assert first != second
	key = frappe.generate_hash(length=20)
	once, again = api.make_quotation(doc.name, key), api.make_quotation(doc.name, key)
	assert once == again
	assert frappe.db.count("Quotation", {"sky_opportunity": doc.name}) == 3


def test_several_opportunities_of_one_customer_each_become_an_order():
	"""frappe/erpnext#53640: the link stands on the document, so a second sale to a customer is nothing special."""
	names = [chain.opportunity(title=f"Deal {number}").name for number in range(3)]
	for name in names:
		order = chain.order(chain.quotation(name).name)
		assert order.sky_opportunity == name
		assert flt(order.net_total) == 200_000
	assert [chain.state(name) for name in names] == [("Won", "Won")] * 3
