"""Records for the tests of the chain: a customer, things to sell, opportunities, and ERPNext's documents from them."""

from typing import Any

import frappe
from frappe.utils import add_days, nowdate

from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

from skycrm.services.opportunity_documents import make_quotation

USD_RATE = 25_400.0
ERP_ROLES = ("Sales User", "Sales Manager", "Accounts User", "Stock User", "Purchase User")


def company() -> str:
	return frappe.db.get_single_value("Global Defaults", "default_company")


def warehouse(label: str = "Stores") -> str:
	return frappe.db.get_value("Warehouse", {"warehouse_name": label, "company": company(), "is_group": 0})


def once(doctype: str, filters: dict[str, Any], **values: Any) -> str:
	"""Name of the record with these values, made if there is none."""
	name = frappe.db.exists(doctype, filters)
	if not name:
		doc = frappe.get_doc({"doctype": doctype, **filters, **values})
		doc.flags.ignore_permissions = True
		name = doc.insert(ignore_if_duplicate=True).name
	return name


def customer(label: str = "Chain Customer") -> str:
	return once(
		"Customer",
		{"customer_name": label},
		customer_type="Company",
		customer_group=frappe.get_all("Customer Group", {"is_group": 0}, pluck="name", limit=1)[0],
		territory=frappe.get_all("Territory", {"is_group": 0}, pluck="name", limit=1)[0],
	)


def item(code: str, stock: bool = False, boxes_of: float | None = None, unit: str = "Nos") -> str:
	if boxes_of:
		once("UOM", {"uom_name": "Box"})
	return once(
		"Item",
		{"item_code": code},
		item_name=code.title(),
		item_group=frappe.get_all("Item Group", {"is_group": 0}, pluck="name", limit=1)[0],
		stock_uom=unit,
		is_stock_item=int(stock),
		uoms=[{"uom": "Box", "conversion_factor": boxes_of}] if boxes_of else [],
	)


def price_list(name: str = "Chain VND", currency: str = "VND") -> str:
	return once("Price List", {"price_list_name": name}, currency=currency, selling=1, enabled=1)


def exchange(currency: str = "USD", rate: float = USD_RATE) -> None:
	once(
		"Currency Exchange",
		{"from_currency": currency, "to_currency": "VND", "date": nowdate()},
		exchange_rate=rate,
		for_selling=1,
		for_buying=1,
	)
	frappe.db.set_value("Currency", currency, "enabled", 1)


def opportunity(**values: Any) -> Any:
	"""A saved opportunity with one line of 2 x 100,000, unless `items` says otherwise."""
	lines = values.pop("items", None)
	if lines is None:
		lines = [{"item_code": item("CHAIN-SERVICE"), "qty": 2, "price_list_rate": 100_000, "rate": 100_000}]
	doc = frappe.get_doc(
		{
			"doctype": "Sky Opportunity",
			"title": "Chain",
			"customer": customer(),
			"company": company(),
			"selling_price_list": price_list(),
			"currency": "VND",
			"items": lines,
			**values,
		}
	)
	return doc.insert(ignore_permissions=True)


def quotation(opportunity_name: str, submit: bool = True) -> Any:
	doc = frappe.get_doc("Quotation", make_quotation(opportunity_name))
	return doc.submit() if submit else doc


def order(from_quotation: str, submit: bool = True, qty: float | None = None) -> Any:
	doc = make_sales_order(from_quotation)
	doc.delivery_date = add_days(nowdate(), 7)
	for row in doc.items:
		row.delivery_date = doc.delivery_date
		if qty is not None:
			row.qty = qty
	doc.insert()
	return doc.submit() if submit else doc


def invoice(from_order: str, submit: bool = True) -> Any:
	doc = make_sales_invoice(from_order)
	doc.insert()
	return doc.submit() if submit else doc


def state(opportunity_name: str) -> tuple[str, str]:
	"""(stage, status) as stored."""
	return frappe.db.get_value("Sky Opportunity", opportunity_name, ["stage", "status"])


def user(name: str, *roles: str) -> str:
	email = f"{name}@chain.example.com"
	if not frappe.db.exists("User", email):
		frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": name,
				"send_welcome_email": 0,
				"user_type": "System User",
			}
		).insert(ignore_permissions=True)
	doc = frappe.get_doc("User", email)
	doc.roles = []
	doc.add_roles(*roles)
	frappe.clear_cache(user=email)
	return email
