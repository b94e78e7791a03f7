"""Excel workbooks without the rows of one person: read and written in pieces, everything else as it was.

A row that goes stays as an empty one, so that the rows below keep their number. Its texts go out of the common list of
texts too, unless another row shows them.
"""

import re
import zipfile
from collections.abc import Collection, Iterator
from html import unescape
from typing import IO, BinaryIO
from xml.etree import ElementTree

from skycrm.domain.importing.table import Fault, UnreadableFile
from skycrm.domain.importing.xlsx_reader import as_text
from skycrm.domain.personal.marks import Marks

CHUNK = 1 << 20
# Of an unpacked workbook, in bytes: a zip of some kilobytes can claim to hold terabytes.
MOST_UNPACKED = 1 << 30
ERASED = "erased"

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_SHARED_TEXTS = "xl/sharedStrings.xml"
_CHAIN = "xl/calcChain.xml"
_TEXT_PART = re.compile(r".*\.(xml|rels|vml)")
_NAMESPACE = re.compile(r"\{[^}]*\}")

# In well-formed XML "<" stands nowhere but in tags, so an element ends at the first closing tag of its kind.
_ROW = re.compile(rb"<row\b[^>]*?/>|<row\b[^>]*>.*?</row>", re.DOTALL)
_CELL = re.compile(rb"<c\b[^>]*?/>|<c\b[^>]*>.*?</c>", re.DOTALL)
_ITEM = re.compile(rb"<si\b[^>]*?/>|<si\b[^>]*>.*?</si>", re.DOTALL)
_TEXT = re.compile(rb"<t\b[^>]*>(.*?)</t>", re.DOTALL)
_VALUE = re.compile(rb"<v\b[^>]*>(.*?)</v>", re.DOTALL)
_NUMBER = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')
_TYPE = re.compile(rb'<c\b[^>]*?\st="(\w+)"')
# Other rows read their formula from the first cell of a shared or an array formula.
_MASTER = re.compile(rb"<f\b[^>]*\sref=")
_CHAIN_MENTION = re.compile(rb"<(?:Override|Relationship)\b[^>]*calcChain\.xml[^>]*/>")


def rows(handle: BinaryIO) -> Iterator[tuple[str, int, tuple[str, ...]]]:
	"""(sheet, line, cells as text) of every row of every sheet.

	Raises:
		UnreadableFile: not_a_workbook, workbook_too_large.
	"""
	with _opened(handle) as book:
		texts = [_plain(item) for item in _shared(book)]
		for part, sheet in _sheets(book).items():
			for line, row in _numbered(book, part):
				yield sheet, line, tuple(_cell_text(cell, texts) for cell in _CELL.findall(row))


def write_without(handle: BinaryIO, out: BinaryIO, places: Collection[tuple[str, int]], marks: Marks) -> None:
	"""Write a workbook once more without some rows.

	Args:
		places: (sheet, line) of the rows that go.
		marks: of the person; where they stand outside of rows, in a link or a note, a word takes their place.

	Raises:
		UnreadableFile: person_elsewhere: a part that is no text holds the person still, or a formula does.
	"""
	with _opened(handle) as book:
		sheets = _sheets(book)
		lines = {part: {line for name, line in places if name == sheet} for part, sheet in sheets.items()}
		going, staying, formulas = _usage(book, lines)
		gone = going - staying
		with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
			for entry in book.infolist():
				if formulas and entry.filename == _CHAIN:
					# The order of calculation names cells that are gone; the program makes it anew.
					continue
				with book.open(entry) as packed, target.open(_like(entry), "w", force_zip64=True) as written:
					_copy(entry.filename, packed, written, lines, gone, marks, bool(formulas))
	out.seek(0)
	_check(out, marks)


def _copy(
	name: str,
	packed: IO[bytes],
	written: IO[bytes],
	lines: dict[str, set[int]],
	gone: set[int],
	marks: Marks,
	drop_chain: bool,
) -> None:
	if name in lines:
		number = 0
		for is_row, piece in _pieces(packed, _ROW):
			if is_row:
				number = _line(piece, number)
				written.write(_emptied(piece) if number in lines[name] else piece)
			else:
				written.write(_worded(piece, marks))
	elif name == _SHARED_TEXTS:
		index = -1
		for is_item, piece in _pieces(packed, _ITEM):
			index += is_item
			goes = is_item and (index in gone or marks.found_in(_plain(piece)))
			written.write(b"<si><t></t></si>" if goes else piece)
	elif _TEXT_PART.fullmatch(name):
		content = packed.read()
		if drop_chain and name.endswith((".rels", "[Content_Types].xml")):
			content = _CHAIN_MENTION.sub(b"", content)
		written.write(_worded(content, marks))
	else:
		while piece := packed.read(CHUNK):
			written.write(piece)


def _usage(book: zipfile.ZipFile, lines: dict[str, set[int]]) -> tuple[set[int], set[int], int]:
	"""Numbers of the common texts in rows that go, and in rows that stay; how many formulas go."""
	going: set[int] = set()
	staying: set[int] = set()
	formulas = 0
	for part, numbers in lines.items():
		for line, row in _numbered(book, part):
			used = going if line in numbers else staying
			formulas += row.count(b"<f") if line in numbers else 0
			for cell in _CELL.findall(row):
				if (kind := _TYPE.search(cell)) and kind.group(1) == b"s" and (value := _VALUE.search(cell)):
					used.add(int(value.group(1)))
	return going, staying, formulas


def _emptied(row: bytes) -> bytes:
	"""The row with its height and look, and without its cells but those that other rows' formulas hang on."""
	head = row[: row.index(b">") + 1]
	kept = b"".join(_VALUE.sub(b"", cell) for cell in _CELL.findall(row) if _MASTER.search(cell))
	if head.endswith(b"/>"):
		return row
	return head + kept + b"</row>" if kept else head[:-1] + b"/>"


def _check(out: BinaryIO, marks: Marks) -> None:
	"""What was written is looked at once more: a promise to somebody stands on it."""
	with zipfile.ZipFile(out) as book:
		for entry in book.infolist():
			if _TEXT_PART.fullmatch(entry.filename):
				with book.open(entry) as packed:
					rest = ""
					while piece := packed.read(CHUNK):
						text = rest + unescape(piece.decode("utf-8", "replace"))
						if marks.found_in(text):
							raise UnreadableFile(Fault("person_elsewhere"))
						rest = text[-500:]


def _worded(content: bytes, marks: Marks) -> bytes:
	if not marks.regex:
		return content
	text = content.decode("utf-8", "surrogateescape")
	return marks.regex.sub(ERASED, text).encode("utf-8", "surrogateescape")


def _opened(handle: BinaryIO) -> zipfile.ZipFile:
	handle.seek(0)
	try:
		book = zipfile.ZipFile(handle)
	except (zipfile.BadZipFile, OSError, ValueError):
		raise UnreadableFile(Fault("not_a_workbook"))
	size = sum(entry.file_size for entry in book.infolist())
	if size > MOST_UNPACKED:
		params = {"limit": MOST_UNPACKED >> 20, "size": size >> 20}
		raise UnreadableFile(Fault("workbook_too_large", 0, params))
	return book


def _sheets(book: zipfile.ZipFile) -> dict[str, str]:
	"""Part of the archive → title of the sheet; parts that the book does not name are sheets without a title."""
	parts = {name: "" for name in book.namelist() if _SHEET.fullmatch(name)}
	try:
		targets = {}
		for link in ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels")):
			target = link.get("Target", "")
			targets[link.get("Id")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
		for element in ElementTree.fromstring(book.read("xl/workbook.xml")).iter():
			if _NAMESPACE.sub("", element.tag) == "sheet":
				of = next((value for key, value in element.items() if key.endswith("}id")), None)
				if targets.get(of) in parts:
					parts[targets[of]] = element.get("name", "")
	except (KeyError, ElementTree.ParseError):
		raise UnreadableFile(Fault("not_a_workbook"))
	return parts


def _shared(book: zipfile.ZipFile) -> Iterator[bytes]:
	if _SHARED_TEXTS in book.namelist():
		with book.open(_SHARED_TEXTS) as packed:
			yield from (piece for is_item, piece in _pieces(packed, _ITEM) if is_item)


def _numbered(book: zipfile.ZipFile, part: str) -> Iterator[tuple[int, bytes]]:
	with book.open(part) as packed:
		number = 0
		for is_row, piece in _pieces(packed, _ROW):
			if is_row:
				number = _line(piece, number)
				yield number, piece


def _line(row: bytes, before: int) -> int:
	match = _NUMBER.match(row)
	return int(match.group(1)) if match else before + 1


def _pieces(packed: IO[bytes], pattern: re.Pattern[bytes]) -> Iterator[tuple[bool, bytes]]:
	"""The whole content in order: (whether it is an element of the pattern, its bytes)."""
	rest = b""
	while piece := packed.read(CHUNK):
		rest += piece
		end = 0
		for match in pattern.finditer(rest):
			if match.start() > end:
				yield False, rest[end : match.start()]
			yield True, match.group(0)
			end = match.end()
		rest = rest[end:]
	if rest:
		yield False, rest


def _cell_text(cell: bytes, texts: list[str]) -> str:
	kind = _TYPE.search(cell)
	value = _VALUE.search(cell)
	if kind and kind.group(1) == b"s" and value:
		index = int(value.group(1))
		return texts[index] if index < len(texts) else ""
	if b"<is" in cell:
		return _plain(cell)
	text = unescape(value.group(1).decode("utf-8", "replace")) if value else ""
	if kind and kind.group(1) != b"n":
		return text
	try:
		return as_text(float(text)) if text else ""
	except ValueError:
		return text


def _plain(item: bytes) -> str:
	return unescape(b"".join(_TEXT.findall(item)).decode("utf-8", "replace"))


def _like(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
	copy = zipfile.ZipInfo(entry.filename, entry.date_time)
	copy.compress_type = entry.compress_type
	copy.external_attr = entry.external_attr
	return copy
