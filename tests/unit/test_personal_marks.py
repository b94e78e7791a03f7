"""A person is found in a text in every spelling, and nobody who merely looks alike."""

import pytest

from skycrm.domain.personal.marks import Marks, joined, patterns_of

MARKS = Marks(
	frozenset({"an@example.com"}),
	frozenset({"+84912345678"}),
	frozenset({"An@Example.com", "0912 345 678", "zalo"}),
)


@pytest.mark.parametrize(
	"text",
	[
		"an@example.com",
		"Gửi AN@EXAMPLE.COM.",
		"Nguyễn An <an@example.com>",
		"href='mailto:an@example.com'",
		'{"a": "dòng\\nan@example.com"}',
		"?q=an%40example.com&b=1",
		"?to=%20an@example.com",
		"an@example.com.pdf",
		"/files/an@example.com.xlsx?x",
		"0912345678",
		"ĐT: 0912.345.678",
		"+84 912 345 678",
		"+84 (0)912 345 678",
		"0084912345678",
		"(0912) 345-678",
		"84912345678",
		"0912\u00a0345\u00a0678",
	],
)
def test_is_found(text):
	assert MARKS.found_in(text)


@pytest.mark.parametrize(
	"text",
	[
		"tuan@example.com",
		"le.an@example.com",
		"an@example.com.vn",
		"an@example.company",
		"an@example.com.pdf.vn",
		"10912345678",
		"09123456789",
		"0912345679",
		"912345678",
		"zalo",
		"",
	],
)
def test_is_not_found(text):
	assert not MARKS.found_in(text)


@pytest.mark.parametrize(
	"cell", ["912345678", "０９１２３４５６７８", "0912 345 678 máy lẻ 12", "ĐT 0912345678"]
)
def test_a_cell_that_is_a_number_is_read_as_one(cell):
	assert MARKS.found_in_cells(["", "Hà Nội", cell])


def test_a_number_of_before_2018_is_the_same():
	marks = Marks(phones=frozenset({"+84772345678"}))
	assert marks.found_in_cells(["0122 234 5678"]) or marks.found_in_cells(["01222345678"])
	assert not marks.found_in_cells(["0123 234 5678"])


def test_words_of_a_files_name_are_parted_by_dashes_too():
	assert MARKS.found_in_file_name("hop-dong_an@example.com.pdf")
	assert MARKS.found_in_file_name("anh-0912-345-678.jpg")
	assert not MARKS.found_in_file_name("hop-dong-tuan@example.com.pdf")


def test_names_end_where_words_end():
	name = joined(patterns_of(["Lê Văn An"]))
	assert name.search("anh Lê Văn An, 10h") and name.search('"x\\nLê Văn An"') and name.search("_LÊ VĂN AN_")
	assert not name.search("Lê Văn Anh") and not name.search("Đỗ Chlê Văn An")


def test_nobody_is_found_nowhere():
	assert not Marks().found_in("an@example.com") and not Marks().found_in_cells(["0912345678"])
	assert joined(patterns_of(["short"])) is None
