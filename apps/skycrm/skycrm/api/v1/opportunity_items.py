"""What the table of products on an opportunity asks for while it is filled in."""

from typing import Any

import frappe

from skycrm.services import item_offer


@frappe.whitelist(methods=["GET", "POST"])
def get_offer(
	item_code: str,
	company: str,
	currency: str | None = None,
	conversion_rate: float | None = None,
	price_list: str | None = None,
	customer: str | None = None,
	uom: str | None = None,
) -> dict[str, Any]:
	"""Name, unit and list price of an item, for somebody who may write opportunities and read the item and the list.

	Returns:
		{item_name, uom, price_list_rate}
	"""
	if not frappe.has_permission("Sky Opportunity", "create"):
		frappe.has_permission("Sky Opportunity", "write", throw=True)
	_check_may_choose("Item", item_code)
	if price_list:
		_check_may_choose("Price List", price_list)
	if customer:
		frappe.has_permission("Customer", "read", customer, throw=True)
	return item_offer.offer(item_code, company, currency, conversion_rate, price_list, customer, uom)


def _check_may_choose(doctype: str, name: str) -> None:
	if not frappe.has_permission(doctype, "select", name):
		frappe.has_permission(doctype, "read", name, throw=True)
