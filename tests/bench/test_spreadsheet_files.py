"""XLSX files, made and read by the library that the framework uses: no cell of them is a formula afterwards."""

import io
import re
import zipfile

import openpyxl
import pytest
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from skycrm.domain import spreadsheet_files
from skycrm.domain.spreadsheet_files import change_xlsx
from skycrm.domain.spreadsheet_safety import neutralise, restore

DANGEROUS = [
	"=1+1",
	"=cmd|' /C calc'!A0",
	'=HYPERLINK("https://example.com/?x="&A1,"Bấm đây")',
	"+1+cmd|' /C calc'!A0",
	"-2+3+cmd|' /C calc'!A0",
	"@SUM(1+1)*cmd|' /C calc'!A0",
	"\t=1+1",
	"\n=1+1",
	" =1+1",
	"＝1+1",
	"- gọi lại sau",
]
PLAIN = ["Nguyễn Văn An", "0912345678", "+84 912 345 678", "+49 (0)170-1234567", "-5", "'tis", "1=1"]


def workbook(rows: list[list]) -> bytes:
	book = openpyxl.Workbook(write_only=True)
	sheet = book.create_sheet("Đầu mối")
	for row in rows:
		sheet.append([WriteOnlyCell(sheet, value) if isinstance(value, str) else value for value in row])
	file = io.BytesIO()
	book.save(file)
	return file.getvalue()


def cells(content: bytes) -> list[list]:
	sheet = openpyxl.load_workbook(io.BytesIO(content)).active
	return [[(cell.data_type, cell.value) for cell in row] for row in sheet.iter_rows()]


def test_xlsx_holds_no_formula_and_numbers_stay_numbers():
	rows = [["Số", "Tên", "Giá"], *([place, text, -1.5] for place, text in enumerate(DANGEROUS + PLAIN))]
	before = workbook(rows)
	assert any(kind == "f" for row in cells(before) for kind, _value in row), "stock files are dangerous"
	after = change_xlsx(before, neutralise, formulas_too=True)
	found = cells(after)
	assert not [value for row in found for kind, value in row if kind == "f"]
	assert [row[1] for row in found] == [("s", neutralise(row[1])) for row in rows]
	assert {row[0][0] for row in found[1:]} == {row[2][0] for row in found[1:]} == {"n"}
	assert [row[1][1] for row in cells(change_xlsx(after, restore))] == [row[1] for row in rows]


def with_shared_texts(content: bytes) -> bytes:
	"""The workbook as Excel saves it: texts in a table of their own."""
	out = io.BytesIO()
	items: list[str] = []

	def shared(match: re.Match[str]) -> str:
		items.append(f"<si>{match.group(2)}</si>")
		return f'<c{match.group(1)}t="s"><v>{len(items) - 1}</v></c>'

	with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
		for name in source.namelist():
			text = source.read(name).decode()
			if name.startswith("xl/worksheets/"):
				text = re.sub(r'<c([^>]*)t="inlineStr"[^>]*><is>(.*?)</is></c>', shared, text)
			if name == "[Content_Types].xml":
				kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
				part = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>'
				text = text.replace("</Types>", part + "</Types>")
			target.writestr(name, text)
		space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		target.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{"".join(items)}</sst>')
	return out.getvalue()


def test_xlsx_from_other_programs_with_shared_and_rich_texts():
	book = openpyxl.Workbook()
	sheet = book.active
	sheet["A1"] = "Tên"
	sheet["A2"] = "'@an & <con>"
	sheet["A3"] = CellRichText(TextBlock(InlineFont(b=True), "'- đậm"), " thường")
	sheet["A4"] = "=SUM(B1:B2)"
	file = io.BytesIO()
	book.save(file)
	content = with_shared_texts(file.getvalue())
	assert "xl/sharedStrings.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist()
	sheet = openpyxl.load_workbook(io.BytesIO(change_xlsx(content, restore)), rich_text=True).active
	assert sheet["A2"].value == "@an & <con>"
	assert str(sheet["A3"].value) == "- đậm thường"
	assert (sheet["A4"].data_type, sheet["A4"].value) == ("f", "=SUM(B1:B2)"), "a writer's formula stays his"


def test_xlsx_without_dangerous_text_is_the_same_object():
	content = workbook([["Tên"], ["An"], [5]])
	assert change_xlsx(content, neutralise, formulas_too=True) is content


def test_large_xlsx_is_read_in_pieces(monkeypatch):
	monkeypatch.setattr(spreadsheet_files, "CHUNK", 97)
	rows = [[place, f"=A{place}", "chữ " * 30] for place in range(200)]
	found = cells(change_xlsx(workbook(rows), neutralise, formulas_too=True))
	assert [[value for _kind, value in row] for row in found] == [
		[n, f"'=A{n}", "chữ " * 30] for n in range(200)
	]


def test_a_zip_that_unpacks_too_large_is_refused(monkeypatch):
	monkeypatch.setattr(spreadsheet_files, "MOST_UNPACKED", 100)
	with pytest.raises(ValueError, match="workbook_too_large"):
		change_xlsx(workbook([["An"]]), restore)
