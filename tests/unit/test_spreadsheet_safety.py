"""Text that a spreadsheet could run is guarded in cells and CSV files, and comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from spreadsheet_cases import DANGEROUS, PLAIN

from skycrm.domain.spreadsheet_files import change_csv
from skycrm.domain.spreadsheet_safety import neutralise, restore

any_text = st.text(alphabet=st.one_of(st.sampled_from("'=+-@\t\r\n\x00 09.,;\"<&>aĐ＝"), st.characters()))


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_could_run_gets_an_apostrophe_and_loses_it_again(text):
	assert neutralise(text) == "'" + text
	assert restore(neutralise(text)) == text


@pytest.mark.parametrize("text", PLAIN)
def test_words_numbers_and_phone_numbers_stay(text):
	assert neutralise(text) == text
	assert restore(text) == text


@pytest.mark.parametrize("value", [None, -5, -1.5, True, 0, b"=1"])
def test_other_values_stay(value):
	assert neutralise(value) is value
	assert restore(value) is value


@given(any_text)
def test_every_text_comes_back(text):
	assert restore(neutralise(text)) == text


@given(any_text)
def test_what_leaves_begins_with_no_sign_that_could_run(text):
	left = neutralise(text)
	if left and left[0] in "=+-@\t\r\n\x00＝＋－＠":
		assert set(left) <= set("+-0123456789., \u00a0\u202f()eE%"), "no name and no call can be in it"


def test_text_guarded_by_its_writer_keeps_his_apostrophe():
	assert neutralise("'=1+1") == "''=1+1"
	assert restore("''=1+1") == "'=1+1"
	assert restore("'tis") == "'tis"


def read_csv(text: str, delimiter: str = ",") -> list[list[str]]:
	return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def write_csv(rows: list[list], delimiter: str = ",", quoting: int = csv.QUOTE_NONNUMERIC) -> str:
	file = io.StringIO(newline="")
	csv.writer(file, delimiter=delimiter, quoting=quoting).writerows(rows)
	return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
def test_csv_of_every_kind(delimiter, quoting):
	rows = [["Số", "Tên"], *([place, text] for place, text in enumerate(DANGEROUS + PLAIN) if text)]
	before = write_csv(rows, delimiter, quoting)
	after = change_csv(before, neutralise, delimiter)
	cells = read_csv(after, delimiter)
	assert [row[1] for row in cells[1:]] == [neutralise(row[1]) for row in rows[1:]]
	assert [row[0] for row in cells[1:]] == [str(row[0]) for row in rows[1:]]
	assert read_csv(change_csv(after, restore, delimiter), delimiter) == read_csv(before, delimiter)


@given(st.lists(st.lists(any_text, min_size=2, max_size=4), min_size=1, max_size=4))
def test_csv_with_any_text_comes_back(rows):
	before = write_csv(rows)
	after = change_csv(before, neutralise)
	assert read_csv(after) == [[neutralise(cell) for cell in row] for row in read_csv(before)]
	assert read_csv(change_csv(after, restore)) == read_csv(before)


def test_csv_without_dangerous_text_is_the_same_object():
	text = write_csv([["Số", "Tên", "Giá"], [1, 'An "Bé"', -5.5], [2, "dòng\nhai", 7]])
	assert change_csv(text, neutralise) is text
