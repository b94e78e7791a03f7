"""From a Sky Opportunity to ERPNext's Quotation: same items, rates, currency, price list and totals.

ERPNext fills in what the opportunity does not say (address, tax template, payment terms) with its own methods; what
the opportunity does say is put in first, and ERPNext's own "set if missing" leaves it alone.
"""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, flt, today

from skycrm.integrations.erpnext import agreed_rates

LINE_FIELDS = ("item_code", "item_name", "qty", "uom", "price_list_rate", "discount_percentage", "rate")


def quotation_from_opportunity(opportunity: Document, validity_days: int) -> Document:
	"""A new, unsaved Quotation for the customer of an opportunity.

	Args:
		opportunity: a saved Sky Opportunity with customer and items; read right checked by the caller.
		validity_days: how long the offer stands from today.

	Raises:
		frappe.PermissionError: when the user may not read the customer in ERPNext.
		frappe.ValidationError: what ERPNext's own checks say, for example a missing exchange rate.
	"""
	quotation = frappe.new_doc("Quotation")
	# A pricing rule must not change unseen what was agreed with the customer.
	quotation.flags[agreed_rates.AGREED] = True
	quotation.update(_head(opportunity, validity_days))
	for line in opportunity.items:
		quotation.append("items", _line(line))
	quotation.run_method("set_missing_values")
	# The tax rule of the customer has been applied above; without one, the default template of the company.
	quotation.run_method("set_taxes")
	quotation.run_method("calculate_taxes_and_totals")
	return quotation


def _head(opportunity: Document, validity_days: int) -> dict[str, Any]:
	date = today()
	return {
		"quotation_to": "Customer",
		"party_name": opportunity.customer,
		"order_type": "Sales",
		"company": opportunity.company,
		"transaction_date": date,
		"valid_till": add_days(date, max(validity_days, 0)),
		"currency": opportunity.currency,
		"conversion_rate": flt(opportunity.conversion_rate),
		**_price_list(opportunity),
		"ignore_pricing_rule": 1,
		**_contact(opportunity.contact_person),
		"sky_opportunity": opportunity.name,
		"sky_campaign": opportunity.campaign,
	}


def _price_list(opportunity: Document) -> dict[str, Any]:
	price_list = opportunity.selling_price_list
	if not price_list:
		return {}
	currency = frappe.get_cached_value("Price List", price_list, "currency")
	values = {"selling_price_list": price_list, "price_list_currency": currency}
	if currency == opportunity.currency:
		# Else ERPNext would look the same rate up again, over the network where no Currency Exchange is kept.
		values["plc_conversion_rate"] = flt(opportunity.conversion_rate)
	return values


def _contact(contact: str | None) -> dict[str, Any]:
	if not contact:
		return {}
	# Without these, ERPNext would put the details of the customer's primary contact beside this contact's name.
	details = frappe.db.get_value(
		"Contact", contact, ["full_name", "email_id", "mobile_no", "phone"], as_dict=True
	)
	if not details:
		return {}
	return {
		"contact_person": contact,
		"contact_display": details.full_name,
		"contact_email": details.email_id,
		"contact_mobile": details.mobile_no or details.phone,
	}


def _line(line: Document) -> dict[str, Any]:
	values = {fieldname: line.get(fieldname) for fieldname in LINE_FIELDS if line.get(fieldname) is not None}
	if flt(line.rate) > flt(line.price_list_rate):
		# ERPNext takes a rate above the list price as a margin and applies the discount on top of it.
		values["discount_percentage"] = 0
	return values
