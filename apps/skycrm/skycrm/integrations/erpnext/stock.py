"""Stock as ERPNext knows it this moment: read from Bin, nothing copied, nothing kept."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import flt

QUANTITIES = ("actual_qty", "reserved_qty", "ordered_qty", "projected_qty")


def stock_of_items(item_codes: Iterable[str], company: str | None = None) -> list[dict[str, Any]]:
	"""What is in each warehouse of some items, in each item's stock unit, as far as the user may read Bins.

	The caller has checked that the user may read the record whose items these are. One query for the Bins, and one
	more for items that have none.

	Args:
		item_codes: the items, in the order wanted.
		company: only warehouses of this company; left out, all.

	Returns:
		One row per item and warehouse with item_code, item_name, stock_uom, is_stock_item, warehouse and QUANTITIES;
		an item without any stock record has one row with warehouse None and zeros. Empty for a user who may not see
		stock.
	"""
	codes = list(dict.fromkeys(item_codes))
	if not codes or not frappe.has_permission("Bin", "read"):
		return []
	rows = frappe.get_list(
		"Bin",
		filters={"item_code": ("in", codes)},
		fields=[
			"item_code",
			"item_code.item_name as item_name",
			"item_code.stock_uom as stock_uom",
			"item_code.is_stock_item as is_stock_item",
			"warehouse",
			"warehouse.company as company",
			"warehouse.disabled as disabled",
			*QUANTITIES,
		],
		order_by="`tabBin`.warehouse asc",
		limit_page_length=0,
	)
	found = [row for row in rows if not row.disabled and (not company or row.company == company)]
	for row in found:
		row.pop("company")
		row.pop("disabled")
	found += _rows_without_stock([code for code in codes if code not in {row.item_code for row in found}])
	return sorted(found, key=lambda row: (codes.index(row["item_code"]), row["warehouse"] or ""))


def _rows_without_stock(item_codes: list[str]) -> list[dict[str, Any]]:
	if not item_codes:
		return []
	# get_all: name, unit and kind of items that stand on a record which the user reads already
	items = frappe.get_all(
		"Item",
		filters={"name": ("in", item_codes)},
		fields=["name as item_code", "item_name", "stock_uom", "is_stock_item"],
	)
	return [{**item, "warehouse": None, **dict.fromkeys(QUANTITIES, 0.0)} for item in items]


def in_stock_units(lines: Iterable[tuple[str, str | None, float]]) -> dict[str, float]:
	"""How much of each item some lines ask for together, in the item's stock unit.

	Args:
		lines: (item_code, uom, qty); a unit that the item has no conversion for counts one to one, as ERPNext does.
	"""
	lines = list(lines)
	factors = _uom_factors({item_code for item_code, _uom, _qty in lines})
	wanted: dict[str, float] = {}
	for item_code, uom, qty in lines:
		wanted[item_code] = wanted.get(item_code, 0.0) + qty * (factors.get((item_code, uom or "")) or 1.0)
	return wanted


def _uom_factors(item_codes: set[str]) -> dict[tuple[str, str], float]:
	"""How many stock units one unit of each kind holds; one query."""
	codes = sorted(code for code in item_codes if code)
	rows = frappe.get_all(
		"UOM Conversion Detail",
		filters={"parenttype": "Item", "parent": ("in", codes or [""])},
		fields=["parent", "uom", "conversion_factor"],
	)
	return {(row.parent, row.uom): flt(row.conversion_factor) for row in rows}
