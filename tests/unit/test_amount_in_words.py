"""Amounts in words: a golden table, and an independent reader that turns the words back into the number.

The reader knows the language, not the code under test: it shares no table and no function with it.
"""

import random
import re
from decimal import Decimal

import pytest

from skycrm.domain.amount_in_words import LARGEST, amount_in_words, number_in_words
from skycrm.domain.errors import InvalidValue

VIETNAMESE_DONG = [
	(0, "Không đồng"),
	(1, "Một đồng"),
	(4, "Bốn đồng"),
	(5, "Năm đồng"),
	(10, "Mười đồng"),
	(11, "Mười một đồng"),
	(14, "Mười bốn đồng"),
	(15, "Mười lăm đồng"),
	(20, "Hai mươi đồng"),
	(21, "Hai mươi mốt đồng"),
	(24, "Hai mươi tư đồng"),
	(25, "Hai mươi lăm đồng"),
	(44, "Bốn mươi tư đồng"),
	(55, "Năm mươi lăm đồng"),
	(91, "Chín mươi mốt đồng"),
	(100, "Một trăm đồng"),
	(101, "Một trăm linh một đồng"),
	(104, "Một trăm linh bốn đồng"),
	(105, "Một trăm linh năm đồng"),
	(110, "Một trăm mười đồng"),
	(111, "Một trăm mười một đồng"),
	(115, "Một trăm mười lăm đồng"),
	(121, "Một trăm hai mươi mốt đồng"),
	(1000, "Một nghìn đồng"),
	(1001, "Một nghìn không trăm linh một đồng"),
	(1010, "Một nghìn không trăm mười đồng"),
	(1015, "Một nghìn không trăm mười lăm đồng"),
	(1105, "Một nghìn một trăm linh năm đồng"),
	(10_000, "Mười nghìn đồng"),
	(21_021, "Hai mươi mốt nghìn không trăm hai mươi mốt đồng"),
	(100_000, "Một trăm nghìn đồng"),
	(523_056, "Năm trăm hai mươi ba nghìn không trăm năm mươi sáu đồng"),
	(1_000_000, "Một triệu đồng"),
	(1_000_005, "Một triệu không trăm linh năm đồng"),
	(1_000_500, "Một triệu năm trăm đồng"),
	(1_005_000, "Một triệu không trăm linh năm nghìn đồng"),
	(15_400_000, "Mười lăm triệu bốn trăm nghìn đồng"),
	(1_234_567, "Một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy đồng"),
	(1_000_000_000, "Một tỷ đồng"),
	(1_000_000_001, "Một tỷ không trăm linh một đồng"),
	(1_020_000_000, "Một tỷ không trăm hai mươi triệu đồng"),
	(1_000_000_000_000, "Một nghìn tỷ đồng"),
	(
		1_230_950_880_055,
		"Một nghìn hai trăm ba mươi tỷ chín trăm năm mươi triệu tám trăm tám mươi nghìn không trăm năm mươi lăm đồng",
	),
	(10**15, "Một triệu tỷ đồng"),
	(10**18, "Một tỷ tỷ đồng"),
	(-5, "Âm năm đồng"),
	(-523_056, "Âm năm trăm hai mươi ba nghìn không trăm năm mươi sáu đồng"),
	("1015.4", "Một nghìn không trăm mười lăm đồng"),
	("1015.5", "Một nghìn không trăm mười sáu đồng"),
	(0.4, "Không đồng"),
	(-0.4, "Không đồng"),
	(None, "Không đồng"),
	("", "Không đồng"),
	(Decimal("2.5"), "Ba đồng"),
]

OTHER = [
	("12.12", "USD", "vi", "Mười hai đô la Mỹ và mười hai xu"),
	("1015.05", "USD", "vi", "Một nghìn không trăm mười lăm đô la Mỹ và năm xu"),
	("0.01", "USD", "vi", "Không đô la Mỹ và một xu"),
	("-3.21", "USD", "vi", "Âm ba đô la Mỹ và hai mươi mốt xu"),
	(100, "USD", "vi", "Một trăm đô la Mỹ"),
	("19.999", "USD", "vi", "Hai mươi đô la Mỹ"),
	("12.12", "USD", "en", "Twelve US dollars and twelve cents"),
	("1.01", "USD", "en", "One US dollar and one cent"),
	("-3.21", "USD", "en", "Minus three US dollars and twenty-one cents"),
	(0.1, "USD", "en", "Zero US dollars and ten cents"),
	(523056, "VND", "en", "Five hundred twenty-three thousand fifty-six Vietnamese dong"),
	(1, "VND", "en", "One Vietnamese dong"),
	(
		1_230_950_880_055,
		"VND",
		"en",
		"One trillion two hundred thirty billion nine hundred fifty million eight hundred eighty thousand "
		"fifty-five Vietnamese dong",
	),
	(7, "EUR", "vi", "Bảy euro"),
	(7.5, "JPY", "vi", "Tám yên Nhật"),
	(7.5, "XYZ", "vi", "Bảy XYZ và năm mươi xu"),
	(7.5, "XYZ", "en", "Seven XYZ and fifty cents"),
	("7.125", "KWD", "vi", "Bảy KWD và một trăm hai mươi lăm phần nghìn"),
	("7.001", "KWD", "en", "Seven KWD and one thousandth"),
	(5, "", "vi", "Năm đồng"),
	(5, None, "vi", "Năm đồng"),
	(5, " usd ", "en-GB", "Five US dollars"),
	(5, "VND", "vi-VN", "Năm đồng"),
	(5, "VND", "de", "Five Vietnamese dong"),
	(5, "VND", None, "Five Vietnamese dong"),
]


@pytest.mark.parametrize(("amount", "words"), VIETNAMESE_DONG)
def test_dong_in_vietnamese(amount, words):
	assert amount_in_words(amount) == words


@pytest.mark.parametrize(("amount", "currency", "language", "words"), OTHER)
def test_other_currencies_and_languages(amount, currency, language, words):
	assert amount_in_words(amount, currency, language) == words


# --- an independent reader -------------------------------------------------------------------------------------

DIGIT_WORDS = {
	"không": 0,
	"một": 1,
	"mốt": 1,
	"hai": 2,
	"ba": 3,
	"bốn": 4,
	"tư": 4,
	"năm": 5,
	"lăm": 5,
	"sáu": 6,
	"bảy": 7,
	"tám": 8,
	"chín": 9,
}


def read_vietnamese(words: str) -> int:
	"""Vietnamese number words -> number. Raises KeyError on a word that is no number word."""
	total = below_billion = group = digit = 0
	for word in words.split(" "):
		if word in DIGIT_WORDS:
			digit = DIGIT_WORDS[word]
		elif word == "trăm":
			group, digit = digit * 100, 0
		elif word == "mươi":
			group, digit = group + digit * 10, 0
		elif word == "mười":
			group += 10
		elif word == "nghìn":
			below_billion, group, digit = below_billion + (group + digit) * 1000, 0, 0
		elif word == "triệu":
			below_billion, group, digit = below_billion + (group + digit) * 10**6, 0, 0
		elif word == "tỷ":
			total, below_billion, group, digit = (total + below_billion + group + digit) * 10**9, 0, 0, 0
		elif word != "linh":
			raise KeyError(word)
	return total + below_billion + group + digit


ENGLISH_WORDS = {
	word: number
	for number, word in enumerate(
		"zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
		"seventeen eighteen nineteen".split()
	)
} | {
	word: number
	for number, word in zip(
		range(20, 100, 10), "twenty thirty forty fifty sixty seventy eighty ninety".split(), strict=True
	)
}
ENGLISH_SCALES = {
	"thousand": 10**3,
	"million": 10**6,
	"billion": 10**9,
	"trillion": 10**12,
	"quadrillion": 10**15,
}


def read_english(words: str) -> int:
	"""English number words (short scale) -> number."""
	total = group = 0
	for word in words.replace("-", " ").split(" "):
		if word in ENGLISH_WORDS:
			group += ENGLISH_WORDS[word]
		elif word == "hundred":
			group *= 100
		else:
			total, group = total + group * ENGLISH_SCALES[word], 0
	return total + group


def test_reader_knows_the_language_by_itself():
	"""The reader must not be a mirror of the writer: it reads phrases written by hand."""
	assert read_vietnamese("hai trăm linh ba nghìn không trăm mười lăm") == 203_015
	assert read_vietnamese("ba nghìn tỷ") == 3 * 10**12
	assert read_vietnamese("hai tỷ tỷ không trăm linh bảy triệu") == 2 * 10**18 + 7 * 10**6
	assert read_english("two million three hundred five thousand twenty-one") == 2_305_021


def test_every_number_to_a_million_reads_back():
	wrong = [n for n in range(1_000_001) if read_vietnamese(number_in_words(n)) != n]
	assert wrong == []


def test_english_reads_back():
	rng = random.Random(1015)
	numbers = [*range(20_000), *(rng.randrange(10 ** rng.randint(5, 18)) for _ in range(20_000))]
	assert [n for n in numbers if read_english(number_in_words(n, "en")) != n] == []


def random_amounts(count: int, seed: int) -> list[int]:
	"""Amounts to 10^15, of every length and with many zero groups: where readings go wrong."""
	rng = random.Random(seed)
	amounts = []
	for _ in range(count):
		number = rng.randrange(10 ** rng.randint(1, 15))
		for group in range(5):
			if rng.random() < 0.3:
				number -= number // 1000**group % 1000 * 1000**group
		amounts.append(number)
	return amounts


def test_random_dong_to_a_million_billion_reads_back():
	for number in random_amounts(50_000, seed=523_056):
		words = amount_in_words(number)
		assert words.endswith(" đồng")
		assert read_vietnamese(words.removesuffix(" đồng").lower()) == number


def test_random_negatives_read_back():
	for number in random_amounts(5_000, seed=21):
		if not number:
			continue
		words = amount_in_words(-number)
		assert words.startswith("Âm ")
		assert read_vietnamese(words.removesuffix(" đồng")[3:]) == number


def test_random_dollars_and_cents_read_back():
	for number in random_amounts(10_000, seed=24):
		dollars, cents = divmod(number, 100)
		words = amount_in_words(Decimal(number) / 100, "USD").lower()
		major, _, minor = words.partition(" và ")
		assert read_vietnamese(major.removesuffix(" đô la mỹ")) == dollars
		assert (read_vietnamese(minor.removesuffix(" xu")) if minor else 0) == cents


NEVER_SAID = re.compile(
	r"mươi một|mươi năm|mươi bốn|mười mốt|mười năm|mười tư|linh mốt|linh tư|linh lăm|linh không|một mươi|không mươi"
	r"|không (nghìn|triệu|tỷ)|trăm không|mươi không|mười không|lẻ|ngàn|tỉ\b|  "
)


def test_wrong_forms_never_appear():
	"""The reader is lenient with forms; the language is not."""
	for number in [*range(20_000), *random_amounts(20_000, seed=4)]:
		words = number_in_words(number)
		assert not NEVER_SAID.search(words), (number, words)
		assert words == words.strip()


def test_each_number_has_its_own_words():
	numbers = set(random_amounts(20_000, seed=5))
	assert len({number_in_words(n) for n in numbers}) == len(numbers)
	assert len({number_in_words(n, "en") for n in numbers}) == len(numbers)


def test_limits():
	assert amount_in_words(LARGEST).startswith("Chín trăm chín mươi chín triệu")
	with pytest.raises(InvalidValue) as error:
		amount_in_words(LARGEST + 1)
	assert error.value.code == "amount_too_large"
	with pytest.raises(InvalidValue) as error:
		amount_in_words("1e80")
	assert error.value.code == "amount_too_large"


@pytest.mark.parametrize(
	"amount", ["abc", "1.234.567", "NaN", "Infinity", float("nan"), float("inf"), "12 đ"]
)
def test_no_number(amount):
	with pytest.raises(InvalidValue) as error:
		amount_in_words(amount)
	assert error.value.code == "amount_not_a_number"


def test_negative_whole_number_is_refused():
	with pytest.raises(InvalidValue):
		number_in_words(-1)
