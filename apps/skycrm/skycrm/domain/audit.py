"""What the audit log keeps: what counts as another owner or another right, how often an opening is noted, what a file may hold.

Plain values in, plain values out; services/audit*.py read and write.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple


class Action(str, Enum):
	"""What a line of the log is about; the choices of the field `action`."""

	VIEWED = "Viewed"
	EXPORTED = "Exported"
	EXPORT_REFUSED = "Export Refused"
	PRINTED = "Printed"
	SHARED = "Shared by Hand"
	UNSHARED = "Share Taken Back"
	OWNER_CHANGED = "Owner Changed"
	RIGHTS_CHANGED = "Rights Changed"
	DELETED = "Deleted"
	SIGNED_IN_AS = "Signed In As"
	WRITTEN_AS = "Written As"


# A line is kept this long whatever Log Settings say, so that nobody shortens the log to hide what they did last week.
LEAST_DAYS = 180
# The same person and record again within this time is the same opening.
VIEW_MINUTES = 15
# Names of one bulk delete that stand in its line; the framework's Deleted Document has all of them.
NAMES_LENGTH = 60_000


class Change(NamedTuple):
	"""A field and what stood in it before and stands in it now."""

	field: str
	before: str
	after: str


class RowChange(NamedTuple):
	"""A table and the rows that came and went, each as one text."""

	field: str
	added: tuple[str, ...]
	removed: tuple[str, ...]


def days_kept(days: int) -> int:
	"""How many days lines stay when Log Settings say `days`."""
	return max(days, LEAST_DAYS)


def is_new_view(last: datetime | None, now: datetime) -> bool:
	"""Whether somebody who opens a record again opens it anew."""
	return last is None or now - last >= timedelta(minutes=VIEW_MINUTES) or last > now


def changes(before: Mapping[str, Any], after: Mapping[str, Any], fields: Iterable[str]) -> list[Change]:
	"""The fields whose value is another one; nothing, 0 and "" are the same."""
	found = []
	for field in fields:
		old, new = _text(before.get(field)), _text(after.get(field))
		if old != new:
			found.append(Change(field, old, new))
	return found


def row_changes(
	before: Mapping[str, Any], after: Mapping[str, Any], tables: Mapping[str, Sequence[str]]
) -> list[RowChange]:
	"""The tables in which rows came or went.

	Args:
		before, after: documents as plain values.
		tables: table field → the columns that make a row what it is; the order of rows says nothing.
	"""
	found = []
	for table, columns in tables.items():
		old = {_row(row, columns) for row in before.get(table) or ()}
		new = {_row(row, columns) for row in after.get(table) or ()}
		if old != new:
			found.append(RowChange(table, tuple(sorted(new - old)), tuple(sorted(old - new))))
	return found


def permission_changes(
	before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]], rights: Sequence[str]
) -> list[dict[str, Any]]:
	"""What changed between the permission rows of a DocType: for each role and level the rights given and taken.

	Args:
		before, after: rows with role, permlevel, if_owner and one column per right.
		rights: the columns that are rights.

	Returns:
		[{role, level, if_owner, given, taken}] in a fixed order.
	"""
	old, new = _rights_of(before, rights), _rights_of(after, rights)
	found = []
	for key in sorted(old.keys() | new.keys()):
		had, has = old.get(key, frozenset()), new.get(key, frozenset())
		if had != has:
			role, level, if_owner = key
			found.append(
				{
					"role": role,
					"level": level,
					"if_owner": if_owner,
					"given": [right for right in rights if right in has - had],
					"taken": [right for right in rights if right in had - has],
				}
			)
	return found


class Filter(NamedTuple):
	"""One condition of a list or a report; `doctype` is "" where it is the list's own."""

	doctype: str
	field: str
	operator: str
	value: str


def read_filters(raw: Any) -> list[Filter] | None:
	"""Filters as a request sent them, in any of the shapes that the framework takes; None when they are none of those.

	The log keeps what was sent, also by somebody who was refused: whatever it is, the report must still be readable.

	Args:
		raw: JSON, or what was read from it.
	"""
	if isinstance(raw, str):
		try:
			raw = json.loads(raw or "[]")
		except ValueError:
			return None
	if isinstance(raw, Mapping):
		raw = [[field, *_condition(value)] for field, value in raw.items() if value not in (None, "", [])]
	if not isinstance(raw, list):
		return None
	found = []
	for one in raw:
		if not isinstance(one, list) or len(one) not in (3, 4, 5):
			return None
		doctype, field, operator, value = (one if len(one) > 3 else ["", *one])[:4]
		found.append(Filter(_text(doctype), _text(field), _text(operator), _shown(value)))
	return found


def _condition(value: Any) -> list[Any]:
	"""[operator, value] of one entry of filters that are a mapping."""
	if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str):
		return value
	return ["=", value]


def _shown(value: Any) -> str:
	if isinstance(value, list):
		return ", ".join(str(part) for part in value)
	return str(value)


def is_over_limit(rows: int, limit: int, exempt: bool) -> bool:
	"""Whether a file would hold more rows than it may; a limit of 0 is none."""
	return not exempt and limit > 0 and rows > limit


def _rights_of(
	rows: Iterable[Mapping[str, Any]], rights: Sequence[str]
) -> dict[tuple[str, int, int], frozenset[str]]:
	found: dict[tuple[str, int, int], frozenset[str]] = {}
	for row in rows:
		key = (_text(row.get("role")), int(row.get("permlevel") or 0), int(row.get("if_owner") or 0))
		given = frozenset(right for right in rights if int(row.get(right) or 0))
		found[key] = found.get(key, frozenset()) | given
	return found


def _row(row: Mapping[str, Any], columns: Sequence[str]) -> str:
	return " · ".join(text for column in columns if (text := _text(row.get(column))))


def _text(value: Any) -> str:
	return "" if value in (None, "", 0, "0", False) else str(value)
