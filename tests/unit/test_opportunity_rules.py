"""Prices, discounts, sums and worth of an opportunity, as plain arithmetic."""

import random

import pytest

from skycrm.domain.errors import InvalidValue
from skycrm.domain.opportunity import (
	Line,
	PricedLine,
	check_probability,
	first_stage,
	price_line,
	round_half_up,
	totals,
	weighted_amount,
)

VND = round_half_up(0)
CENT = round_half_up(2)


def priced(**values) -> PricedLine:
	before = values.pop("before", None)
	return price_line(Line(**values), before=before, round_money=VND, round_base=VND)


def figures(line: PricedLine) -> tuple[float, float, float, float]:
	return line.price_list_rate, line.discount_percentage, line.rate, line.amount


class TestLine:
	def test_price_alone_is_the_rate(self):
		assert figures(priced(qty=3, price_list_rate=95_000)) == (95_000, 0, 95_000, 285_000)

	def test_discount_lowers_the_rate(self):
		assert figures(priced(qty=2, price_list_rate=100_000, discount_percentage=15)) == (
			100_000,
			15,
			85_000,
			170_000,
		)

	def test_rate_below_the_price_is_a_discount(self):
		assert figures(priced(qty=1, price_list_rate=200_000, rate=150_000)) == (
			200_000,
			25,
			150_000,
			150_000,
		)

	def test_rate_above_the_price_has_no_discount(self):
		assert figures(priced(qty=1, price_list_rate=200_000, rate=250_000)) == (200_000, 0, 250_000, 250_000)

	def test_discount_counts_before_a_rate_that_disagrees(self):
		line = priced(qty=1, price_list_rate=100_000, discount_percentage=10, rate=70_000)
		assert (line.discount_percentage, line.rate) == (10, 90_000)

	def test_free_rate_without_price(self):
		assert figures(priced(qty=4, rate=12_500)) == (0, 0, 12_500, 50_000)

	def test_discount_on_a_free_rate_takes_it_as_the_price(self):
		assert figures(priced(qty=1, rate=100_000, discount_percentage=15)) == (100_000, 15, 85_000, 85_000)

	def test_whole_discount_is_free(self):
		assert figures(priced(qty=1, price_list_rate=80_000, discount_percentage=100)) == (80_000, 100, 0, 0)

	def test_nothing_given_is_one_piece_for_nothing(self):
		assert figures(priced()) == (0, 0, 0, 0)
		assert priced().qty == 1

	def test_rate_typed_on_a_stored_line_counts_before_its_old_discount(self):
		before = Line(qty=1, price_list_rate=100_000, discount_percentage=10, rate=90_000)
		line = priced(qty=1, price_list_rate=100_000, discount_percentage=10, rate=80_000, before=before)
		assert (line.discount_percentage, line.rate) == (20, 80_000)

	def test_rate_typed_as_zero_on_a_stored_line_is_free(self):
		before = Line(qty=1, price_list_rate=100_000, discount_percentage=0, rate=100_000)
		assert priced(qty=1, price_list_rate=100_000, rate=0, before=before).discount_percentage == 100

	def test_discount_taken_off_a_stored_line_brings_the_price_back(self):
		before = Line(qty=1, price_list_rate=100_000, discount_percentage=10, rate=90_000)
		line = priced(qty=1, price_list_rate=100_000, discount_percentage=0, rate=90_000, before=before)
		assert (line.discount_percentage, line.rate) == (0, 100_000)

	def test_new_price_on_a_stored_line_keeps_its_discount(self):
		before = Line(qty=1, price_list_rate=100_000, discount_percentage=10, rate=90_000)
		line = priced(qty=1, price_list_rate=200_000, discount_percentage=10, rate=90_000, before=before)
		assert (line.discount_percentage, line.rate) == (10, 180_000)

	def test_new_quantity_leaves_the_rate_alone(self):
		before = Line(qty=1, price_list_rate=300_000, discount_percentage=33.333667, rate=199_999)
		line = priced(
			qty=7, price_list_rate=300_000, discount_percentage=33.333667, rate=199_999, before=before
		)
		assert (line.rate, line.amount) == (199_999, 1_399_993)

	def test_amount_is_rounded_per_line(self):
		line = price_line(Line(qty=3, rate=0.335), round_money=CENT)
		assert (line.rate, line.amount) == (0.34, 1.02)

	def test_base_amount_uses_the_exchange_rate(self):
		line = price_line(Line(qty=2, rate=10.55), conversion_rate=25_430, round_money=CENT, round_base=VND)
		assert (line.amount, line.base_amount) == (21.1, 536_573)

	@pytest.mark.parametrize(
		"values, code",
		[
			({"qty": 0}, "qty_not_positive"),
			({"qty": -1}, "qty_not_positive"),
			({"discount_percentage": -0.1}, "discount_out_of_range"),
			({"discount_percentage": 100.5}, "discount_out_of_range"),
			({"price_list_rate": -1}, "price_negative"),
			({"rate": -1}, "rate_negative"),
		],
	)
	def test_figures_that_cannot_be_sold(self, values, code):
		with pytest.raises(InvalidValue) as caught:
			priced(**values)
		assert caught.value.code == code

	def test_pricing_a_settled_line_again_changes_nothing(self):
		rng = random.Random(20261121)
		for _ in range(5000):
			rounder = rng.choice((VND, CENT))
			given = Line(
				qty=rng.choice((None, rng.randint(1, 500), round(rng.uniform(0.1, 9), 3))),
				price_list_rate=rng.choice((None, 0, round(rng.uniform(1, 9e8), 2))),
				discount_percentage=rng.choice((None, 0, 100, round(rng.uniform(0, 100), 2))),
				rate=rng.choice((None, round(rng.uniform(0, 9e8), 2))),
			)
			first = price_line(given, round_money=rounder, round_base=rounder)
			stored = Line(first.qty, first.price_list_rate, first.discount_percentage, first.rate)
			assert price_line(stored, before=stored, round_money=rounder, round_base=rounder) == first, given
			if first.rate or not first.price_list_rate:
				# The same line sent whole by another program, without a stored one to compare with.
				assert price_line(stored, round_money=rounder, round_base=rounder) == first, given

	def test_rate_and_discount_never_contradict(self):
		rng = random.Random(7)
		for _ in range(2000):
			line = priced(
				qty=1,
				price_list_rate=rng.randint(1_000, 10**9),
				rate=rng.choice((None, rng.randint(1, 10**9))),
				discount_percentage=rng.choice((None, rng.randint(0, 100))),
			)
			if line.rate <= line.price_list_rate:
				assert abs(line.price_list_rate * (1 - line.discount_percentage / 100) - line.rate) <= 1.5


class TestTotals:
	def test_sums(self):
		lines = [
			priced(qty=2, price_list_rate=100_000, discount_percentage=5),
			priced(qty=1, price_list_rate=50_000, discount_percentage=12),
			priced(qty=1, rate=10_000),
		]
		result = totals(lines, round_money=VND, round_base=VND)
		assert (result.amount, result.base_amount) == (244_000, 244_000)

	def test_no_lines(self):
		assert totals([]).amount == totals([]).base_amount == 0

	def test_sum_of_rounded_lines_and_not_the_rounded_sum(self):
		lines = [price_line(Line(qty=1.5, rate=33_333), round_money=VND, round_base=VND) for _ in range(3)]
		assert totals(lines, VND, VND).amount == 3 * 50_000


class TestProbability:
	def test_weighs_the_amount(self):
		assert weighted_amount(244_000, 25, VND) == 61_000
		assert weighted_amount(244_000, 0) == 0

	@pytest.mark.parametrize("value", [-1, 100.01, 1000])
	def test_out_of_range(self, value):
		with pytest.raises(InvalidValue) as caught:
			check_probability(value)
		assert caught.value.code == "probability_out_of_range"


class TestStage:
	def test_first_stage_is_the_open_one_with_the_smallest_sequence(self):
		stages = [("Won", "Won", 1), ("Proposal", "Open", 30), ("Prospecting", "Open", 10)]
		assert first_stage(stages) == "Prospecting"
		assert first_stage([("Won", "Won", 1)]) is None
