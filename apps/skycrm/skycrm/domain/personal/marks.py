"""By what a person is recognised in a text: addresses, numbers in every spelling, names; as patterns.

The patterns are read by Python's `re` and by PCRE alike, so that a file and a column of the database are asked the same.
They look at what stands around a text: "an@example.com" is not part of "tuan@example.com", nor "Lê Văn An" of "Lê Văn Anh".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import RuleError
from skycrm.domain.phone import DEFAULT_REGION, VIETNAM, phone_key

# Shorter texts would be found inside others.
LEAST = 6
# PCRE knows letters outside ASCII only when told; Python always does.
PCRE_UNICODE = "(*UCP)"

# What a text may follow besides a sign that is no part of a word: an escaped line feed of JSON, an escaped sign of a URL.
_AFTER_ESCAPE = r"(?<=\\[nrt])|(?<=%[0-9A-Fa-f][0-9A-Fa-f])"
_BEFORE_WORD = rf"(?:(?<![^\W_])|{_AFTER_ESCAPE})"
_AFTER_WORD = r"(?![^\W_])"
_BEFORE_ADDRESS = rf"(?:(?<![A-Za-z0-9._%+-])|{_AFTER_ESCAPE})"
# Nor may the domain go on; the ending of a file's name is no domain.
_ENDING = r"\.(?:txt|csv|tsv|xlsx?|xlsm|docx?|pdf|png|jpe?g|gif|webp|eml|msg|vcf|html?|json|md|log|zip|gz)(?![A-Za-z0-9.])"
_AFTER_ADDRESS = rf"(?![A-Za-z0-9-])(?:(?={_ENDING})|(?!\.[A-Za-z0-9]))"
# Between two digits of a number as people group them; a hard space too.
_GAP = "[ .()\u00a0-]{0,2}"
_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Pattern:
	"""What is looked for.

	Args:
		exact: with what may stand around it.
		core: without; a database asks for this one first, for looking around is twenty times the work.
	"""

	exact: str
	core: str


@dataclass(frozen=True)
class Marks:
	"""One person, as a text may name them.

	Args:
		emails, phones: identity keys.
		spellings: addresses and numbers as they are written somewhere.
		region: of numbers without a country code.
	"""

	emails: frozenset[str] = field(default_factory=frozenset)
	phones: frozenset[str] = field(default_factory=frozenset)
	spellings: frozenset[str] = field(default_factory=frozenset)
	region: str = DEFAULT_REGION

	@property
	def patterns(self) -> list[Pattern]:
		"""For addresses and numbers, the longest text first; empty when the person has none."""
		return patterns_of(self.spellings | self.emails) + [phone_pattern(key) for key in sorted(self.phones)]

	@cached_property
	def regex(self) -> re.Pattern[str] | None:
		"""All patterns in one, None when there are none."""
		return joined(self.patterns)

	def found_in(self, text: str) -> bool:
		"""Whether a text names an address or a number of the person."""
		return bool(self.regex and self.regex.search(text))

	def found_in_file_name(self, name: str) -> bool:
		"""As found_in, for a name in which dashes and underscores part words: "hop-dong_an@example.com.pdf"."""
		return self.found_in(name) or self.found_in(name.replace("_", " ").replace("-", " "))

	def found_in_cells(self, cells: Iterable[str]) -> bool:
		"""Whether one cell of a row names the person; a cell that is a number as a whole is read as one."""
		return any(cell and (self.found_in(cell) or self._is_key(cell)) for cell in cells)

	def _is_key(self, cell: str) -> bool:
		"""For spellings no pattern foresees: a zero that a spreadsheet ate, a prefix of before 2018, another script."""
		if "@" in cell:
			return len(cell) <= 320 and _quiet(email_key, cell) in self.emails
		if not self.phones or len(cell) > 60 or not 7 <= len(_DIGITS.sub("", cell)) <= 15:
			return False
		return _quiet(phone_key, cell, self.region) in self.phones


def patterns_of(texts: Iterable[str]) -> list[Pattern]:
	"""Patterns for texts as they stand; too short ones are left out. The longest first, so that none hides another."""
	wanted = {text.strip() for text in texts if text and len(text.strip()) >= LEAST}
	return [_pattern(text) for text in sorted(wanted, key=lambda text: (-len(text), text))]


def phone_pattern(key: str) -> Pattern:
	"""A number in each way in which its digits may be grouped, with the country's code or the national zero."""
	digits = key.removeprefix("+")
	if key.startswith(f"+{VIETNAM}"):
		core = _GAP.join(digits[len(VIETNAM) :])
		return Pattern(rf"(?<![0-9])(?:\+?(?:00)?{_GAP}84{_GAP}(?:0{_GAP})?|0{_GAP}){core}(?![0-9])", core)
	core = _GAP.join(digits)
	return Pattern(rf"(?<![0-9])(?:\+|00)?{core}(?![0-9])", core)


def joined(patterns: Iterable[Pattern]) -> re.Pattern[str] | None:
	"""One pattern of many for Python, None for none."""
	whole = "|".join(pattern.exact for pattern in patterns)
	return re.compile(whole, re.IGNORECASE) if whole else None


def for_database(patterns: Iterable[Pattern]) -> tuple[str, str]:
	"""(exact, core): one pattern of many for PCRE, to replace by and to look for."""
	patterns = list(patterns)
	exact, core = ("|".join(getattr(one, name) for one in patterns) for name in ("exact", "core"))
	return PCRE_UNICODE + exact, PCRE_UNICODE + core


def _pattern(text: str) -> Pattern:
	plain = re.escape(text)
	if "@" in text:
		plain = plain.replace("@", "(?:@|%40)")
		return Pattern(_BEFORE_ADDRESS + plain + _AFTER_ADDRESS, plain)
	return Pattern(_BEFORE_WORD + plain + _AFTER_WORD, plain)


def _quiet(rule, value: str, *arguments: str) -> str:
	try:
		return rule(value, *arguments)
	except RuleError:
		return ""
