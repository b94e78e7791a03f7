"""From an opportunity to a submitted invoice, clicked: discount, approval, quotation, order, invoice, panel."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from desk import Desk
from desk_people import ITEMS, PEOPLE, make_customer
from playwright.sync_api import expect
from served_site import ServedSite, unique

SELLER = PEOPLE["seller"].email
SERVICE, GOODS = "BROWSER-SERVICE", "BROWSER-GOODS"
DISCOUNT = 15
TOTAL = round(2 * ITEMS[SERVICE] * (100 - DISCOUNT) / 100 + 3 * ITEMS[GOODS])


def stored(site: ServedSite, name: str) -> dict[str, Any]:
	return site.get_doc("Sky Opportunity", name)


def shown(amount: float) -> str:
	"""Return an amount as people here write it."""
	return f"{amount:,.0f}".replace(",", ".")


def fill_lines(desk: Desk) -> None:
	for item, qty in ((SERVICE, 2), (GOODS, 3)):
		row = desk.add_row("items")
		desk.cell(row, "item_code", item, item)
		desk.cell(row, "qty", str(qty))


@pytest.fixture
def open_sale(site: ServedSite) -> str:
	"""An open opportunity of the seller with a line of each item."""
	return site.insert(
		"Sky Opportunity",
		title=unique("Bán máy"),
		customer=make_customer(site, unique("Công ty Mua")),
		opportunity_owner=SELLER,
		items=[{"item_code": SERVICE, "qty": 2}, {"item_code": GOODS, "qty": 3}],
	)["name"]


def test_a_discount_waits_for_approval_and_the_sale_goes_on_to_the_invoice(
	site: ServedSite, desk: Any
) -> None:
	seller = desk("seller")
	customer = make_customer(site, unique("Công ty Chuỗi"))
	seller.open("sky-opportunity/new")
	seller.on_form("Sky Opportunity")
	seller.pick("customer", customer)
	seller.idle()
	fill_lines(seller)
	line = seller.control("items").locator(".grid-body .grid-row").first
	seller.cell(line, "discount_percentage", str(DISCOUNT))
	name = seller.save()

	# Above the limit: it waits, and nobody gets round that
	doc = stored(site, name)
	assert (doc["approval_status"], doc["amount"], doc["status"]) == ("Pending", TOTAL, "Open")
	assert doc["opportunity_owner"] == SELLER
	expect(seller.body.locator(".form-message")).to_contain_text("chờ duyệt")
	expect(seller.body.locator(".page-actions")).not_to_contain_text("Lập báo giá")
	assert "Duyệt" not in seller.actions()
	with seller.expected("^417: .*make_quotation"):
		seller.page.evaluate(
			"""opportunity => frappe.xcall('skycrm.api.v1.opportunities.make_quotation', {opportunity})
				.catch(() => null)""",
			name,
		)
		expect(seller.dialog).to_contain_text("duyệt")
	seller.close()
	assert not site.find("Quotation", {"sky_opportunity": name})

	manager = desk("manager")
	manager.form("Sky Opportunity", name)
	manager.action("Duyệt")
	manager.page.wait_for_function("() => cur_frm.doc.approval_status === 'Approved'")
	manager.idle()
	doc = stored(site, name)
	assert (doc["approval_status"], doc["approved_discount_percentage"]) == ("Approved", DISCOUNT)

	seller.form("Sky Opportunity", name)
	seller.button("Lập báo giá")
	quotation = seller.on_form("Quotation")
	draft = site.get_doc("Quotation", quotation)
	assert (draft["docstatus"], draft["sky_opportunity"]) == (0, name)
	assert draft["net_total"] == TOTAL
	assert [(row["item_code"], row["qty"], row["rate"]) for row in draft["items"]] == [
		(row["item_code"], row["qty"], row["rate"]) for row in doc["items"]
	]
	seller.submit()
	assert stored(site, name)["stage"] == "Proposal"

	seller.group(seller.says("Create"), seller.says("Sales Order"))
	seller.on_form("Sales Order")
	seller.page.wait_for_function("() => cur_frm.is_new() && cur_frm.doc.items.length === 2")
	# ERPNext goes on filling in a document that was made from another, and puts its own values back meanwhile.
	seller.settled()
	seller.fill("delivery_date", (date.today() + timedelta(days=7)).strftime("%d-%m-%Y"))
	seller.page.wait_for_function("() => cur_frm.doc.items.every((row) => row.delivery_date)")
	order = seller.save()
	seller.submit()
	assert site.get_doc("Sales Order", order)["net_total"] == TOTAL
	doc = stored(site, name)
	assert (doc["status"], doc["stage"]) == ("Won", "Won")
	assert doc["won_on"]

	manager.form("Sales Order", order)
	manager.group(manager.says("Create"), manager.says("Sales Invoice"))
	manager.on_form("Sales Invoice")
	manager.page.wait_for_function("() => cur_frm.is_new() && cur_frm.doc.items.length === 2")
	manager.settled()
	invoice = manager.save()
	manager.submit()
	assert site.get_doc("Sales Invoice", invoice)["sky_opportunity"] == name

	# The opportunity shows all of it
	manager.form("Sky Opportunity", name)
	expect(manager.body.locator(".page-head .indicator-pill:visible")).to_contain_text("Thắng")
	manager.tab("Chứng từ và tồn kho")
	documents = manager.control("connections_html")
	for document in (quotation, order, invoice):
		expect(documents.locator("tr", has_text=document)).to_contain_text(shown(TOTAL))
	stock = manager.control("stock_html").locator("tr", has_text="Browser Goods")
	expect(stock).to_contain_text("cần 3")
	expect(stock).to_contain_text("Stores")


def test_figures_follow_while_the_lines_are_typed(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	seller.open("sky-opportunity/new")
	seller.on_form("Sky Opportunity")
	seller.pick("customer", make_customer(site, unique("Công ty Gõ")))
	seller.idle()
	fill_lines(seller)
	assert seller.doc()["amount"] == 2 * ITEMS[SERVICE] + 3 * ITEMS[GOODS]
	name = seller.save()
	assert stored(site, name)["amount"] == seller.doc()["amount"]
	assert stored(site, name)["stage"] == "Prospecting"


def test_stages_are_moved_by_buttons_and_a_loss_asks_why(site: ServedSite, desk: Any, open_sale: str) -> None:
	seller = desk("seller")
	seller.form("Sky Opportunity", open_sale)
	pill = seller.body.locator(".page-head .indicator-pill:visible")
	seller.button("Chuyển sang Tìm hiểu nhu cầu")
	expect(pill).to_contain_text("Tìm hiểu nhu cầu")
	assert stored(site, open_sale)["probability"] == 25

	seller.idle()
	seller.group("Giai đoạn", "Mất")
	expect(seller.dialog).to_contain_text("Vì sao mất cơ hội")
	seller.pick("lost_reason", "Giá cao", seller.dialog)
	seller.confirm()
	expect(pill).to_contain_text("Mất")
	doc = stored(site, open_sale)
	assert (doc["status"], doc["stage"], doc["lost_reason"]) == ("Lost", "Lost", "Price Too High")

	seller.idle()
	seller.button("Mở lại")
	expect(pill).to_contain_text("Tìm hiểu nhu cầu")
	doc = stored(site, open_sale)
	assert (doc["status"], doc.get("lost_on")) == ("Open", None)


def test_opportunities_are_moved_together_from_the_list(site: ServedSite, desk: Any) -> None:
	seller = desk("seller")
	label = unique("Gộp bước")
	customer = make_customer(site, unique("Công ty Gộp"))
	names = [
		site.insert("Sky Opportunity", title=f"{label} {part}", customer=customer, opportunity_owner=SELLER)[
			"name"
		]
		for part in "AB"
	]
	seller.list("Sky Opportunity")
	seller.narrow("title", label, 2)
	seller.body.locator(".list-header-subject .list-check-all:visible").check()
	seller.action("Chuyển giai đoạn")
	seller.choose("stage", "Negotiation", seller.dialog)
	seller.confirm()
	expect(seller.row(label).first).to_contain_text("Thương lượng")
	seller.idle()
	for name in names:
		assert stored(site, name)["stage"] == "Negotiation"


def test_the_quotation_is_printed_from_the_desk(site: ServedSite, desk: Any, open_sale: str) -> None:
	seller = desk("seller")
	name = site.call("opportunities.make_quotation", opportunity=open_sale)
	site.update("Quotation", name, language="vi")
	seller.open(f"print/Quotation/{name}")
	seller.page.wait_for_function(
		"() => frappe.get_route()[0] === 'print' && document.querySelector('iframe.print-format-container')"
	)
	seller.pick("print_format", "Sky Quotation")
	paper = seller.page.frame_locator("iframe.print-format-container")
	expect(paper.locator("body")).to_contain_text("BÁO GIÁ", ignore_case=True)
	expect(paper.locator("body")).to_contain_text("đồng")
	answer = seller.page.context.request.get(
		"/api/method/frappe.utils.print_format.download_pdf",
		params={"doctype": "Quotation", "name": name, "format": "Sky Quotation", "_lang": "vi"},
		timeout=120_000,
	)
	assert answer.ok, answer.text()[:500]
	assert answer.headers["content-type"] == "application/pdf"
	assert answer.body()[:5] == b"%PDF-"
