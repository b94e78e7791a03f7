"""Shapes of amounts and numbers."""

from decimal import Decimal

import pytest

from skycrm.domain.errors import InvalidValue
from skycrm.domain.money import (
	base_language,
	format_amount,
	format_money,
	format_number,
	minor_digits,
	to_decimal,
)


@pytest.mark.parametrize(
	("amount", "currency", "language", "text"),
	[
		(1234567, "VND", "vi", "1.234.567 đ"),
		(1234567, "VND", "en", "1.234.567 đ"),
		(1234567.5, "VND", "vi", "1.234.568 đ"),
		(-1234567, "VND", "vi", "-1.234.567 đ"),
		(0, "VND", "vi", "0 đ"),
		(-0.2, "VND", "vi", "0 đ"),
		(None, None, None, "0 đ"),
		(999, "VND", "vi", "999 đ"),
		(10**15, "VND", "vi", "1.000.000.000.000.000 đ"),
		(1234567.891, "USD", "vi", "1.234.567,89 USD"),
		(1234567.891, "USD", "en", "$1,234,567.89"),
		(-0.5, "USD", "en", "-$0.50"),
		(12, "usd", "en-US", "$12.00"),
		("12.345", "EUR", "en", "EUR 12.35"),
		(-12, "EUR", "en", "-EUR 12.00"),
		(12, "JPY", "vi", "12 JPY"),
		("1234.5675", "KWD", "en", "KWD 1,234.568"),
		(5, "ABC", "vi", "5,00 ABC"),
	],
)
def test_money(amount, currency, language, text):
	assert format_money(amount, currency, language) == text


def test_amount_has_no_currency():
	assert format_amount(Decimal("1234567"), "VND", "en") == "1.234.567"
	assert format_amount("9.9", "USD", "vi") == "9,90"


@pytest.mark.parametrize(
	("value", "language", "digits", "currency", "text"),
	[
		(1250.5, "vi", None, None, "1.250,5"),
		(1250.5, "en", None, None, "1,250.5"),
		(1250.5, "en", None, "VND", "1.250,5"),
		(1000, "vi", None, None, "1.000"),
		(100, "en", None, None, "100"),
		(0.1, "vi", None, None, "0,1"),
		(2, "vi", 2, None, "2,00"),
		("0.0000001234", "en", None, None, "0.000000123"),
		(-0.0, "vi", None, None, "0"),
	],
)
def test_number(value, language, digits, currency, text):
	assert format_number(value, language, digits, currency) == text


def test_minor_digits():
	assert [minor_digits(code) for code in ("VND", "USD", "jpy", "KWD", "???", None)] == [0, 2, 0, 3, 2, 0]


def test_language():
	assert [base_language(code) for code in ("vi", "vi-VN", "VI_vn", "en", "vie", "", None)] == [
		"vi",
		"vi",
		"vi",
		"en",
		"en",
		"en",
		"en",
	]


def test_float_is_read_by_its_spelling():
	assert to_decimal(0.1) == Decimal("0.1")


@pytest.mark.parametrize("amount", ["x", "1,5", float("nan"), "inf"])
def test_no_number(amount):
	with pytest.raises(InvalidValue) as error:
		format_money(amount)
	assert error.value.code == "amount_not_a_number"


def test_absurdly_large():
	with pytest.raises(InvalidValue) as error:
		format_money("1e70")
	assert error.value.code == "amount_too_large"
