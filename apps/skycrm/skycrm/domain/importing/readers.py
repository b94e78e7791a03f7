"""The reader for a file: by its first bytes, for names lie."""

from pathlib import PurePath
from typing import BinaryIO

from skycrm.domain.importing.csv_reader import open_csv
from skycrm.domain.importing.table import Fault, Table, UnreadableFile
from skycrm.domain.importing.vcard_reader import open_vcard
from skycrm.domain.importing.xlsx_reader import open_xlsx

# The endings that the upload offers.
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".vcf")
_ZIP = b"PK\x03\x04"
# Workbooks of Excel 97 to 2003 and other files of that time.
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def open_table(
	handle: BinaryIO,
	name: str,
	encoding: str = "",
	delimiter: str = "",
	sheet: str = "",
	header_line: int = 0,
) -> Table:
	"""Read a list of people from a file.

	Args:
		handle: the open file, which can seek; the caller closes it after the rows are read.
		name: of the file, for its ending.
		encoding, delimiter, sheet, header_line: what the user has chosen, empty to find out.

	Raises:
		UnreadableFile: what the readers raise, old_workbook, not_a_list.
	"""
	head = handle.read(64)
	handle.seek(0)
	if not head:
		raise UnreadableFile(Fault("file_empty"))
	if head.startswith(_OLD_OFFICE):
		raise UnreadableFile(Fault("old_workbook"))
	if head.startswith(_ZIP):
		return open_xlsx(handle, sheet, header_line)
	if head.startswith(_OTHERS):
		raise UnreadableFile(Fault("not_a_list"))
	plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip().upper()
	if plain.startswith(b"BEGIN:VCARD") or PurePath(name).suffix.lower() == ".vcf":
		return open_vcard(handle, header_line)
	return open_csv(handle, encoding, delimiter, header_line)
