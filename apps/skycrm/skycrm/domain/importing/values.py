"""The text of a cell as the value of a field: dates, choices, numbers as people write them.

What a cell cannot be is refused with a code, never guessed: a wrong date is worse than a row to fix.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from skycrm.domain.errors import InvalidValue
from skycrm.domain.text import fold

# Nobody's list holds a date outside; 0/0/00 is how Outlook writes none.
FIRST_YEAR, LAST_YEAR = 1900, 2100
_NO_DATE = frozenset({"0/0/00", "0000-00-00", "0/0/0000", "-", "00/00/0000"})
_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_YEAR_LAST = re.compile(r"^(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4}|\d{2})$")
_IN_WORDS = re.compile(r"^(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})$")
# Days since 30 December 1899, as a spreadsheet writes a date into a CSV whose column was not formatted.
_SERIAL = re.compile(r"^\d{5}$")
_TIME = re.compile(r"^(\d{1,2})(?::|h|g)(\d{2})?(?::(\d{2})(?:\.\d+)?)?\s*(am|pm|sa|ch)?$")

YES = frozenset("1 x v yes y true on co dong y granted ok duoc dong y nhan tin".split()) | {
	"dong y",
	"da dong y",
	"opt in",
}
NO = frozenset("0 no n false off refused khong".split()) | {
	"tu choi",
	"khong dong y",
	"opt out",
	"ngung nhan",
}


def as_date(text: str, day_first: bool = True) -> date | None:
	"""A date: 2026-11-21, 21/11/2026, 21.11.26, "ngày 21 tháng 11 năm 2026", a spreadsheet's 46347. None for an empty one.

	Args:
		day_first: what 4/12/2026 means; a number above 12 tells by itself.

	Raises:
		InvalidValue: date_unknown for another spelling, date_impossible for a day that is not in the calendar.
	"""
	given = " ".join(text.split())
	if not given or given in _NO_DATE:
		return None
	day_text = re.split(r"[T ]", given, maxsplit=1)[0] if given[:4].isdigit() and len(given) > 10 else given
	if match := _YEAR_FIRST.match(day_text):
		year, month, day = (int(part) for part in match.groups())
	elif match := _YEAR_LAST.match(given):
		first, second, year = (int(part) for part in match.groups())
		if len(match.group(3)) == 2:
			year += 2000 if year < 50 else 1900
		day, month = (first, second) if day_first else (second, first)
		if month > 12 >= day:
			day, month = month, day
	elif match := _IN_WORDS.match(fold(given)):
		day, month, year = (int(part) for part in match.groups())
	elif _SERIAL.match(given):
		return _within(date(1899, 12, 30) + timedelta(days=int(given)), given)
	else:
		raise InvalidValue("date_unknown", given[:60])
	try:
		return _within(date(year, month, day), given)
	except ValueError:
		raise InvalidValue("date_impossible", given[:60])


def as_datetime(text: str, day_first: bool = True) -> datetime | None:
	"""A date with an hour, in either order; midnight when there is none. None for an empty one.

	Raises:
		InvalidValue: date_unknown, date_impossible.
	"""
	given = " ".join(text.replace("T", " ", 1).split()) if text[:4].isdigit() else " ".join(text.split())
	if not given or given in _NO_DATE:
		return None
	words = given.split(" ")
	for cut in range(1, len(words) + 1):
		for day_words, hour_words in ((words[:cut], words[cut:]), (words[cut:], words[:cut])):
			hour = _as_time(" ".join(hour_words))
			if hour is None or not day_words:
				continue
			try:
				day = as_date(" ".join(day_words), day_first)
			except InvalidValue as error:
				if error.code == "date_impossible":
					raise
				continue
			return datetime.combine(day, hour) if day else None
	raise InvalidValue("date_unknown", given[:60])


def date_parts(text: str) -> tuple[int, int] | None:
	"""First and second number of a date like 21/11/2026, None for any other text."""
	match = _YEAR_LAST.match(" ".join(text.split()).split(" ")[0]) if text.strip() else None
	return (int(match.group(1)), int(match.group(2))) if match else None


def as_choice(text: str, choices: Mapping[str, str]) -> str | None:
	"""One of the options of a field, in any spelling and language. None for an empty cell.

	Args:
		choices: folded spelling -> option.

	Raises:
		InvalidValue: choice_unknown, with the options as "choices".
	"""
	key = fold(text[:200])
	if not key:
		return None
	if key not in choices:
		raise InvalidValue("choice_unknown", text[:60], {"choices": sorted(set(choices.values()))})
	return choices[key]


def as_consent(text: str, choices: Mapping[str, str]) -> str | None:
	"""Granted, Refused or Unknown out of yes, no, or one of the options. None for an empty cell.

	Raises:
		InvalidValue: choice_unknown.
	"""
	key = fold(text[:200])
	if key in YES:
		return "Granted"
	return "Refused" if key in NO else as_choice(text, choices)


def as_check(text: str) -> int:
	"""1 or 0 out of yes or no; an empty cell is 0.

	Raises:
		InvalidValue: choice_unknown.
	"""
	key = fold(text[:200])
	if key in YES:
		return 1
	if not key or key in NO:
		return 0
	raise InvalidValue("choice_unknown", text[:60], {"choices": ["1", "0"]})


def as_number(text: str, whole: bool = False) -> float | int | None:
	"""A number with dots or commas for decimals and thousands: 1.250,5 and 1,250.5 and 1250.5. None for an empty cell.

	Raises:
		InvalidValue: number_unknown.
	"""
	given = text.strip().replace(" ", "").replace("\u00a0", "")
	if not given:
		return None
	if not re.fullmatch(r"[-+]?[\d.,]*\d", given):
		raise InvalidValue("number_unknown", text[:60])
	last = max(given.rfind("."), given.rfind(","))
	if last >= 0:
		sign = given[last]
		other = "," if sign == "." else "."
		only_groups = given.count(sign) > 1 or (
			len(given) - last == 4 and other not in given and given.lstrip("+-")[0] != "0"
		)
		given = given.replace(sign, "") if only_groups else given.replace(other, "").replace(sign, ".")
	try:
		number = float(given.replace(",", ""))
	except ValueError:
		raise InvalidValue("number_unknown", text[:60])
	if whole:
		if number != int(number):
			raise InvalidValue("number_unknown", text[:60])
		return int(number)
	return number


def row_key(texts: Mapping[str, str]) -> str:
	"""One key for what a row says, so that the same row is known again in another file: 40 hexadecimal digits.

	Args:
		texts: field -> text of its cell. Order, empty cells and white space at the ends do not count.
	"""
	parts = sorted(
		(name, unicodedata.normalize("NFC", text).strip())
		for name, text in texts.items()
		if text and text.strip()
	)
	whole = "\x1e".join("\x1f".join(part) for part in parts)
	return hashlib.sha1(whole.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()


def _within(found: date, given: str) -> date:
	if not FIRST_YEAR <= found.year <= LAST_YEAR:
		raise InvalidValue("date_impossible", given[:60])
	return found


def _as_time(text: str) -> time | None:
	"""An hour, midnight for "", None for anything else."""
	if not text:
		return time()
	match = _TIME.match(fold(text))
	if not match:
		return None
	hour, minute, second = (int(part or 0) for part in match.groups()[:3])
	half = match.group(4)
	if half in ("pm", "ch") and hour < 12:
		hour += 12
	elif half in ("am", "sa") and hour == 12:
		hour = 0
	return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None
