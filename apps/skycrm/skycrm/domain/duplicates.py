"""Which known records look like the same person or firm, and how sure that is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What matched -> confidence in percent. A phone number can be a reception's and an address a department's, so neither is
# certain; a name alone says little in a country where a third share one family name.
CONFIDENCE: dict[str, int] = {
	"tax_id": 95,
	"email_id": 95,
	"mobile_no": 90,
	"phone": 85,
	"organization": 60,
	"lead_name": 50,
}
# Each further match takes away this share of the remaining doubt.
FURTHER_MATCH = 0.6
# A name that is only near counts for so much of the same name.
NEAR = 0.75
# Agreeing names alone never rise above this.
NAMES_ONLY_LIMIT = 75
NAMES = frozenset({"lead_name", "organization"})

# Doctypes in the order in which a user would rather reuse them, when the confidence is the same.
PREFERENCE = ("Customer", "Contact", "Sky Lead")


@dataclass
class Match:
	"""One known record with the fields of the asker that it agrees with."""

	doctype: str
	name: str
	title: str = ""
	matched_on: set[str] = field(default_factory=set)
	# Fields that are nearly the same → how alike, in percent.
	near: dict[str, int] = field(default_factory=dict)

	@property
	def confidence(self) -> int:
		"""0 to 99 percent."""
		return confidence_of(self.matched_on, self.near)


def confidence_of(matched_on: Iterable[str], near: Mapping[str, int] | None = None) -> int:
	"""How sure it is that two records with these fields in common are the same person or firm: 0 to 99 percent.

	The best match counts in full; each further one takes a share of the doubt that is left.

	Args:
		near: fields that are nearly the same → how alike, in percent; they count for less.
	"""
	matched = set(matched_on)
	alike = {name: likeness for name, likeness in (near or {}).items() if name not in matched}
	scores = sorted(
		[
			*(CONFIDENCE.get(name, 0) for name in matched),
			*(CONFIDENCE.get(name, 0) * NEAR * likeness / 100 for name, likeness in alike.items()),
		],
		reverse=True,
	)
	if not scores:
		return 0
	doubt = 100.0 - scores[0]
	for score in scores[1:]:
		doubt *= 1 - FURTHER_MATCH * score / 100
	highest = NAMES_ONLY_LIMIT if matched <= NAMES and NAMES.issuperset(alike) else 99
	return min(round(100 - doubt), highest)


def merge(hits: Iterable[tuple[str, str, str]]) -> list[Match]:
	"""Hits of (doctype, name, field) as one match per record, the surest first.

	Same confidence: Customer before Contact before Sky Lead, then by name, so that the order never changes by chance.
	"""
	found: dict[tuple[str, str], Match] = {}
	for doctype, name, matched_on in hits:
		found.setdefault((doctype, name), Match(doctype, name)).matched_on.add(matched_on)
	return ranked(found.values())


def add_near(matches: Iterable[Match], near: Mapping[tuple[str, str], Mapping[str, int]]) -> list[Match]:
	"""The matches with what is nearly the same besides: records that are only near come after the others.

	Args:
		near: (doctype, name) → {field: how alike in percent}.
	"""
	found = {(match.doctype, match.name): match for match in matches}
	for (doctype, name), fields in near.items():
		match = found.setdefault((doctype, name), Match(doctype, name))
		match.near.update({key: likeness for key, likeness in fields.items() if key not in match.matched_on})
	return ranked(match for match in found.values() if match.matched_on or match.near)


def ranked(matches: Iterable[Match]) -> list[Match]:
	"""The surest first, in an order that never changes by chance."""
	return sorted(matches, key=lambda m: (-m.confidence, _preference(m.doctype), m.name))


def _preference(doctype: str) -> int:
	return PREFERENCE.index(doctype) if doctype in PREFERENCE else len(PREFERENCE)
