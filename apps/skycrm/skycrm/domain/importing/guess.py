"""Which column is which field: by its header, else by what is in it. Always a suggestion that the user may change."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing.known_headers import JOINED, KNOWN, NOT_IMPORTED, PROGRAMS
from skycrm.domain.importing.values import as_date, date_parts
from skycrm.domain.phone import phone_key
from skycrm.domain.same_person import is_personal_number
from skycrm.domain.tax_code import tax_key
from skycrm.domain.text import name_key
from skycrm.domain.vietnamese_names import FAMILY_NAMES

SAVED, OWN, HEADER, SIMILAR, CONTENT = "saved", "own", "header", "similar", "content"
# Out of 100. Below it two headers are different words: "fax" and "tax".
SIMILAR_FROM = 86
# Share of the cells that must look like it.
LOOKS_LIKE_FROM = 0.7
LEAST_CELLS = 3
# "Mobile No (mobile_no)": how the framework's own import writes a field beyond doubt.
_FIELD_IN_BRACKETS = re.compile(r"\(([a-z][a-z0-9_]*)\)\s*$")
_ORGANIZATION = re.compile(
	r"^(?:cong ty|cty|ctcp|tnhh|doanh nghiep|dntn|htx|hop tac xa|tap doan|tong cong ty)\b"
)


@dataclass(frozen=True)
class Guess:
	"""What a column seems to be.

	Args:
		fieldname: of a Sky Lead, NOT_IMPORTED, or "" for no idea.
		confidence: 0 to 100.
		why: SAVED, OWN, HEADER, SIMILAR or CONTENT; "" for no idea.
	"""

	fieldname: str = ""
	confidence: int = 0
	why: str = ""


@dataclass
class Guesses:
	"""The guess for each column, and the program that seems to have written the file ("" for none known)."""

	columns: list[Guess]
	program: str = ""
	day_first: bool | None = None
	warnings: list[str] = field(default_factory=list)


def headers_key(headers: Iterable[str]) -> str:
	"""One text for the same headers in the same order, whatever their case, marks and spaces."""
	return "|".join(_key(header) for header in headers)


def guess_columns(
	headers: Sequence[str],
	samples: Sequence[Sequence[str]],
	own: Mapping[str, str] | None = None,
	saved: Mapping[str, str] | None = None,
	allowed: Iterable[str] | None = None,
) -> Guesses:
	"""A field for each column; no field twice but those that take several columns.

	Args:
		headers: as written.
		samples: cells of the first rows, each row as long as it is.
		own: header in the app's own lists, in any language -> field.
		saved: header as written -> field, as the user has mapped the same headers before; it wins.
		allowed: fields that may be used; all when left out.
	"""
	program = find_program(headers)
	words = {**KNOWN, **{_key(label): name for label, name in (own or {}).items()}}
	words |= PROGRAMS[program][1] if program else {}
	own_keys = {_key(label) for label in own or {}}
	kept = {_key(header): name for header, name in (saved or {}).items()}
	usable = set(allowed) if allowed is not None else None
	columns = []
	for index, header in enumerate(headers):
		cells = [row[index] for row in samples if index < len(row) and row[index].strip()]
		columns.append(_guess(header, cells, words, own_keys, kept, usable))
	columns = _without_repeats(columns)
	_read_names(headers, columns)
	_read_lone_number(columns, samples)
	dates = [
		row[index]
		for index, guess in enumerate(columns)
		if guess.fieldname in ("birth_date", "next_contact_on")
		for row in samples
		if index < len(row)
	]
	return Guesses(columns, program, day_first(dates))


def find_program(headers: Iterable[str]) -> str:
	"""The program whose export has these headers, "" for none that is known."""
	keys = {_key(header) for header in headers}
	return next((name for name, (signature, _words) in PROGRAMS.items() if signature <= keys), "")


def day_first(texts: Iterable[str]) -> bool | None:
	"""Whether dates like 4/12/2026 begin with the day: only one beyond 12 tells; None when none does or they disagree."""
	found: set[bool] = set()
	for text in texts:
		if parts := date_parts(text):
			first, second = parts
			if first > 12 >= second:
				found.add(True)
			elif second > 12 >= first:
				found.add(False)
	return found.pop() if len(found) == 1 else None


def _guess(
	header: str,
	cells: list[str],
	words: Mapping[str, str],
	own_keys: set[str],
	saved: Mapping[str, str],
	usable: set[str] | None,
) -> Guess:
	key = _key(header)

	def may(name: str) -> bool:
		return name == NOT_IMPORTED or usable is None or name in usable

	if key in saved and (not saved[key] or may(saved[key])):
		return Guess(saved[key] or NOT_IMPORTED, 100, SAVED)
	if (match := _FIELD_IN_BRACKETS.search(header)) and usable and match.group(1) in usable:
		return Guess(match.group(1), 100, OWN)
	if key in words and may(words[key]):
		return Guess(words[key], 100 if key in own_keys else 95, OWN if key in own_keys else HEADER)
	if key and len(key) > 3:
		# Words in another order and slips of the hand: "Ten cong ti", "Phone mobile".
		found = process.extractOne(key, words.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=SIMILAR_FROM)
		if found and may(words[found[0]]):
			return Guess(words[found[0]], min(round(found[1]), 94), SIMILAR)
	name, share = _by_content(cells)
	return Guess(name, round(share * 80), CONTENT) if name and may(name) else Guess()


def _by_content(cells: Sequence[str]) -> tuple[str, float]:
	if len(cells) < LEAST_CELLS:
		return "", 0
	for name, looks_like in _LOOKS.items():
		share = sum(looks_like(cell) for cell in cells) / len(cells)
		if share >= LOOKS_LIKE_FROM:
			return name, share
	return "", 0


def _accepted(rule: Callable[..., str]) -> Callable[[str], bool]:
	def looks_like(cell: str) -> bool:
		try:
			return bool(rule(cell))
		except InvalidValue:
			return False

	return looks_like


def _is_birthday(cell: str) -> bool:
	try:
		found = as_date(cell)
	except InvalidValue:
		return False
	return found is not None and 1930 <= found.year <= 2012 and not cell.strip().isdigit()


def _is_organization(cell: str) -> bool:
	return bool(_ORGANIZATION.match(_key(cell)))


def _is_person(cell: str) -> bool:
	words = _key(cell).split()
	return 2 <= len(words) <= 6 and words[0] in FAMILY_NAMES and not any(word.isdigit() for word in words)


# In this order: one in eleven phone numbers has the check digit of a tax code, but not seven in ten.
_LOOKS: dict[str, Callable[[str], bool]] = {
	"email_id": _accepted(email_key),
	"tax_id": _accepted(tax_key),
	"mobile_no": _accepted(phone_key),
	"birth_date": _is_birthday,
	"organization": _is_organization,
	"lead_name": _is_person,
}


def _without_repeats(columns: list[Guess]) -> list[Guess]:
	"""The surest column keeps a field; a second number goes to the other field for numbers, the rest are left to the user."""
	taken: set[str] = set()
	result = list(columns)
	order = sorted(range(len(columns)), key=lambda index: (-columns[index].confidence, index))
	for index in order:
		name = columns[index].fieldname
		if not name or name == NOT_IMPORTED or name in JOINED:
			continue
		if name in taken:
			other = {"mobile_no": "phone", "phone": "mobile_no"}.get(name, "")
			free = other and other not in taken and all(guess.fieldname != other for guess in columns)
			result[index] = Guess(other, 60, columns[index].why) if free else Guess()
			name = result[index].fieldname
		if name:
			taken.add(name)
	return result


def _read_names(headers: Sequence[str], columns: list[Guess]) -> None:
	"""A lone "Tên" is the whole name; a full name beside its parts leaves the parts out. In place."""
	names = {guess.fieldname for guess in columns}
	for index, guess in enumerate(columns):
		lone = guess.fieldname == "first_name" and not names & {"last_name", "lead_name", "middle_name"}
		if lone and _key(headers[index]) in ("ten", "name"):
			columns[index] = Guess("lead_name", guess.confidence, guess.why)


def _read_lone_number(columns: list[Guess], samples: Sequence[Sequence[str]]) -> None:
	"""The only column of numbers, whatever it is called, holds mobile numbers when most of them are. In place."""
	place = next((index for index, guess in enumerate(columns) if guess.fieldname == "phone"), None)
	if place is None or columns[place].why == SAVED or any(g.fieldname == "mobile_no" for g in columns):
		return
	cells = [row[place] for row in samples if place < len(row) and row[place].strip()]
	if cells and sum(_is_mobile(cell) for cell in cells) * 2 > len(cells):
		columns[place] = Guess("mobile_no", columns[place].confidence, columns[place].why)


def _is_mobile(cell: str) -> bool:
	try:
		key = phone_key(cell)
	except InvalidValue:
		return False
	return bool(key) and is_personal_number(key)


def _key(text: str) -> str:
	try:
		return name_key(text)
	except InvalidValue:
		return ""
