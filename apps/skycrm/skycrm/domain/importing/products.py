"""Products in one cell of a list: "CODE", "CODE x 2; OTHER*3", "Bàn làm việc, Ghế xoay".

A code or a name may hold a comma, a star or "x 2" of its own, so a text that names a product as it stands is that product;
only else it is taken apart. Who knows the products is asked through a function: no database here.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing.values import as_number

# More of them in one cell are no wish list but a column that holds something else.
MOST = 50
_PARTS = re.compile(r"[;\n\r]+")
# Everything up to a comma; the comma of "CODE x 1,5" is within the number when nothing else follows it.
_PIECES = re.compile(r"[^,]*?(?:[*×]|\sx)\s*\d+,\d{1,3}(?=\s*(?:,|$))|[^,]+", re.IGNORECASE)
_WITH_QUANTITY = re.compile(r"^(.+?)\s*(?:[*×]|(?<=\s)x(?=\s|\d))\s*(\d+(?:[.,]\d{1,3})*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
	"""A product that somebody asks about.

	Args:
		item_code: what the look-up has answered.
		qty: None where the cell gives none.
	"""

	item_code: str
	qty: float | None = None


def names_in(cell: str) -> set[str]:
	"""Every text of a cell that may name a product, for one look-up of many cells."""
	return {
		name
		for part in _parts(cell)
		for pieces in _readings(part)
		for piece in pieces
		for name in (piece, _taken_apart(piece)[0])
	}


def products_in(cell: str, find: Callable[[str], str]) -> list[Wanted]:
	"""The products of a cell, each once, in the order in which they are named; quantities of the same one are added.

	Args:
		find: text → item code; raises InvalidValue for a text that names none.

	Raises:
		InvalidValue: what `find` says, quantity_not_positive, products_too_many.
	"""
	found: dict[str, float | None] = {}
	for part in _parts(cell):
		for one in _read(part, find):
			if one.item_code in found:
				found[one.item_code] = (found[one.item_code] or 1) + (one.qty or 1)
			else:
				found[one.item_code] = one.qty
	if len(found) > MOST:
		raise InvalidValue("products_too_many", len(found), {"limit": MOST})
	return [Wanted(code, quantity) for code, quantity in found.items()]


def _parts(cell: str) -> list[str]:
	return [part for part in (text.strip() for text in _PARTS.split(cell)) if part]


def _readings(part: str) -> Iterator[list[str]]:
	"""The ways to read a part, the likeliest first: parted by commas, as one product, with commas within numbers."""
	if "," in part:
		yield _tidy(part.split(","))
	yield [part]
	if "," in part:
		yield _tidy(_PIECES.findall(part))


def _read(part: str, find: Callable[[str], str]) -> list[Wanted]:
	try:
		return [Wanted(find(part))]
	except InvalidValue as problem:
		error = problem
	for pieces in _readings(part):
		try:
			return [_wanted(piece, find) for piece in pieces]
		except InvalidValue as problem:
			# The last reading is the finest: it names the one product that is not known.
			error = problem
	raise error


def _wanted(piece: str, find: Callable[[str], str]) -> Wanted:
	name, quantity = _taken_apart(piece)
	try:
		return Wanted(find(piece))
	except InvalidValue:
		if not quantity:
			raise
	amount = as_number(quantity)
	code = find(name)
	if not amount:
		raise InvalidValue("quantity_not_positive", piece[:60])
	return Wanted(code, float(amount))


def _taken_apart(piece: str) -> tuple[str, str]:
	"""Name and quantity, "" for none."""
	match = _WITH_QUANTITY.match(piece)
	return (match.group(1), match.group(2)) if match else (piece, "")


def _tidy(texts: list[str]) -> list[str]:
	return [text for text in (text.strip() for text in texts) if text]
