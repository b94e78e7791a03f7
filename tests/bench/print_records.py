"""Documents for the tests of the print formats, made with ERPNext's own API, and ways to print and read them."""

from typing import Any

import chain_records as chain
from bs4 import BeautifulSoup, Tag

import frappe
from frappe.translate import print_language
from frappe.utils import add_days, nowdate

SELLER_TAX = "0101243150"
BUYER_TAX = "0301442379"
TERMS = (
	"<ol><li>Giá trên chưa gồm phí vận chuyển ngoài nội thành.</li><li>Giao hàng trong <b>15 ngày</b>.</li></ol>"
	"<p>Bảo hành 24 tháng.</p>"
)


def prepare() -> None:
	"""A seller and a buyer with tax code and address; nothing is committed."""
	frappe.db.set_value(
		"Company",
		chain.company(),
		{"tax_id": SELLER_TAX, "phone_no": "024 3768 9999", "email": "kinhdoanh@example.com"},
	)
	frappe.clear_document_cache("Company", chain.company())


def buyer(label: str = "Công ty TNHH Đỗ Gia Phát") -> str:
	name = chain.customer(label)
	frappe.db.set_value("Customer", name, "tax_id", BUYER_TAX)
	frappe.clear_document_cache("Customer", name)
	address = chain.once(
		"Address",
		{"address_title": f"{label} – trụ sở"},
		address_type="Billing",
		address_line1="45 Nguyễn Thị Minh Khai",
		city="Thành phố Hồ Chí Minh",
		country="Vietnam",
		phone="028 3823 0000",
		links=[{"link_doctype": "Customer", "link_name": name}],
	)
	frappe.db.set_value("Customer", name, "customer_primary_address", address)
	return name


def by_weight() -> str:
	"""An item that is sold by weight: its quantity may be a fraction."""
	once = chain.once("UOM", {"uom_name": "Kg"})
	group = frappe.get_all("Item Group", {"is_group": 0}, pluck="name", limit=1)[0]
	return chain.once(
		"Item",
		{"item_code": "PRINT-KG"},
		item_name="Hạt nhựa",
		item_group=group,
		stock_uom=once,
		is_stock_item=0,
	)


def line(number: int = 1, **values: Any) -> dict[str, Any]:
	"""A row of a sales document; 523,056 dong by default, which the bundled words get wrong."""
	return {
		"item_code": chain.item(f"PRINT-{number:03d}"),
		"item_name": f"Máy bơm nước {number}",
		"qty": 1,
		"rate": 523_056,
		"price_list_rate": 523_056,
		**values,
	}


def in_dollars() -> dict[str, Any]:
	"""What a sales document in USD says besides its lines; the rate of exchange is there as well."""
	chain.exchange()
	return {
		"currency": "USD",
		"conversion_rate": chain.USD_RATE,
		"selling_price_list": chain.price_list("Print USD", "USD"),
		"price_list_currency": "USD",
		"plc_conversion_rate": chain.USD_RATE,
		"disable_rounded_total": 1,
	}


def tax(**values: Any) -> dict[str, Any]:
	"""A row of 10 % tax on the net total."""
	account = frappe.get_all(
		"Account", {"company": chain.company(), "is_group": 0, "account_type": "Tax"}, pluck="name", limit=1
	)[0]
	return {"charge_type": "On Net Total", "account_head": account, "rate": 10, **values}


def quotation(items: list[dict[str, Any]] | None = None, submit: bool = False, **values: Any) -> Any:
	return _sales_document(
		"Quotation",
		items,
		submit,
		quotation_to="Customer",
		party_name=values.pop("customer", None) or buyer(),
		transaction_date=nowdate(),
		valid_till=add_days(nowdate(), 30),
		**values,
	)


def order(items: list[dict[str, Any]] | None = None, submit: bool = False, **values: Any) -> Any:
	return _sales_document(
		"Sales Order",
		items,
		submit,
		customer=values.pop("customer", None) or buyer(),
		transaction_date=nowdate(),
		delivery_date=add_days(nowdate(), 7),
		**values,
	)


def invoice(items: list[dict[str, Any]] | None = None, submit: bool = False, **values: Any) -> Any:
	return _sales_document(
		"Sales Invoice",
		items,
		submit,
		customer=values.pop("customer", None) or buyer(),
		posting_date=nowdate(),
		**values,
	)


def _sales_document(doctype: str, items: list[dict[str, Any]] | None, submit: bool, **values: Any) -> Any:
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			"company": chain.company(),
			"currency": "VND",
			"selling_price_list": chain.price_list(),
			"price_list_currency": "VND",
			"plc_conversion_rate": 1,
			"conversion_rate": 1,
			"ignore_pricing_rule": 1,
			"items": items or [line()],
			"terms": TERMS,
			**values,
		}
	)
	doc.insert()
	return doc.submit() if submit else doc


def html(doc: Any, print_format: str, language: str = "vi", **options: Any) -> BeautifulSoup:
	"""A print as the framework makes it for the browser."""
	with print_language(language):
		text = frappe.get_print(doc.doctype, doc.name, print_format, doc=_fresh(doc), **options)
	return BeautifulSoup(text, "html5lib")


def pdf(doc: Any, print_format: str, language: str = "vi", **options: Any) -> bytes:
	"""A print as the framework's PDF generator makes it."""
	with print_language(language):
		return frappe.get_print(doc.doctype, doc.name, print_format, doc=_fresh(doc), as_pdf=True, **options)


def body(soup: BeautifulSoup) -> Tag:
	"""The part that the print format drew."""
	found = soup.select_one(".sky")
	assert found is not None, soup.get_text()[:2000]
	return found


def text(soup: BeautifulSoup) -> str:
	"""What the reader sees, in one line."""
	return " ".join(body(soup).get_text(" ").split())


def _fresh(doc: Any) -> Any:
	# A print changes the document it gets (before_print), and uncommitted records are not served over HTTP.
	return frappe.get_doc(doc.doctype, doc.name)
