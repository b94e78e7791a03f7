"""Arithmetic of a sales opportunity, on plain values. Stages: domain/stages.py, discounts to approve: domain/approval.py.

A line has a price (what the price list says), a discount and a rate (what the customer pays). Any of them may be
typed; what was not typed follows. The sums are built the way ERPNext builds those of a quotation: every line is
rounded first, then added up, so that an opportunity and its quotation agree to the last unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from skycrm.domain.errors import InvalidValue

OPEN = "Open"

# Digits kept of a discount worked out from a rate: enough to get the rate back to the unit up to 10^10.
DISCOUNT_DIGITS = 9

Rounder = Callable[[float], float]


def round_half_up(digits: int) -> Rounder:
	"""A rounder to so many decimals, halves away from zero.

	Args:
		digits: decimals to keep; 0 for currencies without a smaller unit, such as VND.
	"""
	step = Decimal(1).scaleb(-digits)

	def rounder(value: float) -> float:
		return float(Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP))

	return rounder


@dataclass(frozen=True)
class Line:
	"""A line as it came in; None is a value that nobody gave."""

	qty: float | None = None
	price_list_rate: float | None = None
	discount_percentage: float | None = None
	rate: float | None = None


@dataclass(frozen=True)
class PricedLine:
	"""A line with every figure settled; `base_amount` is in company currency."""

	qty: float
	price_list_rate: float
	discount_percentage: float
	rate: float
	amount: float
	base_amount: float


@dataclass(frozen=True)
class Totals:
	"""Sums of an opportunity; `base_amount` is in company currency."""

	amount: float
	base_amount: float


def check_line(line: Line) -> None:
	"""Refuse figures that cannot be sold.

	Raises:
		InvalidValue: `qty_not_positive`, `discount_out_of_range`, `price_negative` or `rate_negative`.
	"""
	if line.qty is not None and line.qty <= 0:
		raise InvalidValue("qty_not_positive", line.qty)
	if line.discount_percentage is not None and not 0 <= line.discount_percentage <= 100:
		raise InvalidValue("discount_out_of_range", line.discount_percentage)
	if line.price_list_rate is not None and line.price_list_rate < 0:
		raise InvalidValue("price_negative", line.price_list_rate)
	if line.rate is not None and line.rate < 0:
		raise InvalidValue("rate_negative", line.rate)


def price_line(
	line: Line,
	before: Line | None = None,
	conversion_rate: float = 1.0,
	round_money: Rounder | None = None,
	round_base: Rounder | None = None,
) -> PricedLine:
	"""Settle price, discount, rate and amount of one line.

	Of discount and rate, the one that was typed counts: without an earlier state a discount counts before a rate;
	with one, whichever changed, the discount if both did. A rate above the price is a rate without discount.
	A discount on a line without a price takes the rate that was given as the price.

	Args:
		line: the line as it came in.
		before: the same line as it was stored, None for a new one.
		conversion_rate: company currency per unit of the line's currency.
		round_money: rounds rates and amounts in the line's currency.
		round_base: rounds amounts in company currency.

	Raises:
		InvalidValue: see check_line.
	"""
	check_line(line)
	round_money = round_money or round_half_up(2)
	round_base = round_base or round_money
	qty = 1.0 if line.qty is None else float(line.qty)
	price = round_money(line.price_list_rate or 0)
	discount = float(line.discount_percentage or 0)
	rate = None if line.rate is None else round_money(line.rate)

	if not price and rate and discount:
		# The very first discount on a free rate; a stored line of this kind has a price already.
		price = rate
	if not price:
		rate, discount = rate or 0.0, 0.0
	elif _rate_counts(line, before):
		rate = rate or 0.0
		discount = 0.0 if rate >= price else round((price - rate) / price * 100, DISCOUNT_DIGITS)
	elif rate is not None and rate > price and not discount:
		pass
	else:
		discounted = round_money(price * (1 - discount / 100))
		if rate is None or not _agree(discounted, rate, price, discount):
			rate = discounted

	amount = round_money(rate * qty)
	return PricedLine(
		qty=qty,
		price_list_rate=price,
		discount_percentage=discount,
		rate=rate,
		amount=amount,
		base_amount=round_base(amount * conversion_rate),
	)


def _rate_counts(line: Line, before: Line | None) -> bool:
	"""Whether the rate was typed, rather than the discount or the price that it would follow from."""
	if line.rate is None:
		return False
	if before is None:
		return bool(line.rate) and not line.discount_percentage
	return (
		_changed(line.rate, before.rate)
		and not _changed(line.discount_percentage, before.discount_percentage)
		and not _changed(line.price_list_rate, before.price_list_rate)
	)


def _changed(now: float | None, then: float | None) -> bool:
	return abs((now or 0) - (then or 0)) > 1e-9


def _agree(discounted: float, rate: float, price: float, discount: float) -> bool:
	"""Whether a rate is the discounted price but for the rounding of the discount itself."""
	if discounted == rate:
		return True
	# A discount worked out from a rate was cut to DISCOUNT_DIGITS: what that can move the rate by.
	slack = price * 10**-DISCOUNT_DIGITS
	return bool(discount) and abs(price * (1 - discount / 100) - rate) <= slack


def totals(
	lines: Iterable[PricedLine],
	round_money: Rounder | None = None,
	round_base: Rounder | None = None,
) -> Totals:
	"""Add the lines up.

	Args:
		lines: settled lines.
		round_money: rounds sums in the opportunity's currency.
		round_base: rounds sums in company currency.
	"""
	round_money = round_money or round_half_up(2)
	round_base = round_base or round_money
	amount = base_amount = 0.0
	for line in lines:
		amount += line.amount
		base_amount += line.base_amount
	return Totals(amount=round_money(amount), base_amount=round_base(base_amount))


def weighted_amount(base_amount: float, probability: float, round_base: Rounder | None = None) -> float:
	"""What the sale is worth today: its amount times its probability (0 to 100)."""
	return (round_base or round_half_up(2))(base_amount * probability / 100)


def check_probability(probability: float) -> None:
	"""Refuse a probability outside 0 to 100.

	Raises:
		InvalidValue: `probability_out_of_range`.
	"""
	if not 0 <= probability <= 100:
		raise InvalidValue("probability_out_of_range", probability)


def first_stage(stages: Iterable[tuple[str, str, int]]) -> str | None:
	"""The stage in which an opportunity starts: of type Open, smallest sequence.

	Args:
		stages: (name, type, sequence) of each stage that is in use.
	"""
	open_stages = sorted((sequence, name) for name, stage_type, sequence in stages if stage_type == OPEN)
	return open_stages[0][1] if open_stages else None
