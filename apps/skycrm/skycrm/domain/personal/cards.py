"""Address cards without one person's card; its lines stay, empty."""

import quopri
from collections.abc import Collection, Iterator
from typing import BinaryIO

from skycrm.domain.importing.table import Fault, Row, Table, UnreadableFile


def with_extent(handle: BinaryIO, table: Table) -> Iterator[tuple[Row, int]]:
	"""The cards of a file, each with its last line. What the reader passes over, a second address, is one cell more."""
	handle.seek(0)
	read = {row.line: row for row in table.rows}
	handle.seek(0)
	for first, last, whole in _cards(handle, table.encoding):
		row = read.get(first)
		yield Row(first, (*(row.cells if row else ()), whole, _unquoted(whole))), last


def write_without(handle: BinaryIO, out: BinaryIO, lines: Collection[int], encoding: str) -> None:
	"""Write every line as it was, the given ones without anything but their end.

	Raises:
		UnreadableFile: bytes_not_kept.
	"""
	if not encoding.startswith("utf-16"):
		for number, line in enumerate(handle, start=1):
			out.write(line[len(line.rstrip(b"\r\n")) :] if number in lines else line)
		return
	content = handle.read()
	exact = _exact(content, encoding)
	try:
		text = content.decode(exact, "surrogatepass")
		for number, line in enumerate(text.splitlines(keepends=True), start=1):
			kept = line[len(line.rstrip("\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")) :]
			out.write((kept if number in lines else line).encode(exact, "surrogatepass"))
	except UnicodeError:
		raise UnreadableFile(Fault("bytes_not_kept"))


def _exact(content: bytes, encoding: str) -> str:
	"""The codec that gives the mark at the start back."""
	if encoding != "utf-16":
		return encoding
	return "utf-16-le" if content.startswith(b"\xff\xfe") else "utf-16-be"


def _cards(handle: BinaryIO, encoding: str) -> Iterator[tuple[int, int, str]]:
	"""(first line, last line, text) of each card, counted as the reader counts; a card without an end goes to the next."""
	first, last, lines = 0, 0, []
	for number, line in enumerate(_lines(handle, encoding), start=1):
		mark = line.strip("\ufeff \t\r\n").upper()
		if mark == "BEGIN:VCARD":
			if first:
				yield first, last, _unfolded(lines)
			first, lines = number, []
		if first:
			last = number
			lines.append(line)
		if first and mark == "END:VCARD":
			yield first, last, _unfolded(lines)
			first, lines = 0, []
	if first:
		yield first, last, _unfolded(lines)


def _lines(handle: BinaryIO, encoding: str) -> Iterator[str]:
	if encoding.startswith("utf-16"):
		content = handle.read()
		yield from content.decode(_exact(content, encoding), "replace").splitlines()
		return
	for line in handle:
		yield line.decode(encoding if encoding != "utf-8-sig" else "utf-8", "surrogateescape").rstrip("\r\n")


def _unfolded(lines: list[str]) -> str:
	whole = ""
	for line in lines:
		whole = whole + line[1:] if line[:1] in (" ", "\t") else f"{whole}\n{line}"
	return whole


def _unquoted(whole: str) -> str:
	"""The text with quoted-printable parts read; "" when there are none."""
	if "QUOTED-PRINTABLE" not in whole.upper():
		return ""
	raw = whole.replace("=\n", "").encode("utf-8", "surrogateescape")
	return quopri.decodestring(raw).decode("utf-8", "replace")
