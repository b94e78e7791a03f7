"""The score of a lead: its lines add up to it, the same facts give it again, and each kind of rule does what it says."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain import scoring
from skycrm.domain.free_mail import PROVIDERS, is_company_address
from skycrm.domain.scoring import (
	ACTIVITIES,
	ACTIVITY,
	AT_LEAST,
	AT_MOST,
	COMPLETENESS,
	CONTAINS,
	EQUALS,
	FIELD,
	HAND_LINE,
	IS_NOT_SET,
	IS_SET,
	LIMIT_LINE,
	NONE_OF,
	NOT_EQUALS,
	ONE_OF,
	RECENCY,
	SILENCE,
	SOURCE,
	ByHand,
	Facts,
	Rule,
	Sign,
	advise,
	evaluate,
	matches,
)

NOW = datetime(2026, 11, 21, 9, 0)
FIELDS = ("email_id", "mobile_no", "organization", "source", "item_count")

points = st.integers(-120, 120)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1))
signs = st.builds(
	Sign,
	kind=st.sampled_from(["Touch", "Received", "Sent", "Call", "Meeting"]),
	on=moments,
	door=st.sampled_from(["", "Web Form", "Email"]),
)
values = st.dictionaries(
	st.sampled_from(FIELDS), st.one_of(st.none(), st.integers(-5, 5), st.text(max_size=8), st.just("Website"))
)
facts = st.builds(Facts, values=values, born=moments, signs=st.lists(signs, max_size=12))
rules = st.lists(
	st.builds(
		Rule,
		name=st.uuids().map(str),
		kind=st.sampled_from(scoring.KINDS),
		points=points,
		max_points=points,
		lead_field=st.sampled_from(FIELDS),
		operator=st.sampled_from(scoring.OPERATORS),
		value=st.text(max_size=10),
		activity=st.sampled_from(sorted(ACTIVITIES)),
		door=st.sampled_from(["", "Web Form"]),
		days=st.integers(0, 90),
		half_life_days=st.integers(0, 60),
		source_points=st.dictionaries(st.sampled_from(["Website", "Fair"]), points, max_size=2),
		other_points=points,
		fields=st.lists(st.sampled_from(FIELDS), max_size=4, unique=True).map(tuple),
	),
	max_size=12,
)
by_hand = st.none() | st.builds(
	ByHand, score=st.integers(-20, 150), until=st.dates(date(2026, 6, 1), date(2027, 6, 1))
)


@given(rules, facts, moments, by_hand)
def test_the_lines_add_up_to_the_score_whatever_the_rules(rules, facts, as_of, by_hand):
	result = evaluate(rules, facts, as_of, by_hand)
	assert sum(line.points for line in result.lines) == result.score
	assert 0 <= result.score <= 100
	assert all(isinstance(line.points, int) for line in result.lines)


@given(rules, facts, moments, by_hand, st.lists(signs, max_size=4))
def test_a_past_moment_gives_the_same_score_whatever_happened_since(rules, facts, as_of, by_hand, later):
	since = [replace(sign, on=as_of + timedelta(days=1 + number)) for number, sign in enumerate(later)]
	more = replace(facts, signs=[*facts.signs, *since])
	assert evaluate(rules, more, as_of, by_hand) == evaluate(rules, facts, as_of, by_hand)


@given(rules, facts, moments)
def test_the_order_of_what_happened_does_not_matter(rules, facts, as_of):
	backwards = replace(facts, signs=list(reversed(facts.signs)))
	assert evaluate(rules, backwards, as_of) == evaluate(rules, facts, as_of)


@given(rules, facts, moments)
def test_advice_only_promises_more(rules, facts, as_of):
	advice = advise(rules, facts, as_of)
	assert all(line.points > 0 for line in advice)
	assert [line.points for line in advice] == sorted((line.points for line in advice), reverse=True)


def score(rule: Rule, **more) -> int:
	facts = Facts(more.pop("values", {}), more.pop("born", NOW), more.pop("signs", ()))
	lines = [line for line in evaluate([rule], facts, NOW).lines if line.rule == rule.name]
	return sum(line.points for line in lines)


@pytest.mark.parametrize(
	("value", "operator", "wanted", "found"),
	[
		("a", IS_SET, "", True),
		("", IS_SET, "", False),
		(None, IS_SET, "", False),
		(0, IS_SET, "", False),
		("", IS_NOT_SET, "", True),
		("Website", EQUALS, " website ", True),
		("Website", NOT_EQUALS, "website", False),
		("5", EQUALS, "5.0", True),
		("Hà Nội", ONE_OF, "Huế, hà nội", True),
		("Hà Nội", NONE_OF, "Huế\nĐà Nẵng", True),
		("Giám đốc kinh doanh", CONTAINS, "giam doc, CEO", True),
		("Oceanographer", CONTAINS, "CEO, ocean", False),
		("Phó giám đốc", CONTAINS, "giám đốc", True),
		(3, AT_LEAST, "2", True),
		(3, AT_MOST, "2", False),
		(0, AT_MOST, "2", True),
		(None, AT_MOST, "2", False),
		(date(2026, 11, 1), AT_LEAST, "2026-10-31", True),
		("abc", AT_LEAST, "2", True),
		("nan", EQUALS, "nan", True),
	],
)
def test_what_a_field_rule_compares(value, operator, wanted, found):
	assert matches(value, operator, wanted) is found


def test_activity_counts_in_its_window_by_its_door_and_up_to_its_cap():
	rule = Rule("r", ACTIVITY, 5, max_points=12, activity="Came Back", door="Web Form", days=7)
	hits = [Sign("Touch", NOW - timedelta(days=day), "Web Form") for day in (0, 1, 2, 6, 7, 30)]
	others = [Sign("Touch", NOW, "Email"), Sign("Received", NOW, "Web Form")]
	assert score(rule, signs=hits[:2] + others) == 10
	assert score(rule, signs=hits) == 12
	assert score(replace(rule, points=-5, max_points=-12), signs=hits) == -12
	assert score(replace(rule, max_points=0), signs=hits) == 20


def test_silence_speaks_after_its_days_and_the_making_of_the_lead_counts_as_contact():
	rule = Rule("r", SILENCE, -15, activity="Any Contact", days=30)
	old = NOW - timedelta(days=90)
	assert score(rule, born=NOW - timedelta(days=29)) == 0
	assert score(rule, born=old) == -15
	assert score(rule, born=old, signs=[Sign("Sent", NOW - timedelta(days=3))]) == 0
	assert (
		score(replace(rule, activity="Sign of Life"), born=old, signs=[Sign("Sent", NOW - timedelta(days=3))])
		== -15
	)


@pytest.mark.parametrize(("days", "given_points"), [(0, 20), (14, 10), (28, 5), (42, 3), (365, 0)])
def test_points_of_recency_fall_by_half_in_each_half_life(days, given_points):
	assert score(Rule("r", RECENCY, 20, half_life_days=14), born=NOW - timedelta(days=days)) == given_points


def test_what_we_sent_is_no_sign_of_life():
	rule = Rule("r", RECENCY, 20, half_life_days=14)
	born = NOW - timedelta(days=28)
	assert score(rule, born=born, signs=[Sign("Sent", NOW)]) == 5
	assert score(rule, born=born, signs=[Sign("Received", NOW)]) == 20


def test_points_of_sources():
	rule = Rule("r", SOURCE, source_points={"Referral": 15, "Import": 0}, other_points=4)
	assert [score(rule, values={"source": s}) for s in ("Referral", "Import", "Radio", "")] == [15, 0, 4, 0]


def test_completeness_gives_the_share_that_is_filled():
	rule = Rule("r", COMPLETENESS, 10, fields=("email_id", "mobile_no", "organization"))
	assert score(rule, values={"email_id": "a@b.vn"}) == 3
	assert score(rule, values=dict.fromkeys(rule.fields, "x")) == 10
	assert score(replace(rule, fields=())) == 0


def test_what_goes_beyond_the_limits_is_a_line():
	rules = [Rule("a", FIELD, 80, operator=IS_NOT_SET), Rule("b", FIELD, 60, operator=IS_NOT_SET)]
	result = evaluate(rules, Facts({}, NOW), NOW)
	assert result.fingerprint == [("a", 80), ("b", 60), (LIMIT_LINE, -40)]
	below = evaluate([replace(rules[0], points=-30)], Facts({}, NOW), NOW)
	assert (below.score, below.fingerprint) == (0, [("a", -30), (LIMIT_LINE, 30)])


def test_a_score_by_hand_holds_to_the_end_of_its_last_day():
	rules = [Rule("a", FIELD, 30, operator=IS_NOT_SET)]
	hand = ByHand(90, NOW.date(), "an@example.com")
	result = evaluate(rules, Facts({}, NOW), NOW, hand)
	assert (result.score, result.fingerprint) == (90, [("a", 30), (HAND_LINE, 60)])
	assert evaluate(rules, Facts({}, NOW), NOW + timedelta(days=1), hand).score == 30


def test_advice_names_what_is_missing_and_not_what_cannot_be_changed():
	rules = [
		Rule("tax", FIELD, 10, lead_field="tax_id"),
		Rule("phone", FIELD, 10, lead_field="mobile_no"),
		Rule("refused", FIELD, -12, lead_field="call_consent", operator=EQUALS, value="Refused"),
		Rule("source", SOURCE, source_points={"Referral": 15}),
		Rule("reply", ACTIVITY, 8, max_points=16, activity="Message Received", days=7),
		Rule("full", COMPLETENESS, 9, fields=("a", "b", "c")),
	]
	facts = Facts({"mobile_no": "0912345678", "call_consent": "Refused", "a": "x"}, NOW)
	assert [(line.rule, line.points) for line in advise(rules, facts, NOW)] == [
		("refused", 12),
		("tax", 10),
		("reply", 8),
		("full", 6),
	]


def test_an_unknown_kind_is_an_error_of_the_caller():
	with pytest.raises(ValueError):
		evaluate([Rule("r", "Magic", 5)], Facts({}, NOW), NOW)


@pytest.mark.parametrize(
	("key", "company"),
	[
		("an@gmail.com", False),
		("an@hoaphat.com.vn", True),
		("", False),
		(None, False),
		("an@localhost", False),
	],
)
def test_company_addresses(key, company):
	assert is_company_address(key) is company
	assert all("." in provider and provider == provider.lower() for provider in PROVIDERS)


def test_derived_facts():
	derived = scoring.derive({"email_key": "an@hoaphat.com.vn", "phone_key": "+84912345678"}, 2)
	assert (derived["company_email"], derived["valid_phone"], derived["valid_tax_code"]) == (1, 1, 0)
	assert derived["item_count"] == 2


@pytest.mark.parametrize(
	("points", "word"), [(100, "Hot"), (70, "Hot"), (69, "Warm"), (40, "Warm"), (0, "Cold")]
)
def test_rating_follows_the_bands(points, word):
	assert scoring.rating(points, 70, 40) == word
