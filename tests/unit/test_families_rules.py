"""Rules behind price lists, campaigns, segments and the sales reports: plain values, no site."""

import unittest
from datetime import date, datetime, timedelta

from skycrm.domain import pipeline, price_line, segment_filter
from skycrm.domain.rows import comma_separated, first_duplicate
from skycrm.domain.send_window import Window, first_empty, first_overlap


def window(weekday: str, start: float, end: float) -> Window:
	return Window(weekday, timedelta(hours=start), timedelta(hours=end))


class Rows(unittest.TestCase):
	def test_the_first_repetition_is_named(self) -> None:
		self.assertEqual(first_duplicate(["a", "b", "a", "b"]), (0, 2))

	def test_different_rows_are_fine(self) -> None:
		self.assertIsNone(first_duplicate([("a", 1), ("a", 2)]))
		self.assertIsNone(first_duplicate([]))

	def test_lists_are_split_at_commas(self) -> None:
		self.assertEqual(comma_separated(" a, b,,c "), ["a", "b", "c"])
		self.assertEqual(comma_separated(None), [])


class SendWindows(unittest.TestCase):
	def test_a_window_must_end_after_it_starts(self) -> None:
		self.assertEqual(first_empty([window("Monday", 8, 9), window("Monday", 9, 9)]), 1)
		self.assertEqual(first_empty([window("Monday", 22, 2)]), 0)
		self.assertIsNone(first_empty([window("Monday", 8, 9)]))

	def test_overlaps_are_found_in_any_order(self) -> None:
		self.assertEqual(first_overlap([window("Friday", 13, 17), window("Friday", 8, 14)]), (0, 1))

	def test_touching_windows_and_other_days_are_fine(self) -> None:
		rows = [window("Monday", 8, 12), window("Monday", 12, 17), window("Tuesday", 8, 12)]
		self.assertIsNone(first_overlap(rows))

	def test_a_window_inside_a_long_one_is_found(self) -> None:
		rows = [window("Monday", 8, 18), window("Monday", 9, 10), window("Monday", 11, 12)]
		self.assertEqual(first_overlap(rows), (0, 1))


class PriceLines(unittest.TestCase):
	def test_a_line_needs_a_rate_or_a_discount(self) -> None:
		cases = {
			(100, 0, False): None,
			(0, 5, True): None,
			(0, 100, True): None,
			(0, 0, True): price_line.RATE_MISSING,
			(None, None, False): price_line.RATE_MISSING,
			(100, 5, True): price_line.RATE_AND_DISCOUNT,
			(-1, 0, True): price_line.RATE_NEGATIVE,
			(0, 101, True): price_line.DISCOUNT_OUT_OF_RANGE,
			(0, -5, True): price_line.DISCOUNT_OUT_OF_RANGE,
			(0, 5, False): price_line.DISCOUNT_WITHOUT_BASE,
		}
		for (rate, discount, base), expected in cases.items():
			with self.subTest(rate=rate, discount=discount, base=base):
				self.assertEqual(price_line.line_problem(rate, discount, base), expected)

	def test_percentages_have_a_limit_and_amounts_have_none(self) -> None:
		self.assertEqual(price_line.adjustment_limit("Discount Percentage"), 100)
		self.assertEqual(price_line.adjustment_limit("Surcharge Percentage"), 1000)
		self.assertIsNone(price_line.adjustment_limit("Discount Amount"))


class SegmentFilters(unittest.TestCase):
	def test_values_must_suit_the_condition(self) -> None:
		cases = {
			("=", "x", "Data"): None,
			("=", "", "Data"): segment_filter.VALUE_MISSING,
			("=", None, "Int"): segment_filter.VALUE_MISSING,
			("=", "x", "Int"): segment_filter.NOT_A_NUMBER,
			(">", "10", "Currency"): None,
			("in", "1, 2", "Int"): None,
			("in", "1, two", "Int"): segment_filter.NOT_A_NUMBER,
			("in", ",", "Data"): segment_filter.LIST_EMPTY,
			("is", "set", "Data"): None,
			("is", "Not Set", "Data"): None,
			("is", "full", "Data"): segment_filter.IS_NEEDS_SET,
			("between", "1, 2", "Int"): None,
			("between", "1", "Int"): segment_filter.BETWEEN_NEEDS_TWO,
			("between", "1, 2, 3", "Int"): segment_filter.BETWEEN_NEEDS_TWO,
			("like", "%An%", "Int"): None,
		}
		for (operator, value, fieldtype), expected in cases.items():
			with self.subTest(operator=operator, value=value, fieldtype=fieldtype):
				self.assertEqual(segment_filter.filter_problem(operator, value, fieldtype), expected)


class Pipeline(unittest.TestCase):
	def test_stages_keep_their_order_and_their_gaps(self) -> None:
		rows = [
			{"stage": "Proposal", "deals": 2, "amount": 300, "weighted": 150},
			{"stage": "Gone", "deals": 1, "amount": 7, "weighted": 7},
		]
		totals = pipeline.totals_by_stage(rows, ["Prospecting", "Proposal"])
		self.assertEqual([total.stage for total in totals], ["Prospecting", "Proposal", "Gone"])
		self.assertEqual([total.deals for total in totals], [0, 2, 1])
		self.assertEqual(sum(total.amount for total in totals), 307)

	def test_rows_without_values_count_as_nothing(self) -> None:
		(total,) = pipeline.totals_by_stage([{"stage": None, "deals": None, "amount": None}], [])
		self.assertEqual((total.stage, total.deals, total.amount, total.weighted), ("", 0, 0, 0))

	def test_sources_count_what_became_of_their_leads(self) -> None:
		rows = [
			{"source": "Web", "status": "New", "leads": 5},
			{"source": "Web", "status": "Qualified", "leads": 2},
			{"source": "Web", "status": "Converted", "leads": 3},
			{"source": None, "status": "Unqualified", "leads": 4},
		]
		web, unknown = pipeline.results_by_source(rows)
		self.assertEqual((web.source, web.leads, web.qualified, web.converted), ("Web", 10, 5, 3))
		self.assertEqual(web.conversion_rate, 30)
		self.assertEqual((unknown.source, unknown.unqualified, unknown.conversion_rate), ("", 4, 0))

	def test_the_rate_of_all_sources_is_not_the_average_of_their_rates(self) -> None:
		rows = [
			{"source": "Web", "status": "New", "leads": 90},
			{"source": "Fair", "status": "Converted", "leads": 10},
		]
		total = pipeline.total_of(pipeline.results_by_source(rows))
		self.assertEqual((total.leads, total.converted, total.conversion_rate), (100, 10, 10))

	def test_a_share_of_nothing_is_nothing(self) -> None:
		self.assertEqual(pipeline.share(5, 0), 0)
		self.assertEqual(pipeline.share(None, 10), 0)
		self.assertEqual(pipeline.share(1, 3), 33.33)

	def test_days_late_count_days_and_not_hours(self) -> None:
		now = datetime(2026, 11, 21, 8, 0)
		self.assertEqual(pipeline.days_late(datetime(2026, 11, 20, 23, 59), now), 1)
		self.assertEqual(pipeline.days_late(date(2026, 11, 11), now), 10)
		self.assertEqual(pipeline.days_late(datetime(2026, 11, 21, 7, 0), now), 0)
		self.assertEqual(pipeline.days_late(datetime(2027, 1, 1), now), 0)

	def test_months_cross_the_year(self) -> None:
		months = pipeline.month_starts(date(2025, 11, 30), date(2026, 2, 1))
		self.assertEqual([month.month for month in months], [11, 12, 1, 2])
		self.assertEqual(pipeline.month_starts(date(2026, 2, 1), date(2026, 1, 1)), [])
