"""When two people change one record at the same time: which change goes over which.

The framework refuses to store a record that was read before somebody else changed it, but only where the writer says
what they had read (`modified`). A program that sends single fields without it overwrites whatever is there. Whether it
has seen the other's change is not to be known, so the rule is plain: a field that somebody else changed within so many
minutes, and that this writer has not changed since, counts as overwritten when it gets another value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Change:
	"""One stored change of a record: who, when, and the names of the fields and tables that it touched."""

	user: str
	on: datetime
	fields: frozenset[str]


@dataclass(frozen=True)
class Overwrite:
	"""A field that one user writes over another's recent change."""

	field: str
	user: str
	on: datetime


def overwritten(writer: str, fields: Iterable[str], changes: Iterable[Change]) -> list[Overwrite]:
	"""The fields of a write that go over somebody else's recent change.

	Args:
		writer: who writes now.
		fields: names of the fields and tables that get another value, in the order in which to name them.
		changes: of the record within the time that counts, the newest first.

	Returns:
		One entry for each field, with the newest change by somebody else. A field that the writer has changed after
		the other is theirs already.
	"""
	latest: dict[str, Change] = {}
	for change in changes:
		for field in change.fields:
			latest.setdefault(field, change)
	return [
		Overwrite(field, latest[field].user, latest[field].on)
		for field in fields
		if field in latest and latest[field].user != writer
	]


def fields_of(diff: Mapping[str, Any] | None) -> list[str]:
	"""Names of the fields and tables in a difference as the framework's versions keep it, each once."""
	if not diff:
		return []
	rows = [row for part in ("changed", "added", "removed", "row_changed") for row in diff.get(part) or ()]
	return list(dict.fromkeys(str(row[0]) for row in rows if row))
