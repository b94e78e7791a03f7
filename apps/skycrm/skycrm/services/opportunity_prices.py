"""What the lines of an opportunity are called, counted in and cost: read for all lines at once.

Reads without the caller's rights on purpose: the answer goes into a record that the caller may write, and every
entry point that hands it out checks the right to the item first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, getdate


@dataclass(frozen=True)
class ItemFacts:
	"""What a line needs to know about its item."""

	item_name: str
	stock_uom: str
	sales_uom: str
	disabled: bool
	has_variants: bool
	is_sales_item: bool


def item_facts(item_codes: Iterable[str]) -> dict[str, ItemFacts]:
	"""Facts about items, one query for all; items that do not exist are left out."""
	wanted = sorted({code for code in item_codes if code})
	if not wanted:
		return {}
	rows = frappe.get_all(
		"Item",
		filters={"name": ("in", wanted)},
		fields=["name", "item_name", "stock_uom", "sales_uom", "disabled", "has_variants", "is_sales_item"],
	)
	return {
		row.name: ItemFacts(
			item_name=row.item_name,
			stock_uom=row.stock_uom,
			sales_uom=row.sales_uom or row.stock_uom,
			disabled=bool(row.disabled),
			has_variants=bool(row.has_variants),
			is_sales_item=bool(row.is_sales_item),
		)
		for row in rows
	}


def check_items_exist(doc: Document) -> None:
	"""Refuse rows of `items` whose item does not exist. One query, none without rows.

	The framework's own check of links passes over a link from which another field is fetched.

	Raises:
		frappe.LinkValidationError: names the row and the item.
	"""
	rows = [row for row in doc.get("items") or [] if row.item_code]
	known = item_facts(row.item_code for row in rows)
	for row in rows:
		if row.item_code not in known:
			frappe.throw(
				_("Row {0}: item {1} does not exist. Choose an item from the list.").format(
					row.idx, frappe.bold(escape_html(row.item_code))
				),
				exc=frappe.LinkValidationError,
				title=_("Item not found"),
			)


def list_rates(
	wanted: Iterable[tuple[str, str]],
	price_list: str | None,
	currency: str,
	company_currency: str,
	conversion_rate: float,
	customer: str | None = None,
	on: date | str | None = None,
) -> dict[tuple[str, str], float]:
	"""What a price list says for items in their units, in the opportunity's currency.

	A customer's own price comes before the general one, a price in the very unit before one that has to be converted,
	a later `valid_from` before an earlier one.

	Args:
		wanted: (item_code, uom) of each line.
		price_list: an ERPNext Price List; None gives nothing.
		currency, company_currency, conversion_rate: a list kept in company currency is converted.
		customer: for prices made for one customer.
		on: the day on which the price must be valid, today when left out.

	Returns:
		Rate per (item_code, uom); what has no price is left out. At most two queries.
	"""
	pairs = sorted(set((code, uom) for code, uom in wanted if code))
	if not (pairs and price_list):
		return {}
	factor = _currency_factor(price_list, currency, company_currency, conversion_rate)
	if not factor:
		return {}
	prices = _prices(sorted({code for code, _uom in pairs}), price_list, customer, getdate(on))
	found: dict[tuple[str, str], float] = {}
	to_convert: list[tuple[str, str]] = []
	for code, uom in pairs:
		for price in prices.get(code, ()):
			if price.uom == uom or not price.uom or not uom:
				found[(code, uom)] = flt(price.price_list_rate) * factor
				break
		else:
			if code in prices:
				to_convert.append((code, uom))
	if to_convert:
		found.update(_converted(to_convert, prices, factor))
	return found


def _prices(
	codes: list[str], price_list: str, customer: str | None, on: date
) -> dict[str, list[frappe._dict]]:
	"""Valid prices per item, the best first."""
	price = frappe.qb.DocType("Item Price")
	whose = price.customer.isnull() | (price.customer == "")
	if customer:
		whose = whose | (price.customer == customer)
	rows = (
		frappe.qb.from_(price)
		.select(price.item_code, price.uom, price.price_list_rate, price.customer, price.valid_from)
		.where(
			price.item_code.isin(codes)
			& (price.price_list == price_list)
			& (price.selling == 1)
			& (price.valid_from.isnull() | (price.valid_from <= on))
			& (price.valid_upto.isnull() | (price.valid_upto >= on))
			& (price.batch_no.isnull() | (price.batch_no == ""))
			& whose
		)
		.run(as_dict=True)
	)
	rows.sort(key=lambda row: (bool(row.customer), row.valid_from or date.min), reverse=True)
	prices: dict[str, list[frappe._dict]] = {}
	for row in rows:
		prices.setdefault(row.item_code, []).append(row)
	return prices


def _converted(
	pairs: list[tuple[str, str]], prices: dict[str, list[frappe._dict]], factor: float
) -> dict[tuple[str, str], float]:
	"""Prices kept in another unit, through the conversion factors of the item."""
	rows = frappe.get_all(
		"UOM Conversion Detail",
		filters={"parenttype": "Item", "parent": ("in", sorted({code for code, _uom in pairs}))},
		fields=["parent", "uom", "conversion_factor"],
	)
	factors = {(row.parent, row.uom): flt(row.conversion_factor) for row in rows}
	found = {}
	for code, uom in pairs:
		for price in prices[code]:
			into, out_of = factors.get((code, uom)), factors.get((code, price.uom))
			if into and out_of:
				found[(code, uom)] = flt(price.price_list_rate) / out_of * into * factor
				break
	return found


def _currency_factor(
	price_list: str, currency: str, company_currency: str, conversion_rate: float
) -> float | None:
	"""What a price of the list is multiplied by, None when it cannot be said in the opportunity's currency."""
	list_currency = frappe.get_cached_value("Price List", price_list, "currency")
	if list_currency == currency:
		return 1.0
	if list_currency == company_currency and conversion_rate:
		return 1.0 / conversion_rate
	return None
