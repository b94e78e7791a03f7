"""Rows of a table that say they are stored, held against those that are."""

from collections.abc import Iterable


def first_foreign(given: Iterable[tuple[int, str]], stored: Iterable[str]) -> int | None:
	"""The position of the first row whose name is not one of the record's own rows.

	The framework writes a row wherever its name is found, also in the table of another record: whoever names a row of
	somebody else's record would take it away and overwrite it.

	Args:
		given: (position, name) of the rows that are not new.
		stored: names of the rows that the record has.

	Returns:
		Its position, None when all are the record's own.
	"""
	own = set(stored)
	return next((position for position, name in given if name not in own), None)
