"""What an item would be offered for on an opportunity: name, unit and list price, for the form and other programs."""

from typing import Any

import frappe
from frappe.utils import escape_html, flt

from skycrm.services.opportunity_defaults import company_currency, default_price_list
from skycrm.services.opportunity_prices import item_facts, list_rates


def offer(
	item_code: str,
	company: str,
	currency: str | None = None,
	conversion_rate: float | None = None,
	price_list: str | None = None,
	customer: str | None = None,
	uom: str | None = None,
) -> dict[str, Any]:
	"""Name, unit and list price of an item.

	Args:
		item_code: name of an Item that the session's user may read.
		company, currency, conversion_rate, price_list, customer: as on the opportunity.
		uom: the unit; the item's sales unit when left out.

	Returns:
		{item_name, uom, price_list_rate}; the price is 0 when the list has none.

	Raises:
		frappe.PermissionError: the user may not use this item.
		frappe.DoesNotExistError: there is none.
	"""
	facts = item_facts([item_code]).get(item_code)
	if not facts:
		frappe.throw(
			frappe._("Item {0} does not exist.").format(escape_html(item_code)), exc=frappe.DoesNotExistError
		)
	own = company_currency(company)
	currency = currency or own
	unit = uom or facts.sales_uom
	rates = list_rates(
		[(item_code, unit)],
		price_list or default_price_list(customer),
		currency,
		own,
		1.0 if currency == own else flt(conversion_rate),
		customer,
	)
	return {
		"item_name": facts.item_name,
		"uom": unit,
		"price_list_rate": flt(rates.get((item_code, unit))),
	}
