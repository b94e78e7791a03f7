"""The seller on a printed document."""

import base64
import mimetypes
import os
from typing import Any

import frappe
from frappe.contacts.doctype.address.address import get_default_address
from frappe.utils import cstr

from skycrm.services.printing.party import address_line, address_of
from skycrm.services.printing.reader import Reader

# A logo goes into the HTML itself; beyond this it is no logo but a photo, and would make every PDF slow.
_LARGEST_LOGO = 1024 * 1024


def company_card(reader: Reader, company: str | None) -> dict[str, Any]:
	"""What the head of a document says about the company that issues it.

	Read without asking for rights on Company, Address and File: whoever may print a document of the company may
	see what the company puts on its own paper, and a salesperson has no right on those records.

	Returns:
		name, tax_id, address, phone, email, website, logo (a data URI or ""), country.
	"""
	row = (
		frappe.get_cached_value(
			"Company",
			company,
			["company_name", "tax_id", "phone_no", "email", "website", "company_logo", "country"],
			as_dict=True,
		)
		if company
		else None
	)
	if not row:
		return {
			"name": cstr(company),
			"tax_id": "",
			"address": "",
			"phone": "",
			"email": "",
			"website": "",
			"logo": "",
			"country": "",
		}
	country = cstr(row.country)
	address = address_line(reader.lines("company_address_display"), country) or address_of(
		reader.plain("company_address") or get_default_address("Company", company), country
	)
	return {
		"name": row.company_name or company,
		# Sales Invoice keeps the tax code that the company had when it was issued.
		"tax_id": reader.plain("company_tax_id") or cstr(row.tax_id),
		"address": address,
		"phone": cstr(row.phone_no),
		"email": cstr(row.email),
		"website": cstr(row.website),
		"logo": logo_data_uri(row.company_logo),
		"country": country,
	}


def company_currency(company: str | None) -> str | None:
	"""The currency in which a company keeps its books."""
	return frappe.get_cached_value("Company", company, "default_currency") if company else None


def bank_card(company: str | None) -> dict[str, str] | None:
	"""The account to pay into: the company's default Bank Account; None when there is none.

	Read without asking for rights on Bank Account: it is printed for customers, and only the account that the
	company marked as its own default is.
	"""
	if not company:
		return None
	row = frappe.db.get_value(
		"Bank Account",
		{"company": company, "is_company_account": 1, "is_default": 1, "disabled": 0},
		["account_name", "bank", "bank_account_no", "iban", "branch_code"],
		as_dict=True,
	)
	if not row or not (row.bank_account_no or row.iban):
		return None
	return {
		"holder": cstr(row.account_name),
		"number": cstr(row.bank_account_no or row.iban),
		"bank": cstr(row.bank),
		"branch": cstr(row.branch_code),
	}


def logo_data_uri(file_url: str | None) -> str:
	"""A stored image as a data URI; "" for anything else.

	Inside the HTML, because the PDF generator would otherwise fetch it over the network: it fails where the
	site's own name does not resolve, and a remote address would make the server call out.
	"""
	if not file_url or not file_url.startswith(("/files/", "/private/files/")):
		return ""
	kind = mimetypes.guess_type(file_url)[0] or ""
	if kind not in ("image/png", "image/jpeg", "image/gif", "image/svg+xml"):
		return ""
	base = frappe.get_site_path("private" if file_url.startswith("/private/") else "public", "files")
	path = os.path.realpath(os.path.join(base, file_url.split("/files/", 1)[1]))
	if not path.startswith(os.path.realpath(base) + os.sep) or not os.path.isfile(path):
		return ""
	if os.path.getsize(path) > _LARGEST_LOGO:
		return ""
	with open(path, "rb") as image:
		return f"data:{kind};base64,{base64.b64encode(image.read()).decode()}"
