"""Rules on the rows of a table, on plain values."""

from collections.abc import Hashable, Iterable


def first_duplicate(keys: Iterable[Hashable]) -> tuple[int, int] | None:
	"""Find the first key that appears a second time.

	In: the key of every row, in row order. Out: (position of the first row, position of its
	repetition), both counted from 0, or None when every key is different.
	"""
	seen: dict[Hashable, int] = {}
	for position, key in enumerate(keys):
		if key in seen:
			return seen[key], position
		seen[key] = position
	return None


def comma_separated(value: str | None) -> list[str]:
	"""Split what a person typed as a list: "a, b,,c" gives ["a", "b", "c"]."""
	return [part.strip() for part in (value or "").split(",") if part.strip()]
