"""Excel workbooks (.xlsx, .xlsm), one sheet of them, read row by row in little memory."""

import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from skycrm.domain.importing.table import (
	MAX_CELL,
	MAX_COLUMNS,
	Fault,
	Row,
	Table,
	UnreadableFile,
	find_header,
	header_warnings,
	is_blank,
	tidy_headers,
)

# Bytes of a workbook once unpacked; 100,000 rows of forty columns need a tenth. A small file can be made to unpack to a
# size that fills the memory.
MAX_UNPACKED = 1 << 30
ROWS_LOOKED_AT = 30
# What a formula shows that cannot be worked out.
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


def open_xlsx(handle: BinaryIO, sheet: str = "", header_line: int = 0) -> Table:
	"""Read a sheet of a workbook: what its cells show, not their formulas.

	Args:
		handle: the open file, which can seek; the caller closes it after the rows are read.
		sheet: its name, "" for the first one that holds a table.
		header_line: line of the headers, 0 to find it.

	Raises:
		UnreadableFile: not_a_workbook, workbook_too_large, sheet_unknown, no_header.
	"""
	_check(handle)
	try:
		book = load_workbook(handle, read_only=True, data_only=True, keep_links=False)
	except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError):
		raise UnreadableFile(Fault("not_a_workbook"))
	names = [found.title for found in book.worksheets]
	if sheet and sheet not in names:
		raise UnreadableFile(Fault("sheet_unknown", 0, {"value": sheet, "sheets": ", ".join(names)}))
	for found in book.worksheets:
		if sheet and found.title != sheet:
			continue
		# What the file says about its own size is wrong in workbooks of many programs.
		found.reset_dimensions()
		rows = _rows(found.iter_rows(values_only=True, max_col=MAX_COLUMNS))
		first = list(islice(rows, ROWS_LOOKED_AT))
		place = find_header([(row.line, row.cells) for row in first], header_line)
		if place is None:
			continue
		headers = tidy_headers(first[place].cells)
		warnings = header_warnings(headers, first[place].line, header_line)
		if not sheet and len(names) > 1:
			warnings.append(
				Fault("one_sheet_of_several", 0, {"sheet": found.title, "sheets": ", ".join(names)})
			)
		rows = chain(first[place + 1 :], rows)
		return Table("xlsx", headers, first[place].line, rows, warnings, sheet=found.title)
	raise UnreadableFile(Fault("no_header"))


def _check(handle: BinaryIO) -> None:
	"""Refuse what is too large or damaged before the first row is read: an import must not find it out in the middle."""
	try:
		with zipfile.ZipFile(handle) as packed:
			size = sum(entry.file_size for entry in packed.infolist())
			is_whole = size > MAX_UNPACKED or packed.testzip() is None
	# A part with a password is a RuntimeError, and so is one packed in a way unknown here.
	except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
		raise UnreadableFile(Fault("not_a_workbook"))
	finally:
		handle.seek(0)
	if size > MAX_UNPACKED:
		params = {"limit": MAX_UNPACKED >> 20, "size": size >> 20}
		raise UnreadableFile(Fault("workbook_too_large", 0, params))
	if not is_whole:
		raise UnreadableFile(Fault("not_a_workbook"))


def _rows(values: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
	for line, cells in enumerate(values, start=1):
		texts = tuple(as_text(value) for value in cells)
		while texts and not texts[-1]:
			texts = texts[:-1]
		if is_blank(texts):
			continue
		fault = None
		for column, text in enumerate(texts, start=1):
			if len(text) > MAX_CELL:
				fault = Fault("cell_too_long", column, {"limit": MAX_CELL})
			elif text in _ERRORS:
				fault = Fault("formula_error", column, {"value": text})
			if fault:
				break
		yield Row(line, texts, fault)


def as_text(value: Any) -> str:
	"""A cell as text: whole numbers without decimals, dates as 2026-11-21 and 2026-11-21 14:30:00."""
	if value is None:
		return ""
	if isinstance(value, str):
		return value
	if isinstance(value, bool):
		return "1" if value else "0"
	if isinstance(value, float):
		return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
	if isinstance(value, datetime):
		if value.time() == time():
			return value.date().isoformat()
		return value.replace(microsecond=0).isoformat(sep=" ")
	if isinstance(value, date | time):
		return value.isoformat()
	return str(value)
