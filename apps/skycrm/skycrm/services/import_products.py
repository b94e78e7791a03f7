"""Products of interest out of a column of a file: looked up with the links of a chunk, written and compared set-wise."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe
from frappe.utils import flt, now

from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing.products import names_in, products_in
from skycrm.services.import_fields import ITEM_ROW, ITEMS
from skycrm.services.import_links import Links
from skycrm.services.intake_bulk import LEAD, insert_rows
from skycrm.services.opportunity_prices import item_facts

ITEM = "Item"
# Share of the filled cells that must name products before a column is taken for one of products.
ARE_PRODUCTS_FROM = 0.5
COLUMNS = (
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"docstatus",
	"idx",
	"parent",
	"parenttype",
	"parentfield",
	"item_code",
	"item_name",
	"qty",
)
Product = dict[str, Any]


def learn(cells: Iterable[str], links: Links) -> None:
	"""Look up everything in these cells that may name a product: two queries at most."""
	if names := {name for cell in cells for name in names_in(cell)}:
		links.learn(ITEM, names)


def read(cell: str, links: Links) -> list[Product]:
	"""The products of a cell whose names are looked up already, as rows of the table of a lead; `qty` None for none given.

	Raises:
		InvalidValue: link_unknown, link_several, quantity_not_positive, products_too_many.
	"""
	found = products_in(cell, lambda text: links.find(ITEM, text))
	return [{"item_code": one.item_code, "qty": one.qty} for one in found]


def are_products(cells: Sequence[str]) -> bool:
	"""Whether a column called "Products" holds products of this site, and not words about them."""
	filled = [cell for cell in cells if cell.strip()]
	links = Links()
	learn(filled, links)
	return sum(_is_read(cell, links) for cell in filled) >= len(filled) * ARE_PRODUCTS_FROM


def insert(leads: Sequence[Mapping[str, Any]]) -> None:
	"""Write the products of new leads. No statement when there are none, two or more else, whatever their number."""
	rows = [(lead["name"], row) for lead in leads for row in lead.get(ITEMS) or ()]
	if not rows:
		return
	names = {
		code: facts.item_name for code, facts in item_facts(row["item_code"] for _lead, row in rows).items()
	}
	moment, user = now(), frappe.session.user
	place: dict[str, int] = {}
	values = []
	for lead, row in rows:
		place[lead] = place.get(lead, 0) + 1
		code = row["item_code"]
		head = (frappe.generate_hash(length=10), user, moment, moment, user, 0, place[lead])
		values.append((*head, lead, LEAD, ITEMS, code, names.get(code) or code, flt(row["qty"])))
	insert_rows(ITEM_ROW, COLUMNS, values)


def codes_of(leads: Iterable[str]) -> dict[str, set[str]]:
	"""Lead → items that it asks about already. One query, none without leads."""
	wanted = sorted(set(leads))
	if not wanted:
		return {}
	found: dict[str, set[str]] = {}
	for row in frappe.get_all(
		ITEM_ROW,
		filters={"parenttype": LEAD, "parent": ("in", wanted)},
		fields=["parent", "item_code"],
		limit=0,
	):
		found.setdefault(row.parent, set()).add(row.item_code)
	return found


def _is_read(cell: str, links: Links) -> bool:
	try:
		return bool(read(cell, links))
	except InvalidValue:
		return False
