"""Names that are nearly the same: which to fetch by an index, and how near they are.

Reading every name is out of the question among hundreds of thousands, so candidates come by two roads, each bounded:

- names that begin alike (an ordered index): a slip towards the end, or a name still being typed;
- names that hold the same telling words (the word index): another order, a word more or less, a slip at the end of a
  word.

What comes back is ranked here with rapidfuzz. Keys are those of domain/text.py and domain/person_name.py: folded, without
titles and legal forms, so tone marks, "Công ty TNHH" and capital letters make no difference.
"""

from rapidfuzz import fuzz

from skycrm.domain.search_terms import MAX_QUERY_WORDS, indexed_word
from skycrm.domain.vietnamese_names import NEVER_GIVEN

# From here on a name is near, 0 to 100.
PERSON_FROM = 72
ORGANIZATION_FROM = 80
# A name within another one ("An Phát" in "An Phát Logistics") counts for so much of a full match.
PART_OF = 0.88
# What is left of two person names without their common words must be this alike, see domain/same_person.py.
REST_ALIKE = 80
# Words that half of the country shares say nothing about who it is, and cost the most to look up.
COMMON_WORDS = NEVER_GIVEN | frozenset({"van", "thi", "cong", "ty"})
# Fewer letters than these begin too many names.
SHORTEST_BEGINNING = 4


def person_query(key: str) -> str:
	"""The word index's condition for names with the telling words of this one, "" when it has none that tells."""
	return _all_of([word for word in key.split() if word not in COMMON_WORDS])


def organization_query(key: str) -> str:
	"""The word index's condition for firms with all words of this one, or all but one of them."""
	words = [word for word in dict.fromkeys(key.split()) if word not in COMMON_WORDS][:MAX_QUERY_WORDS]
	groups = [words]
	if 2 <= len(words) <= 5:
		groups += [words[:place] + words[place + 1 :] for place in range(len(words))]
	queries = [
		query for group in groups if max(map(len, group), default=0) >= 3 and (query := _all_of(group))
	]
	return " ".join(f"({query})" for query in dict.fromkeys(queries))


def beginning(key: str) -> str:
	"""The first three quarters of a key, for names that begin alike; "" for one that is too short to say anything."""
	length = max(SHORTEST_BEGINNING, len(key) * 3 // 4)
	return key[:length].rstrip() if len(key) >= SHORTEST_BEGINNING else ""


def person_likeness(one: str, other: str) -> int:
	"""How alike two keys of persons' names are, 0 (not near) or PERSON_FROM to 100.

	What two names have in common says little where a third of all people share one family name, so the words that differ
	must look like a slip: Nguyễn Văn An and Nguyễn Văn Anh are near, Nguyễn Văn An and Nguyễn Văn Bình are not.
	"""
	first, second = set(one.split()), set(other.split())
	if not first or not second:
		return 0
	left, right = (" ".join(sorted(words)) for words in (first - second, second - first))
	if left and right and fuzz.ratio(left, right) < REST_ALIKE:
		return 0
	return _from(PERSON_FROM, fuzz.token_sort_ratio(one, other))


def organization_likeness(one: str, other: str) -> int:
	"""How alike two keys of organisations are, 0 (not near) or ORGANIZATION_FROM to 100.

	Numbers must be the same: school number 1 is not school number 2.
	"""
	first, second = one.split(), other.split()
	if not first or not second or _numbers(first) != _numbers(second):
		return 0
	score = fuzz.token_sort_ratio(one, other)
	shorter, longer = sorted((set(first), set(second)), key=len)
	if shorter <= longer and len(" ".join(shorter)) >= SHORTEST_BEGINNING:
		score = max(score, 100 * PART_OF)
	return _from(ORGANIZATION_FROM, score)


def _from(least: int, score: float) -> int:
	return round(score) if score >= least else 0


def _numbers(words: list[str]) -> list[str]:
	return sorted(word for word in words if any(sign.isdigit() for sign in word))


def _all_of(words: list[str]) -> str:
	chosen = list(dict.fromkeys(words))[:MAX_QUERY_WORDS]
	return " ".join(f"+{_loosely(word)}" for word in chosen)


def _loosely(word: str) -> str:
	"""The word, or its beginning where it is long enough for a slip at its end to be forgiven."""
	return f"{indexed_word(word[:-1])}*" if len(word) >= 5 else indexed_word(word)
