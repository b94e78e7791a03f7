"""Which leads a rule is for: conditions over plain values, compared as people expect from a filter of a list.

Text is compared without regard to letter case and to spaces around it. A field that holds several values (the products
of interest) fits when one of them does, and fits a "not" only when none of them does.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from skycrm.domain.rows import comma_separated

# Fields that a rule may ask for and that are no columns of a lead.
ITEM_FIELDS = ("item_code", "item_group")
DOOR_FIELD = "door"
EXTRA_FIELDS = (*ITEM_FIELDS, DOOR_FIELD)
NEGATED = {"!=": "=", "not in": "in", "not like": "like"}


@dataclass(frozen=True)
class Condition:
	"""One row: a field, how it is compared, and with what.

	Attributes:
		operator: =, !=, >, >=, <, <=, like, not like, in, not in, is, between, or under.
		value: as typed; a comma separates several.
		is_number: compare as numbers.
		members: for `under`, the names of the node and of all below it.
	"""

	field: str
	operator: str
	value: str = ""
	is_number: bool = False
	members: frozenset[str] = frozenset()


def matches(conditions: Iterable[Condition], values: Mapping[str, Any]) -> bool:
	"""Whether a lead with these values meets all conditions. No condition at all is met by every lead."""
	return all(holds(condition, values.get(condition.field)) for condition in conditions)


def holds(condition: Condition, value: Any) -> bool:
	"""Whether one condition holds for the value, or the set of values, of its field."""
	given = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
	given = [one for one in given if one not in (None, "")]
	operator = condition.operator
	if operator == "is":
		return bool(given) == (condition.value.strip().lower() == "set")
	if operator in NEGATED:
		positive = Condition(condition.field, NEGATED[operator], condition.value, condition.is_number)
		return not any(_compare(positive, one) for one in given)
	return any(_compare(condition, one) for one in given)


def _compare(condition: Condition, value: Any) -> bool:
	operator = condition.operator
	if operator == "under":
		return _text(value) in {_text(member) for member in condition.members}
	if operator == "like":
		return bool(_pattern(condition.value).fullmatch(_text(value)))
	read = _number if condition.is_number else _text
	left = read(value)
	if operator == "in":
		return left in {read(one) for one in comma_separated(condition.value)}
	if operator == "between":
		bounds = [read(one) for one in comma_separated(condition.value)]
		return len(bounds) == 2 and bounds[0] <= left <= bounds[1]
	right = read(condition.value)
	compared: Mapping[str, Callable[[], bool]] = {
		"=": lambda: left == right,
		">": lambda: left > right,
		">=": lambda: left >= right,
		"<": lambda: left < right,
		"<=": lambda: left <= right,
	}
	return compared[operator]()


def _text(value: Any) -> str:
	return str(value).strip().casefold()


def _number(value: Any) -> float:
	try:
		return float(value)
	except (TypeError, ValueError):
		return 0.0


def _pattern(value: str) -> re.Pattern[str]:
	"""% stands for any text, as in the filters of a list; without one, the text may be anywhere."""
	text = _text(value)
	parts: Sequence[str] = text.split("%") if "%" in text else ["", text, ""]
	return re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)
