"""Whether a file that is no list names a person: texts, pages, letters, packed copies; read in pieces."""

import codecs
import email
import gzip
import zipfile
import zlib
from collections.abc import Callable, Iterator
from email import policy
from html import unescape
from pathlib import PurePath
from typing import IO, BinaryIO

from skycrm.domain.importing.encoding import detect
from skycrm.domain.importing.table import Fault, UnreadableFile
from skycrm.domain.personal.marks import Marks

LIST, TEXT, LETTER, PACKED, ARCHIVE, CLOSED = "list", "text", "letter", "packed", "archive", ""
KINDS: dict[str, str] = {
	**dict.fromkeys(("csv", "tsv", "xlsx", "xlsm", "vcf"), LIST),
	**dict.fromkeys(("txt", "html", "htm", "md", "json", "xml", "log", "ics", "svg"), TEXT),
	"eml": LETTER,
	"gz": PACKED,
	"zip": ARCHIVE,
}
CHUNK = 1 << 20
# Characters that two pieces share, so that an address on their border is seen: longer than any address.
OVERLAP = 500
# Of an unpacked file, in bytes.
MOST_UNPACKED = 1 << 28


def kind_of(file_name: str) -> str:
	"""How a file is read, CLOSED when its text cannot be read: PDF, pictures and everything unknown."""
	return KINDS.get(PurePath(file_name or "").suffix.lower().lstrip("."), CLOSED)


def names_person(handle: BinaryIO, kind: str, marks: Marks) -> bool:
	"""Whether the text of a file names a person.

	Args:
		handle: the open file, which can seek.
		kind: as kind_of says; a list is read as plain text here.

	Raises:
		UnreadableFile: unpacked_too_large, not_an_archive.
	"""
	if kind == LETTER:
		return letter_names(handle.read(), marks.found_in)
	if kind == PACKED:
		with gzip.open(handle) as unpacked:
			return _in_archive_part(unpacked, marks)
	if kind == ARCHIVE:
		return _in_archive(handle, marks)
	encoding, _warnings = detect(handle)
	return _in_pieces(handle, encoding, marks)


def _in_pieces(handle: IO[bytes], encoding: str, marks: Marks) -> bool:
	decoder = codecs.getincrementaldecoder(encoding)("replace")
	return _in_texts((decoder.decode(piece) for piece in _read(handle)), marks)


def _read(handle: IO[bytes], most: int = 0) -> Iterator[bytes]:
	size = 0
	while piece := handle.read(CHUNK):
		size += len(piece)
		if most and size > most:
			raise UnreadableFile(Fault("unpacked_too_large"))
		yield piece


def _in_texts(pieces: Iterator[str], marks: Marks) -> bool:
	rest = ""
	for piece in pieces:
		text = rest + piece
		if marks.found_in(text) or ("&" in text and marks.found_in(unescape(text))):
			return True
		rest = text[-OVERLAP:]
	return False


def letter_names(content: bytes, is_named: Callable[[str], object]) -> bool:
	"""Whether the headers of a letter, or one of its parts that are text, decoded, name somebody.

	Attached pictures and documents are not opened.
	"""
	if is_named(content.decode("utf-8", "replace")):
		return True
	letter = email.message_from_bytes(content, policy=policy.default)
	for part in letter.walk():
		if any(is_named(str(value)) for value in part.values()):
			return True
		if part.get_content_maintype() == "text":
			payload = part.get_payload(decode=True) or b""
			try:
				text = payload.decode(part.get_content_charset() or "utf-8", "replace")
			except LookupError:
				text = payload.decode("utf-8", "replace")
			if is_named(text) or ("&" in text and is_named(unescape(text))):
				return True
	return False


def _in_archive(handle: BinaryIO, marks: Marks) -> bool:
	"""Text files of an archive, one level deep."""
	try:
		with zipfile.ZipFile(handle) as archive:
			for entry in archive.infolist():
				if kind_of(entry.filename) in (TEXT, LIST) and not entry.filename.endswith(
					(".xlsx", ".xlsm")
				):
					with archive.open(entry) as unpacked:
						if _in_archive_part(unpacked, marks):
							return True
	# A password is a RuntimeError, a way of packing that Python does not know a NotImplementedError.
	except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
		raise UnreadableFile(Fault("not_an_archive"))
	return False


def _in_archive_part(unpacked: IO[bytes], marks: Marks) -> bool:
	decoder = codecs.getincrementaldecoder("utf-8")("replace")
	try:
		return _in_texts((decoder.decode(piece) for piece in _read(unpacked, MOST_UNPACKED)), marks)
	except (OSError, EOFError, zlib.error):
		raise UnreadableFile(Fault("not_an_archive"))
