"""One key (E.164) for every way in which the same phone number can be written."""

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

from skycrm.domain.errors import InvalidValue
from skycrm.domain.phone_vn import AREA_CODES_2017, MOBILE_PREFIXES_2018
from skycrm.domain.text import clean, fold

DEFAULT_REGION = "VN"
VIETNAM = "84"

# "ĐT: 0912...", "Tel.", "tel:" as people and programs put them before a number; folded before matching.
_LABEL = re.compile(
	r"^(?:so dien thoai|dien thoai|sdt|dt|di dong|dd|hotline|zalo|telephone|tel|phone|mobile|cell|callto|sip)\b[\s.:]*"
)
# Everything from the word for an extension on: it names a desk inside a firm and is no part of the number.
_EXTENSION = re.compile(
	r"\s*[,;]?\s*(?:\(\s*)?(?:may le|so le|nhanh|noi bo|may nhanh|;ext=|extension|extn|ext|ml|xt|x|#)[\s.:=]*\d{1,7}\s*\)?\s*$"
)
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u30fc\u2e3a\u2e3b_~]")
_ALLOWED = re.compile(r"^[\d+()\[\]\-./\s]*$")
# A hand-written "or" between two numbers. One dash parts two numbers only where both sides are whole numbers.
_SEVERAL = re.compile(r"\d\D*(?:[/;,|\n]|\bva\b|\bhoac\b|\bor\b)\D*\d")
_DASHED_PAIR = re.compile(r"^[^\-]*-[^\-]*$")
# Toll-free, premium and service numbers have no form for callers from abroad: they keep their national digits.
_HOTLINE = re.compile(r"^1[89]00\d{4,6}$")
# Emergency and help 10x-11x, operators 19x, information 10xx and 14xx, operators' care 9xxx.
_SERVICE_CODE = re.compile(r"^(?:1[019]\d|1[04]\d\d|9\d{3})$")


def phone_key(value: object, region: str = DEFAULT_REGION) -> str:
	"""The key of a phone number: E.164, for example "+84912345678".

	A number without a country code belongs to `region`. For Vietnam that covers 0912 345 678, 0912.345.678, +84 912...,
	84912..., 0084..., (+84)0912..., 912345678 (a spreadsheet ate the zero), full-width digits, hard spaces; the mobile
	prefixes of before 2018 (phone_vn.MOBILE_PREFIXES_2018) and the area codes of before 2017, where no number of today
	has the same digits. An extension is dropped.

	Vietnamese numbers must lie in a range that phonenumbers knows; foreign ones must only have a possible length, for
	their plans change more often than a site updates its packages and a refused customer is worse than a loose check.

	Hotlines (1800..., 1900...) and service codes (113, 1080, 9090) keep their national digits as the key, since nobody can
	dial them from abroad.

	Returns:
		The key, "" for an empty value. `phone_key(phone_key(x)) == phone_key(x)`.

	Raises:
		InvalidValue: phone_several, phone_not_a_number, phone_too_short, phone_too_long, phone_unknown_range,
			phone_unknown_country, or what `clean` raises.
	"""
	given = clean(value)
	if not given:
		return ""
	text = _plain(given)
	# \d and str.isdigit know every script's digits; only ASCII is left here, so that no odd digit slips through.
	if not text or not _ALLOWED.match(text) or not re.search(r"[0-9]", text):
		raise InvalidValue("phone_not_a_number", given)
	if "+" in text.lstrip("([ ")[1:]:
		# A plus sign can only come first: after a whole number it begins the next one.
		before = re.sub(r"\D", "", text.rpartition("+")[0])
		raise InvalidValue("phone_several" if len(before) >= 8 else "phone_not_a_number", given)

	digits = re.sub(r"\D", "", text)
	international = text.lstrip("([ ").startswith("+")
	if not international and digits.startswith("00"):
		international, digits = True, digits[2:].lstrip("0")
	if international and digits.startswith(VIETNAM):
		return _vietnamese_key(digits[len(VIETNAM) :], given, text)
	if international:
		return _foreign_key(f"+{digits}", None, given, text)
	if region == DEFAULT_REGION:
		return _vietnamese_key(digits, given, text)
	return _foreign_key(digits, region, given, text)


def _plain(given: str) -> str:
	"""The number alone, in ASCII: no label, no extension, one kind of dash.

	Raises:
		InvalidValue: phone_several.
	"""
	text = fold(unicodedata.normalize("NFKC", given))
	text = "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in text)
	text = _DASHES.sub("-", text)
	text = _LABEL.sub("", text)
	text = _EXTENSION.sub("", text)
	if _SEVERAL.search(text):
		raise InvalidValue("phone_several", given)
	if _DASHED_PAIR.match(text) and all(len(re.sub(r"\D", "", part)) >= 8 for part in text.split("-")):
		raise InvalidValue("phone_several", given)
	return text.strip()


def _vietnamese_key(digits: str, given: str, text: str) -> str:
	national = digits.lstrip("0")
	candidates = [national]
	if national.startswith(VIETNAM):
		# Without a plus sign 84 can be the country or the first digits of a number: a number of today wins.
		candidates.append(national[len(VIETNAM) :].lstrip("0"))
	if _SERVICE_CODE.match(digits):
		return digits
	for candidate in candidates:
		if _HOTLINE.match(candidate):
			return candidate
		if key := _valid_vietnamese(candidate):
			return key
	for candidate in candidates:
		if key := _valid_vietnamese(_modern(candidate)):
			return key
	raise InvalidValue(_reason_by_length(candidates[-1], shortest=9, longest=10), given)


def _modern(national: str) -> str:
	"""Today's digits for a number of before 2017/2018, "" when no change fits."""
	if len(national) == 10 and national[:3] in MOBILE_PREFIXES_2018:
		return MOBILE_PREFIXES_2018[national[:3]] + national[3:]
	for length in (3, 2, 1):
		new = AREA_CODES_2017.get(national[:length])
		# Eight digits in the two largest cities, seven elsewhere, as today.
		if new and len(new + national[length:]) == 10:
			return new + national[length:]
	return ""


def _valid_vietnamese(national: str) -> str:
	if not national or len(national) > 10:
		return ""
	number = phonenumbers.PhoneNumber(country_code=int(VIETNAM), national_number=int(national))
	return f"+{VIETNAM}{national}" if phonenumbers.is_valid_number_for_region(number, DEFAULT_REGION) else ""


def _foreign_key(digits: str, region: str | None, given: str, text: str) -> str:
	try:
		number = phonenumbers.parse(digits, region)
	except NumberParseException as error:
		raise InvalidValue(_PARSE_REASONS.get(error.error_type, "phone_not_a_number"), given)
	possible = phonenumbers.is_possible_number_with_reason(number)
	if possible not in (ValidationResult.IS_POSSIBLE, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
		raise InvalidValue(_LENGTH_REASONS.get(possible, "phone_unknown_range"), given)
	if possible == ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
		raise InvalidValue("phone_too_short", given)
	return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _reason_by_length(national: str, shortest: int, longest: int) -> str:
	if len(national) < shortest:
		return "phone_too_short"
	return "phone_too_long" if len(national) > longest else "phone_unknown_range"


_PARSE_REASONS = {
	NumberParseException.INVALID_COUNTRY_CODE: "phone_unknown_country",
	NumberParseException.NOT_A_NUMBER: "phone_not_a_number",
	NumberParseException.TOO_SHORT_AFTER_IDD: "phone_too_short",
	NumberParseException.TOO_SHORT_NSN: "phone_too_short",
	NumberParseException.TOO_LONG: "phone_too_long",
}
_LENGTH_REASONS = {
	ValidationResult.TOO_SHORT: "phone_too_short",
	ValidationResult.TOO_LONG: "phone_too_long",
	ValidationResult.INVALID_COUNTRY_CODE: "phone_unknown_country",
}
