"""What another program sent, made into an arrival by rows that an admin wrote: no code per program."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from skycrm.domain.errors import InvalidValue
from skycrm.domain.intake import CHANNELS, SETTABLE, UTM, Consent
from skycrm.domain.json_path import MISSING, find, parse

LOWER_CASE, DAY_FIRST, UNIX_TIME, YES_NO, AS_IT_IS = "Lower Case", "Day First", "Unix Time", "Yes or No", ""
TRANSFORMS = (AS_IT_IS, LOWER_CASE, DAY_FIRST, UNIX_TIME, YES_NO)

NOTE = "note"
CONSENTS = tuple(f"{channel}_consent" for channel in CHANNELS)
# Fields of a lead, and what an arrival has besides. Products need more than one value each; owner and team are the
# firm's to decide, by its assignment rules.
TARGETS = frozenset({*SETTABLE, NOTE, *UTM, *CONSENTS}) - {"items", "lead_owner", "team"}
LONGEST_TEXT = 10_000

_YES = frozenset({"1", "true", "yes", "y", "on", "granted", "agree", "agreed", "có", "đồng ý", "x"})
_NO = frozenset({"0", "false", "no", "n", "off", "refused", "không", "từ chối"})
_DAY_FIRST = re.compile(r"\s*([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})\b")


@dataclass(frozen=True)
class Row:
	"""One line of a mapping.

	Args:
		target: one of TARGETS.
		path: where the value stands, see domain/json_path.py; "" for a fixed value.
		fixed: the value when there is no path, or nothing at it.
		transform: one of TRANSFORMS.
		words: what is sent → what is stored, for values that are not called the same on both sides.
		required: without a value the whole arrival is wrong.
	"""

	target: str
	path: str = ""
	fixed: str = ""
	transform: str = AS_IT_IS
	words: Mapping[str, str] = field(default_factory=dict)
	required: bool = False


@dataclass
class Mapped:
	"""What a mapping made of a payload.

	Args:
		values: fields of the lead.
		missing: paths of required rows that brought nothing.
	"""

	values: dict[str, Any] = field(default_factory=dict)
	note: str = ""
	utm: dict[str, str] = field(default_factory=dict)
	consents: list[Consent] = field(default_factory=list)
	missing: list[str] = field(default_factory=list)


def apply(rows: Iterable[Row], payload: Any, how: str) -> Mapped:
	"""Map a payload. Several rows for one field: the first that brings something counts, notes are put together.

	Args:
		how: written to consents: where they were given.

	Raises:
		InvalidValue: json_path_wrong, mapping_date, mapping_yes_no; the error's params name the field in "target".
	"""
	mapped = Mapped()
	for row in rows:
		text = _value(row, payload)
		if not text:
			if row.required and row.target not in mapped.values:
				mapped.missing.append(row.path or row.target)
			continue
		_put(mapped, row.target, text, how)
	mapped.missing = [path for path in mapped.missing if not _came_later(rows, path, mapped)]
	return mapped


def check(rows: Iterable[Row]) -> None:
	"""Refuse a mapping that could never work.

	Raises:
		InvalidValue: json_path_wrong, mapping_target, mapping_nothing, mapping_transform.
	"""
	for row in rows:
		if row.target not in TARGETS:
			raise InvalidValue("mapping_target", row.target)
		if row.transform not in TRANSFORMS:
			raise InvalidValue("mapping_transform", row.transform)
		if not row.path and not row.fixed:
			raise InvalidValue("mapping_nothing", row.target)
		if row.path:
			parse(row.path)


def words_of(text: str | None) -> dict[str, str]:
	"""Lines `sent = stored` as a table; lines without = are passed over. Sent words are compared in lower case."""
	pairs = (line.split("=", 1) for line in (text or "").splitlines() if "=" in line)
	return {sent.strip().casefold(): stored.strip() for sent, stored in pairs if sent.strip()}


def event_id(payload: Any, path: str | None) -> str:
	"""What the sender calls this event, "" when there is nothing at the path."""
	found = find(payload, path) if path else MISSING
	return _text(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _came_later(rows: Iterable[Row], path: str, mapped: Mapped) -> bool:
	return any((row.path or row.target) == path and row.target in mapped.values for row in rows)


def _value(row: Row, payload: Any) -> str:
	sent = _text(find(payload, row.path)) if row.path else ""
	text = sent or row.fixed.strip()
	if not text:
		return ""
	text = row.words.get(text.casefold(), text)
	try:
		return _transformed(text, row.transform)
	except InvalidValue as error:
		error.params["target"] = row.target
		raise


def _transformed(text: str, transform: str) -> str:
	if transform == LOWER_CASE:
		return text.lower()
	if transform == DAY_FIRST:
		return _day_first(text)
	if transform == UNIX_TIME:
		return _unix_time(text)
	if transform == YES_NO:
		return _yes_no(text)
	return text


def _day_first(text: str) -> str:
	match = _DAY_FIRST.match(text)
	try:
		day, month, year = (int(part) for part in match.groups()) if match else (0, 0, 0)
		return datetime(year, month, day).strftime("%Y-%m-%d")
	except ValueError:
		raise InvalidValue("mapping_date", text)


def _unix_time(text: str) -> str:
	try:
		seconds = float(text)
		# Milliseconds, as JavaScript counts.
		seconds = seconds / 1000 if seconds > 1e11 else seconds
		return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
	except (ValueError, OverflowError, OSError):
		raise InvalidValue("mapping_date", text)


def _yes_no(text: str) -> str:
	word = text.casefold()
	if word in _YES:
		return "Granted"
	if word in _NO:
		return "Refused"
	raise InvalidValue("mapping_yes_no", text)


def _put(mapped: Mapped, target: str, text: str, how: str) -> None:
	if target == NOTE:
		mapped.note = f"{mapped.note}\n{text}".strip()
	elif target in UTM:
		mapped.utm.setdefault(target, text)
	elif target in CONSENTS:
		answer = text if text in ("Granted", "Refused") else _yes_no(text)
		mapped.consents.append(Consent(target.removesuffix("_consent"), answer, how))
	else:
		mapped.values.setdefault(target, text)


def _text(value: Any) -> str:
	"""A value as one text: lists of plain values joined with commas, anything deeper as JSON."""
	if value is None or value is MISSING:
		return ""
	if isinstance(value, bool):
		return "true" if value else "false"
	if isinstance(value, float) and value.is_integer():
		value = int(value)
	if isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
		value = ", ".join(text for part in value if (text := _text(part)))
	if isinstance(value, dict | list):
		value = json.dumps(value, ensure_ascii=False)
	return str(value).replace("\x00", "").strip()[:LONGEST_TEXT]
