"""Folding and name keys: one key for every spelling."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.errors import InvalidValue, RuleError
from skycrm.domain.text import MAX_LENGTH, clean, fold, name_key, org_name_key

ALPHABET = "aáàảãạăắằẳẵặâấầẩẫậeéèẻẽẹêếềểễệiíìỉĩịoóòỏõọôốồổỗộơớờởỡợuúùủũụưứừửữựyýỳỷỹỵđ"


@pytest.mark.parametrize(
	("text", "folded"),
	[
		(None, ""),
		("", ""),
		("   ", ""),
		("Nguyễn Văn Đức", "nguyen van duc"),
		("NGUYỄN VĂN ĐỨC", "nguyen van duc"),
		("  nguyễn\t văn \n đức ", "nguyen van duc"),
		("Nguyễn\u00a0Văn\u3000Đức", "nguyen van duc"),
		("Nguy\u200bễn \ufeffVăn", "nguyen van"),
		("Ðặng", "dang"),
		("Ｎｇｕｙễｎ", "nguyen"),
		("Straße", "strasse"),
		("Łukasz Ørsted Æsir", "lukasz orsted aesir"),
		("İstanbul ıi", "istanbul ii"),
		("Công ty A&B", "cong ty a&b"),
		("№ 1 ① ²", "no 1 1 2"),
		(12345, "12345"),
	],
)
def test_fold(text, folded):
	assert fold(text) == folded


def test_every_vietnamese_letter_folds_to_a_plain_one_composed_or_not():
	for letter in ALPHABET + ALPHABET.upper():
		plain = fold(letter)
		assert plain in "aeiouyd"
		assert fold(unicodedata.normalize("NFD", letter)) == plain
		assert fold(unicodedata.normalize("NFC", letter)) == plain


@pytest.mark.parametrize(
	("text", "key"),
	[
		("Nguyễn  Văn-An", "nguyen van an"),
		("Nguyễn, Văn An", "nguyen van an"),
		("Nguyễn_Văn_An", "nguyen van an"),
		("O'Neil", "oneil"),
		("O’Neil", "oneil"),
		("H'Hen Niê", "hhen nie"),
		("A.N.Z", "anz"),
		("A.N.Z.", "anz"),
		("Mr.An", "mr an"),
		("Co.,Ltd", "co ltd"),
		("An & Bình", "an va binh"),
		("An&Bình", "an va binh"),
		("(An) [Bình]", "an binh"),
		("... !!!", ""),
		("24/7 Shop", "24 7 shop"),
		("王小明", "王小明"),
	],
)
def test_name_key(text, key):
	assert name_key(text) == key


def test_the_order_of_the_words_counts():
	assert name_key("Văn An") != name_key("An Văn")


@pytest.mark.parametrize(
	("text", "key"),
	[
		("Công ty TNHH MTV Thương mại Dịch vụ An Phát", "an phat"),
		("CÔNG TY TRÁCH NHIỆM HỮU HẠN MỘT THÀNH VIÊN AN PHÁT", "an phat"),
		("Cty TNHH TM-DV An Phát", "an phat"),
		("Công ty T.N.H.H An Phát", "an phat"),
		("CTCP An Phát", "an phat"),
		("Công ty Cổ phần Sản xuất & XNK An Phát", "an phat"),
		("An Phat Co., Ltd", "an phat"),
		("An Phat Co.,Ltd.", "an phat"),
		("An Phát JSC", "an phat"),
		("An Phat Joint Stock Company", "an phat"),
		("DNTN An Phát", "an phat"),
		("Hộ kinh doanh An Phát", "an phat"),
		("An Phát", "an phat"),
		("Coteccons", "coteccons"),
		("Vinamilk", "vinamilk"),
		("Công ty Cổ phần Đầu tư", "cong ty co phan dau tu"),
		("", ""),
		(None, ""),
	],
)
def test_org_name_key(text, key):
	assert org_name_key(text) == key


@pytest.mark.parametrize("value", [1.5, True, [], {}, b"x", object()])
def test_what_is_no_text_is_refused(value):
	with pytest.raises(InvalidValue) as error:
		fold(value)
	assert error.value.code == "value_not_text"


def test_what_is_too_long_is_refused():
	assert fold("a" * MAX_LENGTH) == "a" * MAX_LENGTH
	with pytest.raises(InvalidValue) as error:
		name_key("a" * (MAX_LENGTH + 1))
	assert error.value.code == "value_too_long"
	assert error.value.params["length"] == MAX_LENGTH + 1


@given(st.text(max_size=60))
def test_keys_are_stable_and_never_fail(text):
	for key in (clean, fold, name_key, org_name_key):
		try:
			first = key(text)
		except RuleError:
			continue
		assert key(first) == first
		assert first == first.strip() and "  " not in first
		first.encode("utf-8")


@given(st.text(alphabet=ALPHABET + ALPHABET.upper() + "bcdghklmnpqrstvx '-.,", max_size=60))
def test_composition_and_case_never_change_a_key(text):
	for form in ("NFC", "NFD", "NFKC", "NFKD"):
		assert name_key(unicodedata.normalize(form, text)) == name_key(text)
	assert name_key(text.upper()) == name_key(text)
	assert name_key(f"  {text}\u00a0") == name_key(text)
