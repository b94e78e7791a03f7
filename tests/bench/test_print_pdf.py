"""The print formats as PDF, out of the framework's own generator."""

import io
from base64 import b64decode
from pathlib import Path
from typing import Any
from unicodedata import normalize

import chain_records as chain
import print_records as records
import pytest
from pypdf import PdfReader

import frappe

from skycrm.services.printing.company import logo_data_uri

PIXEL = b64decode(
	"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(autouse=True)
def seller():
	records.prepare()


def pages(content: bytes) -> list[str]:
	"""Text of each page, white space and ligatures made plain."""
	sheets = PdfReader(io.BytesIO(content)).pages
	return [normalize("NFKC", " ".join(sheet.extract_text().split())) for sheet in sheets]


def fonts(content: bytes) -> dict[str, bool]:
	"""Fonts of a PDF: name -> whether the file carries it."""
	found: dict[str, bool] = {}
	for page in PdfReader(io.BytesIO(content)).pages:
		for font in page["/Resources"]["/Font"].values():
			whole: Any = font.get_object()
			for part in whole.get("/DescendantFonts", [whole]):
				descriptor = part.get_object()["/FontDescriptor"].get_object()
				found[str(whole["/BaseFont"])] = any(key.startswith("/FontFile") for key in descriptor)
	return found


def test_quotation_in_vietnamese():
	doc = records.quotation(submit=True)
	content = records.pdf(doc, "Sky Quotation")
	assert content.startswith(b"%PDF")
	(text,) = pages(content)
	assert "BÁO GIÁ" in text
	assert "Số tiền bằng chữ: Năm trăm hai mươi ba nghìn không trăm năm mươi sáu đồng" in text
	assert "Công ty TNHH Đỗ Gia Phát" in text
	assert f"Mã số thuế: {records.SELLER_TAX}" in text
	assert "Tổng cộng tiền thanh toán 523.056 đ" in text
	assert "Trang 1/1" in text
	# The buttons of the page in the browser are no part of the paper.
	assert "Get PDF" not in text
	assert "Print" not in text.replace("PRINT-001", "").replace("Print-001", "")
	# A letter that the font lacks would come out as the replacement sign or not at all.
	assert "\ufffd" not in text
	assert fonts(content)
	assert all(fonts(content).values()), fonts(content)


def test_every_vietnamese_letter_is_drawn():
	letters = "ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
	doc = records.quotation(
		[records.line(item_name=f"{letters[:35]} {letters[35:]}", description=letters.upper())]
	)
	(text,) = pages(records.pdf(doc, "Sky Quotation"))
	joined = text.replace(" ", "")
	assert not [letter for letter in letters + letters.upper() if letter not in joined]


def test_invoice_in_english():
	doc = records.invoice(submit=True)
	(text,) = pages(records.pdf(doc, "Sky Sales Invoice", "en"))
	assert "SALES INVOICE" in text
	assert "Amount in words: Five hundred twenty-three thousand fifty-six Vietnamese dong" in text
	assert "Page 1 of 1" in text


def test_order_with_dollars_and_cents():
	doc = records.order(
		[records.line(rate=12.12, price_list_rate=12.12)],
		**records.in_dollars(),
	)
	(text,) = pages(records.pdf(doc, "Sky Sales Order"))
	assert "Mười hai đô la Mỹ và mười hai xu" in text
	assert "12,12 USD" in text


def test_pages_of_a_long_document_are_the_sheets_of_the_pdf():
	"""The pages laid out beforehand fit on paper: each is one sheet, with the heading and its own number."""
	long_name = "Máy bơm ly tâm trục ngang công suất lớn dùng cho hệ thống cấp nước khu công nghiệp, thân gang, cánh inox"
	details = "<ul><li>Xuất xứ: Việt Nam</li><li>Bảo hành 24 tháng tại nơi lắp đặt</li></ul>"
	doc = records.quotation(
		[
			records.line(
				number,
				item_name=long_name if number % 3 == 0 else f"Van một chiều {number}",
				description=details if number % 2 else "",
				price_list_rate=1_000_000,
				discount_percentage=number % 5,
				rate=1_000_000 * (100 - number % 5) / 100,
			)
			for number in range(1, 61)
		],
		terms="".join(
			f"<p>{number}. {'Điều khoản giao hàng và thanh toán. ' * 6}</p>" for number in range(1, 15)
		),
	)
	laid_out = len(records.body(records.html(doc, "Sky Quotation")).select(".sky-page"))
	sheets = pages(records.pdf(doc, "Sky Quotation"))
	assert len(sheets) == laid_out >= 4
	for number, sheet in enumerate(sheets, 1):
		assert f"Trang {number}/{laid_out}" in sheet
		assert doc.name in sheet
	with_rows = [sheet for sheet in sheets if "Van một chiều" in sheet]
	assert all("Tên hàng hóa, dịch vụ" in sheet for sheet in with_rows)
	assert "".join(sheets).count("BẢN NHÁP") == laid_out
	assert "Xác nhận của khách hàng" in sheets[-1]


def test_hostile_text_reaches_the_paper_as_text():
	doc = records.quotation([records.line(rate=100_000)])
	payload = "<script>alert(1)</script> {{ 7*7 }} <img src=http://127.0.0.1:9/x.png>"
	frappe.db.set_value("Quotation Item", doc.items[0].name, "item_name", payload)
	(text,) = pages(records.pdf(doc, "Sky Quotation"))
	# A narrow column may break the text anywhere: compare without spaces.
	assert payload.replace(" ", "") in text.replace(" ", "")


def test_logo_is_inside_the_html(site):
	name = f"logo-{frappe.generate_hash(length=8)}.png"
	stored = Path(frappe.get_site_path("public", "files", name))
	stored.write_bytes(PIXEL)
	try:
		frappe.db.set_value("Company", chain.company(), "company_logo", f"/files/{name}")
		frappe.clear_document_cache("Company", chain.company())
		doc = records.quotation()
		image = records.body(records.html(doc, "Sky Quotation")).select_one(".sky-company img")
		assert image["src"].startswith("data:image/png;base64,")
		assert records.pdf(doc, "Sky Quotation").startswith(b"%PDF")
	finally:
		stored.unlink()
		frappe.db.rollback()
		frappe.clear_document_cache("Company", chain.company())


@pytest.mark.parametrize(
	"url",
	[
		None,
		"",
		"https://example.com/logo.png",
		"/files/none.png",
		"/files/../../site_config.json",
		"/files/../../../apps.txt",
		"/private/files/../../site_config.json",
		"/assets/frappe/images/frappe-framework-logo.png",
		"javascript:alert(1)",
	],
)
def test_logo_from_elsewhere_is_left_out(url):
	assert logo_data_uri(url) == ""


MADE = ("Address", "Customer", "Item Price", "Item", "Price List")


@pytest.fixture
def committed():
	"""A quotation that other processes see; it and what it needed are gone afterwards."""
	frappe.db.rollback()
	company = chain.company()
	fields = ("tax_id", "phone_no", "email")
	before = frappe.db.get_value("Company", company, fields, as_dict=True)
	there = {doctype: set(frappe.get_all(doctype, pluck="name")) for doctype in MADE}
	records.prepare()
	doc = records.quotation(submit=True)
	frappe.db.commit()
	yield doc
	frappe.db.rollback()
	doc.reload()
	doc.cancel()
	doc.delete()
	frappe.db.set_value("Company", company, before)
	for doctype in MADE:
		for name in set(frappe.get_all(doctype, pluck="name")) - there[doctype]:
			frappe.delete_doc(doctype, name, force=True)
	frappe.db.commit()
	frappe.clear_document_cache("Company", company)


@pytest.mark.commits
def test_over_http_as_the_desk_asks_for_it(rest, rest_as, committed):
	doc = committed
	arguments = {"doctype": "Quotation", "name": doc.name, "format": "Sky Quotation", "no_letterhead": 0}
	path = "/api/method/frappe.utils.print_format.download_pdf"
	answer = rest.get(path, params={**arguments, "_lang": "vi"})
	assert answer.status_code == 200, answer.text[:2000]
	assert answer.headers["Content-Type"].startswith("application/pdf")
	assert "sáu đồng" in pages(answer.content)[0]
	english = rest.get(path, params={**arguments, "language": "en"})
	assert "fifty-six Vietnamese dong" in pages(english.content)[0]
	page = rest.get("/printview", params={**arguments, "_lang": "vi"})
	assert page.status_code == 200
	assert "không trăm năm mươi sáu đồng" in page.text
	guest = rest_as("Guest").get(path, params=arguments)
	assert guest.status_code == 403
