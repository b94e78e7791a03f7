"""Who gets a lead: picks one of the people of a rule, and says of everybody else why they were passed over.

The order of turns is kept by stride scheduling: everybody has a mark, each lead moves the mark of who got it by
1 / weight, and the lowest mark is next. With equal weights this is taking turns; with different ones everybody's
share is right to within one lead at any moment, not only in the long run as with dice. A clock keeps those who come
back from an absence, or who are new, from getting everything until they have caught up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any


class Method(str, Enum):
	"""How one of several free people is chosen."""

	ROUND_ROBIN = "Round Robin"
	LEAST_LOADED = "Least Loaded"
	WEIGHTED = "Weighted"


class Why(str, Enum):
	"""Why somebody got the lead, or did not. The sentences are in services/assignment_words.py."""

	TURN = "turn"
	LOAD = "load"
	WEIGHT = "weight"
	NAMED = "named"
	WAITING = "waiting"
	HANDED_ON = "handed_on"
	DISABLED = "disabled"
	ABSENT = "absent"
	ON_LEAVE = "on_leave"
	OPEN_CAP = "open_cap"
	DAY_CAP = "day_cap"
	NO_WEIGHT = "no_weight"
	CLOSED = "closed"
	LATER = "later"
	MORE_LEADS = "more_leads"
	HAD_SHARE = "had_share"


@dataclass(frozen=True)
class Away:
	"""Why and until when somebody is not there; `until` is the last day of it."""

	why: Why
	until: date


@dataclass(frozen=True)
class Candidate:
	"""What the choice needs to know of one person.

	Attributes:
		user: their name.
		enabled: they may sign in.
		weight: share of the leads compared with the others; 0 for none.
		open_leads: leads they work on now.
		away: set while they are absent.
		stands_in_for: whose deputy they are here, "" for somebody of the pool.
	"""

	user: str
	enabled: bool = True
	weight: float = 1.0
	open_leads: int = 0
	away: Away | None = None
	stands_in_for: str = ""


@dataclass(frozen=True)
class Limits:
	"""The most that one person may have; 0 means no limit."""

	open_leads: int = 0
	per_day: int = 0


@dataclass(frozen=True)
class Turn:
	"""What one person has got by a rule so far."""

	mark: float = 0.0
	given: int = 0
	today: int = 0


@dataclass(frozen=True)
class Turns:
	"""Where a rule stands: the marks of its people, and how much they have got on `day`."""

	clock: float = 0.0
	day: date | None = None
	people: Mapping[str, Turn] = field(default_factory=dict)

	def of(self, user: str) -> Turn:
		"""What this person has got; nothing for somebody new."""
		return self.people.get(user) or Turn()

	def on(self, day: date) -> "Turns":
		"""The same on another day: nobody has got anything yet."""
		if self.day == day:
			return self
		people = {user: replace(turn, today=0) for user, turn in self.people.items()}
		return Turns(self.clock, day, people)


@dataclass(frozen=True)
class Verdict:
	"""What became of one person: the reason, with the figures of its sentence."""

	user: str
	why: Why
	params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
	"""Who gets the lead, None when nobody was free; and what became of everybody else, in the order of the pool."""

	chosen: Verdict | None
	passed_over: tuple[Verdict, ...]


def choose(
	candidates: Sequence[Candidate], method: Method, limits: Limits, turns: Turns, *, is_open: bool = True
) -> Decision:
	"""Pick who gets the next lead.

	Args:
		candidates: the pool, in a stable order, which decides between equals.
		turns: where the rule stands, on the day of the choice.
		is_open: False outside the working hours of the rule; then nobody gets anything.
	"""
	hindered = {
		one.user: verdict
		for one in candidates
		if (verdict := hindrance(one, limits, turns, uses_weight=method is Method.WEIGHTED, is_open=is_open))
	}
	free = [one for one in candidates if one.user not in hindered]
	best = min(free, key=lambda one: _rank(one, method, turns), default=None)
	if best is None:
		return Decision(None, tuple(hindered[one.user] for one in candidates))
	passed_over = tuple(
		hindered.get(one.user) or _not_yet(one, method, turns) for one in candidates if one.user != best.user
	)
	return Decision(_won(best, method, turns, len(free), candidates), passed_over)


def after(decision: Decision, candidates: Sequence[Candidate], method: Method, turns: Turns) -> Turns:
	"""Where the rule stands once the lead is given out; unchanged when nobody got it."""
	if not decision.chosen:
		return turns
	passed = {verdict.user for verdict in decision.passed_over if verdict.why in _FREE}
	chosen = next(one for one in candidates if one.user == decision.chosen.user)
	free = [one for one in candidates if one.user in passed or one is chosen]
	clock = min(_mark(one, turns) for one in free)
	before = turns.of(chosen.user)
	step = 1 / chosen.weight if method is Method.WEIGHTED else 1.0
	turn = Turn(_mark(chosen, turns) + step, before.given + 1, before.today + 1)
	return Turns(clock, turns.day, {**turns.people, chosen.user: turn})


def hindrance(
	one: Candidate, limits: Limits, turns: Turns, *, uses_weight: bool = False, is_open: bool = True
) -> Verdict | None:
	"""Why this person cannot get a lead now, or None. What concerns the person comes before what concerns the hour."""
	today = turns.of(one.user).today
	if not one.enabled:
		return Verdict(one.user, Why.DISABLED)
	if one.away:
		return Verdict(one.user, one.away.why, {"until": one.away.until.isoformat()})
	if uses_weight and one.weight <= 0:
		return Verdict(one.user, Why.NO_WEIGHT)
	if limits.open_leads and one.open_leads >= limits.open_leads:
		return Verdict(one.user, Why.OPEN_CAP, {"count": one.open_leads, "most": limits.open_leads})
	if limits.per_day and today >= limits.per_day:
		return Verdict(one.user, Why.DAY_CAP, {"count": today, "most": limits.per_day})
	if not is_open:
		return Verdict(one.user, Why.CLOSED)
	return None


_FREE = frozenset({Why.LATER, Why.MORE_LEADS, Why.HAD_SHARE})


def _mark(one: Candidate, turns: Turns) -> float:
	return max(turns.of(one.user).mark, turns.clock)


def _rank(one: Candidate, method: Method, turns: Turns) -> tuple[float, ...]:
	if method is Method.LEAST_LOADED:
		return (one.open_leads, _mark(one, turns))
	return (_mark(one, turns),)


def _won(one: Candidate, method: Method, turns: Turns, free: int, candidates: Sequence[Candidate]) -> Verdict:
	params: dict[str, Any] = {"free": free}
	if one.stands_in_for:
		params["stands_in_for"] = one.stands_in_for
	if method is Method.LEAST_LOADED:
		return Verdict(one.user, Why.LOAD, {**params, "count": one.open_leads})
	if method is Method.WEIGHTED:
		total = sum(turns.of(other.user).given for other in candidates)
		given = turns.of(one.user).given
		return Verdict(one.user, Why.WEIGHT, {**params, "count": given, "total": total, "weight": one.weight})
	return Verdict(one.user, Why.TURN, params)


def _not_yet(one: Candidate, method: Method, turns: Turns) -> Verdict:
	if method is Method.LEAST_LOADED:
		return Verdict(one.user, Why.MORE_LEADS, {"count": one.open_leads})
	if method is Method.WEIGHTED:
		return Verdict(one.user, Why.HAD_SHARE, {"count": turns.of(one.user).given, "weight": one.weight})
	return Verdict(one.user, Why.LATER)
