"""Who gets a lead: shares, turns, and who is never drawn; over many random pools."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skycrm.domain import claiming
from skycrm.domain.assignment import Away, Candidate, Limits, Method, Turns, Why, after, choose
from skycrm.domain.lead_conditions import Condition, matches
from skycrm.domain.send_window import Window
from skycrm.domain.working_hours import is_open, next_opening

TODAY = date(2026, 11, 23)
NEW = Turns(day=TODAY)


def give(pool, method, number, limits=None, turns=NEW):
	"""Give so many leads out; returns who got them, and where the rule stands."""
	limits = limits or Limits()
	got = []
	for _ in range(number):
		counted = [replace(one, open_leads=one.open_leads + got.count(one.user)) for one in pool]
		decision = choose(counted, method, limits, turns)
		if decision.chosen:
			got.append(decision.chosen.user)
			turns = after(decision, counted, method, turns)
	return got, turns


def pool_of(*users, **more):
	return [Candidate(user, **more) for user in users]


class TestTurns:
	def test_everybody_in_turn(self):
		got, _turns = give(pool_of("an", "binh", "chi"), Method.ROUND_ROBIN, 7)
		assert got == ["an", "binh", "chi", "an", "binh", "chi", "an"]

	def test_who_comes_back_does_not_get_everything(self):
		away = Candidate("chi", away=Away(Why.ABSENT, TODAY))
		_got, turns = give([*pool_of("an", "binh"), away], Method.ROUND_ROBIN, 100)
		got, _turns = give(pool_of("an", "binh", "chi"), Method.ROUND_ROBIN, 30, turns=turns)
		assert max(Counter(got).values()) - min(Counter(got).values()) <= 1

	def test_a_new_colleague_takes_turns_at_once(self):
		_got, turns = give(pool_of("an", "binh"), Method.ROUND_ROBIN, 50)
		got, _turns = give(pool_of("an", "binh", "moi"), Method.ROUND_ROBIN, 9, turns=turns)
		assert Counter(got) == {"an": 3, "binh": 3, "moi": 3}

	def test_fewest_leads_first_and_turns_between_equals(self):
		pool = [Candidate("an", open_leads=3), Candidate("binh"), Candidate("chi")]
		got, _turns = give(pool, Method.LEAST_LOADED, 6)
		assert got == ["binh", "chi", "binh", "chi", "binh", "chi"]
		got, _turns = give(pool, Method.LEAST_LOADED, 9)
		assert Counter(got) == {"an": 1, "binh": 4, "chi": 4}

	@given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 300))
	@settings(max_examples=60, deadline=None)
	def test_shares_are_right_at_any_moment(self, weights, number):
		pool = [Candidate(f"u{i}", weight=weight) for i, weight in enumerate(weights)]
		got = Counter(give(pool, Method.WEIGHTED, number)[0])
		for one in pool:
			due = number * one.weight / sum(weights)
			# Each is at most one lead ahead; how far somebody may lag depends on how many are ahead.
			assert got[one.user] <= due + 1 + 1e-9
			assert got[one.user] >= due - len(pool)

	def test_weights_over_many_draws(self):
		pool = [Candidate("an", weight=5), Candidate("binh", weight=3), Candidate("chi", weight=2)]
		got = Counter(give(pool, Method.WEIGHTED, 10_000)[0])
		assert abs(got["an"] - 5000) <= 2 and abs(got["binh"] - 3000) <= 2 and abs(got["chi"] - 2000) <= 2


people = st.builds(
	Candidate,
	user=st.uuids().map(str),
	enabled=st.booleans(),
	weight=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
	open_leads=st.integers(0, 6),
	away=st.sampled_from([None, Away(Why.ABSENT, TODAY), Away(Why.ON_LEAVE, TODAY)]),
)


class TestNeverDrawn:
	@given(
		st.lists(people, max_size=8, unique_by=lambda one: one.user),
		st.sampled_from(Method),
		st.integers(0, 5),
		st.integers(0, 3),
	)
	@settings(max_examples=200, deadline=None)
	def test_nobody_who_cannot_take_it(self, pool, method, cap, per_day):
		limits = Limits(cap, per_day)
		got, turns = give(pool, method, 12, limits)
		by_name = {one.user: one for one in pool}
		counted = Counter(got)
		for user, number in counted.items():
			one = by_name[user]
			assert one.enabled and not one.away
			assert method is not Method.WEIGHTED or one.weight > 0
			assert not cap or one.open_leads + number <= cap
			assert not per_day or number <= per_day
		decision = choose(pool, method, limits, turns)
		explained = {verdict.user for verdict in decision.passed_over}
		if decision.chosen:
			explained.add(decision.chosen.user)
		assert explained == set(by_name), "everybody is accounted for"

	def test_outside_the_hours_nobody_gets_anything(self):
		decision = choose(
			[Candidate("an"), Candidate("binh", enabled=False)],
			Method.ROUND_ROBIN,
			Limits(),
			NEW,
			is_open=False,
		)
		assert decision.chosen is None
		assert [(one.user, one.why) for one in decision.passed_over] == [
			("an", Why.CLOSED),
			("binh", Why.DISABLED),
		]

	def test_the_day_cap_begins_anew_each_day(self):
		_got, turns = give(pool_of("an"), Method.ROUND_ROBIN, 5, Limits(per_day=2))
		assert turns.of("an").today == 2
		tomorrow = turns.on(TODAY + timedelta(days=1))
		assert (tomorrow.of("an").today, tomorrow.of("an").given) == (0, 2)


class TestConditions:
	LEAD = {"source": "Website", "city": "Hà Nội", "score": 70, "item_code": {"A-1", "B-2"}, "campaign": None}

	@pytest.mark.parametrize(
		("field", "operator", "value", "fits"),
		[
			("source", "=", "website", True),
			("source", "!=", "Website", False),
			("city", "like", "nội", True),
			("city", "like", "hà%", True),
			("city", "like", "nội%", False),
			("city", "not like", "%huế%", True),
			("source", "in", "Zalo, Website", True),
			("source", "not in", "Zalo, Website", False),
			("item_code", "=", "B-2", True),
			("item_code", "!=", "B-2", False),
			("item_code", "in", "C-3", False),
			("campaign", "is", "not set", True),
			("campaign", "is", "set", False),
			("campaign", "=", "X", False),
			("campaign", "!=", "X", True),
		],
	)
	def test_text(self, field, operator, value, fits):
		assert matches([Condition(field, operator, value)], self.LEAD) is fits

	@pytest.mark.parametrize(
		("operator", "value", "fits"),
		[
			(">", "9", True),
			(">=", "70", True),
			("<", "100", True),
			("between", "60, 80", True),
			("=", "7", False),
		],
	)
	def test_numbers_are_no_text(self, operator, value, fits):
		assert matches([Condition("score", operator, value, is_number=True)], self.LEAD) is fits

	def test_all_must_hold_and_none_is_every_lead(self):
		assert matches([], self.LEAD)
		fits, fails = Condition("source", "=", "Website"), Condition("city", "=", "Huế")
		assert not matches([fits, fails], self.LEAD)

	def test_under_a_node_of_a_tree(self):
		members = frozenset({"Miền Bắc", "Hà Nội"})
		assert matches([Condition("city", "under", "Miền Bắc", members=members)], self.LEAD)
		assert not matches([Condition("source", "under", "Miền Bắc", members=members)], self.LEAD)


class TestHours:
	HOURS = [
		Window("Monday", timedelta(hours=8), timedelta(hours=12)),
		Window("Monday", timedelta(hours=13), timedelta(hours=17)),
		Window("Friday", timedelta(hours=8), timedelta(hours=12)),
	]
	MONDAY = datetime(2026, 11, 23)

	@pytest.mark.parametrize(
		("hour", "opened"), [(7.99, False), (8, True), (11.99, True), (12, False), (13, True), (17, False)]
	)
	def test_a_monday(self, hour, opened):
		assert is_open(self.HOURS, self.MONDAY + timedelta(hours=hour)) is opened

	def test_no_hours_is_always_but_for_days_off(self):
		assert is_open([], self.MONDAY)
		assert not is_open([], self.MONDAY, {self.MONDAY.date()})

	def test_when_it_opens_again(self):
		assert next_opening(self.HOURS, self.MONDAY) == self.MONDAY + timedelta(hours=8)
		assert next_opening(self.HOURS, self.MONDAY + timedelta(hours=18)) == datetime(2026, 11, 27, 8)
		days_off = {date(2026, 11, 27)}
		assert next_opening(self.HOURS, self.MONDAY + timedelta(hours=18), days_off) == datetime(
			2026, 11, 30, 8
		)
		assert next_opening(self.HOURS[:1], self.MONDAY + timedelta(hours=9)) == self.MONDAY + timedelta(
			hours=9
		)


class TestClaims:
	START = datetime(2026, 11, 23, 9)

	def test_held_for_some_days(self):
		assert claiming.held_until(self.START, 7) == datetime(2026, 11, 30, 9)
		assert claiming.held_until(self.START, 0) is None

	def test_a_planned_contact_holds_it_but_not_for_ever(self):
		soon, late = self.START + timedelta(days=10), self.START + timedelta(days=300)
		assert claiming.held_until(self.START, 7, soon, 30) == soon
		assert claiming.held_until(self.START, 7, late, 30) == self.START + timedelta(days=30)
		assert claiming.held_until(self.START, 7, self.START, 30) == self.START + timedelta(days=7)
		assert claiming.held_until(self.START, 7, late, 0) == self.START + timedelta(days=7)

	def test_cool_down(self):
		assert claiming.may_claim_again_on(self.START, 3) == datetime(2026, 11, 26, 9)
		assert claiming.may_claim_again_on(self.START, 0) is None
		assert claiming.may_claim_again_on(None, 3) is None
