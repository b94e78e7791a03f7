"""Which encoding a text file is in: by its mark, by what UTF-8 allows, else by what Vietnamese looks like."""

import codecs
import re
from typing import BinaryIO

from skycrm.domain.importing.table import Fault

# Name for Python -> name for people.
ENCODINGS: dict[str, str] = {
	"utf-8-sig": "UTF-8",
	"utf-16": "UTF-16",
	"utf-16-le": "UTF-16",
	"utf-16-be": "UTF-16",
	"cp1258": "Windows-1258",
	"cp1252": "Windows-1252",
}
# What the user may choose instead of the guess.
CHOICES: dict[str, str] = {
	"UTF-8": "utf-8-sig",
	"UTF-16": "utf-16",
	"Windows-1258": "cp1258",
	"Windows-1252": "cp1252",
}
# Bytes looked at; further ones only while everything so far was ASCII.
LOOKED_AT = 1 << 20

_HIGH = re.compile(rb"[\x80-\xff]")
# Well-formed sequences of two to four bytes (RFC 3629, 4).
_UTF8_SEQUENCE = re.compile(
	rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
	rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
# A vowel followed by one of Windows-1258's combining tone marks; in Windows-1252 two letters that hardly ever meet.
_VIETNAMESE_TONE = re.compile(
	rb"[aeiouyAEIOUY\xe2\xea\xf4\xe3\xf5\xfd\xc2\xca\xd4\xc3\xd5\xdd][\xcc\xd2\xde\xec\xf2]"
)
# A quarter of the letters outside ASCII: more than any other language reaches by chance.
_ENOUGH_TONES = 0.15


def detect(handle: BinaryIO) -> tuple[str, list[Fault]]:
	"""Encoding of a file for `open`, and warnings for the user. The handle is set back to its start.

	UTF-8 with a few bad bytes stays UTF-8: the rows that hold them are refused one by one.

	Returns:
		A key of ENCODINGS; the warning "encoding_guessed" when only the letters told.
	"""
	head = handle.read(LOOKED_AT)
	try:
		if head.startswith(codecs.BOM_UTF8):
			return "utf-8-sig", []
		if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
			return "utf-16", []
		if name := _utf16_without_mark(head):
			return name, []
		part = head
		while part and not _HIGH.search(part):
			part = handle.read(LOOKED_AT)
		return _by_letters(part)
	finally:
		handle.seek(0)


def _utf16_without_mark(head: bytes) -> str:
	even, odd = head[0::2].count(0), head[1::2].count(0)
	# Latin letters, digits and delimiters have a zero in one of their two bytes.
	if odd > len(head) / 8 and odd > 4 * even:
		return "utf-16-le"
	if even > len(head) / 8 and even > 4 * odd:
		return "utf-16-be"
	return ""


def _by_letters(part: bytes) -> tuple[str, list[Fault]]:
	high = len(_HIGH.findall(part))
	well_formed = sum(len(found) for found in _UTF8_SEQUENCE.findall(part))
	if not high or well_formed * 2 >= high:
		return "utf-8-sig", []
	tones = len(_VIETNAMESE_TONE.findall(part))
	name = "cp1258" if tones >= high * _ENOUGH_TONES else "cp1252"
	return name, [Fault("encoding_guessed", 0, {"encoding": ENCODINGS[name]})]
