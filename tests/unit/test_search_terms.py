"""Search words: short Vietnamese names survive the index, operators do not survive the query."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.search_terms import (
	MAX_INDEXED_LENGTH,
	MAX_QUERY_WORDS,
	boolean_query,
	kind_of,
	search_text,
)


def test_words_of_all_names_once_without_tone_marks():
	assert search_text("Nguyễn Văn An", "Công ty TNHH An Phát") == (
		"zznguyen zzvan zzan zzcong zzty zztnhh zzphat"
	)


def test_both_unicode_forms_give_the_same_words():
	name = "Đặng Thị Huệ"
	assert search_text(unicodedata.normalize("NFD", name)) == search_text(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize("names", [(), (None,), ("",), ("...",)])
def test_no_name_gives_no_words(names):
	assert search_text(*names) == ""


def test_text_too_long_for_the_column_ends_at_a_whole_word():
	text = search_text(" ".join(f"word{number:04d}" for number in range(90)))
	assert len(text) <= MAX_INDEXED_LENGTH
	assert all(len(word) == len("zzword0000") for word in text.split())


def test_every_word_is_asked_for_as_a_beginning():
	assert boolean_query("Nguyễn An 7") == "+zz7* +zzan* +zznguyen*"


def test_repeated_and_surplus_words_are_left_out():
	assert boolean_query("An an ÁN") == "+zzan*"
	assert len(boolean_query(" ".join(f"w{n}" for n in range(50))).split()) == MAX_QUERY_WORDS


@given(st.text(max_size=80))
def test_no_operator_of_the_boolean_mode_gets_through(text):
	for word in boolean_query(text).split():
		assert word.startswith("+zz") and word.endswith("*")
		assert not set(word[3:-1]) & set("+-<>()~*\"@'%;")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_record_is_found_by_its_own_name(first, second):
	indexed = search_text(first, second).split()
	for word in boolean_query(first).split():
		assert any(stored.startswith(word[1:-1]) for stored in indexed)


@pytest.mark.parametrize(
	("text", "kind"),
	[
		("an.nguyen@example.com", "email"),
		("0912 345 678", "number"),
		("+84 (0)912.345.678", "number"),
		("0100109106-001", "number"),
		("Nguyễn Văn An", "name"),
		("Lô B2 KCN", "name"),
		("12", "name"),
		("@", "email"),
		("nguyen @ cong ty", "name"),
		("   ", "nothing"),
		("--", "nothing"),
	],
)
def test_kind_of_text(text, kind):
	assert kind_of(text) == kind
