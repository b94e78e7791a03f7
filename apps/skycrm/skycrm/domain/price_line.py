"""Rules on one line of a price list (contract, section 3: `rate` or `discount_percentage`)."""

RATE_MISSING = "rate_missing"
RATE_AND_DISCOUNT = "rate_and_discount"
RATE_NEGATIVE = "rate_negative"
DISCOUNT_OUT_OF_RANGE = "discount_out_of_range"
DISCOUNT_WITHOUT_BASE = "discount_without_base"

PERCENTAGE_ADJUSTMENTS = frozenset({"Discount Percentage", "Surcharge Percentage"})


def line_problem(rate: float | None, discount_percentage: float | None, has_base: bool) -> str | None:
	"""Say what is wrong with a line, or None when it is fine.

	In: the line's rate and discount (None and 0 both mean "not given") and whether the list has a
	base to take the discount off. Out: one of the codes above.
	"""
	rate = rate or 0
	discount = discount_percentage or 0
	if rate < 0:
		return RATE_NEGATIVE
	if discount < 0 or discount > 100:
		return DISCOUNT_OUT_OF_RANGE
	if rate and discount:
		return RATE_AND_DISCOUNT
	if discount and not has_base:
		return DISCOUNT_WITHOUT_BASE
	if not rate and not discount:
		return RATE_MISSING
	return None


def adjustment_limit(adjustment_type: str | None) -> float | None:
	"""The largest value an adjustment may have, or None when there is no upper limit.

	A discount of more than 100 % would make a negative price; a surcharge above 1000 % is a typing
	error far more often than a wish.
	"""
	if adjustment_type == "Discount Percentage":
		return 100.0
	if adjustment_type == "Surcharge Percentage":
		return 1000.0
	return None
