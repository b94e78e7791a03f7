"""Phone keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.errors import InvalidValue, RuleError
from skycrm.domain.phone import phone_key
from skycrm.domain.phone_vn import AREA_CODES_2017, MOBILE_PREFIXES_2018

ONE_MOBILE = [
	"0912345678",
	"0912 345 678",
	"0912.345.678",
	"0912-345-678",
	"0912–345–678",
	"091 234 5678",
	"(091) 234 5678",
	"(0912)345678",
	"+84912345678",
	"+84 912 345 678",
	"+84 0912 345 678",
	"+84 (0) 912 345 678",
	"(+84)0912 345 678",
	"(+84) 912.345.678",
	"[+84] 912 345 678",
	"84912345678",
	"84 912 345 678",
	"(84) 912 345 678",
	"84-0912-345-678",
	"0084912345678",
	"0084 912 345 678",
	"00 84 0912 345 678",
	"084912345678",
	"912345678",
	"912 345 678",
	" 0912345678\n",
	"0912\u00a0345\u00a0678",
	"0912\u2009345\u202f678",
	"\u202a0912345678\u202c",
	"０９１２３４５６７８",
	"＋８４ ９１２ ３４５ ６７８",
	"٠٩١٢٣٤٥٦٧٨",
	"tel:+84912345678",
	"Tel: 0912 345 678",
	"ĐT: 0912 345 678",
	"SĐT 0912345678",
	"Di động: 0912.345.678",
	"Hotline: 0912345678",
	"0912 345 678 ext 12",
	"0912 345 678 ext. 12",
	"0912345678x12",
	"0912345678#12",
	"0912345678;ext=12",
	"0912 345 678 (máy lẻ 12)",
	"0912 345 678 máy lẻ: 12",
	"0912 345 678 nhánh 5",
	912345678,
]


@pytest.mark.parametrize("spelling", ONE_MOBILE)
def test_one_mobile_number_has_one_key(spelling):
	assert phone_key(spelling) == "+84912345678"


@pytest.mark.parametrize("value", [None, "", "  ", "\u00a0"])
def test_nothing_gives_nothing(value):
	assert phone_key(value) == ""


def test_all_21_prefixes_of_2018_are_known():
	assert len(MOBILE_PREFIXES_2018) == 21
	assert len(set(MOBILE_PREFIXES_2018.values())) == 21
	assert MOBILE_PREFIXES_2018["120"] == "70" and MOBILE_PREFIXES_2018["199"] == "59"


@pytest.mark.parametrize(("old", "new"), sorted(MOBILE_PREFIXES_2018.items()))
@pytest.mark.parametrize("shape", ["0{}", "+84{}", "+84 0{}", "84{}", "0084{}", "{}"])
def test_mobile_numbers_of_eleven_digits_are_todays(old, new, shape):
	assert phone_key(shape.format(old + "4567890")) == f"+84{new}4567890"
	assert phone_key("0" + new + "4567890") == f"+84{new}4567890"


LANDLINES = [
	("024 3825 4321", "+842438254321"),
	("(024) 38254321", "+842438254321"),
	("+84 24 3825 4321", "+842438254321"),
	("04 3825 4321", "+842438254321"),
	("+84 4 38254321", "+842438254321"),
	("028 3829 5678", "+842838295678"),
	("0236 3821 234", "+842363821234"),
	("0511 3821 234", "+842363821234"),
	("0511.3821.234", "+842363821234"),
	("0650 3822 333", "+842743822333"),
	("0710 3820 000", "+842923820000"),
	("0280 3852 345", "+842083852345"),
	("0240 3854 321", "+842043854321"),
	("020 3852 345", "+842143852345"),
	("061 3822 345", "+842513822345"),
	# Digits that are a mobile number today stay one.
	("08 3825 4321", "+84838254321"),
	("038 3852 345", "+84383852345"),
	# Networks other than the three large ones, internet telephony, the forces' network.
	("0592 345 678", "+84592345678"),
	("0672 123 456", "+84672123456"),
	("069 123 456", "+8469123456"),
]


@pytest.mark.parametrize(("value", "key"), LANDLINES)
def test_landlines_and_others(value, key):
	assert phone_key(value) == key


def test_no_new_area_code_is_given_to_two_provinces():
	assert len(set(AREA_CODES_2017.values())) == len(AREA_CODES_2017)
	assert all(len(new) == 3 or new in ("24", "28") for new in AREA_CODES_2017.values())


@pytest.mark.parametrize(
	("value", "key"),
	[
		("1900 1560", "19001560"),
		("1900.545.426", "1900545426"),
		("1800 1091", "18001091"),
		("+84 1900 1560", "19001560"),
		("Hotline 1900 1560", "19001560"),
		("113", "113"),
		("1080", "1080"),
		("9090", "9090"),
		("119", "119"),
		("1414", "1414"),
	],
)
def test_hotlines_and_service_codes_keep_their_digits(value, key):
	assert phone_key(value) == key


@pytest.mark.parametrize(
	("value", "key"),
	[
		("+1 650-253-0000", "+16502530000"),
		("001 650 253 0000", "+16502530000"),
		("+1 (650) 253-0000 ext. 5", "+16502530000"),
		("+61 2 9374 4000", "+61293744000"),
		("+49 (0)30 123456", "+4930123456"),
		("+39 06 698 12345", "+390669812345"),
		("+65 6123 4567", "+6561234567"),
		("+82-2-312-3456", "+8223123456"),
		("+86 138 0013 8000", "+8613800138000"),
	],
)
def test_foreign_numbers(value, key):
	assert phone_key(value) == key


def test_another_home_region():
	assert phone_key("(650) 253-0000", region="US") == "+16502530000"
	assert phone_key("+84 912 345 678", region="US") == "+84912345678"
	assert phone_key("02 9374 4000", region="AU") == "+61293744000"


@pytest.mark.parametrize(
	("value", "code"),
	[
		("gọi sau", "phone_not_a_number"),
		("0912 34a 678", "phone_not_a_number"),
		("1800-FLOWERS", "phone_not_a_number"),
		("0912@345678", "phone_not_a_number"),
		("---", "phone_not_a_number"),
		("+", "phone_not_a_number"),
		("09+12345678", "phone_not_a_number"),
		("0912345678 / 0987654321", "phone_several"),
		("0912345678, 0987654321", "phone_several"),
		("0912345678; 0987654321", "phone_several"),
		("0912345678 - 0987654321", "phone_several"),
		("0912345678 hoặc 0987654321", "phone_several"),
		("0912345678 và 0987654321", "phone_several"),
		("024 3825 4321/22", "phone_several"),
		("+84912345678+84987654321", "phone_several"),
		("3825 4321", "phone_too_short"),
		("1234", "phone_too_short"),
		("123", "phone_too_short"),
		("091234567", "phone_too_short"),
		("0", "phone_too_short"),
		("00", "phone_not_a_number"),
		("09123456789012", "phone_too_long"),
		("0912345678 0987654321", "phone_too_long"),
		("0412 345 678", "phone_unknown_range"),
		("0201 234 567 8", "phone_unknown_range"),
		("+999 123 456 789", "phone_unknown_country"),
		("+0912345678", "phone_unknown_country"),
		("+1 650", "phone_too_short"),
		("+1 650 253 0000 0000", "phone_too_long"),
		("1" * 300, "phone_too_long"),
		("+1" + "1" * 900, "phone_too_long"),
		("1" * 2000, "value_too_long"),
		(0.5, "value_not_text"),
	],
)
def test_what_is_no_number_says_why(value, code):
	with pytest.raises(InvalidValue) as error:
		phone_key(value)
	assert error.value.code == code


SEPARATORS = st.sampled_from(["", " ", ".", "-", "\u00a0", "–"])


@given(st.sampled_from("35789"), st.text("0123456789", min_size=8, max_size=8), SEPARATORS, SEPARATORS)
def test_every_spelling_of_a_mobile_number_has_the_same_key(first, rest, one, two):
	number = first + rest
	try:
		key = phone_key("0" + number)
	except InvalidValue:
		return
	spaced = f"{number[:3]}{one}{number[3:6]}{two}{number[6:]}"
	for shape in (
		f"0{spaced}",
		f"+84{one}{spaced}",
		f"0084{two}{spaced}",
		f"(+84)0{spaced}",
		f"84{one}{spaced}",
	):
		assert phone_key(shape) == key


@given(st.one_of(st.text(max_size=40), st.text("0123456789+()-./ xXđt,#", max_size=30)))
def test_keys_are_stable_and_only_rules_fail(value):
	try:
		key = phone_key(value)
	except RuleError:
		return
	assert phone_key(key) == key
