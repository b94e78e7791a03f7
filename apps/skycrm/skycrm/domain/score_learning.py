"""What won and lost leads say about the points of the rules: who may be learnt from, and how weights become points.

The fitting itself is a library's (services/score_learning.py); everything that decides stands here, on plain numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from skycrm.domain.pipeline import share
from skycrm.domain.scoring import SOURCE, Facts, Rule, points_of, whole

# Fewer won or lost leads than this, and chance decides.
LEAST_OF_EACH = 50
# A rule that spoke for fewer leads than this, or was silent for fewer, keeps its points.
LEAST_PER_RULE = 20
# A suggestion stays within the size of points that a person would give.
MOST_POINTS = 40

KEPT_FEW = "few"
KEPT_SAME = "same"


@dataclass(frozen=True)
class Case:
	"""A decided lead.

	Attributes:
		strengths: rule → how far it applied, 1 for all its points.
		won: whether it became a sale.
	"""

	strengths: Mapping[str, float]
	won: bool


@dataclass(frozen=True)
class Evidence:
	"""What the history says about one rule.

	Attributes:
		applied, silent: how many leads it spoke for, and for how many it was silent.
		won_applied, won_silent: how many of each were won.
	"""

	rule: str
	applied: int
	won_applied: int
	silent: int
	won_silent: int

	@property
	def rate_applied(self) -> float:
		"""Percent won of the leads it spoke for."""
		return share(self.won_applied, self.applied)

	@property
	def rate_silent(self) -> float:
		"""Percent won of the others."""
		return share(self.won_silent, self.silent)

	@property
	def is_enough(self) -> bool:
		"""Whether both sides are large enough to compare."""
		return min(self.applied, self.silent) >= LEAST_PER_RULE


def scale_of(rule: Rule) -> int:
	"""The points that stand for "applies in full": what a suggestion changes. Of sources, the best one's."""
	if rule.kind != SOURCE:
		return rule.points
	return max((abs(points) for points in (*rule.source_points.values(), rule.other_points)), default=0)


def strength(rule: Rule, facts: Facts, as_of: datetime) -> float:
	"""How far a rule applies to a lead: 0 not at all, 1 in full. Rules without points are asked as if they had some."""
	scale = scale_of(rule)
	if rule.kind == SOURCE:
		return points_of(rule, facts, as_of)[0] / scale if scale else 0.0
	if not scale:
		rule, scale = replace(rule, points=1, max_points=0), 1
	return points_of(rule, facts, as_of)[0] / scale


def refusal(won: int, lost: int) -> str | None:
	"""Why nothing can be learnt: "few_won", "few_lost" or None when there is enough."""
	if won < LEAST_OF_EACH:
		return "few_won"
	return "few_lost" if lost < LEAST_OF_EACH else None


def evidence(rules: Sequence[str], cases: Sequence[Case]) -> dict[str, Evidence]:
	"""Per rule, what became of the leads that it spoke for and of the others."""
	found = {}
	for rule in rules:
		applied = [case.won for case in cases if case.strengths.get(rule)]
		silent = len(cases) - len(applied)
		won = sum(case.won for case in cases)
		found[rule] = Evidence(rule, len(applied), sum(applied), silent, won - sum(applied))
	return found


def usable(found: Mapping[str, Evidence]) -> list[str]:
	"""Rules that the history says enough about, in the order given."""
	return [rule for rule, row in found.items() if row.is_enough]


def design(rules: Sequence[str], cases: Sequence[Case]) -> tuple[list[list[float]], list[int]]:
	"""A row of strengths per lead, and 1 for won or 0 for lost."""
	rows = [[case.strengths.get(rule, 0.0) for rule in rules] for case in cases]
	return rows, [int(case.won) for case in cases]


def to_points(weights: Mapping[str, float], current: Mapping[str, int]) -> dict[str, int]:
	"""Weights of a fitted model as whole points.

	The points given out in all stay the same, so that bands and habits keep their meaning.

	Args:
		weights: rule → weight of the rule applying in full.
		current: rule → points now, of the same rules.

	Returns:
		rule → points, within -MOST_POINTS to MOST_POINTS.
	"""
	size = sum(abs(weight) for weight in weights.values())
	budget = sum(abs(current.get(rule, 0)) for rule in weights) or 10 * len(weights)
	if not size:
		return {rule: current.get(rule, 0) for rule in weights}
	return {
		rule: max(-MOST_POINTS, min(MOST_POINTS, whole(weight * budget / size)))
		for rule, weight in weights.items()
	}


def totals(points: Mapping[str, int], cases: Sequence[Case]) -> list[float]:
	"""The score of each lead by these points, before rounding and limits, which would only blur the comparison."""
	return [sum(points.get(rule, 0) * value for rule, value in case.strengths.items()) for case in cases]


def area(scores: Sequence[float], outcomes: Sequence[bool]) -> float | None:
	"""How often a won lead scores above a lost one; ties count half. None without both. By ranks, in n log n."""
	won = sum(bool(outcome) for outcome in outcomes)
	lost = len(outcomes) - won
	if not won or not lost:
		return None
	ordered = sorted(zip(scores, outcomes, strict=True), key=lambda pair: pair[0])
	ranks, start = 0.0, 0
	while start < len(ordered):
		end = start
		while end < len(ordered) and ordered[end][0] == ordered[start][0]:
			end += 1
		middle = (start + 1 + end) / 2
		ranks += middle * sum(bool(outcome) for _score, outcome in ordered[start:end])
		start = end
	return (ranks - won * (won + 1) / 2) / (won * lost)


def folds(outcomes: Sequence[bool], count: int, shuffle: Callable[[list[int]], None]) -> list[list[int]]:
	"""Places of the cases, dealt into `count` parts with won and lost alike in each.

	Args:
		shuffle: reorders a list in place, the same way each time.
	"""
	parts: list[list[int]] = [[] for _ in range(count)]
	dealt = 0
	for wanted in (True, False):
		places = [place for place, outcome in enumerate(outcomes) if bool(outcome) == wanted]
		shuffle(places)
		for place in places:
			parts[dealt % count].append(place)
			dealt += 1
	return parts
