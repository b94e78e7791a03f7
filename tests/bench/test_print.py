"""The print formats of sales documents, as the framework draws them for a browser."""

import json
import re
from pathlib import Path

import chain_records as chain
import print_records as records
import pytest

import frappe
from frappe.utils import nowdate

from skycrm.domain.money import format_money

FORMATS = {
	"Sky Quotation": ("Quotation", "quotation"),
	"Sky Sales Order": ("Sales Order", "sales_order"),
	"Sky Sales Invoice": ("Sales Invoice", "sales_invoice"),
	"Sky Lead": ("Sky Lead", "lead"),
	"Sky Opportunity": ("Sky Opportunity", "opportunity"),
}
WORDS = "Năm trăm hai mươi ba nghìn không trăm năm mươi sáu đồng"
MAKERS = {
	"Sky Quotation": records.quotation,
	"Sky Sales Order": records.order,
	"Sky Sales Invoice": records.invoice,
}


@pytest.fixture(autouse=True)
def seller():
	records.prepare()


# --- records ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_record_is_synced_and_thin(name):
	doctype, part = FORMATS[name]
	stored = frappe.get_doc("Print Format", name)
	assert (stored.doc_type, stored.module, stored.standard) == (doctype, "SkyCRM", "Yes")
	assert (stored.custom_format, stored.print_format_type, stored.print_format_builder) == (1, "Jinja", 0)
	assert stored.html == f'{{% include "skycrm/print_formats/{part}.html" %}}'
	folder = Path(frappe.get_app_path("skycrm", "skycrm", "print_format", frappe.scrub(name)))
	assert (folder / f"{frappe.scrub(name)}.html").read_text().strip() == stored.html
	assert json.loads((folder / f"{frappe.scrub(name)}.json").read_text())["html"] == stored.html


# --- content ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKERS)
def test_vietnamese(name):
	doc = MAKERS[name](submit=True)
	frappe.db.set_value(doc.doctype, doc.name, "in_words", "VND Five Wrong Words Only")
	shown = records.text(records.html(doc, name))
	title = {
		"Sky Quotation": "Báo giá",
		"Sky Sales Order": "Đơn đặt hàng",
		"Sky Sales Invoice": "Hóa đơn bán hàng",
	}
	assert title[name] in shown
	assert f"Số: {doc.name}" in shown
	assert f"Số tiền bằng chữ: {WORDS}" in shown
	assert "Wrong Words" not in shown
	assert f"Mã số thuế: {records.SELLER_TAX}" in shown
	assert f"Mã số thuế: {records.BUYER_TAX}" in shown
	assert "45 Nguyễn Thị Minh Khai, Thành phố Hồ Chí Minh" in shown
	assert "523.056 đ" in shown
	assert "1. Giá trên chưa gồm phí vận chuyển ngoài nội thành." in shown
	assert "2. Giao hàng trong 15 ngày." in shown
	assert "(ký, ghi rõ họ tên)" in shown
	assert "Người lập" in shown
	assert frappe.utils.getdate().strftime("%d/%m/%Y") in shown
	assert "Trang 1/1" in shown
	assert "BẢN NHÁP" not in shown
	assert ("không thay thế hóa đơn điện tử" in shown) == (name == "Sky Sales Invoice")


@pytest.mark.parametrize("name", MAKERS)
def test_english_from_the_same_template(name):
	doc = MAKERS[name](submit=True)
	shown = records.text(records.html(doc, name, "en"))
	title = {
		"Sky Quotation": "Quotation",
		"Sky Sales Order": "Sales Order",
		"Sky Sales Invoice": "Sales Invoice",
	}
	assert title[name] in shown
	assert f"No. {doc.name}" in shown
	words = "Five hundred twenty-three thousand fifty-six Vietnamese dong"
	assert f"Amount in words: {words}" in shown
	assert "Page 1 of 1" in shown
	for vietnamese in ("Số tiền", "Ngày", "Mã số thuế", "đồng", "Trang"):
		assert vietnamese not in shown, vietnamese


def test_no_english_is_left_in_the_vietnamese_print():
	doc = records.quotation(
		[records.line(1), records.line(2, discount_percentage=10, rate=470_750.4)],
		submit=True,
		payment_schedule=[],
	)
	shown = records.text(records.html(doc, "Sky Quotation"))
	for word in (
		"Date",
		"Total",
		"Amount",
		"Price",
		"Discount",
		"Unit",
		"Page",
		"Customer",
		"Prepared",
		"Terms",
	):
		assert not re.search(rf"\b{word}\b", shown), word


@pytest.mark.parametrize(
	("rate", "words"),
	[
		(1_015, "Một nghìn không trăm mười lăm đồng"),
		(21, "Hai mươi mốt đồng"),
		(1_000_005, "Một triệu không trăm linh năm đồng"),
	],
)
def test_words_that_the_bundled_rule_gets_wrong(rate, words):
	doc = records.quotation([records.line(rate=rate, price_list_rate=rate)])
	assert words in records.text(records.html(doc, "Sky Quotation"))


def test_dollars_and_cents():
	doc = records.quotation(
		[records.line(qty=1, rate=1015.05, price_list_rate=1015.05)],
		**records.in_dollars(),
	)
	vietnamese = records.text(records.html(doc, "Sky Quotation"))
	assert "Một nghìn không trăm mười lăm đô la Mỹ và năm xu" in vietnamese
	assert "1.015,05 USD" in vietnamese
	assert "Tỷ giá: 1 USD = 25.400 VND" in vietnamese
	english = records.text(records.html(doc, "Sky Quotation", "en"))
	assert "One thousand fifteen US dollars and five cents" in english
	assert "$1,015.05" in english


def test_sums_taxes_and_words_agree():
	doc = records.quotation(
		[
			records.line(1, qty=3, rate=1_000_000),
			records.line(2, item_code=records.by_weight(), qty=2.5, rate=200_000),
		],
		taxes=[records.tax(description="Thuế GTGT")],
		apply_discount_on="Net Total",
		discount_amount=500_000,
	)
	shown = records.text(records.html(doc, "Sky Quotation"))
	assert doc.grand_total == 3_300_000
	assert "Cộng tiền hàng hóa, dịch vụ 3.500.000 đ" in shown
	assert "Chiết khấu thêm -500.000 đ" in shown
	assert "Thuế GTGT (10 %) 300.000 đ" in shown
	assert "Tổng cộng tiền thanh toán 3.300.000 đ" in shown
	assert "Ba triệu ba trăm nghìn đồng" in shown
	assert "2,5" in shown


def test_tax_inside_the_prices_is_said():
	tax = records.tax(description="VAT 10%", included_in_print_rate=1)
	doc = records.quotation([records.line(rate=1_100_000, price_list_rate=1_100_000)], taxes=[tax])
	shown = records.text(records.html(doc, "Sky Quotation"))
	assert "VAT 10%, đã gồm trong giá 100.000 đ" in shown
	assert "Đơn giá đã bao gồm thuế" in shown
	assert "Tổng cộng tiền thanh toán 1.100.000 đ" in shown


def headings(soup) -> list[str]:
	return [cell.get_text(strip=True) for cell in records.body(soup).select("table.sky-items th")]


def test_discount_column_only_when_there_is_one():
	plain = records.quotation([records.line()])
	assert headings(records.html(plain, "Sky Quotation")) == [
		"STT",
		"Tên hàng hóa, dịch vụ",
		"ĐVT",
		"Số lượng",
		"Đơn giá",
		"Thành tiền",
	]
	off = records.quotation(
		[
			records.line(1, price_list_rate=100_000, discount_percentage=7.5, rate=92_500),
			records.line(2, price_list_rate=50_000, rate=50_000),
		]
	)
	soup = records.html(off, "Sky Quotation")
	assert "Chiết khấu" in headings(soup)
	cells = [
		[cell.get_text(" ", strip=True) for cell in row.select("td")]
		for row in records.body(soup).select("table.sky-items tbody tr")
	]
	assert cells[0][3:] == ["1", "100.000", "7,5 %", "92.500"]
	assert cells[1][3:] == ["1", "50.000", "", "50.000"]


def test_watermark_of_draft_and_cancelled():
	doc = records.order()
	assert "BẢN NHÁP" in records.text(records.html(doc, "Sky Sales Order"))
	assert "DRAFT" in records.text(records.html(doc, "Sky Sales Order", "en"))
	doc.submit()
	assert not records.body(records.html(doc, "Sky Sales Order")).select(".sky-watermark")
	doc.cancel()
	frappe.db.set_single_value("Print Settings", "allow_print_for_cancelled", 1)
	assert "ĐÃ HỦY" in records.text(records.html(doc, "Sky Sales Order"))


def test_return_is_a_credit_note_with_positive_figures():
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	sold = records.invoice([records.line(qty=2)], submit=True)
	back = make_sales_return(sold.name)
	back.insert()
	back.submit()
	assert back.grand_total < 0
	shown = records.text(records.html(back, "Sky Sales Invoice"))
	assert "Phiếu hàng bán trả lại" in shown
	assert f"Trả lại theo hóa đơn: {sold.name}" in shown
	assert "Tổng tiền hàng trả lại 1.046.112 đ" in shown
	assert "Một triệu không trăm bốn mươi sáu nghìn một trăm mười hai đồng" in shown
	assert "-" + format_money(1_046_112) not in shown
	assert "Âm " not in shown


def test_paid_and_still_to_pay():
	doc = records.invoice(submit=True)
	doc.db_set("outstanding_amount", 23_056)
	shown = records.text(records.html(doc, "Sky Sales Invoice"))
	assert "Đã thanh toán 500.000 đ" in shown
	assert "Còn phải thanh toán 23.056 đ" in shown


def test_schedule_and_bank_account():
	bank = chain.once("Bank", {"bank_name": "Ngân hàng Thử"})
	frappe.get_doc(
		{
			"doctype": "Bank Account",
			"account_name": "Công ty Bầu Trời",
			"bank": bank,
			"bank_account_no": "0011001234567",
			"is_company_account": 1,
			"is_default": 1,
			"company": chain.company(),
			"account": frappe.get_all(
				"Account",
				{"company": chain.company(), "is_group": 0, "root_type": "Asset"},
				pluck="name",
				limit=1,
			)[0],
		}
	).insert()
	doc = records.quotation([records.line(rate=1_000_000, price_list_rate=1_000_000)])
	doc.payment_schedule = []
	doc.append(
		"payment_schedule",
		{"due_date": nowdate(), "invoice_portion": 30, "payment_amount": 300_000, "description": "Đặt cọc"},
	)
	doc.append(
		"payment_schedule",
		{
			"due_date": frappe.utils.add_days(nowdate(), 10),
			"invoice_portion": 70,
			"payment_amount": 700_000,
			"description": "Khi giao hàng",
		},
	)
	doc.save()
	shown = records.text(records.html(doc, "Sky Quotation"))
	assert "Tiến độ thanh toán" in shown
	assert "Đặt cọc 30 % 300.000 đ" in shown
	assert "Khi giao hàng 70 % 700.000 đ" in shown
	assert "Số tài khoản: 0011001234567" in shown
	assert "Ngân hàng: Ngân hàng Thử" in shown


def test_letter_head_takes_the_place_of_the_company_but_not_of_its_tax_code():
	frappe.get_doc(
		{
			"doctype": "Letter Head",
			"letter_head_name": "Giấy tiêu đề",
			"source": "HTML",
			"content": "<div><b>TIÊU ĐỀ RIÊNG</b></div>",
			"footer": "<div>CHÂN TRANG RIÊNG</div>",
			"footer_source": "HTML",
		}
	).insert()
	doc = records.quotation(letter_head="Giấy tiêu đề")
	soup = records.html(doc, "Sky Quotation", letterhead="Giấy tiêu đề")
	shown = records.text(soup)
	assert records.body(soup).select_one(".sky-letter-head b").get_text() == "TIÊU ĐỀ RIÊNG"
	assert not records.body(soup).select(".sky-company")
	assert f"Mã số thuế: {records.SELLER_TAX}" in shown
	assert shown.endswith("CHÂN TRANG RIÊNG")
	without = records.text(records.html(doc, "Sky Quotation", no_letterhead=1))
	assert "TIÊU ĐỀ RIÊNG" not in without
	assert chain.company() in without


# --- hostile and unusual content -----------------------------------------------------------------------------------

HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"{{ 7 * 7 }}{% for x in ().__class__ %}",
	'["<script>alert(1)</script>"]',
	"<svg/onload=alert(1)>",
	"</td></tr></table><iframe src=javascript:alert(1)>",
	"<style>body{display:none}</style>",
	"&lt;script&gt;alert(1)&lt;/script&gt;",
]


def assert_harmless(soup) -> None:
	drawn = records.body(soup)
	assert not drawn.select("script, iframe, svg, object, embed, form, style, link, a")
	for tag in drawn.find_all(True):
		assert not [name for name in tag.attrs if name.startswith("on")], tag
	assert "49" not in drawn.select_one(".sky-items").get_text()


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_text(payload):
	doc = records.quotation([records.line(qty=1, rate=100_000)])
	# Straight into the table: the framework's cleaning on save is not what the print may lean on.
	row = doc.items[0].name
	for fieldname in ("item_name", "description"):
		frappe.db.set_value("Quotation Item", row, fieldname, payload)
	for fieldname in ("customer_name", "contact_display", "contact_email", "address_display", "terms"):
		frappe.db.set_value("Quotation", doc.name, fieldname, payload)
	soup = records.html(doc, "Sky Quotation")
	assert_harmless(soup)
	cell = records.body(soup).select_one("table.sky-items .sky-name")
	assert cell.get_text() == " ".join(payload.split())
	assert records.body(soup).select_one(".sky-party-name").get_text() == " ".join(payload.split())


def test_description_in_html_becomes_lines():
	doc = records.quotation(
		[
			records.line(
				description="<div><p>Công suất <b>5,5 kW</b></p><ul><li>Gang</li><li>Inox</li></ul></div>"
			)
		]
	)
	soup = records.html(doc, "Sky Quotation")
	assert [tag.get_text() for tag in records.body(soup).select(".sky-detail")] == [
		"Mã: PRINT-001",
		"Công suất 5,5 kW",
		"• Gang",
		"• Inox",
	]


def test_very_long_texts_are_printed_and_cut_where_paper_ends():
	doc = records.quotation([records.line(item_name="Ồ" * 130, description="\n".join(["dòng"] * 80))])
	soup = records.html(doc, "Sky Quotation")
	assert records.body(soup).select_one(".sky-name").get_text() == "Ồ" * 130
	assert records.body(soup).select(".sky-detail")[-1].get_text() == "…"


# --- pages ------------------------------------------------------------------------------------------------------


def test_long_document_repeats_its_heading_and_numbers_its_pages():
	doc = records.quotation([records.line(number) for number in range(1, 61)])
	drawn = records.body(records.html(doc, "Sky Quotation"))
	pages = drawn.select(".sky-page")
	assert len(pages) >= 3
	numbers = []
	for index, page in enumerate(pages, 1):
		assert f"Trang {index}/{len(pages)}" in page.get_text()
		assert len(page.select(".sky-watermark")) == 1
		rows = page.select("table.sky-items tbody tr")
		assert bool(rows) == bool(page.select("table.sky-items thead"))
		numbers += [int(row.select_one("td").get_text()) for row in rows]
	assert numbers == list(range(1, 61))
	assert pages[-1].select(".sky-signatures")
	assert len(drawn.select(".sky-totals")) == 1
	totals_page = drawn.select_one(".sky-totals").find_parent(class_="sky-page")
	assert totals_page.select("table.sky-items tbody tr"), "the sum stands under at least one row"


def test_access_follows_the_document():
	doc = records.quotation()
	frappe.set_user(chain.user("printless", "Sky Support Agent"))
	with pytest.raises(frappe.PermissionError):
		records.html(doc, "Sky Quotation")


def test_hidden_field_stays_hidden():
	"""A field above the user's permission level is not on paper either."""
	doc = records.quotation(terms="<p>Giá vốn bí mật</p>")
	assert "Giá vốn bí mật" in records.text(records.html(doc, "Sky Quotation"))
	frappe.make_property_setter(
		{
			"doctype": "Quotation",
			"fieldname": "terms",
			"property": "permlevel",
			"value": 7,
			"property_type": "Int",
		}
	)
	frappe.clear_cache(doctype="Quotation")
	try:
		assert "Giá vốn bí mật" not in records.text(records.html(doc, "Sky Quotation"))
	finally:
		frappe.db.rollback()
		frappe.clear_cache(doctype="Quotation")


def test_helpers_for_templates_of_the_site():
	render = frappe.render_template
	assert render("{{ sky_amount_in_words(1015) }}", {}) in (
		"One thousand fifteen Vietnamese dong",
		"Một nghìn không trăm mười lăm đồng",
	)
	assert render("{{ sky_amount_in_words(1015, 'VND', 'vi') }}", {}) == "Một nghìn không trăm mười lăm đồng"
	assert render("{{ sky_money(1015000) }}", {}) == "1.015.000 đ"


def test_preview_of_a_document_that_was_never_saved():
	doc = frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": chain.company(),
			"quotation_to": "Customer",
			"items": [{"item_name": "Mới"}],
		}
	)
	from frappe.www.printview import get_html_and_style

	drawn = get_html_and_style(doc.as_json(), print_format="Sky Quotation")["html"]
	assert "Mới" in drawn
	assert "None" not in drawn
