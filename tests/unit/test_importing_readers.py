"""Lists of people as other programs write them: every row is read, or refused with its line and column."""

import csv
import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from skycrm.domain.importing.csv_reader import open_csv, split_line
from skycrm.domain.importing.readers import open_table
from skycrm.domain.importing.table import MAX_CELL, UnreadableFile

VIETNAMESE = (
	"Họ tên;Điện thoại;Công ty\nNguyễn Thị Ánh Tuyết;0912 345 678;Công ty Cổ phần Đường sắt\nLê Vỹ;;\n"
)


def read(data, name="list.csv", **settings):
	table = open_table(io.BytesIO(data), name, **settings)
	return table, list(table.rows)


def cells(rows):
	return [list(row.cells) for row in rows]


def faults(rows):
	return [(row.line, row.fault.column, row.fault.code) for row in rows if row.fault]


def as_windows_1258(text):
	"""Vietnamese as Windows-1258 writes it: the letter, then its tone mark."""
	tones = "\u0300\u0301\u0303\u0309\u0323"
	out = b""
	for sign in text:
		try:
			out += sign.encode("cp1258")
		except UnicodeEncodeError:
			apart = unicodedata.normalize("NFD", sign)
			letter = unicodedata.normalize("NFC", "".join(part for part in apart if part not in tones))
			out += (letter + "".join(part for part in apart if part in tones)).encode("cp1258")
	return out


def workbook(*sheets):
	"""A workbook of (title, rows)."""
	book = Workbook()
	book.remove(book.active)
	for title, rows in sheets:
		sheet = book.create_sheet(title)
		for row in rows:
			sheet.append(row)
	data = io.BytesIO()
	book.save(data)
	return data.getvalue()


class TestHeaders:
	@pytest.mark.parametrize("kind", ["csv", "xlsx"])
	def test_somebody_in_the_place_of_the_headers_is_told(self, kind):
		rows = [["Nguyễn Văn An", "0912 345 678"], ["Lê Vỹ", "0912 345 679"]]
		text = "\n".join(",".join(row) for row in rows).encode()
		data = workbook(("Sheet", rows)) if kind == "xlsx" else text
		table, found = read(data, f"list.{kind}")
		assert [(one.code, one.column) for one in table.warnings] == [("header_is_data", 2)]
		assert table.warnings[0].params == {"line": 1, "value": "0912 345 678"}
		table, found = read(data, f"list.{kind}", header_line=1)
		assert (table.warnings, len(found)) == ([], 1)

	@pytest.mark.parametrize(
		"header", ["Doanh thu 2025", "SĐT 1", "E-mail", "@", "Email (an@x.vn)", "1234567"]
	)
	def test_headers_with_digits_and_signs_are_headers(self, header):
		table, _found = read(f"Họ tên,{header}\nAn,x\n".encode())
		assert not table.warnings


class TestEncodings:
	@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
	def test_unicode_with_and_without_mark_is_read_without_a_word(self, encoding):
		table, rows = read(VIETNAMESE.encode(encoding))
		assert table.headers == ("Họ tên", "Điện thoại", "Công ty")
		assert rows[0].cells == ("Nguyễn Thị Ánh Tuyết", "0912 345 678", "Công ty Cổ phần Đường sắt")
		assert not table.warnings

	def test_windows_1258_is_guessed_with_a_warning_and_composed(self):
		table, rows = read(as_windows_1258(VIETNAMESE))
		assert table.encoding == "cp1258"
		assert [warning.code for warning in table.warnings] == ["encoding_guessed"]
		assert rows[0].cells[0] == "Nguyễn Thị Ánh Tuyết"

	def test_windows_1252_is_guessed_for_other_letters(self):
		table, rows = read("Name,Ville\nJosé Müller,Orléans\nZoë,Besançon\n".encode("cp1252"))
		assert table.encoding == "cp1252"
		assert rows[0].cells == ("José Müller", "Orléans")

	def test_the_user_has_the_last_word(self):
		_table, rows = read("Name,Ville\nJosé,é\n".encode("cp1252"), encoding="Windows-1258")
		assert rows[0].cells[0] == "José"

	def test_utf8_with_a_few_bad_bytes_stays_utf8_and_loses_those_rows_alone(self):
		data = "Tên,Email\nĐỗ An,an@x.vn\nBad,b\n\nLê Ân,c@x.vn\n".encode().replace(b"Bad", b"B\xe1\xbad\xff")
		table, rows = read(data)
		assert table.encoding == "utf-8-sig"
		assert faults(rows) == [(3, 1, "bad_bytes")]
		assert rows[2].cells[0] == "Lê Ân"


class TestDelimited:
	@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
	def test_the_delimiter_is_found(self, delimiter):
		lines = [["Name", "Note", "Phone"], ["An", "a, b; c", "1"], ["Bình", 'say "hi"', "2"]]
		text = io.StringIO()
		csv.writer(text, delimiter=delimiter).writerows(lines)
		table, rows = read(text.getvalue().encode())
		assert table.delimiter == delimiter
		assert cells(rows) == lines[1:]

	def test_excels_line_that_names_it(self):
		table, rows = read(b"sep=|\r\nname|note\r\nAn|a,b,c\r\n")
		assert (table.delimiter, table.header_line, cells(rows)) == ("|", 2, [["An", "a,b,c"]])

	@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
	def test_every_kind_of_line_end(self, end):
		_table, rows = read(end.join(["a,b", "1,2", "", "3,4"]).encode())
		assert [(row.line, list(row.cells)) for row in rows] == [(2, ["1", "2"]), (4, ["3", "4"])]

	def test_titles_above_the_table_are_passed_over(self):
		table, rows = read("Danh sách khách hàng\n\nHọ tên,Email,SĐT\nAn,a@x.vn,1\n".encode())
		assert (table.header_line, table.headers) == (3, ("Họ tên", "Email", "SĐT"))
		assert rows[0].line == 4

	def test_the_user_names_the_line_of_the_headers(self):
		table, _rows = read(b"a,b\nName,Email\nAn,x\n", header_line=2)
		assert table.headers == ("Name", "Email")

	def test_a_cell_over_several_lines(self):
		_table, rows = read(b'a,b\n1,"one\r\ntwo"\n3,4\n')
		assert [(row.line, list(row.cells)) for row in rows] == [(2, ["1", "one\ntwo"]), (4, ["3", "4"])]

	def test_quotes_that_people_write_by_hand(self):
		_table, rows = read('a,b\nCông ty "An Phát","An Phát" Co\n'.encode())
		assert cells(rows) == [['Công ty "An Phát"', '"An Phát" Co']]

	@pytest.mark.parametrize(
		"after", ["2,x,y\n", '"2","x","y"\n', '2,"x","y"\n', '2,"x, y",\n', '2,"",y\n3,"x",y\n']
	)
	def test_a_quote_left_open_costs_its_own_row_alone(self, after):
		_table, rows = read(('a,b,c\n1,"open,z\n' + after).encode())
		assert faults(rows) == [(2, 2, "quote_open")]
		assert [row.line for row in rows] == list(range(2, 3 + after.count("\n")))
		assert rows[1].cells[0] == "2"

	def test_an_open_quote_at_the_end_of_a_long_file(self):
		data = b"a,b\n" + b"1,2\n" * 5000 + b'9,"open\n' + b"3,4\n" * 1000
		_table, rows = read(data)
		assert faults(rows) == [(5002, 2, "quote_open")]
		assert len(rows) == 6001

	@pytest.mark.parametrize(
		"cell", [b"x" * 1_000_000, b'"' + b"x" * 1_000_000 + b'"', b"x" * (MAX_CELL + 1)]
	)
	def test_a_cell_of_a_megabyte(self, cell):
		_table, rows = read(b"a,b,c\n1," + cell + b",3\n4,5,6\n")
		assert faults(rows) == [(2, 2, "cell_too_long")]
		assert rows[1].cells == ("4", "5", "6")
		assert all(len(text) <= 3 * MAX_CELL for text in rows[0].cells)

	def test_more_cells_than_headers(self):
		_table, rows = read(b"a,b\n1,2,3\n4,5,,\n")
		assert faults(rows) == [(2, 3, "too_many_cells")]
		assert not rows[1].fault

	@pytest.mark.parametrize(("data", "code"), [(b"", "file_empty"), (b"\n\n", "no_header")])
	def test_nothing_to_read(self, data, code):
		with pytest.raises(UnreadableFile) as error:
			read(data)
		assert error.value.fault.code == code


TEXT = st.text(
	st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffd\u2028\u2029\x85"),
	max_size=12,
)
CELL = st.one_of(TEXT, st.sampled_from(['a"b', "x, y", "one\ntwo", ' "q" ', "", '""', "a;b"]))


class TestProperties:
	@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;\t|"))
	def test_what_python_writes_is_read_back(self, lines, delimiter):
		text = io.StringIO()
		writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
		writer.writerows([["first", "second", "third"], *lines])
		data = io.BytesIO(text.getvalue().encode())
		rows = list(open_csv(data, encoding="UTF-8", delimiter=delimiter).rows)
		assert not faults(rows)
		assert cells(rows) == [line for line in lines if any(cell.strip() for cell in line)]

	@given(st.binary(max_size=400))
	def test_no_bytes_break_it_and_every_line_is_accounted_for(self, data):
		try:
			rows = list(open_table(io.BytesIO(data), "list.csv").rows)
		except UnreadableFile:
			return
		lines = [row.line for row in rows]
		assert lines == sorted(set(lines))

	@given(st.lists(st.sampled_from(['"', ",", "a", '""', '"a"', " "]), max_size=20).map("".join))
	def test_a_line_with_quotes_never_loses_a_letter(self, text):
		found, _open = split_line(text, ",")
		assert "".join(found).count("a") == text.count("a")


class TestWorkbooks:
	def test_cells_as_the_sheet_shows_them(self):
		from datetime import datetime

		data = workbook(
			(
				"Khách",
				[
					["Họ tên", "SĐT", "Ngày sinh", "Hẹn", "Tỷ lệ"],
					["An", 912345678, datetime(1990, 11, 21), datetime(2026, 1, 2, 8, 30), 1.5],
					[None] * 5,
					["B"],
				],
			)
		)
		table, rows = read(data, "a.xlsx")
		assert (table.kind, table.header_line) == ("xlsx", 1)
		assert list(rows[0].cells) == ["An", "912345678", "1990-11-21", "2026-01-02 08:30:00", "1.5"]
		assert [row.line for row in rows] == [2, 4]

	def test_the_first_sheet_with_a_table_unless_one_is_named(self):
		data = workbook(("Empty", []), ("One", [["a", "b"], [1, 2]]), ("Two", [["c", "d"], [3, 4]]))
		table, _rows = read(data, "a.xlsx")
		assert table.headers == ("a", "b")
		assert [warning.code for warning in table.warnings] == ["one_sheet_of_several"]
		assert read(data, "a.xlsx", sheet="Two")[0].headers == ("c", "d")
		with pytest.raises(UnreadableFile) as error:
			read(data, "a.xlsx", sheet="Three")
		assert error.value.fault.code == "sheet_unknown"

	def test_errors_of_formulas_are_named(self):
		_table, rows = read(workbook(("s", [["a", "b"], ["x", "#REF!"]])), "a.xlsx")
		assert faults(rows) == [(2, 2, "formula_error")]

	@pytest.mark.parametrize(
		("data", "code"),
		[
			(b"PK\x03\x04 broken", "not_a_workbook"),
			(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old_workbook"),
			(b"%PDF-1.7", "not_a_list"),
			(b"\x89PNG\r\n", "not_a_list"),
		],
	)
	def test_other_files_are_refused_by_name(self, data, code):
		with pytest.raises(UnreadableFile) as error:
			read(data, "a.xlsx")
		assert error.value.fault.code == code


CARDS = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4E=67=75=79=E1=BB=85=6E;=56=C4=83=6E=
=20=41=6E;;;
TEL;CELL;PREF:0912 345 678
TEL;WORK:024 3825 1234
TEL;FAX:024 3825 9999
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQ
 AAAA

END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Lê Thị Bình
N:Lê;Bình;Thị;;
EMAIL;TYPE=HOME:binh@home.vn
EMAIL;TYPE=WORK,PREF:binh@work.vn
ORG:Công ty\\; An;Kinh doanh
TITLE:Giám
  đốc
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Trần Cường
item1.TEL;VALUE=uri;TYPE="voice,cell":tel:+84-912-000-111
ADR;TYPE=home:;;12 Lê Lợi;Hà Nội;HN;100000;Việt Nam
BDAY:19850412
GENDER:M
NOTE:một\\nhai\\, ba
END:VCARD
BEGIN:VCARD
FN:Không Đóng
"""


class TestCards:
	def test_three_versions_in_one_file(self):
		table, rows = read(CARDS.encode(), "contacts.vcf")
		assert table.kind == "vcard"
		people = [dict(zip(table.headers, row.cells, strict=True)) for row in rows]
		assert [row.line for row in rows] == [1, 12, 22, 31]
		assert (people[0]["Family Name"], people[0]["Given Name"]) == ("Nguyễn", "Văn An")
		assert (people[0]["Mobile No"], people[0]["Phone"]) == ("0912 345 678", "024 3825 1234")
		assert people[1]["Full Name"] == "Lê Thị Bình"
		assert people[1]["Email"] == "binh@work.vn"
		assert people[1]["Organization"] == "Công ty; An, Kinh doanh"
		assert people[1]["Job Title"] == "Giám đốc"
		assert people[2]["Mobile No"] == "+84-912-000-111"
		assert (people[2]["Address"], people[2]["Date of Birth"]) == ("12 Lê Lợi", "1985-04-12")
		assert (people[2]["Notes"], people[2]["Gender"]) == ("một\nhai, ba", "Male")
		assert faults(rows) == [(31, 0, "card_open")]

	def test_no_card(self):
		with pytest.raises(UnreadableFile) as error:
			read(b"hello", "contacts.vcf")
		assert error.value.fault.code == "no_card"


def test_a_workbook_that_unpacks_to_too_much_says_so(monkeypatch):
	monkeypatch.setattr("skycrm.domain.importing.xlsx_reader.MAX_UNPACKED", 100)
	out = io.BytesIO()
	Workbook().save(out)
	with pytest.raises(UnreadableFile) as error:
		open_table(io.BytesIO(out.getvalue()), "list.xlsx")
	assert error.value.fault.code == "workbook_too_large"
