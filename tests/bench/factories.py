"""Records for tests: each returns the name of what it made, or of what was there already."""

from __future__ import annotations

from itertools import count
from typing import Any

import frappe

_numbers = count(1)
_first_mobile = int(frappe.generate_hash(length=12), 16)
# 090 to 098: of 099 some tenths are no numbers that anybody can have.
MOBILES = 90_000_000


def unique(label: str) -> str:
	"""Return a text no other test of this run uses."""
	return f"{label} {frappe.generate_hash(length=6)} {next(_numbers)}"


def mobile() -> str:
	"""Return a mobile number that can be in use and that no other lead of this run has."""
	return f"09{(_first_mobile + next(_numbers)) % MOBILES:08d}"


def company() -> str:
	"""Return the site's company."""
	return (
		frappe.db.get_single_value("Global Defaults", "default_company")
		or frappe.get_all("Company", pluck="name", limit=1)[0]
	)


def make_user(email: str, *roles: str, **values: Any) -> str:
	"""Return a user with these roles; roles are added to one that is there."""
	if frappe.db.exists("User", email):
		doc = frappe.get_doc("User", email)
	else:
		doc = frappe.new_doc("User")
		doc.update({"email": email, "first_name": email.split("@")[0], "send_welcome_email": 0, **values})
		doc.flags.no_welcome_mail = True
		doc.insert(ignore_permissions=True)
	if set(roles) - {row.role for row in doc.roles}:
		doc.flags.ignore_permissions = True
		doc.add_roles(*roles)
	return doc.name


def make_customer(label: str = "", **values: Any) -> str:
	"""Return a customer of this name."""
	label = label or unique("Khách hàng")
	if name := frappe.db.exists("Customer", {"customer_name": label}):
		return name
	doc = frappe.new_doc("Customer")
	doc.update(
		{
			"customer_name": label,
			"customer_type": "Company",
			"customer_group": leaf("Customer Group"),
			"territory": leaf("Territory"),
			**values,
		}
	)
	return doc.insert(ignore_permissions=True).name


def make_item(code: str = "SKY-TEST-ITEM", rate: float | None = None, **values: Any) -> str:
	"""Return an item of this code, with a selling price when `rate` is given."""
	if not frappe.db.exists("Item", code):
		doc = frappe.new_doc("Item")
		doc.update(
			{
				"item_code": code,
				"item_name": code,
				"item_group": leaf("Item Group"),
				"stock_uom": "Nos",
				"is_stock_item": 0,
				**values,
			}
		)
		doc.insert(ignore_permissions=True)
	if rate is not None:
		price = {"item_code": code, "price_list": "Standard Selling"}
		if name := frappe.db.exists("Item Price", price):
			frappe.db.set_value("Item Price", name, "price_list_rate", rate)
		else:
			frappe.get_doc({"doctype": "Item Price", **price, "price_list_rate": rate}).insert(
				ignore_permissions=True
			)
	return code


def make_lead(**values: Any) -> Any:
	"""Return a new lead."""
	doc = frappe.new_doc("Sky Lead")
	doc.update({"lead_name": unique("Nguyễn Văn"), **values})
	return doc.insert()


def make_opportunity(**values: Any) -> Any:
	"""Return a new opportunity of a customer, with one line unless lines are given."""
	values.setdefault("customer", make_customer())
	values.setdefault("items", [{"item_code": make_item(rate=100_000), "qty": 2, "rate": 100_000}])
	doc = frappe.new_doc("Sky Opportunity")
	doc.update({"title": unique("Cơ hội"), "company": company(), **values})
	return doc.insert()


def leaf(doctype: str) -> str:
	"""Return a node of a tree that records may use."""
	return frappe.get_all(doctype, {"is_group": 0}, pluck="name", order_by="lft", limit=1)[0]
