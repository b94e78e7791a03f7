"""Which fields a request's query names, and whether it says more than a list needs to say. Plain values, no database.

A list is asked for with names of fields, an order and comparisons. The framework lets whole expressions through in some
of these places. Here only names pass, and the few functions that the desk itself uses.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
# `tabSky Lead`.`status`, tabSky Lead.status, items.rate, `status`, status
_COLUMN = (
	rf"(?:(?:`tab(?P<quoted>[^`]+)`|tab(?P<bare>[A-Za-z0-9_ -]+?)|(?P<tick>`?)(?P<path>{_NAME})(?P=tick))"
)
_COLUMN += rf"\s*\.\s*)?(?P<mark>`?)(?P<name>{_NAME})(?P=mark)"
_COLUMN_ONLY = re.compile(rf"\s*{_COLUMN}\s*", re.A)
_ORDERED = re.compile(rf"\s*{_COLUMN}(?:\s+(?:asc|desc))?\s*", re.A | re.I)
_AGGREGATE = re.compile(
	rf"\s*(?:count|sum|avg|min|max)\s*\(\s*(?:distinct\s+)?(?:\*|1|{_COLUMN})\s*\)\s*", re.A | re.I
)
_STAR = re.compile(r"\s*(?:`tab[^`]+`\s*\.\s*)?\*\s*")
_DISTINCT = re.compile(r"\s*distinct\s+", re.I)
_ALIAS = re.compile(r"(?P<column>.*?)\s+as\s+(?:'[\w :.-]+'|\"[\w :.-]+\"|`[\w :.-]+`|\w+)\s*", re.I | re.S)
# A name of a DocType and one of a field fit into this many times over; longer texts are not worth the time.
_LONGEST = 400
_OPERATORS = frozenset("= != > < >= <= like not_like in not_in is between timespan previous next".split())


@dataclass(frozen=True)
class Column:
	"""A field as a request names it.

	Attributes:
		name: of the field.
		doctype: the DocType that the request names for it, "" for the one that the list is of.
		path: the link or table through which it is reached, "" for none.
	"""

	name: str
	doctype: str = ""
	path: str = ""


@dataclass
class Words:
	"""What a query says.

	Attributes:
		compared: fields that rows are filtered, ordered, grouped or searched by: they tell of values without showing them.
		shown: fields that are asked for.
		expressions: what is no name.
	"""

	compared: set[Column] = field(default_factory=set)
	shown: set[Column] = field(default_factory=set)
	expressions: list[str] = field(default_factory=list)


def read(arguments: Mapping[str, Any], fields_too: bool = True) -> Words:
	"""What the arguments of a request say, those that stand in the argument itself, not in a record within one.

	Args:
		fields_too: False for a method whose argument `fields` is no list of columns.
	"""
	words = Words()
	for key, value in arguments.items():
		reader = _READERS.get(key)
		if reader and not _is_empty(value) and (fields_too or key != "fields"):
			reader(words, value)
	return words


def loaded(value: Any) -> Any:
	"""JSON in a text as what it says; everything else as it is."""
	if isinstance(value, str) and value.lstrip()[:1] in ("{", "[", '"'):
		try:
			return json.loads(value)
		except ValueError:
			return value
	return value


def mentions(value: Any, word: str) -> bool:
	"""Whether a word stands anywhere in a value, in any case; escaped text counts as a mention."""
	if isinstance(value, str):
		return word in value.lower() or "\\u" in value
	if isinstance(value, Mapping):
		return any(mentions(part, word) for pair in value.items() for part in pair)
	if isinstance(value, list | tuple):
		return any(mentions(part, word) for part in value)
	return False


def _is_empty(value: Any) -> bool:
	return value is None or value == ""


def _column(found: re.Match[str]) -> Column:
	return Column(found["name"], (found["quoted"] or found["bare"] or "").strip(), found["path"] or "")


def _one(words: Words, value: Any) -> None:
	"""A field by which something is done."""
	value = loaded(value)
	if isinstance(value, list):
		for item in value:
			_one(words, item.get("name") if isinstance(item, Mapping) else item)
	elif not _is_empty(value):
		found = isinstance(value, str) and _COLUMN_ONLY.fullmatch(value)
		_take(words.compared, words, found, value)


def _take(names: set[Column], words: Words, found: re.Match[str] | None | bool, value: Any) -> None:
	if found:
		names.add(_column(found))
	else:
		words.expressions.append(str(value))


def _order(words: Words, value: Any) -> None:
	for part in _parts(value):
		_take(words.compared, words, _ORDERED.fullmatch(part), part)


def _group(words: Words, value: Any) -> None:
	value = loaded(value)
	if isinstance(value, Mapping):
		# As a saved report keeps it.
		for key in ("group_by", "aggregate_on", "aggregate_on_field"):
			_group(words, value.get(key) or "")
		return
	for part in _parts(value):
		_take(words.compared, words, _COLUMN_ONLY.fullmatch(part), part)


def _parts(value: Any) -> list[str]:
	if _is_empty(value) or value == "KEEP_DEFAULT_ORDERING":
		return []
	return [part[: _LONGEST + 1] for part in str(value).split(",")]


def _fields(words: Words, value: Any) -> None:
	value = loaded(value)
	if isinstance(value, Mapping):
		_filters(words, value)  # the framework takes them in either order
	elif isinstance(value, str):
		for part in value.split(","):
			_field(words, part)
	elif isinstance(value, list | tuple):
		for item in value:
			if isinstance(item, list | tuple):
				_pair_or_filter(words, item)
			elif isinstance(item, str):
				_field(words, item)
			elif not isinstance(item, Mapping) and item is not None:
				words.expressions.append(str(item))


def _pair_or_filter(words: Words, item: list[Any] | tuple[Any, ...]) -> None:
	if len(item) == 2 and all(isinstance(part, str) for part in item):
		# [field, DocType], as a saved report keeps its columns
		found = _COLUMN_ONLY.fullmatch(item[0])
		if found:
			words.shown.add(Column(found["name"], item[1]))
			return
	_filter(words, item)


def _field(words: Words, text: str) -> None:
	if len(text) > _LONGEST:
		words.expressions.append(text)
		return
	aliased = _ALIAS.fullmatch(text)
	plain = _DISTINCT.sub("", aliased["column"] if aliased else text, count=1)
	if not plain.strip() or _STAR.fullmatch(plain):
		return
	found = _COLUMN_ONLY.fullmatch(plain) or _AGGREGATE.fullmatch(plain)
	if not found:
		words.expressions.append(text)
	elif found["name"]:
		words.shown.add(_column(found))


def _filters(words: Words, value: Any) -> None:
	value = loaded(value)
	if isinstance(value, Mapping):
		for key in value:
			_compare(words, key)
	elif isinstance(value, list | tuple):
		if _is_one_filter(value):
			_filter(words, value)
			return
		for item in value:
			if isinstance(item, Mapping):
				if not item.get("doctype"):  # else a row of a record
					_filters(words, item)
			elif isinstance(item, list | tuple):
				_filter(words, item)
			elif isinstance(item, str):
				_field(words, item)  # the framework takes fields and filters in either order


def _is_one_filter(value: list[Any] | tuple[Any, ...]) -> bool:
	return (
		len(value) in (3, 4) and all(isinstance(part, str) for part in value[:-1]) and _is_operator(value[-2])
	)


def _is_operator(value: Any) -> bool:
	return isinstance(value, str) and value.strip().lower().replace(" ", "_") in _OPERATORS


def _filter(words: Words, item: list[Any] | tuple[Any, ...]) -> None:
	"""[field, operator, value] or [DocType, field, operator, value, ...]; values are never looked at."""
	if len(item) >= 4:
		_compare(words, item[1], str(item[0] or ""))
	elif item:
		if isinstance(item[0], list | tuple):
			_filters(words, item)
		else:
			_compare(words, item[0])


def _compare(words: Words, name: Any, doctype: str = "") -> None:
	found = isinstance(name, str) and _COLUMN_ONLY.fullmatch(name)
	if not found:
		words.expressions.append(str(name))
		return
	column = _column(found)
	words.compared.add(Column(column.name, column.doctype or doctype, column.path))


def _field_map(words: Words, value: Any) -> None:
	"""Which field of a calendar is the start, the end, the title."""
	value = loaded(value)
	if isinstance(value, Mapping):
		for key in ("start", "end", "title", "color"):
			_one(words, value.get(key) or "")


def _value_of(words: Words, value: Any) -> None:
	"""`fieldname`: names of fields to read, or a mapping of values to write."""
	value = loaded(value)
	if not isinstance(value, Mapping):
		_fields(words, value)


_READERS: dict[str, Callable[[Words, Any], None]] = {
	"fields": _fields,
	"filter_fields": _fields,
	"fieldname": _value_of,
	"filters": _filters,
	"or_filters": _filters,
	"current_filters": _filters,
	"applied_filters": _filters,
	"export_filters": _filters,
	"filters_json": _filters,
	"dynamic_filters_json": _filters,
	"order_by": _order,
	"group_by": _group,
	"field_map": _field_map,
	**{
		name: _one
		for name in (
			"sort_field",
			"searchfield",
			"field",
			"field_name",
			"stats",
			"pluck",
			"aggregate_on_field",
			"aggregate_function_based_on",
			"value_based_on",
			"based_on",
			"group_by_based_on",
		)
	},
}


# Records that keep a query for later → the field with the DocType that it is of.
STORED: Mapping[str, str] = {
	"Dashboard Chart": "document_type",
	"Kanban Board": "reference_doctype",
	"List Filter": "reference_doctype",
	"Number Card": "document_type",
	"Report": "ref_doctype",
}


def queries(arguments: Mapping[str, Any], doctype: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
	"""The queries in a request: (DocType, arguments). Those that a record keeps for later are among them.

	Args:
		arguments: of the request.
		doctype: the DocType that its path names, "" for none.
	"""
	kind = doctype or _text(arguments.get("doctype"))
	if owner := STORED.get(kind):
		yield from _stored(arguments, _text(arguments.get(owner)))
	yield kind or _text(arguments.get("document_type")), arguments
	for key, value in arguments.items():
		if key in _READERS:
			continue
		value = loaded(value)
		for item in value if isinstance(value, list) else [value]:
			if isinstance(item, Mapping):
				yield from _nested(item, kind)


def _nested(item: Mapping[str, Any], doctype: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
	kind = _text(item.get("doctype"))
	if owner := STORED.get(kind):
		yield from _stored(item, _text(item.get(owner)))
	elif not kind:
		# Arguments packed into one: a card, a chart, the settings of a report
		of = _text(item.get("document_type") or item.get("ref_doctype") or item.get("reference_doctype"))
		yield from _stored(item, of or doctype)


def _stored(item: Mapping[str, Any], doctype: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
	yield doctype, item
	inner = loaded(item.get("json"))
	if isinstance(inner, Mapping):
		yield doctype, inner


def _text(value: Any) -> str:
	return value if isinstance(value, str) else ""
