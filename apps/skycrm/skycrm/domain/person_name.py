"""Full names taken apart and put together, Vietnamese (family name first) and western (given name first)."""

import re
from dataclasses import dataclass

from skycrm.domain.text import clean, fold, name_key
from skycrm.domain.vietnamese_names import (
	COMPOUND_FAMILY_NAMES,
	FAMILY_NAMES,
	HIGHLAND_FAMILY_NAMES,
	NEVER_GIVEN,
	PARTICLES,
	TITLES,
	TITLES_WITHOUT_MARKS,
)

# Every Vietnamese word is one syllable: first sounds, one to three vowels of a fixed set, last sounds. "Smith", "Anna"
# and "Wang" are none.
_SYLLABLE = re.compile(
	r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?"
	r"(?:uoi|uou|uye|uya|uyu|oai|oay|oao|oeo|uay|ieu|yeu|ai|ao|au|ay|eo|eu|ia|ie|iu|oa|oe|oi|ua|ue|ui|uo|uu|uy|ye|[aeiouy])"
	r"(?:ch|ng|nh|[cmnpt])?"
	# An initial: Trần Văn B.
	r"|[a-z]\.?|[0-9]+"
)
_LONGEST_TITLE = max(len(title.split()) for title in TITLES)


@dataclass(frozen=True)
class PersonName:
	"""A person's name in parts, each "" where there is none.

	`given` is what the person is called by ("An" in "Nguyễn Văn An"). `salutation` names a record of the framework's
	Salutation, when a title stood before the name.
	"""

	family: str
	middle: str
	given: str
	salutation: str = ""


def split_full_name(full_name: object, family_first: bool = True) -> PersonName:
	"""Take a full name apart.

	Args:
		full_name: as typed. Titles before it (Ông, Bà, Anh, Mr., TS. ...) go to the salutation.
		family_first: whether names are Vietnamese by custom of the site. Even then a western name ("John Smith", "Minh
			Tran" without a Vietnamese family name in front) is read given-first; "Nguyễn, Văn An" with a comma is read
			family-first always.

	Returns:
		The parts in the spelling given. One word is a given name. Never fails on a name, however odd.

	Raises:
		InvalidValue: value_not_text, value_too_long.
	"""
	salutation, words = _without_titles(clean(full_name))
	if not words:
		return PersonName("", "", "", salutation)
	comma = next((place for place, word in enumerate(words[:-1]) if word.endswith(",")), None)
	if comma is not None:
		family = " ".join(words[: comma + 1]).rstrip(",")
		rest = [word.strip(",") for word in words[comma + 1 :] if word.strip(",")]
		return PersonName(family, *_middle_and_given(rest, family_first), salutation)
	if len(words) == 1:
		return PersonName("", "", words[0], salutation)
	if family_first and (length := _family_length(words)):
		family = " ".join(words[:length])
		return PersonName(family, *_middle_and_given(words[length:], True), salutation)
	first = len(words) - 1
	while first > 1 and words[first - 1].lower() in PARTICLES:
		first -= 1
	return PersonName(" ".join(words[first:]), " ".join(words[1:first]), words[0], salutation)


def join_full_name(family: str, middle: str, given: str, family_first: bool = True) -> str:
	"""The parts as one name, family name first or given name first as asked."""
	parts = (family, middle, given) if family_first else (given, middle, family)
	return " ".join(part for part in (clean(part) for part in parts) if part)


def reads_given_first(family: str, middle: str, given: str) -> bool:
	"""Whether these parts are a western name, to be written given-first even where families come first.

	True when taking the given-first spelling apart gives the same parts back and the family-first spelling does not.
	"""
	parts = PersonName(clean(family), clean(middle), clean(given))
	spelled = {
		order: join_full_name(parts.family, parts.middle, parts.given, order) for order in (True, False)
	}
	return split_full_name(spelled[False]) == parts != split_full_name(spelled[True])


def given_name(full_name: object) -> str:
	"""The name by which to address somebody: "An" for "Ông Nguyễn Văn An".

	Raises:
		InvalidValue: as in split_full_name.
	"""
	return split_full_name(full_name).given


def person_name_key(full_name: object) -> str:
	"""The key of a person's full name: `name_key` of the name without titles.

	Raises:
		InvalidValue: value_not_text, value_too_long.
	"""
	text = clean(full_name)
	_, words = _without_titles(text)
	return name_key(" ".join(words)) or name_key(text)


def _without_titles(text: str) -> tuple[str, list[str]]:
	"""Salutation and remaining words. A title alone is no title: somebody may be called Bác or Anh."""
	# "Mr.An" and "Ô.An" come without a space as well: a title with its dot is parted from what follows.
	words = [part for word in text.split() for part in _parted(word)]
	salutation = ""
	while len(words) > 1:
		count = next(
			(n for n in range(min(_LONGEST_TITLE, len(words) - 1), 0, -1) if _title_of(words, n) is not None),
			0,
		)
		if not count:
			break
		salutation = salutation or _title_of(words, count) or ""
		words = words[count:]
	return salutation, words


def _parted(word: str) -> list[str]:
	head, dot, tail = word.partition(".")
	return [head + dot, *_parted(tail)] if tail and _title_key(head) in TITLES else [word]


def _title_of(words: list[str], count: int) -> str | None:
	"""The salutation for the first words if they are a title, else None."""
	key = _title_key(" ".join(words[:count]))
	if key in TITLES:
		return TITLES[key]
	if count == 1 and key in TITLES_WITHOUT_MARKS and fold(words[1]) in NEVER_GIVEN:
		return TITLES_WITHOUT_MARKS[key]
	return None


def _title_key(text: str) -> str:
	return text.lower().replace(".", "").strip(" ,:")


def _family_length(words: list[str]) -> int:
	"""How many words in front are the family name; 0 where the name is written given-first."""
	folded = [fold(word) for word in words]
	text = " ".join(folded)
	for compound in COMPOUND_FAMILY_NAMES:
		if text.startswith(compound + " "):
			return len(compound.split())
	if folded[0] in HIGHLAND_FAMILY_NAMES:
		return 1
	if folded[0] in FAMILY_NAMES and folded[0] != words[0].lower():
		# "Nguyễn Jenny": nobody writes the tone marks of a family name but a Vietnamese.
		return 1
	sounds_vietnamese = all(_SYLLABLE.fullmatch(word) for word in folded)
	if not sounds_vietnamese:
		return 0
	if folded[0] in FAMILY_NAMES:
		return 1
	# "Minh Trần": the order of Vietnamese people abroad.
	if folded[-1] in NEVER_GIVEN:
		return 0
	# A rare family name: tone marks show that the name is Vietnamese.
	return 1 if any(fold(word) != word.lower() for word in words) else 0


def _middle_and_given(words: list[str], family_first: bool) -> tuple[str, str]:
	if not words:
		return "", ""
	if family_first:
		return " ".join(words[:-1]), words[-1]
	return " ".join(words[1:]), words[0]
