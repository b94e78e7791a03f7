"""Products in one cell of a list: codes and names, parted and counted as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing.products import MOST, Wanted, names_in, products_in

KNOWN = {
	"GHE-01": "GHE-01",
	"1001": "1001",
	"1002": "1002",
	"Bàn làm việc": "BAN-01",
	"Tủ, hai cánh": "TU-02",
	"Khung 2 x 3": "KHUNG",
	"A*2": "A*2",
	**{f"N{number}": f"N{number}" for number in range(MOST + 1)},
}


def find(text: str) -> str:
	if text not in KNOWN:
		raise InvalidValue("link_unknown", text)
	return KNOWN[text]


def read(cell: str) -> list[tuple[str, float | None]]:
	return [(one.item_code, one.qty) for one in products_in(cell, find)]


@pytest.mark.parametrize(
	("cell", "expected"),
	[
		("GHE-01", [("GHE-01", None)]),
		("GHE-01; Bàn làm việc", [("GHE-01", None), ("BAN-01", None)]),
		("GHE-01, Bàn làm việc", [("GHE-01", None), ("BAN-01", None)]),
		("GHE-01\nBàn làm việc;", [("GHE-01", None), ("BAN-01", None)]),
		("GHE-01 x 2", [("GHE-01", 2)]),
		("GHE-01 X2;Bàn làm việc*3", [("GHE-01", 2), ("BAN-01", 3)]),
		("Bàn làm việc × 4", [("BAN-01", 4)]),
		("GHE-01 x 1,5", [("GHE-01", 1.5)]),
		("GHE-01 x 1.5, 1001 x 2", [("GHE-01", 1.5), ("1001", 2)]),
		("GHE-01 x 1,5, 1001", [("GHE-01", 1.5), ("1001", None)]),
		("GHE-01 x 1.000", [("GHE-01", 1000)]),
		# Codes of digits are not decimals.
		("1001,1002", [("1001", None), ("1002", None)]),
		("1001 x 2,1002", [("1001", 2), ("1002", None)]),
		# What is the name of a product is not taken apart.
		("Tủ, hai cánh", [("TU-02", None)]),
		("Tủ, hai cánh x 2; GHE-01, 1001", [("TU-02", 2), ("GHE-01", None), ("1001", None)]),
		("Khung 2 x 3", [("KHUNG", None)]),
		("Khung 2 x 3 x 4", [("KHUNG", 4)]),
		("A*2", [("A*2", None)]),
		# The same one twice is one line.
		("GHE-01; GHE-01 x 2", [("GHE-01", 3)]),
		(" ; , ;", []),
	],
)
def test_what_people_write(cell, expected):
	assert read(cell) == expected


@pytest.mark.parametrize(
	("cell", "code", "value"),
	[
		("Ghế", "link_unknown", "Ghế"),
		("GHE-01; Ghế x 2", "link_unknown", "Ghế"),
		("GHE-01, Ghế", "link_unknown", "Ghế"),
		("GHE-01 x -2", "link_unknown", "GHE-01 x -2"),
		("GHE-01 x 0", "quantity_not_positive", "GHE-01 x 0"),
		(";".join(f"N{number}" for number in range(MOST + 1)), "products_too_many", str(MOST + 1)),
	],
)
def test_what_is_refused(cell, code, value):
	with pytest.raises(InvalidValue) as refused:
		read(cell)
	assert (refused.value.code, refused.value.params["value"]) == (code, value)


def test_one_look_up_knows_every_text_that_is_asked_for():
	asked = []

	def note(text):
		asked.append(text)
		return find(text)

	cell = "Tủ, hai cánh x 2; GHE-01, 1001 x 1,5, Khung 2 x 3"
	products_in(cell, note)
	assert set(asked) <= names_in(cell)


@given(st.text(alphabet="A1x*×,;. \n-", max_size=40))
def test_any_text_is_read_or_refused_in_words(cell):
	asked = names_in(cell)

	def take(text: str) -> str:
		assert text in asked
		return text

	found = products_in(cell, take)
	assert all(isinstance(one, Wanted) and (one.qty is None or one.qty > 0) for one in found)
