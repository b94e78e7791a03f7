"""A list without one person: their rows are gone, every other byte and every line number is as it was."""

import io
import zipfile
from html import unescape

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from skycrm.domain.importing.readers import open_table
from skycrm.domain.importing.table import UnreadableFile
from skycrm.domain.personal import lists
from skycrm.domain.personal.marks import Marks

MARKS = Marks(
	frozenset({"an@example.com"}), frozenset({"+84912345678"}), frozenset({"an@example.com", "0912 345 678"})
)


def without(content, name="list.csv", lines=(), **settings):
	handle, out = io.BytesIO(content), io.BytesIO()
	found = lists.find(handle, name, MARKS, lines, **settings)
	lists.write_without(handle, out, found, MARKS)
	return found, out.getvalue()


def read(content, name="list.csv", **settings):
	return [(row.line, row.cells) for row in open_table(io.BytesIO(content), name, **settings).rows]


PEOPLE = (
	'Họ tên;Điện thoại;Email;Ghi chú\r\nLê Bình;0911 111 111;binh@example.com;"dài\r\nhai dòng"\r\n'
	'Trần An;0912.345.678;;"của\r\nAn"\r\n  \r\nVõ Tuấn;;tuan@example.com;x\nPhạm C;;AN@example.com;cuối'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_csv_file_keeps_every_other_byte_and_line(encoding):
	before = PEOPLE.encode(encoding)
	found, after = without(before)
	gone = PEOPLE.replace('Trần An;0912.345.678;;"của\r\nAn"', "\r\n").replace(
		"Phạm C;;AN@example.com;cuối", ""
	)
	assert after == gone.encode(encoding)
	assert [(row.line, row.last_line) for row in found.rows] == [(4, 5), (8, 8)] and found.others == 2
	kept = {line for line, _cells in read(before)} - {4, 8}
	assert read(after) == [(line, cells) for line, cells in read(before) if line in kept]
	assert without(after)[0].rows == []


def test_bad_bytes_and_old_line_ends_are_given_back():
	before = b"name,email\rA\xff\x81,a@x.vn\rB,an@example.com\rC,c@x.vn\r"
	_found, after = without(before)
	assert after == b"name,email\rA\xff\x81,a@x.vn\r\rC,c@x.vn\r"
	old = "tên,email\nVỹ Đặng,v@x.vn\nAn,an@example.com\n".encode("cp1258", "ignore")
	assert without(old, encoding="Windows-1258")[1] == old.replace(b"An,an@example.com", b"")


def test_an_open_quote_takes_no_other_row_along():
	before = b'name,email\n"A,a@x.vn\nB,an@example.com\n"C",c@x.vn\n'
	assert without(before)[1] == b'name,email\n"A,a@x.vn\n\n"C",c@x.vn\n'


def test_a_row_known_by_its_line_goes_too():
	found, after = without(b"name,email\nA,a@x.vn\nB,b@x.vn\n", lines={3})
	assert after == b"name,email\nA,a@x.vn\n\n" and found.as_texts(found.rows[0]) == {
		"name": "B",
		"email": "b@x.vn",
	}


def test_a_person_in_the_headers_is_said():
	with pytest.raises(UnreadableFile) as error:
		without(b"Tran An,an@example.com\nB,b@x.vn\n")
	assert error.value.fault.code == "person_in_headers"


CARDS = (
	"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Le Binh\r\nTEL:0911111111\r\nEND:VCARD\r\n"
	"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Tran An\r\nEMAIL:first@x.vn\r\nEMAIL:an@exa\r\n mple.com\r\nEND:VCARD\r\n"
	"BEGIN:VCARD\r\nFN:Vo Tuan\r\nEMAIL:tuan@example.com\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_card_goes_by_any_of_its_addresses(encoding):
	found, after = without(CARDS.encode(encoding), "people.vcf")
	parts = CARDS.splitlines(keepends=True)
	assert after == "".join("\r\n" if 5 <= number < 12 else line for number, line in enumerate(parts)).encode(
		encoding
	)
	assert [(row.line, row.last_line) for row in found.rows] == [(6, 12)] and found.others == 2
	assert [line for line, _cells in read(after, "people.vcf")] == [1, 13]


def workbook():
	book = Workbook()
	sheet = book.active
	sheet.title = "Khách"
	sheet.append(["Tên", "Điện thoại", "Email", "Thành phố", "Tổng"])
	sheet.append(["Lê Bình", "0911111111", "binh@example.com", "Hà Nội", "=1+1"])
	sheet.append(["Trần An", 912345678, "khac@example.com", "Hà Nội", "=LEN(A3)"])
	sheet.append([])
	sheet.append(["Võ Tuấn", "0913000000", "tuan@example.com", "Đà Nẵng", None])
	sheet.append(["Riêng Tư", None, "an@example.com", "Phố Riêng 5", None])
	sheet["C2"].hyperlink = "mailto:an@example.com"
	sheet["A2"].comment = Comment("hỏi an@example.com", "ai đó")
	other = book.create_sheet("Khác")
	other.append(["tự do", "gọi +84 912 345 678"])
	other.append(["khác", "còn"])
	data = io.BytesIO()
	book.save(data)
	return data.getvalue()


def test_a_workbook_keeps_rows_numbers_and_the_texts_of_others():
	before = workbook()
	found, after = without(before, "list.xlsx")
	assert [(row.sheet, row.line) for row in found.rows] == [("Khách", 3), ("Khách", 6), ("Khác", 1)]
	assert found.others == 3
	book = load_workbook(io.BytesIO(after))
	rows = [[cell.value for cell in row] for row in book["Khách"].iter_rows()]
	assert rows[1] == ["Lê Bình", "0911111111", "binh@example.com", "Hà Nội", "=1+1"]
	assert rows[4][:4] == ["Võ Tuấn", "0913000000", "tuan@example.com", "Đà Nẵng"]
	assert not any(rows[2]) and (len(rows) < 6 or not any(rows[5]))
	assert [cell.value for cell in book["Khác"][2]] == ["khác", "còn"]
	archive = zipfile.ZipFile(io.BytesIO(after))
	whole = unescape(b"".join(archive.read(name) for name in archive.namelist()).decode())
	for text in ("an@example.com", "912345678", "Trần An", "Riêng Tư", "Phố Riêng 5", "912 345 678"):
		assert text not in whole.replace("tuan@example.com", ""), text
	assert "Hà Nội" in whole
	assert [line for line, _cells in read(after, "list.xlsx")] == [2, 5]
	assert without(after, "list.xlsx")[0].rows == []


def test_a_workbook_row_known_by_its_line_goes_of_the_sheet_that_was_read():
	found, after = without(workbook(), "list.xlsx", lines={2})
	assert ("Khách", 2) in {(row.sheet, row.line) for row in found.rows}
	assert [line for line, _cells in read(after, "list.xlsx")] == [5]


def test_a_shared_formula_of_the_row_still_serves_the_others():
	before = workbook()
	out = io.BytesIO()
	with zipfile.ZipFile(io.BytesIO(before)) as source, zipfile.ZipFile(out, "w") as target:
		for entry in source.infolist():
			content = source.read(entry)
			if entry.filename == "xl/worksheets/sheet1.xml":
				content = content.replace(
					b"<f>LEN(A3)</f><v />", b'<f t="shared" ref="E3:E5" si="0">LEN(A3)</f><v>7</v>'
				).replace(b"<f>LEN(A3)</f><v></v>", b'<f t="shared" ref="E3:E5" si="0">LEN(A3)</f><v>7</v>')
			target.writestr(entry, content)
	assert b'ref="E3:E5"' in zipfile.ZipFile(io.BytesIO(out.getvalue())).read("xl/worksheets/sheet1.xml")
	_found, after = without(out.getvalue(), "list.xlsx")
	sheet = zipfile.ZipFile(io.BytesIO(after)).read("xl/worksheets/sheet1.xml")
	assert b'ref="E3:E5"' in sheet and b"<v>7</v>" not in sheet


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
def test_a_damaged_workbook_is_said(part):
	book = Workbook()
	for number in range(300):
		book.active.append([f"Người {number * 7919}", f"x{number * 31}@example.com"])
	out = io.BytesIO()
	book.save(out)
	content = bytearray(out.getvalue())
	with zipfile.ZipFile(io.BytesIO(content)) as archive:
		start = archive.getinfo(part).header_offset + 30 + len(part) + 60
	content[start : start + 100] = b"\xff" * 100
	with pytest.raises(UnreadableFile):
		without(bytes(content), "list.xlsx")
