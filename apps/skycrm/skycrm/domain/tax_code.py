"""Vietnamese tax codes (mã số thuế, MST): one key, checked.

Source: circulars 105/2020/TT-BTC and 86/2024/TT-BTC, art. 5. Ten digits for a company (N1N2 issuing place, N3-N9 serial
number 0000001-9999999, N10 check digit), ten and three for its branches (001-999), twelve for a person or a household
business: since 1 July 2025 that is the number of the identity card (decree 137/2015/ND-CP: N1-N3 province, N4 century and
sex, N5N6 year of birth, six random digits), which has no check digit.
"""

import re
import unicodedata

from skycrm.domain.errors import InvalidValue
from skycrm.domain.text import clean, fold

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_LABEL = re.compile(r"^(?:ma so thue|mst|tax (?:code|id|no)|vn)\b[\s.:]*|^vn(?=\d)")
# Province codes of decision 124/2004/QD-TTg as the identity card uses them: 001 (Hà Nội) to 096 (Cà Mau).
_LAST_PROVINCE = 96


def tax_key(value: object, country: str = "VN") -> str:
	"""The key of a tax code: "0100109106", "0100109106-001" or twelve digits.

	Spaces, dots and a missing dash do not matter, nor does "MST:" before it. Of a code from another country only the
	letters and digits are kept, in capitals: this app knows the rule of one country.

	Args:
		value: as typed. Whole numbers are taken as well, for spreadsheets hand them over so.
		country: ISO code of the country that issued it; anything but "VN" is not checked.

	Returns:
		The key, "" for an empty value. `tax_key(tax_key(x)) == tax_key(x)`.

	Raises:
		InvalidValue: tax_code_characters, tax_code_length, tax_code_serial, tax_code_check_digit, tax_code_branch,
			tax_code_person, or what `clean` raises.
	"""
	given = clean(value)
	if not given:
		return ""
	if country != "VN":
		return foreign_tax_key(given)
	text = _LABEL.sub("", fold(unicodedata.normalize("NFKC", given)))
	text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
	text = re.sub(r"[\s.]", "", text)
	if not re.fullmatch(r"[0-9]+(?:-[0-9]+)?", text):
		raise InvalidValue("tax_code_characters", given)
	digits = text.replace("-", "")
	if len(digits) == 9 and digits.isdigit() and check_digit(f"0{digits[:8]}") == digits[8]:
		# A spreadsheet ate the zero that most codes begin with; the check digit tells it from a slip.
		digits = text = f"0{digits}"
	if len(digits) not in (10, 12, 13) or ("-" in text and (text.index("-"), len(digits)) != (10, 13)):
		raise InvalidValue("tax_code_length", given, {"digits": len(digits)})
	if len(digits) == 12:
		return _personal_key(digits, given)
	head = digits[:10]
	if head[2:9] == "0000000":
		raise InvalidValue("tax_code_serial", given)
	if check_digit(head[:9]) != head[9]:
		raise InvalidValue("tax_code_check_digit", given)
	if len(digits) == 10:
		return head
	if digits[10:] == "000":
		raise InvalidValue("tax_code_branch", given)
	return f"{head}-{digits[10:]}"


def foreign_tax_key(value: object) -> str:
	"""Letters and digits of a tax code in capitals, unchecked; "" for an empty value.

	Raises:
		InvalidValue: as in clean.
	"""
	return re.sub(r"[\W_]", "", fold(value)).upper()


def parent_tax_key(key: str) -> str | None:
	"""The head office's key for a branch's key, None for any other key."""
	match = re.fullmatch(r"([0-9]{10})-[0-9]{3}", key or "")
	return match.group(1) if match else None


def check_digit(first_nine: str) -> str:
	"""The tenth digit that belongs to nine digits, "" where none exists (such codes are not issued)."""
	digit = 10 - sum(weight * int(figure) for weight, figure in zip(_WEIGHTS, first_nine, strict=True)) % 11
	return str(digit) if digit < 10 else ""


def _personal_key(digits: str, given: str) -> str:
	if not 1 <= int(digits[:3]) <= _LAST_PROVINCE:
		raise InvalidValue("tax_code_person", given)
	return digits
