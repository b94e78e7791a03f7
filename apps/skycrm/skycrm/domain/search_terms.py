"""What a typed search text means, and how names become words of a full-text index.

A word index answers "nobody is called that" at once, where LIKE '%…%' reads every row. Two things in MariaDB's
InnoDB stand in the way of Vietnamese: words of one or two letters are not indexed (An, Lê, Vũ) and English stop words
are left out (the, la, an). Both end with a prefix in front of every word, so no server setting is needed. See
https://mariadb.com/kb/en/full-text-index-overview/ for the two rules.
"""

import re
from typing import Literal

from skycrm.domain.text import name_key
from skycrm.domain.vietnamese_names import NEVER_GIVEN

SearchKind = Literal["email", "number", "name", "nothing"]

# Long enough that no word is too short for the index and none is a stop word.
_WORD_PREFIX = "zz"
# Fits the column; a longer name is findable by its first words.
MAX_INDEXED_LENGTH = 500
# More words than this narrow nothing further and only cost time.
MAX_QUERY_WORDS = 8
# Words that half of the country shares: who is looked for by one of them stands among hundreds of thousands.
COMMON_WORDS = NEVER_GIVEN | frozenset({"van", "thi", "cong", "ty", "tnhh", "cp", "co", "phan"})
# A phone number or a tax code: digits with the signs people put between them.
_NUMBER = re.compile(r"^[+(]?[\d\s().\-/+]{4,}$")


def search_text(*names: str | None) -> str:
	"""The words of several names as the full-text index keeps them.

	Args:
		names: any spelling, with or without tone marks; None and "" are left out.
	Returns:
		Each different word once, in order, at most MAX_INDEXED_LENGTH characters and never a part of a word.
	"""
	words = list(dict.fromkeys(word for name in names if name for word in name_key(name).split()))
	kept: list[str] = []
	length = 0
	for word in words:
		length += len(_WORD_PREFIX) + len(word) + 1
		if length > MAX_INDEXED_LENGTH:
			break
		kept.append(_WORD_PREFIX + word)
	return " ".join(kept)


def boolean_query(text: str) -> str:
	"""The full-text condition, in MariaDB's boolean mode, for records that hold every word of the text.

	Each word may be the beginning of a longer one, so that results come while the user types. Only letters and digits
	get through, hence no operator of the boolean mode can be smuggled in. "" when the text holds no word.
	"""
	words = list(dict.fromkeys(name_key(text).split()))[:MAX_QUERY_WORDS]
	# The server reads the words in this order and narrows down as it goes: what tells most first.
	words.sort(key=lambda word: (word in COMMON_WORDS, not any(sign.isdigit() for sign in word)))
	return " ".join(f"+{_WORD_PREFIX}{word}*" for word in words)


def kind_of(text: str) -> SearchKind:
	"""What the user most likely typed: an e-mail address, a number (phone or tax code) or words of a name."""
	stripped = text.strip()
	if not stripped:
		return "nothing"
	if "@" in stripped and " " not in stripped:
		return "email"
	if _NUMBER.match(stripped) and sum(character.isdigit() for character in stripped) >= 4:
		return "number"
	return "name" if name_key(stripped) else "nothing"
