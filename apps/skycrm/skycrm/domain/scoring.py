"""How good a lead is: a whole number from 0 to 100 that is the sum of lines a person can read.

Each rule gives one line of whole points. What the sum has above 100 or below 0 is a line of its own, and so is a score
set by hand: the lines of a result add up to its score, always. Nothing but the arguments decides, so the same facts and
the same moment give the same score again, today or years later.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from skycrm.domain.free_mail import is_company_address
from skycrm.domain.text import name_key

LOWEST, HIGHEST = 0, 100

# Kinds of rules
FIELD = "Field Match"
ACTIVITY = "Activity"
SILENCE = "Silence"
RECENCY = "Recency"
SOURCE = "Lead Source"
COMPLETENESS = "Completeness"
KINDS = (FIELD, ACTIVITY, SILENCE, RECENCY, SOURCE, COMPLETENESS)
# These look at what happened, the others at what is written on the lead.
KINDS_ABOUT_SIGNS = frozenset({ACTIVITY, SILENCE, RECENCY})

# What happened between us and the lead
TOUCH = "Touch"
RECEIVED = "Received"
SENT = "Sent"
CALL = "Call"
MEETING = "Meeting"
FROM_THE_LEAD = frozenset({TOUCH, RECEIVED, CALL, MEETING})

# What a rule counts: words of the form → kinds of signs
ACTIVITIES: dict[str, frozenset[str]] = {
	"Came Back": frozenset({TOUCH}),
	"Message Received": frozenset({RECEIVED}),
	"Message Sent": frozenset({SENT}),
	"Call": frozenset({CALL}),
	"Meeting": frozenset({MEETING}),
	"Sign of Life": FROM_THE_LEAD,
	"Any Contact": FROM_THE_LEAD | {SENT},
}

IS_SET = "is set"
IS_NOT_SET = "is not set"
EQUALS = "equals"
NOT_EQUALS = "does not equal"
ONE_OF = "is one of"
NONE_OF = "is none of"
CONTAINS = "contains one of"
AT_LEAST = "at least"
AT_MOST = "at most"
OPERATORS = (IS_SET, IS_NOT_SET, EQUALS, NOT_EQUALS, ONE_OF, NONE_OF, CONTAINS, AT_LEAST, AT_MOST)
OPERATORS_WITHOUT_VALUE = frozenset({IS_SET, IS_NOT_SET})

# What is worked out of a lead's fields, beside the fields themselves
COMPANY_EMAIL = "company_email"
VALID_PHONE = "valid_phone"
VALID_TAX_CODE = "valid_tax_code"
ITEM_COUNT = "item_count"
DERIVED = (COMPANY_EMAIL, VALID_PHONE, VALID_TAX_CODE, ITEM_COUNT)

# Lines that no rule gives
LIMIT_LINE = "limit"
HAND_LINE = "hand"


@dataclass(frozen=True)
class Rule:
	"""One rule as an admin wrote it; fields that its kind does not use are ignored.

	Attributes:
		name: what tells it from the others.
		kind: one of KINDS.
		points: given once, or for each activity, or at most (Recency, Completeness).
		max_points: where the points of an Activity stop, on the side of their sign; 0 for no end.
		lead_field, operator, value: Field Match: what is compared, one of OPERATORS, and with what.
		activity, door, days: Activity and Silence: one of ACTIVITIES, by this door only, in so many days.
		half_life_days: Recency: after so many days the points are half as many.
		source_points, other_points: Lead Source: points of each, and of those not named.
		fields: Completeness: which fields ought to be filled in.
	"""

	name: str
	kind: str
	points: int = 0
	max_points: int = 0
	lead_field: str = ""
	operator: str = IS_SET
	value: str = ""
	activity: str = ""
	door: str = ""
	days: int = 0
	half_life_days: int = 0
	source_points: Mapping[str, int] = field(default_factory=dict)
	other_points: int = 0
	fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sign:
	"""Something that happened with a lead.

	Attributes:
		kind: TOUCH, RECEIVED, SENT, CALL or MEETING.
		on: when.
		door: by which door, for a touch.
	"""

	kind: str
	on: datetime
	door: str = ""


@dataclass(frozen=True)
class Facts:
	"""What is known of a lead.

	Attributes:
		values: field → value, with those of DERIVED.
		born: when it was made; the first sign of life.
		signs: what happened since, in any order.
	"""

	values: Mapping[str, Any]
	born: datetime
	signs: Sequence[Sign] = ()


@dataclass(frozen=True)
class ByHand:
	"""A score that a person set.

	Attributes:
		score: 0 to 100.
		until: last day on which it holds.
		by: who set it.
	"""

	score: int
	until: date
	by: str = ""


@dataclass(frozen=True)
class Line:
	"""Points and what its sentence shows: names of placeholders → plain values.

	Attributes:
		rule: name of a rule, LIMIT_LINE or HAND_LINE.
	"""

	rule: str
	points: int
	shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
	"""A score and its lines, whose points add up to it."""

	score: int
	lines: tuple[Line, ...]

	@property
	def fingerprint(self) -> list[tuple[str, int]]:
		"""What makes two results equal to a reader: the same points from the same rules."""
		return [(line.rule, line.points) for line in self.lines]


@dataclass(frozen=True)
class Advice:
	"""What would raise the score: at most so many points from one rule."""

	rule: str
	points: int
	shown: Mapping[str, Any] = field(default_factory=dict)


def derive(values: Mapping[str, Any], item_count: int) -> dict[str, Any]:
	"""The fields of a lead with what is worked out of them.

	Args:
		values: its fields, `email_key`, `phone_key` and `tax_key` among them.
		item_count: how many products it asks about.
	"""
	return {
		**values,
		COMPANY_EMAIL: int(is_company_address(values.get("email_key"))),
		VALID_PHONE: int(bool(values.get("phone_key"))),
		VALID_TAX_CODE: int(bool(values.get("tax_key"))),
		ITEM_COUNT: item_count,
	}


def evaluate(rules: Iterable[Rule], facts: Facts, as_of: datetime, by_hand: ByHand | None = None) -> Result:
	"""The score of a lead at a moment. What happened later is not seen.

	Args:
		rules: in the order in which their lines are read.
		facts: what is known of the lead.
		as_of: the moment.
		by_hand: a score that a person set; it counts up to the end of its last day.

	Returns:
		Lines with points only, the limit and the score by hand last.
	"""
	lines = []
	for rule in rules:
		raw, shown = points_of(rule, facts, as_of)
		if points := whole(raw):
			lines.append(Line(rule.name, points, shown))
	total = sum(line.points for line in lines)
	score = min(max(total, LOWEST), HIGHEST)
	if score != total:
		lines.append(Line(LIMIT_LINE, score - total, {"total": total}))
	if by_hand and as_of.date() <= by_hand.until:
		wanted = min(max(by_hand.score, LOWEST), HIGHEST)
		shown = {"score": wanted, "rules": score, "date": by_hand.until.isoformat(), "by": by_hand.by}
		lines.append(Line(HAND_LINE, wanted - score, shown))
		score = wanted
	return Result(score, tuple(lines))


def points_of(rule: Rule, facts: Facts, as_of: datetime) -> tuple[float, dict[str, Any]]:
	"""What one rule gives before rounding, and what its sentence shows.

	Raises:
		ValueError: a kind that does not exist.
	"""
	if rule.kind == FIELD:
		value = facts.values.get(rule.lead_field)
		found = matches(value, rule.operator, rule.value)
		return (rule.points if found else 0), {"field": rule.lead_field, "value": _plain(value)}
	if rule.kind == ACTIVITY:
		return _for_activity(rule, facts, as_of)
	if rule.kind == SILENCE:
		last = _last(facts, as_of, ACTIVITIES.get(rule.activity, FROM_THE_LEAD), rule.door)
		quiet = as_of - last > timedelta(days=rule.days)
		return (rule.points if quiet else 0), {"days": rule.days, "date": last.date().isoformat()}
	if rule.kind == RECENCY:
		last = _last(facts, as_of, FROM_THE_LEAD)
		age = max((as_of - last) / timedelta(days=1), 0.0)
		faded = rule.points * 0.5 ** (age / rule.half_life_days) if rule.half_life_days > 0 else 0.0
		return faded, {"date": last.date().isoformat(), "days": rule.half_life_days}
	if rule.kind == SOURCE:
		source = facts.values.get("source") or ""
		given = rule.source_points.get(source, rule.other_points) if source else 0
		return given, {"source": source}
	if rule.kind == COMPLETENESS:
		missing = [name for name in rule.fields if not _is_set(facts.values.get(name))]
		total = len(rule.fields)
		share = (total - len(missing)) / total if total else 0.0
		return rule.points * share, {"filled": total - len(missing), "total": total, "missing": missing}
	raise ValueError(f"no such kind of rule: {rule.kind}")


def advise(rules: Iterable[Rule], facts: Facts, as_of: datetime) -> list[Advice]:
	"""What would raise the score, what helps most first. Where a lead came from cannot be changed and is left out."""
	found = []
	for rule in rules:
		raw, shown = points_of(rule, facts, as_of)
		if gain := whole(_best(rule, raw) - raw):
			found.append(Advice(rule.name, gain, shown))
	return sorted((advice for advice in found if advice.points > 0), key=lambda advice: -advice.points)


def matches(value: Any, operator: str, wanted: str) -> bool:
	"""Whether a value is what a rule asks for.

	Text is compared without regard to case; "contains one of" also without tone marks and by whole words. Numbers are
	compared as numbers where both sides are.

	Args:
		value: of a field.
		operator: one of OPERATORS.
		wanted: text; several values are parted by commas.
	"""
	if operator == IS_SET:
		return _is_set(value)
	if operator == IS_NOT_SET:
		return not _is_set(value)
	if operator == CONTAINS:
		plain = _plain(value)[:500]
		text = f" {name_key(plain)} " if plain else ""
		return bool(text) and any(part in text for part in _folded_words(wanted))
	if operator in (EQUALS, NOT_EQUALS):
		return _same(value, wanted) == (operator == EQUALS)
	if operator in (ONE_OF, NONE_OF):
		return any(_same(value, part) for part in split(wanted)) == (operator == ONE_OF)
	if not _is_set(value) and number(value) is None:
		return False
	left, right = number(value), number(wanted)
	# Dates as the database writes them sort as text.
	pair = (_plain(value), wanted.strip()) if left is None or right is None else (left, right)
	return pair[0] >= pair[1] if operator == AT_LEAST else pair[0] <= pair[1]


@lru_cache(maxsize=256)
def _folded_words(wanted: str) -> tuple[str, ...]:
	"""What "contains one of" looks for: the same few texts for every lead."""
	return tuple(f" {name_key(part)} " for part in split(wanted) if name_key(part))


def split(wanted: str) -> list[str]:
	"""The values of a list parted by commas or new lines."""
	return [part.strip() for part in wanted.replace("\n", ",").split(",") if part.strip()]


def number(value: Any) -> float | None:
	"""A value as a number, None when it is none."""
	if isinstance(value, bool | int | float):
		return float(value)
	try:
		found = float(str(value).strip())
	except ValueError:
		return None
	return found if math.isfinite(found) else None


def whole(points: float) -> int:
	"""Points as a whole number; a half goes away from zero."""
	return int(math.copysign(math.floor(abs(points) + 0.5), points))


def rating(score: int, hot_from: int, warm_from: int) -> str:
	"""Hot, Warm or Cold by the bands of the settings: from these scores on."""
	if score >= hot_from:
		return "Hot"
	return "Warm" if score >= warm_from else "Cold"


def _for_activity(rule: Rule, facts: Facts, as_of: datetime) -> tuple[float, dict[str, Any]]:
	kinds = ACTIVITIES.get(rule.activity, frozenset())
	since = as_of - timedelta(days=rule.days)
	seen = [sign for sign in _signs(facts, as_of, kinds, rule.door) if sign.on > since]
	points = rule.points * len(seen)
	if rule.max_points and abs(points) > abs(rule.max_points):
		points = int(math.copysign(abs(rule.max_points), rule.points))
	last = max((sign.on for sign in seen), default=None)
	return points, {"count": len(seen), "days": rule.days, "date": last.date().isoformat() if last else ""}


def _best(rule: Rule, raw: float) -> float:
	"""The most that a rule could give this lead by what somebody may still do."""
	if rule.kind == SOURCE:
		return raw
	if rule.kind == ACTIVITY:
		if rule.points <= 0:
			return raw
		more = raw + rule.points
		return min(more, rule.max_points) if rule.max_points > 0 else more
	return max(rule.points, 0)


def _signs(facts: Facts, as_of: datetime, kinds: frozenset[str], door: str = "") -> list[Sign]:
	return [
		sign
		for sign in facts.signs
		if sign.on <= as_of and sign.kind in kinds and (not door or sign.door == door)
	]


def _last(facts: Facts, as_of: datetime, kinds: frozenset[str], door: str = "") -> datetime:
	return max((sign.on for sign in _signs(facts, as_of, kinds, door)), default=facts.born)


def _same(value: Any, wanted: str) -> bool:
	left, right = number(value), number(wanted)
	if left is not None and right is not None:
		return left == right
	return _plain(value).casefold() == wanted.strip().casefold()


def _is_set(value: Any) -> bool:
	return value is not None and _plain(value) not in ("", "0", "0.0")


def _plain(value: Any) -> str:
	"""A value as text; a date and time as the database writes them."""
	if value is None:
		return ""
	if isinstance(value, datetime):
		return value.strftime("%Y-%m-%d %H:%M:%S")
	return str(value).strip()
