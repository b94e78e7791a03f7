"""How an amount of money looks on paper and in a message.

Sources of the shapes:
- Vietnam: the Law on Accounting 88/2015/QH13, article 11, has accounting numbers written with a dot after
  thousands, millions and billions and a comma before the decimals; the dong has no smaller unit in use.
- Number of decimals per currency: ISO 4217, list one ("minor unit").
- English: comma between thousands and a dot before the decimals.

The dong keeps its Vietnamese shape in every language, because the desk shows it so ("#.###" in its Currency
record) and an amount that changes its separators with the reader's language is easy to misread.
"""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from skycrm.domain.errors import InvalidValue

Amount = Decimal | int | float | str

DEFAULT_MINOR_DIGITS = 2

# ISO 4217: only those that differ from two digits, among currencies still in use.
MINOR_DIGITS = {
	"BHD": 3,
	"BIF": 0,
	"CLP": 0,
	"DJF": 0,
	"GNF": 0,
	"IQD": 3,
	"ISK": 0,
	"JOD": 3,
	"JPY": 0,
	"KMF": 0,
	"KRW": 0,
	"KWD": 3,
	"LYD": 3,
	"OMR": 3,
	"PYG": 0,
	"RWF": 0,
	"TND": 3,
	"UGX": 0,
	"UYI": 0,
	"VND": 0,
	"VUV": 0,
	"XAF": 0,
	"XOF": 0,
	"XPF": 0,
}

# Currencies whose shape is the same for every reader: language whose separators they take.
FIXED_SHAPE = {"VND": "vi"}

# (thousands, decimals) per language; another language is written as English.
SEPARATORS = {"vi": (".", ","), "en": (",", ".")}

# Enough for the largest amount that can be said in words, with decimals to spare.
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def base_language(language: str | None) -> str:
	"""Which of the two languages of the rules a framework language code means.

	Args:
		language: "vi", "vi-VN", "en", "en-US", another code or None.

	Returns:
		"vi" for every Vietnamese code, else "en".
	"""
	return "vi" if (language or "").replace("_", "-").lower().split("-")[0] == "vi" else "en"


def currency_code(currency: str | None) -> str:
	"""The ISO code as it is written: trimmed and in capitals; "VND" when none is given."""
	return (currency or "").strip().upper() or "VND"


def minor_digits(currency: str | None) -> int:
	"""How many decimals an amount of this currency has (ISO 4217); two for a code that is not known."""
	return MINOR_DIGITS.get(currency_code(currency), DEFAULT_MINOR_DIGITS)


def to_decimal(amount: Amount | None) -> Decimal:
	"""The exact value of a number in any usual type.

	A float is read by its shortest spelling, so that 0.1 stays one tenth. None and "" are zero, as in a form.

	Raises:
		InvalidValue: code "amount_not_a_number" for text that is no plain number, for infinity and NaN.
	"""
	if amount is None or amount == "":
		return Decimal(0)
	try:
		value = amount if isinstance(amount, Decimal) else Decimal(str(amount).strip())
	except InvalidOperation as error:
		raise InvalidValue("amount_not_a_number", amount) from error
	if not value.is_finite():
		raise InvalidValue("amount_not_a_number", amount)
	return value


def round_half_up(value: Decimal, digits: int) -> Decimal:
	"""Round to a number of decimals, halves away from zero: what invoices in Vietnam and ERPNext do.

	Raises:
		InvalidValue: code "amount_too_large" when the result needs more digits than the rules handle.
	"""
	try:
		return value.quantize(Decimal(1).scaleb(-digits), context=_WIDE)
	except InvalidOperation as error:
		raise InvalidValue("amount_too_large", value) from error


def separators(currency: str | None, language: str | None) -> tuple[str, str]:
	"""(thousands, decimals) with which amounts of this currency are written for this reader."""
	shape = FIXED_SHAPE.get(currency_code(currency)) if currency else None
	return SEPARATORS[shape or base_language(language)]


def format_number(
	value: Amount | None,
	language: str | None = "vi",
	digits: int | None = None,
	currency: str | None = None,
	max_digits: int = 9,
) -> str:
	"""A number with separators.

	Args:
		value: the number.
		language: language of the reader.
		digits: exact number of decimals; None keeps those that the number has, without closing zeros.
		currency: take the separators of amounts in this currency, so that one page has one shape.
		max_digits: most decimals kept when `digits` is None.

	Raises:
		InvalidValue: as in `to_decimal` and `round_half_up`.
	"""
	number = round_half_up(to_decimal(value), max_digits if digits is None else digits)
	if number.is_zero():
		number = abs(number)  # no "-0"
	text = f"{number:,f}"
	if digits is None and "." in text:
		text = text.rstrip("0").rstrip(".")
	thousands, decimals = separators(currency, language)
	return text.translate({ord(","): thousands, ord("."): decimals})


def format_amount(amount: Amount | None, currency: str | None = "VND", language: str | None = "vi") -> str:
	"""The figure without its currency, for the cells of a table whose heading names it: "1.234.567"."""
	return format_number(amount, language, minor_digits(currency), currency_code(currency))


def format_money(amount: Amount | None, currency: str | None = "VND", language: str | None = "vi") -> str:
	"""An amount with its currency: "1.234.567 đ", "1.234,50 USD" (Vietnamese), "$1,234.50" (English).

	"đ" and not "₫": every font with Vietnamese letters has it, so it prints on any machine and fits an SMS.

	Args:
		amount: the amount; rounded to the currency's own decimals, halves away from zero.
		currency: ISO 4217 code; an unknown code is shown as it is, with two decimals.
		language: language of the reader.

	Raises:
		InvalidValue: codes "amount_not_a_number", "amount_too_large".
	"""
	code = currency_code(currency)
	figure = format_amount(amount, code, language)
	if code == "VND":
		return f"{figure} đ"
	if base_language(language) == "vi":
		return f"{figure} {code}"
	sign, figure = ("-", figure[1:]) if figure.startswith("-") else ("", figure)
	return f"{sign}${figure}" if code == "USD" else f"{sign}{code} {figure}"
