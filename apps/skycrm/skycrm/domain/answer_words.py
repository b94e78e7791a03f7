"""An answer to a request without what the one who asked may not see: fields of records, and what their history tells."""

import json
from collections.abc import Mapping
from typing import Any

Hidden = Mapping[str, frozenset[str]]


def without(answer: Any, hidden: Hidden, everywhere: frozenset[str] = frozenset()) -> Any:
	"""The answer without hidden values.

	Args:
		answer: what JSON can hold.
		hidden: DocType → fields that may not be seen; a mapping that says its `doctype` is a record of it.
		everywhere: keys that are taken out of every mapping.
	"""
	if isinstance(answer, list):
		return [without(item, hidden, everywhere) for item in answer]
	if not isinstance(answer, dict):
		return answer
	doctype = answer.get("doctype")
	closed = everywhere | (hidden.get(doctype, frozenset()) if isinstance(doctype, str) else frozenset())
	kept = {key: without(value, hidden, everywhere) for key, value in answer.items() if key not in closed}
	versions = answer.get("versions")
	if closed and isinstance(versions, list):
		kept["versions"] = [_version(row, closed, hidden) for row in versions]
	return kept


def _version(row: Any, closed: frozenset[str], hidden: Hidden) -> Any:
	if not isinstance(row, dict) or not isinstance(row.get("data"), str):
		return row
	try:
		data = json.loads(row["data"])
	except ValueError:
		return {**row, "data": "{}"}
	return {**row, "data": json.dumps(history(data, closed, hidden), ensure_ascii=False)}


def history(data: Any, closed: frozenset[str], hidden: Hidden) -> dict[str, Any]:
	"""What changed in a record, as the framework keeps it, without hidden fields.

	Args:
		data: changed: [field, old, new]; added, removed: [table, row]; row_changed: [table, number, name, changed].
		closed: fields of the record that may not be seen.
		hidden: DocType → the same, for rows.
	"""
	if not isinstance(data, dict):
		return {}
	# A row that is changed does not say its DocType: what is hidden in any of them is left out.
	rows = frozenset[str]().union(*hidden.values())
	told = dict(data)
	told["changed"] = _changed(data.get("changed"), closed)
	for key in ("added", "removed"):
		told[key] = [
			[table, {name: value for name, value in row.items() if name not in rows}]
			for table, row in _lists(data.get(key), 2)
			if isinstance(row, dict) and table not in closed
		]
	told["row_changed"] = [
		[table, number, name, left]
		for table, number, name, changed in _lists(data.get("row_changed"), 4)
		if table not in closed and (left := _changed(changed, rows))
	]
	return told


def _changed(changes: Any, closed: frozenset[str]) -> list[Any]:
	return [change for change in _lists(changes) if change and change[0] not in closed]


def _lists(value: Any, length: int | None = None) -> list[Any]:
	return [
		item
		for item in (value if isinstance(value, list) else [])
		if isinstance(item, list) and (length is None or len(item) == length)
	]
