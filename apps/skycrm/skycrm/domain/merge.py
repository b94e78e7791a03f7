"""What becomes of each field when leads that are one person are merged. Pure: records in, a plan out.

Rules, in this order:

- A value that somebody chose is taken, from the record that was named.
- Fields that only make sense together (UNITS) come from one record, so that no street gets another town.
- Else the value of the primary lead, else the first that is not empty, in the order of the duplicates.
- Notes are kept of all (JOINED).
- A consent is nobody's choice: a refusal always wins, else the latest consent.
- Tables are put together; a row that is there already is not added.

A converted lead is history: its fields stay as they are, and the others only hand over what hangs on them and their
refusals.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skycrm.domain.errors import Conflict, InvalidValue
from skycrm.domain.lead_status import CONVERSION_FIELDS, CONVERTED

# More than these are looked at by hand in parts; a dialog shows five.
MOST = 20

CHANNELS = ("email", "sms", "call")
REFUSED, GRANTED, UNKNOWN = "Refused", "Granted", "Unknown"

# Never a matter of choice: written by other rules from what was chosen, or by a conversion.
DERIVED = frozenset(
	{
		*CONVERSION_FIELDS,
		"data_issues",
		"email_key",
		"phone_key",
		"phone_key_2",
		"tax_key",
		"name_key",
		"organization_key",
		"name_key_back",
		"organization_key_back",
		"search_text",
		"score",
	}
)
CONSENT_FIELDS = tuple(f"{channel}_consent{ending}" for channel in CHANNELS for ending in ("", "_on", "_how"))
# A number that is not chosen goes into the second field while that is empty: people have two, and both find them.
SECOND = {"mobile_no": "phone"}
# Text of several people about one person: nothing of it is thrown away.
JOINED = {"notes": "<hr>"}


@dataclass(frozen=True)
class Unit:
	"""Fields that come from one record together.

	Attributes:
		decides: a record that has one of these has the unit.
		follows: come along, empty or not, unless chosen by themselves.
	"""

	decides: tuple[str, ...]
	follows: tuple[str, ...]


UNITS: dict[str, Unit] = {
	"lead_name": Unit(("lead_name",), ("last_name", "middle_name", "first_name")),
	"address_line1": Unit(("address_line1", "city", "state"), ("city", "state", "country")),
	"lead_owner": Unit(("lead_owner",), ("team",)),
	"status": Unit(("status",), ("unqualified_reason",)),
}
_FOLLOWS = {follower: head for head, unit in UNITS.items() for follower in unit.follows}


@dataclass(frozen=True)
class Plan:
	"""What the merged lead will be.

	Attributes:
		values: every field that is decided here.
		sources: field → name of the record its value comes from; "" where it is put together or there is none.
		differing: the fields in which the records hold more than one value.
		rows: table → rows to be added to the primary's own, as (record, row).
		doubles: table → how many rows were there already.
	"""

	values: dict[str, Any]
	sources: dict[str, str]
	differing: frozenset[str]
	rows: dict[str, list[tuple[str, Mapping[str, Any]]]] = field(default_factory=dict)
	doubles: dict[str, int] = field(default_factory=dict)


def check_group(primary: str, duplicates: Sequence[str]) -> list[str]:
	"""The duplicates, each once, after the checks that need no record.

	Raises:
		InvalidValue: merge_nothing, merge_with_itself, merge_too_many.
	"""
	names = list(dict.fromkeys(name for name in duplicates if name))
	if not names:
		raise InvalidValue("merge_nothing")
	if primary in names:
		raise InvalidValue("merge_with_itself", primary)
	if len(names) + 1 > MOST:
		raise InvalidValue("merge_too_many", len(names) + 1, {"limit": MOST})
	return names


def check_conversions(records: Sequence[Mapping[str, Any]]) -> None:
	"""At most one of the records is converted, and it is the first, the primary.

	Raises:
		Conflict: merge_converted_duplicate, merge_converted_twice.
	"""
	converted = [record for record in records[1:] if record.get("status") == CONVERTED]
	if not converted:
		return
	code = "merge_converted_twice" if records[0].get("status") == CONVERTED else "merge_converted_duplicate"
	raise Conflict(code, {"name": converted[0]["name"]})


def choosable(fields: Mapping[str, str]) -> list[str]:
	"""The fields a user may choose a value for.

	Args:
		fields: field → type, only of fields that hold a value of their own.
	"""
	return [name for name in fields if name not in DERIVED and name not in CONSENT_FIELDS]


def make_plan(
	records: Sequence[Mapping[str, Any]],
	fields: Mapping[str, str],
	choices: Mapping[str, str] | None = None,
	tables: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
	"""Decide every field and row of the merged lead.

	Args:
		records: the primary first, then the duplicates in the order in which their values are taken; each with "name".
		fields: field → type of all fields that are not derived; the order does not matter.
		choices: field → name of the record whose value is wanted.
		tables: table field → the columns that make two rows the same.

	Raises:
		InvalidValue: merge_choice_field, merge_choice_record, merge_choice_converted, merge_choice_status.
	"""
	chosen = dict(choices or {})
	by_name = {record["name"]: record for record in records}
	open_fields = choosable(fields)
	frozen = records[0].get("status") == CONVERTED
	_check_choices(chosen, open_fields, by_name, records[0]["name"], frozen)

	values: dict[str, Any] = {}
	sources: dict[str, str] = {}
	for name in open_fields:
		if frozen:
			values[name], sources[name] = records[0].get(name), records[0]["name"]
		elif name in JOINED and name not in chosen:
			values[name], sources[name] = _joined(records, name, JOINED[name])
		else:
			source = _source(records, name, fields[name], chosen)
			values[name], sources[name] = by_name[source].get(name), source
	if not frozen:
		for first, second in SECOND.items():
			if second in values and second not in chosen and is_empty(values[second]):
				_keep_second(records, first, second, values, sources)
	for channel in CHANNELS:
		if f"{channel}_consent" in fields:
			_take_consent(records, channel, fields, values, sources)

	rows: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
	doubles: dict[str, int] = {}
	for table, columns in (tables or {}).items():
		rows[table], doubles[table] = ([], 0) if frozen else _new_rows(records, table, columns)
	differing = frozenset(name for name in fields if name not in DERIVED and _differ(records, name))
	return Plan(values, sources, differing, rows, doubles)


def _check_choices(
	chosen: Mapping[str, str],
	open_fields: Sequence[str],
	by_name: Mapping[str, Mapping[str, Any]],
	primary: str,
	frozen: bool,
) -> None:
	for name, record in chosen.items():
		if name not in open_fields:
			raise InvalidValue("merge_choice_field", name)
		if record not in by_name:
			raise InvalidValue("merge_choice_record", record, {"field": name})
		if frozen and record != primary:
			raise InvalidValue("merge_choice_converted", name, {"field": name})
		if name == "status" and record != primary and by_name[record].get("status") == CONVERTED:
			raise InvalidValue("merge_choice_field", name)


def _source(records: Sequence[Mapping[str, Any]], name: str, kind: str, chosen: Mapping[str, str]) -> str:
	"""Name of the record that a field's value comes from."""
	if name in chosen:
		return chosen[name]
	head = _FOLLOWS.get(name)
	if head:
		if head in chosen:
			return chosen[head]
		return _first_with(records, UNITS[head].decides)
	if name in UNITS:
		return _first_with(records, UNITS[name].decides)
	if kind == "Check":
		# Not ticked is an answer too.
		return records[0]["name"]
	return _first_with(records, (name,))


def _first_with(records: Sequence[Mapping[str, Any]], names: Iterable[str]) -> str:
	names = tuple(names)
	for record in records:
		if any(not is_empty(record.get(name)) for name in names):
			return record["name"]
	return records[0]["name"]


def _joined(records: Sequence[Mapping[str, Any]], name: str, between: str) -> tuple[Any, str]:
	texts = list(dict.fromkeys(record.get(name) for record in records if not is_empty(record.get(name))))
	if len(texts) > 1:
		return between.join(str(text) for text in texts), ""
	return (texts[0] if texts else None), _first_with(records, (name,))


def _keep_second(
	records: Sequence[Mapping[str, Any]],
	first: str,
	second: str,
	values: dict[str, Any],
	sources: dict[str, str],
) -> None:
	for record in records:
		if not is_empty(record.get(first)) and digits(record[first]) != digits(values.get(first)):
			values[second], sources[second] = record[first], record["name"]
			return


def _take_consent(
	records: Sequence[Mapping[str, Any]],
	channel: str,
	fields: Mapping[str, str],
	values: dict[str, Any],
	sources: dict[str, str],
) -> None:
	answer = f"{channel}_consent"
	winner = records[0]
	for wanted in (REFUSED, GRANTED):
		given = [record for record in records if record.get(answer) == wanted]
		if given:
			# The latest; of equals the primary's. Moments are compared as text, as the database writes them.
			winner = max(
				given, key=lambda record: (str(record.get(f"{answer}_on") or ""), record is records[0])
			)
			break
	for name in (answer, f"{answer}_on", f"{answer}_how"):
		if name in fields:
			values[name], sources[name] = winner.get(name), winner["name"]


def _new_rows(
	records: Sequence[Mapping[str, Any]], table: str, columns: Sequence[str]
) -> tuple[list[tuple[str, Mapping[str, Any]]], int]:
	def key(row: Mapping[str, Any]) -> tuple[str, ...]:
		return tuple("" if is_empty(row.get(column)) else str(row.get(column)) for column in columns)

	seen = {key(row) for row in records[0].get(table) or ()}
	added: list[tuple[str, Mapping[str, Any]]] = []
	doubles = 0
	for record in records[1:]:
		for row in record.get(table) or ():
			if key(row) in seen:
				doubles += 1
				continue
			seen.add(key(row))
			added.append((record["name"], row))
	return added, doubles


def _differ(records: Sequence[Mapping[str, Any]], name: str) -> bool:
	found = {str(record.get(name)) for record in records if not is_empty(record.get(name))}
	return len(found) > 1 or (len(found) == 1 and any(is_empty(record.get(name)) for record in records))


def digits(number: Any) -> str:
	"""The end of a telephone number, which is the same in every way of writing it."""
	return "".join(sign for sign in str(number or "") if sign.isdigit())[-9:]


def dropped(records: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, list[str]]:
	"""Field → values of the duplicates that the merged lead does not have, as text; consents are kept elsewhere."""
	found: dict[str, list[str]] = {}
	kept = {plain(value) for value in plan.values.values()}
	for name in plan.values:
		if name in CONSENT_FIELDS or (name in JOINED and plan.sources[name] == ""):
			continue
		for record in records:
			value = record.get(name)
			if not is_empty(value) and plain(value) not in kept and str(value) not in found.get(name, ()):
				found.setdefault(name, []).append(str(value))
	return found


def is_empty(value: Any) -> bool:
	"""True for what a user sees as an empty field."""
	return value is None or value == "" or value == 0 or value == []


def fields_changed(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, list[Any]]:
	"""Field → [before, after] of what a plan changes in the primary lead."""
	return {
		name: [before.get(name), value]
		for name, value in values.items()
		if plain(before.get(name)) != plain(value)
	}


def plain(value: Any) -> str:
	"""One spelling for the ways in which the same value comes: None, "", 0; text or object."""
	if is_empty(value):
		return ""
	text = str(value)
	return text[:-7] if len(text) == 26 and text[19] == "." else text


# Groups
# ------


def sure_groups(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
	"""Groups of records that belong together, out of pairs: who agrees with one agrees with all.

	Returns:
		Sorted groups of at least two sorted names.
	"""
	parent: dict[str, str] = {}

	def root(name: str) -> str:
		while parent.setdefault(name, name) != name:
			parent[name] = parent[parent[name]]
			name = parent[name]
		return name

	for one, other in pairs:
		low, high = sorted((root(one), root(other)))
		parent[high] = low
	groups: dict[str, list[str]] = {}
	for name in parent:
		groups.setdefault(root(name), []).append(name)
	return sorted(sorted(group) for group in groups.values() if len(group) > 1)


def best_primary(records: Sequence[Mapping[str, Any]], fields: Iterable[str]) -> str:
	"""The record that the others are best merged into: a converted one, else the furthest, fullest and oldest."""
	order = ("Unqualified", "New", "Contacted", "Nurturing", "Qualified", CONVERTED)
	names = tuple(fields)

	def rank(record: Mapping[str, Any]) -> tuple[int, int, int]:
		status = record.get("status")
		filled = sum(not is_empty(record.get(name)) for name in names)
		return (order.index(status) if status in order else 0, bool(record.get("lead_owner")), filled)

	# max() keeps the first of equals, and the oldest comes first.
	by_age = sorted(records, key=lambda record: (str(record.get("creation") or ""), record.get("name")))
	return max(by_age, key=rank).get("name")
