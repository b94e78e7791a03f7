"""Names that are nearly the same: which to fetch by an index, and how near they are.

Reading every name is out of the question among hundreds of thousands, and so is the word index: a word that is in every
tenth name costs it seconds among a million rows. Names that begin alike, and names that end alike, each lie side by side in
an ordered index, so the first few dozens of them cost nothing. A slip is either in the first half of a name or in the
second; the other half is whole.

What comes back is ranked here with rapidfuzz. Keys are those of domain/text.py and domain/person_name.py: folded, without
titles and legal forms, so tone marks, "Công ty TNHH" and capital letters make no difference.
"""

from rapidfuzz import fuzz

# From here on a name is near, 0 to 100.
PERSON_FROM = 72
ORGANIZATION_FROM = 80
# A name within another one ("An Phát" in "An Phát Logistics") counts for so much of a full match.
PART_OF = 0.88
# What is left of two person names without their common words must be this alike, see domain/same_person.py.
REST_ALIKE = 80
# Fewer letters than these begin or end too many names.
SHORTEST = 4
# How much of a name must be whole. Half the names of persons begin with the same two words, so more of theirs is asked for;
# of a firm the closer ones are fetched first.
PERSON_SHARES = (0.75,)
ORGANIZATION_SHARES = (0.75, 0.5)


def backwards(key: str) -> str:
	"""A key from its end, for the index of names that end alike."""
	return key[::-1]


def beginnings(key: str, shares: tuple[float, ...]) -> list[str]:
	"""What names that begin like this one begin with, the longest first; [] for a key too short to say anything."""
	if len(key) < SHORTEST:
		return []
	lengths = (max(SHORTEST, int(len(key) * share)) for share in shares)
	found = (key[:length].strip() for length in lengths)
	return list(dict.fromkeys(start for start in found if len(start) >= SHORTEST - 1))


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
	if shorter <= longer and len(" ".join(shorter)) >= SHORTEST:
		score = max(score, 100 * PART_OF)
	return _from(ORGANIZATION_FROM, score)


def _from(least: int, score: float) -> int:
	return round(score) if score >= least else 0


def _numbers(words: list[str]) -> list[str]:
	return sorted(word for word in words if any(sign.isdigit() for sign in word))
