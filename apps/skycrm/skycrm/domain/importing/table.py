"""What every reader gives: rows with the line they begin at, and faults that name line, column and reason."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import InvalidValue
from skycrm.domain.phone import phone_key

# Characters in one cell. Long notes fit; what is longer is a fault of the file, as when a quote was left open.
MAX_CELL = 100_000
# Characters of a refused cell that are kept to be shown and sent back: what a cell of a spreadsheet can hold.
MAX_KEPT_CELL = 32_767
MAX_COLUMNS = 300
# Code of the warning for a list without headers, whose first person would be taken for them.
HEADER_IS_DATA = "header_is_data"
# Digits of a phone number; a header may well hold a year.
LEAST_DIGITS = 9


@dataclass(frozen=True)
class Fault:
	"""Why a row, or the whole file, cannot be taken.

	Args:
		code: stable snake_case name of the reason, as in domain/errors.py.
		column: number of the column, 1 for the first; 0 when it is about the whole row.
		params: plain values that the sentence shows.
	"""

	code: str
	column: int = 0
	params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
	"""One row of a file.

	Args:
		line: where it begins, 1 for the first line: of the text for CSV and vCard, of the sheet for XLSX.
		cells: as text; the last ones may be missing.
		fault: why it cannot be taken, None when it can be looked at further.
	"""

	line: int
	cells: tuple[str, ...]
	fault: Fault | None = None

	def cell(self, index: int) -> str:
		"""The text of a column, 0 for the first; "" where the row ends before it."""
		return self.cells[index] if index < len(self.cells) else ""


@dataclass
class Table:
	"""A file ready to be read: its headers are known, its rows come one by one.

	Args:
		kind: "csv", "xlsx" or "vcard".
		headers: as written, "" for a column without one.
		header_line: line of the headers, 0 when the file has none of its own (vCard).
		rows: iterator over the rows after the headers; blank rows are left out. It can be read once.
		warnings: what the user should look at, for example a guessed encoding.
		encoding, delimiter: how the text was read; "" where it does not matter.
		sheet: of a workbook, the one that was read; "" elsewhere.
	"""

	kind: str
	headers: tuple[str, ...]
	header_line: int
	rows: Iterator[Row]
	warnings: list[Fault] = field(default_factory=list)
	encoding: str = ""
	delimiter: str = ""
	sheet: str = ""


class UnreadableFile(ValueError):
	"""The file as a whole cannot be read.

	Args:
		fault: why.
	"""

	def __init__(self, fault: Fault) -> None:
		self.fault = fault
		super().__init__(fault.code)


def is_blank(cells: Sequence[str]) -> bool:
	"""True when no cell holds anything but white space."""
	return not any(cell and not cell.isspace() for cell in cells)


def find_header(rows: Sequence[tuple[int, Sequence[str]]], wanted_line: int = 0) -> int | None:
	"""Place of the header among the first rows of a sheet, None when there is none.

	Args:
		rows: (line, cells) of the first rows that are not blank.
		wanted_line: the line that the user has named, 0 to find it: titles above a table fill one or two cells, so the first
			row with at least half as many cells as the widest is taken.
	"""
	if wanted_line:
		return next((place for place, (line, _cells) in enumerate(rows) if line >= wanted_line), None)
	filled = [sum(1 for cell in cells if cell and not cell.isspace()) for _line, cells in rows]
	widest = max(filled, default=0)
	return next((place for place, count in enumerate(filled) if count * 2 >= widest and count), None)


def header_warnings(cells: Sequence[str], line: int, wanted_line: int = 0) -> list[Fault]:
	"""A warning when a header that was found, not named by the user, holds an email address or a phone number."""
	for column, cell in enumerate(() if wanted_line else cells, start=1):
		if _is_contact(cell):
			return [Fault(HEADER_IS_DATA, column, {"line": line, "value": cell.strip()[:60]})]
	return []


def _is_contact(cell: str) -> bool:
	rule = email_key if "@" in cell else phone_key
	if rule is phone_key and sum(sign.isdigit() for sign in cell) < LEAST_DIGITS:
		return False
	try:
		return bool(rule(cell))
	except InvalidValue:
		return False


def tidy_headers(cells: Sequence[str]) -> tuple[str, ...]:
	"""Headers without white space around and within lines; empty columns at the end are dropped."""
	headers = [" ".join(cell.split()) for cell in cells]
	while headers and not headers[-1]:
		headers.pop()
	return tuple(headers)


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
	"""Rows in lists of `size`, the last one shorter."""
	rows = iter(rows)
	while chunk := list(islice(rows, size)):
		yield chunk
