"""Whether a score is worth something, and what the history suggests: plain arithmetic, compared with plainer one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain import score_learning, score_value
from skycrm.domain.score_learning import Case, Evidence
from skycrm.domain.scoring import FIELD, SOURCE, Facts, Rule

counts = st.dictionaries(st.integers(0, 100), st.integers(0, 5), max_size=8)


def plain_area(won, lost):
	pairs = [(a, b) for a, n in won.items() for _ in range(n) for b, m in lost.items() for _ in range(m)]
	return sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs) if pairs else None


@given(counts, counts)
def test_the_area_is_what_comparing_every_pair_gives(won, lost):
	expected = plain_area(won, lost)
	found = score_value.area_under_curve(won, lost)
	assert found == (None if expected is None else pytest.approx(expected))
	scores = [s for s, n in won.items() for _ in range(n)] + [s for s, n in lost.items() for _ in range(n)]
	outcomes = [True] * sum(won.values()) + [False] * sum(lost.values())
	assert score_learning.area(scores, outcomes) == (None if expected is None else pytest.approx(expected))


@given(st.integers(1, 100))
def test_bands_hold_every_score_once(width):
	found = score_value.bands(width)
	assert sorted(s for band in found for s in range(band.lowest, band.highest + 1)) == list(range(101))
	for score in (-5, 0, 49, 100, 120):
		band = score_value.band_of(found, score)
		assert band.lowest <= min(max(score, 0), 100) <= band.highest


def test_a_band_counts():
	band = score_value.Band(0, 9, leads=10, converted=4, won=3, lost=1, days=10)
	assert (band.win_rate, band.conversion_rate, band.average_days, band.decided) == (75, 40, 2.5, 4)
	empty = score_value.Band(0, 9)
	assert (empty.win_rate, empty.average_days) == (0, 0)


def test_lift_of_the_top_leads():
	found = score_value.bands(50)
	found[0].won, found[0].lost, found[1].won, found[1].lost = 8, 2, 2, 8
	top, times = score_value.lift(found)
	assert (top.lowest, top.decided, times) == (50, 10, 1.6)
	assert score_value.lift(score_value.bands(10)) is None


@pytest.mark.parametrize(
	("area", "won", "lost", "word"),
	[
		(0.8, 100, 100, "good"),
		(0.65, 100, 100, "fair"),
		(0.57, 100, 100, "weak"),
		(0.5, 100, 100, "useless"),
		(0.3, 100, 100, "reversed"),
		(0.9, 19, 100, "few"),
		(None, 100, 100, "few"),
	],
)
def test_one_word_for_the_figure(area, won, lost, word):
	assert score_value.judge(area, won, lost) == word


def cases(applied_won=60, applied_lost=20, silent_won=20, silent_lost=60):
	return (
		[Case({"tax": 1.0, "rare": 0.0}, True)] * applied_won
		+ [Case({"tax": 1.0}, False)] * applied_lost
		+ [Case({"rare": 1.0}, True)] * 3
		+ [Case({}, True)] * (silent_won - 3)
		+ [Case({}, False)] * silent_lost
	)


def test_evidence_of_a_rule():
	found = score_learning.evidence(["tax", "rare"], cases())
	assert found["tax"] == Evidence("tax", 80, 60, 80, 20)
	assert (found["tax"].rate_applied, found["tax"].rate_silent) == (75, 25)
	assert score_learning.usable(found) == ["tax"]


@pytest.mark.parametrize(
	("won", "lost", "why"),
	[(49, 500, "few_won"), (500, 49, "few_lost"), (0, 0, "few_won"), (50, 50, None)],
)
def test_sparse_history_is_refused(won, lost, why):
	assert score_learning.refusal(won, lost) == why


def test_design_matrix():
	rows, outcomes = score_learning.design(["tax", "rare"], cases(1, 1, 3, 1))
	assert rows == [[1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 0]]
	assert outcomes == [1, 0, 1, 1, 1, 0]


def test_weights_become_points_of_the_same_sum():
	points = score_learning.to_points({"a": 2.0, "b": -1.0, "c": 1.0}, {"a": 10, "b": 10, "c": 20})
	assert points == {"a": 20, "b": -10, "c": 10}
	assert score_learning.to_points({"a": 0.0}, {"a": 7}) == {"a": 7}
	assert score_learning.to_points({"a": 1.0}, {"a": 0}) == {"a": 10}


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-50, 50), min_size=1), st.integers(0, 30))
def test_points_stay_whole_and_within_reason(weights, current):
	points = score_learning.to_points(weights, dict.fromkeys(weights, current))
	assert points.keys() == weights.keys()
	assert all(isinstance(p, int) and abs(p) <= score_learning.MOST_POINTS for p in points.values())


def test_strength_is_one_when_a_rule_applies_in_full(now=None):
	from datetime import datetime

	now = datetime(2026, 11, 21)
	facts = Facts({"tax_id": "0100109106", "source": "Fair"}, now)
	assert score_learning.strength(Rule("r", FIELD, 10, lead_field="tax_id"), facts, now) == 1
	assert score_learning.strength(Rule("r", FIELD, -10, lead_field="tax_id"), facts, now) == 1
	assert score_learning.strength(Rule("r", FIELD, 0, lead_field="tax_id"), facts, now) == 1
	sources = Rule("r", SOURCE, source_points={"Fair": 5, "Referral": 20})
	assert score_learning.strength(sources, facts, now) == 0.25
	assert score_learning.scale_of(sources) == 20


def test_folds_deal_won_and_lost_alike_and_the_same_way_each_time():
	outcomes = [True] * 10 + [False] * 25
	found = score_learning.folds(outcomes, 5, random.Random(7).shuffle)
	assert found == score_learning.folds(outcomes, 5, random.Random(7).shuffle)
	assert sorted(place for part in found for place in part) == list(range(35))
	assert all(sum(outcomes[place] for place in part) == 2 and len(part) == 7 for part in found)


def test_totals_by_points():
	some = [Case({"a": 0.5, "b": 1.0}, True), Case({}, False)]
	assert score_learning.totals({"a": 10, "b": -3}, some) == [2.0, 0]
