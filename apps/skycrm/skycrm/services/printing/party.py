"""The buyer on a printed document, and addresses in one line."""

import re
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr

from skycrm.services.printing.reader import Reader

_ADDRESS_FIELDS = ("address_line1", "address_line2", "city", "county", "state", "country")


def buyer_card(reader: Reader, country: str) -> dict[str, Any]:
	"""What a sales document says about its customer.

	Returns:
		name, tax_id, address, shipping (only when it differs), contact, phone, email.
	"""
	address = address_line(reader.lines("address_display"), country) or address_of(
		reader.plain("customer_address"), country
	)
	shipping = address_line(reader.lines("shipping_address"), country)
	name = reader.plain("customer_name") or reader.plain("customer") or reader.plain("party_name")
	contact = reader.text("contact_display")
	return {
		"name": name,
		"tax_id": reader.plain("tax_id") or _tax_id_of_customer(reader),
		"address": address,
		"shipping": shipping if shipping != address else "",
		"contact": contact if contact != name else "",
		"phone": reader.plain("contact_mobile") or reader.plain("contact_phone"),
		"email": reader.plain("contact_email"),
	}


def address_line(lines: list[str], home_country: str) -> str:
	"""An address as ERPNext keeps it on a document (lines of its Address Template) in one line.

	Telephone, fax and e-mail lines go: the print has places of its own for them. So does the country when it is
	the seller's, and a part that repeats the one before (city and province of the same name).
	"""
	labels = {"Phone", "Fax", "Email", "Phone Number", "Email Id"}
	labels |= {_(label) for label in labels}
	parts: list[str] = []
	for line in lines:
		text = line.strip().rstrip(",").strip()
		label = re.match(r"([^:]{2,20}):", text)
		if not text or (label and label.group(1).strip() in labels):
			continue
		if text in (home_country, _(home_country) if home_country else "") or (parts and parts[-1] == text):
			continue
		parts.append(text)
	return ", ".join(parts)


def address_of(name: str | None, home_country: str) -> str:
	"""An Address record in one line; "" when there is none.

	Read without asking for rights on Address: it is the one that the printed document itself names.
	"""
	row = frappe.db.get_value("Address", name, _ADDRESS_FIELDS, as_dict=True) if name else None
	return address_line([cstr(row[field]) for field in _ADDRESS_FIELDS], home_country) if row else ""


def _tax_id_of_customer(reader: Reader) -> str:
	"""Quotation has no tax code of its own: take the customer's."""
	doc = reader.doc
	customer = doc.get("customer") or (
		doc.get("party_name") if doc.get("quotation_to") == "Customer" else None
	)
	return cstr(frappe.get_cached_value("Customer", customer, "tax_id")) if customer else ""
