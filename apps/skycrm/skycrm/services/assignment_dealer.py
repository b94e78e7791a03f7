"""Gives leads out by the rules: locks each rule it comes to, draws from its pool, and remembers whose turn it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from frappe.utils import now_datetime

from skycrm.domain import working_hours
from skycrm.domain.assignment import Candidate, Decision, Turns, Verdict, Why, after, choose
from skycrm.domain.lead_conditions import matches
from skycrm.integrations.erpnext import leave
from skycrm.services import assignment_pool, assignment_turns
from skycrm.services.assignment_rules import NEXT_RULE, PERSON, Rule


@dataclass(frozen=True)
class Step:
	"""One rule that was asked, and what it said."""

	rule: str
	decision: Decision


@dataclass(frozen=True)
class Outcome:
	"""What the rules say about one lead.

	Attributes:
		rule: the rule that decided.
		user: who gets it, None when it waits in the pool of `team`.
		steps: every rule that was asked; the last one decided.
		why: set when it was not the draw of the last step that decided: NAMED or WAITING.
	"""

	rule: Rule
	user: str | None
	team: str | None
	steps: tuple[Step, ...]
	why: Why | None = None


@dataclass
class _Hand:
	"""The pool and the turns of a rule while leads are given out."""

	pool: list[Candidate]
	turns: Turns
	is_open: bool
	changed: bool = False
	# What the pool has got since its open leads were counted, by this rule in other transactions.
	missed: dict[str, int] = field(default_factory=dict)


class Dealer:
	"""One round of giving leads out, for one lead or for many.

	Args:
		is_real: locks the rules and lets `save` write; False only tries.
		now: the moment of the round.
	"""

	def __init__(self, is_real: bool = True, now: datetime | None = None) -> None:
		self.is_real = is_real
		self.now = now or now_datetime()
		self._hands: dict[str, _Hand] = {}
		self._given: dict[str, int] = {}

	def deal(self, rules: Iterable[Rule], values: Mapping[str, Any]) -> Outcome | None:
		"""Ask the rules about a lead, in their order; None when none of them is for it."""
		steps: list[Step] = []
		last: Rule | None = None
		for rule in rules:
			if not matches(rule.conditions, values):
				continue
			last = rule
			decision = self.draw(rule)
			steps.append(Step(rule.name, decision))
			if decision.chosen:
				return Outcome(rule, decision.chosen.user, None, tuple(steps))
			if rule.fallback == PERSON and rule.fallback_user:
				return Outcome(rule, rule.fallback_user, None, tuple(steps), Why.NAMED)
			if rule.fallback != NEXT_RULE:
				break
		if last is None:
			return None
		return Outcome(last, None, last.pool_team, tuple(steps), Why.WAITING)

	def draw(self, rule: Rule) -> Decision:
		"""Let a rule pick somebody, and count it."""
		hand = self._hand(rule)
		pool = [self._with_open_leads(one, hand) for one in hand.pool]
		decision = choose(pool, rule.method, rule.limits, hand.turns, is_open=hand.is_open)
		if decision.chosen:
			hand.turns = after(decision, pool, rule.method, hand.turns)
			hand.changed = True
			user = decision.chosen.user
			self._given[user] = self._given.get(user, 0) + 1
		return decision

	def save(self) -> None:
		"""Write whose turn it is by every rule that gave something out."""
		if not self.is_real:
			raise RuntimeError("a trial is not saved")
		for name, hand in self._hands.items():
			if hand.changed:
				assignment_turns.write(name, hand.turns)
				hand.changed = False

	def _hand(self, rule: Rule) -> _Hand:
		if rule.name not in self._hands:
			day: date = self.now.date()
			turns = (assignment_turns.lock if self.is_real else assignment_turns.look)(rule.name)
			hand = _Hand(
				assignment_pool.candidates(rule, day),
				turns.on(day),
				working_hours.is_open(rule.hours, self.now, leave.days_off(rule.holiday_list)),
			)
			if self.is_real and rule.counts_open_leads:
				# The count shows what was committed when this transaction began to read; the lock shows what is now.
				seen = assignment_turns.look(rule.name)
				hand.missed = {
					one.user: turns.of(one.user).given - seen.of(one.user).given for one in hand.pool
				}
			self._hands[rule.name] = hand
		return self._hands[rule.name]

	def _with_open_leads(self, one: Candidate, hand: _Hand) -> Candidate:
		more = self._given.get(one.user, 0) + hand.missed.get(one.user, 0)
		return replace(one, open_leads=one.open_leads + more) if more else one


def decided(outcome: Outcome) -> Verdict:
	"""The verdict that decided about the lead."""
	chosen = outcome.steps[-1].decision.chosen
	if outcome.why is Why.WAITING:
		return Verdict("", Why.WAITING, {"team": outcome.team or ""})
	if outcome.why is Why.NAMED:
		return Verdict(outcome.user or "", Why.NAMED)
	if chosen is None:  # pragma: no cover - without one of the two above somebody was chosen
		raise AssertionError
	return chosen
