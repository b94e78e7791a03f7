"""Text files with one row a line, as people have them, read row by row in little memory.

Python's csv module stops a whole file at a quote that was left open, and knows no line of a bad byte. Here such a row is
refused with line and column, and reading goes on with the next line.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from skycrm.domain.importing.encoding import CHOICES, detect
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

DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
# Characters of one line of text that are read at once; what is beyond is skipped to the end of the line.
MAX_LINE = 3 * MAX_CELL
# Lines that one quoted cell may spread over: an open quote must not swallow the rest of the file.
MAX_LINES_OF_CELL = 300
LINES_LOOKED_AT = 30

_QUOTE = '"'
# What "surrogateescape" makes of a byte that is none of the encoding.
_BAD_BYTE = re.compile("[\udc80-\udcff]")
_SEPARATOR_LINE = re.compile(r"^\ufeff?sep=(.)\r?\n?$", re.IGNORECASE)


def open_csv(handle: BinaryIO, encoding: str = "", delimiter: str = "", header_line: int = 0) -> Table:
	"""Read a text file with delimiters.

	Args:
		handle: the open file, which can seek; the caller closes it after the rows are read.
		encoding: one of encoding.CHOICES, "" to find out.
		delimiter: one of DELIMITERS, "" to find out.
		header_line: line of the headers, 0 to find it.

	Raises:
		UnreadableFile: file_empty, no_header.
	"""
	warnings: list[Fault] = []
	name = CHOICES.get(encoding, "")
	if not name:
		name, warnings = detect(handle)
	if name == "utf-16" and handle.read(2) not in (b"\xff\xfe", b"\xfe\xff"):
		name = "utf-16-le"
	handle.seek(0)
	# UTF-16 cannot keep a bad byte: its place is marked by the replacement sign.
	errors = "replace" if name.startswith("utf-16") else "surrogateescape"
	text = io.TextIOWrapper(_Unclosed(handle), name, errors=errors, newline="")
	head = list(islice(_lines(text), LINES_LOOKED_AT))
	if not head:
		raise UnreadableFile(Fault("file_empty"))
	if match := _SEPARATOR_LINE.match(head[0].text):
		delimiter = delimiter or match.group(1)
	delimiter = delimiter or _find_delimiter([line.text for line in head])

	handle.seek(0)
	text = io.TextIOWrapper(_Unclosed(handle), name, errors=errors, newline="")
	records = _Records(_lines(text), delimiter, composed=name != "cp1258")
	first = list(islice((row for row in records if row.fault is None), LINES_LOOKED_AT))
	if first and _SEPARATOR_LINE.match(head[0].text):
		first = [row for row in first if row.line > 1]
	place = find_header([(row.line, row.cells) for row in first], header_line)
	if place is None:
		raise UnreadableFile(Fault("no_header"))
	headers, line = tidy_headers(first[place].cells), first[place].line
	warnings += header_warnings(headers, line, header_line)

	handle.seek(0)
	text = io.TextIOWrapper(_Unclosed(handle), name, errors=errors, newline="")
	records = _Records(_lines(text), delimiter, composed=name != "cp1258", width=len(headers))
	rows = (row for row in records if row.line > line)
	return Table("csv", headers, line, rows, warnings, name, delimiter)


def with_extent(handle: BinaryIO, table: Table) -> Iterator[tuple[Row, int]]:
	"""The rows of a table that open_csv gave, the header and what stands above it too, each with its last line.

	Args:
		handle: the same file; it is read from its start.
		table: for encoding, delimiter and number of columns, so that the same lines make the same rows.
	"""
	handle.seek(0)
	errors = "replace" if table.encoding.startswith("utf-16") else "surrogateescape"
	text = io.TextIOWrapper(_Unclosed(handle), table.encoding, errors=errors, newline="")
	taken = 0

	def counted() -> Iterator[_Line]:
		nonlocal taken
		for line in _lines(text):
			taken = line.number
			yield line

	composed = table.encoding != "cp1258"
	records = _Records(counted(), table.delimiter, composed=composed, width=len(table.headers))
	for row in records:
		yield row, records.waiting[0].number - 1 if records.waiting else taken


class _Unclosed(io.RawIOBase):
	"""The handle without its close: a text wrapper that is thrown away must not take the file with it."""

	def __init__(self, handle: BinaryIO) -> None:
		self.handle = handle

	def readable(self) -> bool:
		return True

	def readinto(self, buffer) -> int:
		data = self.handle.read(len(buffer))
		buffer[: len(data)] = data
		return len(data)

	def read1(self, size: int = -1) -> bytes:
		return self.handle.read(size if size >= 0 else io.DEFAULT_BUFFER_SIZE)


@dataclass(frozen=True, slots=True)
class _Line:
	number: int
	text: str
	# More than MAX_LINE characters: the rest was skipped.
	cut: bool = False


def _lines(text: io.TextIOBase) -> Iterator[_Line]:
	"""Physical lines with their ends; "\\r\\n", "\\n" and the old "\\r" each end one."""
	number = 0
	while part := text.readline(MAX_LINE):
		number += 1
		cut = False
		if len(part) >= MAX_LINE and part[-1] not in "\r\n":
			while (rest := text.readline(MAX_LINE)) and rest[-1] not in "\r\n":
				cut = True
			cut = cut or bool(rest.strip("\r\n"))
		yield _Line(number, part, cut)


class _Records:
	"""Rows out of lines: a quoted cell may go over several of them."""

	def __init__(self, lines: Iterator[_Line], delimiter: str, composed: bool = True, width: int = 0) -> None:
		self.lines = lines
		self.delimiter = delimiter
		self.composed = composed
		self.width = width
		# Lines read ahead in vain, while looking for the end of an open quote.
		self.waiting: list[_Line] = []

	def __iter__(self) -> Iterator[Row]:
		while (line := self._next()) is not None:
			row = self._row(line)
			if row.fault is not None or not is_blank(row.cells):
				yield row

	def _next(self) -> _Line | None:
		return self.waiting.pop(0) if self.waiting else next(self.lines, None)

	def _row(self, line: _Line) -> Row:
		text = line.text.rstrip("\r\n")
		if _QUOTE not in text:
			return self._checked(line.number, text.split(self.delimiter), line.cut)
		cells, open_cell = split_line(text, self.delimiter)
		if not open_cell:
			return self._checked(line.number, cells, line.cut)
		if not line.cut and (longer := self._over_lines(line, text)) is not None:
			return self._checked(line.number, longer, False)
		fault = Fault("quote_open", open_cell)
		if line.cut or len(cells[-1]) > MAX_CELL:
			fault = Fault("cell_too_long", len(cells), {"limit": MAX_CELL})
		# The quote taken as an ordinary sign: so the row can be sent back with every cell in its column.
		cells = text.split(self.delimiter)[:MAX_COLUMNS]
		return Row(line.number, tuple(self._text(cell) for cell in cells), fault)

	def _over_lines(self, first: _Line, text: str) -> list[str] | None:
		"""The cells of a row whose quoted cell goes on in the next lines; None when it is never closed rightly."""
		read: list[_Line] = []
		size = len(text)
		found = None
		while len(read) < MAX_LINES_OF_CELL and size <= MAX_LINE:
			line = self._next()
			if line is None:
				break
			read.append(line)
			size += len(line.text)
			before = (read[-2] if len(read) > 1 else first).text
			text += before[len(before.rstrip("\r\n")) :].replace("\r\n", "\n").replace("\r", "\n")
			text += line.text.rstrip("\r\n")
			if line.cut:
				break
			if _QUOTE not in line.text:
				continue
			cells, open_cell = split_line(text, self.delimiter, strict=True)
			if open_cell < 0 or (self.width and not open_cell and len(cells) > self.width):
				break
			if not open_cell:
				found = cells
				break
		if found is None:
			# Each of these lines is a row of its own.
			self.waiting = read + self.waiting
		return found

	def _checked(self, number: int, cells: list[str], cut: bool) -> Row:
		texts = tuple(self._text(cell) for cell in cells[:MAX_COLUMNS])
		for column, cell in enumerate(cells[:MAX_COLUMNS], start=1):
			if len(cell) > MAX_CELL:
				return Row(number, texts, Fault("cell_too_long", column, {"limit": MAX_CELL}))
			# A short look first: nearly every cell is plain.
			if not cell.isascii() and (_BAD_BYTE.search(cell) or "\ufffd" in cell):
				return Row(number, texts, Fault("bad_bytes", column))
			if "\x00" in cell:
				return Row(number, texts, Fault("bad_bytes", column))
		if cut:
			return Row(number, texts, Fault("cell_too_long", len(texts), {"limit": MAX_CELL}))
		if self.width and len(cells) > self.width and not is_blank(cells[self.width :]):
			params = {"found": len(cells), "expected": self.width}
			return Row(number, texts, Fault("too_many_cells", self.width + 1, params))
		return Row(number, texts)

	def _text(self, cell: str) -> str:
		return cell if self.composed or cell.isascii() else unicodedata.normalize("NFC", cell)


def split_line(text: str, delimiter: str, strict: bool = False) -> tuple[list[str], int]:
	"""The cells of a line that holds quotes.

	Within a quoted cell two quotes are one. A quote inside a cell that does not begin with one is an ordinary sign, as is
	what people write by hand: `Công ty "An Phát"`. A cell like `"An Phát" Co`, with text after the closing quote, keeps its
	quotes.

	Args:
		strict: text after a closing quote is no cell: the quote was one that opens the next cell.

	Returns:
		(cells, number of the column whose quote is still open): 0 when none is, -1 for a cell that strict refuses.
	"""
	cells: list[str] = []
	place, end = 0, len(text)
	while True:
		if place < end and text[place] == _QUOTE:
			close = _closing_quote(text, place + 1)
			if close < 0:
				cells.append(text[place + 1 :].replace(_QUOTE * 2, _QUOTE))
				return cells, len(cells)
			after = close + 1
			if after >= end or text[after] == delimiter:
				cells.append(text[place + 1 : close].replace(_QUOTE * 2, _QUOTE))
				if after >= end:
					return cells, 0
				place = after + 1
				continue
			if strict and text[after:].strip(" "):
				return cells, -1
		stop = text.find(delimiter, place)
		if stop < 0:
			cells.append(text[place:])
			return cells, 0
		cells.append(text[place:stop])
		place = stop + 1


def _closing_quote(text: str, place: int) -> int:
	"""Place of the quote that closes a cell, -1 for none; two quotes in a row close nothing."""
	while (found := text.find(_QUOTE, place)) >= 0:
		if text[found + 1 : found + 2] != _QUOTE:
			return found
		place = found + 2
	return -1


def _find_delimiter(lines: list[str]) -> str:
	"""The sign that parts the most lines into the same number of cells, more than one."""
	best, best_score = ",", 0.0
	for delimiter in DELIMITERS:
		counts = [
			len(split_line(text, delimiter)[0])
			for text in (line.strip("\r\n\ufeff") for line in lines)
			if text.strip()
		]
		if not counts:
			continue
		usual = max(set(counts), key=lambda count: (counts.count(count), count))
		score = counts.count(usual) / len(counts) * (usual - 1)
		if score > best_score:
			best, best_score = delimiter, score
	return best
