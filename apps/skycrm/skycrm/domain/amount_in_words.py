"""An amount of money in Vietnamese or English words, as quotations, orders and invoices carry it.

Vietnamese, in the reading taught at school and used on accounting papers:

- Digits are read in groups of three, from the left: tỷ, triệu, nghìn, units. What stands above a tỷ (10^9) is
  read in the same way and followed by one more "tỷ": 10^12 is "một nghìn tỷ", 10^18 "một tỷ tỷ".
- After a higher group, a group is read in full, with "không trăm" for a missing hundred: 523.056 ends in
  "không trăm năm mươi sáu". A group of three zeros is not read at all: 1.000.005 is "một triệu không trăm linh năm".
- A zero ten before a unit is "linh". Both "linh" (north) and "lẻ" (south) are correct; here it is "linh",
  always, because "nghìn" is used (its southern partner is "ngàn") and the state's primary school
  textbooks pair them so.
- Ten is "mười", further tens are "mươi". A one after "mươi" is "mốt", a five after "mười" or "mươi" is "lăm", a
  four after "mươi" is "tư"; after "mười" and "linh" it stays "bốn".

Sources: mathematics textbooks for grades 2 to 4 in Vietnam (reading numbers to the class of billions);
en.wikipedia.org/wiki/Vietnamese_numerals for both dialects; meo.tips/?p=205438 for mốt and tư; the Law on
Accounting 88/2015/QH13 for the currency at the end. English: American reading, short scale, no "and" inside
a number, which is kept for the cents.
"""

from decimal import Decimal
from functools import lru_cache

from skycrm.domain.errors import InvalidValue
from skycrm.domain.money import (
	Amount,
	base_language,
	currency_code,
	minor_digits,
	round_half_up,
	to_decimal,
)

# More than any amount of money; beyond it a reader could no longer follow the words.
LARGEST = 10**27 - 1

_VI_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VI_UNITS_AFTER_TENS = {1: "mốt", 4: "tư", 5: "lăm"}
_VI_SCALES = ((10**6, "triệu"), (10**3, "nghìn"))

_EN_SMALL = (
	"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
	"seventeen eighteen nineteen"
).split()
_EN_TENS = " _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ")
_EN_SCALES = (
	"",
	"thousand",
	"million",
	"billion",
	"trillion",
	"quadrillion",
	"quintillion",
	"sextillion",
	"septillion",
)

# code: (Vietnamese unit, Vietnamese hundredth, English one, English many, English cent, English cents)
_NAMES = {
	"VND": ("đồng", "xu", "Vietnamese dong", "Vietnamese dong", "xu", "xu"),
	"USD": ("đô la Mỹ", "xu", "US dollar", "US dollars", "cent", "cents"),
	"EUR": ("euro", "xu", "euro", "euros", "cent", "cents"),
	"GBP": ("bảng Anh", "xu", "pound sterling", "pounds sterling", "penny", "pence"),
	"JPY": ("yên Nhật", "sen", "Japanese yen", "Japanese yen", "sen", "sen"),
	"CNY": ("nhân dân tệ", "phân", "Chinese yuan", "Chinese yuan", "fen", "fen"),
	"KRW": ("won Hàn Quốc", "chon", "South Korean won", "South Korean won", "jeon", "jeon"),
	"SGD": ("đô la Singapore", "xu", "Singapore dollar", "Singapore dollars", "cent", "cents"),
	"AUD": ("đô la Úc", "xu", "Australian dollar", "Australian dollars", "cent", "cents"),
	"CAD": ("đô la Canada", "xu", "Canadian dollar", "Canadian dollars", "cent", "cents"),
	"HKD": ("đô la Hồng Kông", "xu", "Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
	"TWD": ("đô la Đài Loan", "xu", "New Taiwan dollar", "New Taiwan dollars", "cent", "cents"),
	"NZD": ("đô la New Zealand", "xu", "New Zealand dollar", "New Zealand dollars", "cent", "cents"),
	"CHF": ("franc Thụy Sĩ", "xu", "Swiss franc", "Swiss francs", "centime", "centimes"),
	"THB": ("baht Thái", "satang", "Thai baht", "Thai baht", "satang", "satang"),
}


def amount_in_words(amount: Amount | None, currency: str | None = "VND", language: str | None = "vi") -> str:
	"""Say an amount: 523056 -> "Năm trăm hai mươi ba nghìn không trăm năm mươi sáu đồng".

	Args:
		amount: the amount; rounded to the currency's own decimals, halves away from zero, before it is said.
		currency: ISO 4217 code. A code without a name in the table is said as the code itself.
		language: "vi" or any other framework language code; all but Vietnamese are said in English.

	Returns:
		One sentence without a full stop, first letter in capital, "Âm" or "Minus" before a negative amount.

	Raises:
		InvalidValue: "amount_not_a_number"; "amount_too_large" beyond 10^27.
	"""
	code = currency_code(currency)
	digits = minor_digits(code)
	value = round_half_up(to_decimal(amount), digits)
	major, minor = divmod(int(abs(value).scaleb(digits)), 10**digits)
	if base_language(language) == "vi":
		words = _in_vietnamese(major, minor, code, digits)
		sign = "âm "
	else:
		words = _in_english(major, minor, code, digits)
		sign = "minus "
	words = (sign if value < Decimal(0) else "") + words
	return words[0].upper() + words[1:]


def number_in_words(number: int, language: str | None = "vi") -> str:
	"""Say a whole number from 0 to `LARGEST`, in small letters.

	Raises:
		InvalidValue: "amount_too_large" beyond it, "amount_not_a_number" below zero.
	"""
	if number < 0:
		raise InvalidValue("amount_not_a_number", number)
	if number > LARGEST:
		raise InvalidValue("amount_too_large", number)
	return _vietnamese_number(number) if base_language(language) == "vi" else _english_number(number)


def _in_vietnamese(major: int, minor: int, code: str, digits: int) -> str:
	names = _NAMES.get(code)
	words = f"{number_in_words(major, 'vi')} {names[0] if names else code}"
	if not minor:
		return words
	if digits != 2:
		# Thousandths have no name of their own in Vietnamese: said as a fraction of the unit.
		return f"{words} và {number_in_words(minor, 'vi')} phần nghìn"
	return f"{words} và {number_in_words(minor, 'vi')} {names[1] if names else 'xu'}"


def _in_english(major: int, minor: int, code: str, digits: int) -> str:
	names = _NAMES.get(code)
	unit = code if not names else names[2] if major == 1 else names[3]
	words = f"{number_in_words(major, 'en')} {unit}"
	if not minor:
		return words
	if digits != 2:
		part = "thousandth" if minor == 1 else "thousandths"
	elif names:
		part = names[4] if minor == 1 else names[5]
	else:
		part = "cent" if minor == 1 else "cents"
	return f"{words} and {number_in_words(minor, 'en')} {part}"


def _vietnamese_number(number: int) -> str:
	if number == 0:
		return _VI_DIGITS[0]
	billions, rest = divmod(number, 10**9)
	parts = []
	if billions:
		parts.append(_vietnamese_number(billions) + " tỷ")
	for size, name in _VI_SCALES:
		group, rest = divmod(rest, size)
		if group:
			parts.append(f"{_vietnamese_group(group, bool(parts))} {name}")
	if rest:
		parts.append(_vietnamese_group(rest, bool(parts)))
	return " ".join(parts)


@lru_cache(maxsize=2000)
def _vietnamese_group(group: int, in_full: bool) -> str:
	"""Three digits; `in_full` when a higher group stands before, so that the missing hundred is said too."""
	hundreds, rest = divmod(group, 100)
	tens, units = divmod(rest, 10)
	words = []
	if hundreds or in_full:
		words += [_VI_DIGITS[hundreds], "trăm"]
	if tens > 1:
		words += [_VI_DIGITS[tens], "mươi"]
		if units:
			words.append(_VI_UNITS_AFTER_TENS.get(units, _VI_DIGITS[units]))
	elif tens == 1:
		words.append("mười")
		if units:
			words.append("lăm" if units == 5 else _VI_DIGITS[units])
	elif units:
		if words:
			words.append("linh")
		words.append(_VI_DIGITS[units])
	return " ".join(words)


def _english_number(number: int) -> str:
	if number == 0:
		return _EN_SMALL[0]
	parts = []
	scale = 0
	while number:
		number, group = divmod(number, 1000)
		if group:
			words = _english_group(group)
			parts.append(f"{words} {_EN_SCALES[scale]}" if scale else words)
		scale += 1
	return " ".join(reversed(parts))


@lru_cache(maxsize=1000)
def _english_group(group: int) -> str:
	hundreds, rest = divmod(group, 100)
	words = [_EN_SMALL[hundreds], "hundred"] if hundreds else []
	if rest >= 20:
		tens, units = divmod(rest, 10)
		words.append(_EN_TENS[tens] + (f"-{_EN_SMALL[units]}" if units else ""))
	elif rest:
		words.append(_EN_SMALL[rest])
	return " ".join(words)
