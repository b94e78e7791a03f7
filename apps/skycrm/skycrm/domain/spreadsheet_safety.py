"""Cell text that no spreadsheet takes for a formula, and the way back.

A cell that begins with = + - or @ is run by Excel, LibreOffice and Google Sheets when a CSV is opened: a lead named
`=HYPERLINK(...)` sends data away from the computer of whoever opens the export (OWASP ASVS 5.0, V1.2.10).
"""

import re
from typing import Any

GUARD = "'"
# Full-width forms are read as their narrow ones by spreadsheets set to an East Asian language.
_STARTS = "=+-@＝＋－＠"
# Before which a formula would still be run, or which some programs drop before they look.
_CONTROL = "\t\r\n\x00"
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\x00]+")

# -1,5  +12%  -1.234.567,50  -3e10: what a spreadsheet reads as a number it cannot run.
_NUMBER = re.compile(r"[+-][0-9]+(?:[., \u00a0\u202f][0-9]+)*(?:[eE][+-]?[0-9]{1,3})?%?")
# +84 912 345 678, +49 (0)170-1234567: digits and the signs between them. E.164 allows 15 digits, a trunk 0 may stand besides.
_PHONE = re.compile(r"\+[0-9(][0-9 \u00a0.()\-]*[0-9)]")
_PHONE_DIGITS = range(7, 17)


def neutralise(value: Any) -> Any:
	"""Text with an apostrophe before it when a spreadsheet could run it; every other value as it is.

	Plain numbers and phone numbers stay, so that they can be counted and dialled. Text that looks guarded already gets one
	more apostrophe: `restore(neutralise(value)) == value` for every value.
	"""
	return GUARD + value if isinstance(value, str) and is_risky(value) else value


def restore(value: Any) -> Any:
	"""The value as it was before `neutralise`: takes off exactly that apostrophe and no other."""
	if isinstance(value, str) and value.startswith(GUARD) and is_risky(value[1:]):
		return value[1:]
	return value


def is_risky(text: str) -> bool:
	"""Whether a spreadsheet could run this text, or could after one guard is taken off it."""
	text = text.lstrip(GUARD)
	if not text:
		return False
	if text[0] in _CONTROL:
		return True
	if seen := _UNSEEN.match(text):
		text = text[seen.end() :]
	return bool(text) and text[0] in _STARTS and not _is_plain(text)


def _is_plain(text: str) -> bool:
	text = text.rstrip(" ")
	if _NUMBER.fullmatch(text):
		return True
	return bool(_PHONE.fullmatch(text)) and sum(c.isdigit() for c in text) in _PHONE_DIGITS
