"""Whole CSV and XLSX files with every text cell changed by a rule, everything else left byte by byte as it was.

Neither file is taken apart into rows: an export of 100,000 leads must not cost the memory of a workbook object. A file in
which nothing is to be changed comes back as the same object.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from typing import IO
from xml.sax.saxutils import escape

Rule = Callable[[str], str]

CHUNK = 1 << 20
# Of an unpacked worksheet, in bytes: a zip of some kilobytes can claim to hold terabytes.
MOST_UNPACKED = 2 << 30

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_SHARED_TEXTS = "xl/sharedStrings.xml"

# In well-formed XML "<" stands nowhere but in tags, so a cell ends at the first closing tag of its kind.
_CELL = re.compile(rb"<c\b[^>]*?/>|<c\b[^>]*>.*?</c>", re.DOTALL)
_FORMULA = re.compile(rb"<f\b[^>]*?/>|<f\b[^>]*>(.*?)</f>", re.DOTALL)
_TEXT = re.compile(rb"(<t\b[^>]*>)(.*?)(</t>)", re.DOTALL)
_ITEM = re.compile(rb"<si\b[^>]*>.*?</si>", re.DOTALL)
_TYPE = re.compile(rb'\st="[^"]*"')


def change_csv(text: str, rule: Rule, delimiter: str = ",") -> str:
	"""A CSV text with each field changed by the rule; a field that the rule leaves alone keeps its quotes as they are.

	Args:
		delimiter: one character.
	"""
	cut = re.escape(delimiter)
	field = re.compile(rf'"((?:[^"]|"")*)"(?=[\r\n{cut}]|\Z)|[^\r\n{cut}]+')
	changed = False

	def replace(match: re.Match[str]) -> str:
		nonlocal changed
		quoted = match.group(1)
		before = match.group(0) if quoted is None else quoted.replace('""', '"')
		after = rule(before)
		if after == before:
			return match.group(0)
		changed = True
		return '"' + after.replace('"', '""') + '"'

	result = field.sub(replace, text)
	return result if changed else text


def change_xlsx(content: bytes, rule: Rule, formulas_too: bool = False) -> bytes:
	"""A workbook with the text of each cell changed by the rule.

	Args:
		formulas_too: formulas become text, "=" and all, and go through the rule as well. Without it they stay.

	Raises:
		zipfile.BadZipFile: not a workbook.
		ValueError: unpacked larger than MOST_UNPACKED.
	"""
	out = io.BytesIO()
	changed = False
	with zipfile.ZipFile(io.BytesIO(content)) as source:
		if sum(entry.file_size for entry in source.infolist()) > MOST_UNPACKED:
			raise ValueError("workbook_too_large")
		with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
			for entry in source.infolist():
				parts = _parts_of(entry.filename)
				with (
					source.open(entry) as packed,
					target.open(_like(entry), "w", force_zip64=True) as written,
				):
					if not parts:
						while piece := packed.read(CHUNK):
							written.write(piece)
						continue
					pattern, change = parts
					for before, after in _pieces(packed, pattern, change, rule, formulas_too):
						changed = changed or before is not after
						written.write(after)
	return out.getvalue() if changed else content


def _like(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
	copy = zipfile.ZipInfo(entry.filename, entry.date_time)
	copy.compress_type = zipfile.ZIP_DEFLATED
	return copy


def _parts_of(filename: str) -> tuple[re.Pattern[bytes], Callable[..., bytes]] | None:
	if _SHEET.fullmatch(filename):
		return _CELL, _changed_cell
	return (_ITEM, _changed_item) if filename == _SHARED_TEXTS else None


def _pieces(
	packed: IO[bytes],
	pattern: re.Pattern[bytes],
	change: Callable[..., bytes],
	rule: Rule,
	formulas_too: bool,
) -> Iterator[tuple[bytes, bytes]]:
	"""What is read and what is to be written, in pieces that end where a cell or an item ends."""
	rest = b""
	while piece := packed.read(CHUNK):
		rest += piece
		end = 0
		for match in pattern.finditer(rest):
			if match.start() > end:
				gap = rest[end : match.start()]
				yield gap, gap
			before = match.group(0)
			yield before, change(before, rule, formulas_too)
			end = match.end()
		rest = rest[end:]
	yield rest, rest


def _changed_cell(cell: bytes, rule: Rule, formulas_too: bool) -> bytes:
	if formulas_too and (formula := _FORMULA.search(cell)):
		return _text_cell(cell, rule("=" + unescape((formula.group(1) or b"").decode("utf-8"))))
	if b"<is" not in cell:
		return cell
	return _changed_item(cell, rule, formulas_too)


def _text_cell(cell: bytes, text: str) -> bytes:
	head = cell[: cell.index(b">")]
	kept = _TYPE.sub(b"", head)
	return kept + b' t="inlineStr"><is><t xml:space="preserve">' + _escaped(text) + b"</t></is></c>"


def _changed_item(item: bytes, rule: Rule, _formulas_too: bool) -> bytes:
	"""A text, perhaps in runs of different looks: what a spreadsheet reads first is the beginning of the first run."""
	texts = [unescape(match.group(2).decode("utf-8")) for match in _TEXT.finditer(item)]
	before = "".join(texts)
	after = rule(before)
	if after == before or not texts:
		return item
	# Only the beginning changes: by an apostrophe more or less.
	texts[0] = after[: len(texts[0]) + len(after) - len(before)]
	first = True

	def replace(match: re.Match[bytes]) -> bytes:
		nonlocal first
		if not first:
			return match.group(0)
		first = False
		opening = match.group(1) if b"xml:space" in match.group(1) else b'<t xml:space="preserve">'
		return opening + _escaped(texts[0]) + match.group(3)

	return _TEXT.sub(replace, item)


def _escaped(text: str) -> bytes:
	# A bare carriage return would be read as a line feed.
	return escape(text, {"\r": "&#13;"}).encode("utf-8")
