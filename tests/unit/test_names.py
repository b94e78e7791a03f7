"""Full names, Vietnamese and western."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.errors import RuleError
from skycrm.domain.person_name import (
	PersonName,
	given_name,
	join_full_name,
	person_name_key,
	reads_given_first,
	split_full_name,
)
from skycrm.domain.text import clean, name_key

# full name, family, middle, given, salutation
NAMES = [
	("Nguyễn Văn An", "Nguyễn", "Văn", "An", ""),
	("NGUYỄN VĂN AN", "NGUYỄN", "VĂN", "AN", ""),
	("nguyen van an", "nguyen", "van", "an", ""),
	("Nguyễn An", "Nguyễn", "", "An", ""),
	("Trần Thị Minh Khai", "Trần", "Thị Minh", "Khai", ""),
	("Lê Nguyễn Hoàng Bảo Ngọc", "Lê", "Nguyễn Hoàng Bảo", "Ngọc", ""),
	("Phạm Tuân", "Phạm", "", "Tuân", ""),
	("Hồ Chí Minh", "Hồ", "Chí", "Minh", ""),
	("Võ Nguyên Giáp", "Võ", "Nguyên", "Giáp", ""),
	("Đặng Thùy Trâm", "Đặng", "Thùy", "Trâm", ""),
	("Đỗ Mỹ Linh", "Đỗ", "Mỹ", "Linh", ""),
	("Chu Văn An", "Chu", "Văn", "An", ""),
	("Mai Phương Thúy", "Mai", "Phương", "Thúy", ""),
	("Kim Tuấn", "Kim", "", "Tuấn", ""),
	("Y Phương", "Y", "", "Phương", ""),
	("Tôn Nữ Thị Ninh", "Tôn Nữ", "Thị", "Ninh", ""),
	("Tôn Thất Tùng", "Tôn Thất", "", "Tùng", ""),
	("Công Tằng Tôn Nữ Hoàng Anh", "Công Tằng Tôn Nữ", "Hoàng", "Anh", ""),
	("Âu Dương Quốc Bảo", "Âu Dương", "Quốc", "Bảo", ""),
	("Gia Cát Lượng", "Gia Cát", "", "Lượng", ""),
	("Tôn Nữ", "Tôn", "", "Nữ", ""),
	("Ksor Phước", "Ksor", "", "Phước", ""),
	("Rcom Sa Duyên", "Rcom", "Sa", "Duyên", ""),
	# A family name that no list holds, shown to be Vietnamese by its tone marks.
	("Sú Thị Bình", "Sú", "Thị", "Bình", ""),
	("An", "", "", "An", ""),
	("An,", "", "", "An,", ""),
	("  Nguyễn\u00a0Văn   An ", "Nguyễn", "Văn", "An", ""),
	("Nguyễn, Văn An", "Nguyễn", "Văn", "An", ""),
	("Smith, John Paul", "Smith", "John", "Paul", ""),
	("Trần Văn B", "Trần", "Văn", "B", ""),
	("Nguyễn Jenny", "Nguyễn", "", "Jenny", ""),
	("Tran Van 2", "Tran", "Van", "2", ""),
	# titles
	("Ông Nguyễn Văn An", "Nguyễn", "Văn", "An", "Mr"),
	("ông Nguyễn Văn An", "Nguyễn", "Văn", "An", "Mr"),
	("ong Nguyen Van An", "Nguyen", "Van", "An", "Mr"),
	("Ong Cao Thang", "Ong", "Cao", "Thang", ""),
	("Bà Trần Thị Bình", "Trần", "Thị", "Bình", "Mrs"),
	("Anh Nguyễn Văn An", "Nguyễn", "Văn", "An", "Mr"),
	("Anh Tuấn", "", "", "Tuấn", "Mr"),
	("Chị Lan", "", "", "Lan", "Ms"),
	("Chú An", "", "", "An", "Mr"),
	("Bác", "", "", "Bác", ""),
	("Mr. Nguyễn Văn An", "Nguyễn", "Văn", "An", "Mr"),
	("Mr.An", "", "", "An", "Mr"),
	("Ms Trần Bình", "Trần", "", "Bình", "Ms"),
	("Ông/Bà Lê Hoa", "Lê", "", "Hoa", ""),
	("TS. Lê Hoàng", "Lê", "", "Hoàng", "Dr"),
	("PGS.TS. Trần Văn Bình", "Trần", "Văn", "Bình", "Prof"),
	("Bác sĩ Phạm Hùng", "Phạm", "", "Hùng", "Dr"),
	("Dr. John Smith", "Smith", "", "John", "Dr"),
	# western
	("John Smith", "Smith", "", "John", ""),
	("Anna Maria Garcia", "Garcia", "Maria", "Anna", ""),
	("Vincent van Gogh", "van Gogh", "", "Vincent", ""),
	("Maria de la Cruz", "de la Cruz", "", "Maria", ""),
	("Mai Smith", "Smith", "", "Mai", ""),
	("Minh Trần", "Trần", "", "Minh", ""),
	("Minh Tran", "Tran", "", "Minh", ""),
	("O'Neil Shaquille", "Shaquille", "", "O'Neil", ""),
	("", "", "", "", ""),
]


@pytest.mark.parametrize(("full_name", "family", "middle", "given_part", "salutation"), NAMES)
def test_split(full_name, family, middle, given_part, salutation):
	assert split_full_name(full_name) == PersonName(family, middle, given_part, salutation)


def test_a_decomposed_name_is_split_into_composed_parts():
	assert split_full_name(unicodedata.normalize("NFD", "Nguyễn Văn Đức")) == PersonName(
		"Nguyễn", "Văn", "Đức"
	)


def test_a_site_with_given_names_first():
	assert split_full_name("Nguyễn Văn An", family_first=False) == PersonName("An", "Văn", "Nguyễn")
	assert split_full_name("John Paul Smith", family_first=False) == PersonName("Smith", "Paul", "John")
	assert split_full_name("Smith, John Paul", family_first=False) == PersonName("Smith", "Paul", "John")


def test_join():
	assert join_full_name("Nguyễn", "Văn", "An") == "Nguyễn Văn An"
	assert join_full_name("Nguyễn", "", "An") == "Nguyễn An"
	assert join_full_name("", "", "An") == "An"
	assert join_full_name("Smith", "Paul", "John", family_first=False) == "John Paul Smith"
	assert join_full_name("", "", "") == ""


@pytest.mark.parametrize(
	("parts", "given_first"),
	[
		(("Smith", "", "John"), True),
		(("Garcia", "Maria", "Anna"), True),
		(("Nguyễn", "Văn", "An"), False),
		(("Nguyen", "", "An"), False),
		(("Tôn Nữ", "Thị", "Ninh"), False),
		(("Trần", "", "Minh"), False),
		(("", "", "An"), False),
		(("Smith", "", ""), False),
		(("", "", ""), False),
	],
)
def test_western_parts_are_told_from_vietnamese_ones(parts, given_first):
	assert reads_given_first(*parts) is given_first


@pytest.mark.parametrize(
	("full_name", "name"),
	[
		("Ông Nguyễn Văn An", "An"),
		("John Smith", "John"),
		("Trần Thị Minh Khai", "Khai"),
		("An", "An"),
		("", ""),
	],
)
def test_given_name(full_name, name):
	assert given_name(full_name) == name


def test_titles_and_marks_do_not_change_the_key():
	for spelling in (
		"Ông Nguyễn Văn An",
		"nguyen van an",
		"Mr. NGUYỄN VĂN AN",
		"Nguyễn  Văn-An",
		"TS.Nguyễn Văn An",
	):
		assert person_name_key(spelling) == "nguyen van an"
	assert person_name_key("Bác") == "bac"
	assert person_name_key("") == ""


FAMILIES = st.sampled_from(["Nguyễn", "Trần", "Lê", "Đặng", "Tôn Nữ", "Âu Dương"])
SYLLABLES = st.sampled_from(["Văn", "Thị", "Minh", "Khai", "An", "Bình", "Đức", "Ngọc", "Quỳnh", "Thuỳ"])


@given(FAMILIES, st.lists(SYLLABLES, min_size=1, max_size=4))
def test_joining_what_was_split_gives_the_name_back(family, rest):
	full_name = " ".join([family, *rest])
	parts = split_full_name(full_name)
	assert parts.family == family and parts.given == rest[-1]
	assert join_full_name(parts.family, parts.middle, parts.given) == full_name


@given(st.text(max_size=60), st.booleans())
def test_no_word_is_lost_and_nothing_fails(text, family_first):
	try:
		parts = split_full_name(text, family_first)
	except RuleError:
		return
	if clean(text):
		assert parts.given or parts.family
	shown = join_full_name(parts.family, parts.middle, parts.given)
	assert sum(map(str.isalnum, shown)) <= sum(map(str.isalnum, clean(text)))
	assert name_key(text).endswith(person_name_key(text))
