"""Lists of people in files: the rows that are about one person, and the file without them.

A row that goes leaves its empty lines behind, so that every other row keeps its line: what an import has noted about line
812 stays true, and a run that is resumed goes on where it was.
"""

import io
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from skycrm.domain.importing.csv_reader import MAX_LINE, with_extent
from skycrm.domain.importing.readers import open_table
from skycrm.domain.importing.table import Fault, Table, UnreadableFile
from skycrm.domain.personal import cards, workbook
from skycrm.domain.personal.marks import Marks

# What open_table reads as a list
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".vcf")
# Codecs that give every byte back as it was; those of the reader drop the mark at the start.
_EXACT = {"utf-8-sig": "utf-8"}


@dataclass(frozen=True)
class FoundRow:
	"""A row about the person.

	Args:
		line, last_line: where it stands, both included.
		cells: as text.
		sheet: of a workbook.
	"""

	line: int
	last_line: int
	cells: tuple[str, ...]
	sheet: str = ""


@dataclass
class Found:
	"""What a list holds about one person.

	Args:
		table: how the file is read; its rows are used up.
		rows: about the person.
		others: how many rows are not.
	"""

	table: Table
	rows: list[FoundRow] = field(default_factory=list)
	others: int = 0

	def as_texts(self, row: FoundRow) -> dict[str, str]:
		"""A row as header → text, for a copy that is given to the person."""
		headers = self.table.headers if row.sheet in ("", self.table.sheet) else ()
		texts: dict[str, str] = {}
		for number, cell in enumerate(row.cells):
			if cell:
				header = headers[number] if number < len(headers) and headers[number] else f"#{number + 1}"
				texts[header] = f"{texts[header]}, {cell}" if header in texts else cell
		return texts


def find(
	handle: BinaryIO, name: str, marks: Marks, lines: Collection[int] = (), **settings: str | int
) -> Found:
	"""The rows of a list that are about a person.

	Args:
		handle: the open file, which can seek.
		name: of the file, for its ending.
		marks: of the person.
		lines: of rows that are known to be about the person by other means.
		settings: what the user has chosen for the reader; see open_table.

	Raises:
		UnreadableFile: what open_table raises, and person_in_headers: the line of the headers names the person.
	"""
	table = open_table(handle, name, **settings)
	if marks.found_in_cells(table.headers):
		raise UnreadableFile(Fault("person_in_headers"))
	if table.kind == "xlsx":
		return _in_workbook(handle, table, marks, lines)
	found = Found(table)
	pairs = with_extent(handle, table) if table.kind == "csv" else cards.with_extent(handle, table)
	for row, last_line in pairs:
		if row.line in lines or marks.found_in_cells(row.cells):
			found.rows.append(FoundRow(row.line, last_line, tuple(cell for cell in row.cells)))
		elif row.line > table.header_line:
			found.others += 1
	found.table = replace(table, rows=iter(()))
	return found


def write_without(handle: BinaryIO, out: BinaryIO, found: Found, marks: Marks) -> None:
	"""Write a file once more, without the rows that were found in it.

	Args:
		handle: the file that `find` has read.
		out: takes the new content.

	Raises:
		UnreadableFile: person_elsewhere: the person stands where no row is; bytes_not_kept.
	"""
	handle.seek(0)
	if found.table.kind == "xlsx":
		places = {(row.sheet, row.line) for row in found.rows}
		workbook.write_without(handle, out, places, marks)
		return
	lines = {line for row in found.rows for line in range(row.line, row.last_line + 1)}
	if found.table.kind == "vcard":
		cards.write_without(handle, out, lines, found.table.encoding)
	else:
		_write_lines(handle, out, lines, found.table.encoding)


def _in_workbook(handle: BinaryIO, table: Table, marks: Marks, lines: Collection[int]) -> Found:
	found = Found(replace(table, rows=iter(())))
	for sheet, line, cells in workbook.rows(handle):
		if marks.found_in_cells(cells) or (sheet == table.sheet and line in lines):
			if sheet == table.sheet and line == table.header_line:
				raise UnreadableFile(Fault("person_in_headers"))
			found.rows.append(FoundRow(line, line, cells, sheet))
		elif any(cells) and (sheet != table.sheet or line > table.header_line):
			found.others += 1
	return found


def _write_lines(handle: BinaryIO, out: BinaryIO, lines: Collection[int], encoding: str) -> None:
	"""Every line as it was, the given ones without anything but their end."""
	encoding = _EXACT.get(encoding, encoding)
	if encoding == "utf-16":
		encoding = "utf-16-le" if handle.read(2) == b"\xff\xfe" else "utf-16-be"
		handle.seek(0)
	errors = "surrogatepass" if encoding.startswith("utf-16") else "surrogateescape"
	text = io.TextIOWrapper(handle, encoding, errors=errors, newline="")
	try:
		number, inside = 0, False
		# In the pieces of the reader, so that lines are counted alike.
		while part := text.readline(MAX_LINE):
			number += not inside
			inside = part[-1] not in "\r\n"
			out.write(_kept(part, number in lines).encode(encoding, errors))
	except UnicodeError:
		raise UnreadableFile(Fault("bytes_not_kept"))
	finally:
		# The caller's file stays open.
		text.detach()


def _kept(part: str, is_blank: bool) -> str:
	if not is_blank:
		return part
	mark = "\ufeff" if part.startswith("\ufeff") else ""
	return mark + part[len(part.rstrip("\r\n")) :]
