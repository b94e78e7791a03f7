"""Every spreadsheet that leaves the site holds text, never formulas; and what comes back loses exactly the guard.

All DocTypes of the site, not only those of this app: the text that a stranger typed into a lead shows in reports on
customers and sales too, and nobody who opens a file knows where its cells came from.
"""

import frappe
from frappe.utils import cstr

from skycrm.domain.spreadsheet_files import Rule, change_csv, change_xlsx
from skycrm.domain.spreadsheet_safety import neutralise, restore

CSV = "csv"
XLSX = "xlsx"


def guarded(content: bytes | str, kind: str, delimiter: str = ",") -> bytes | str:
	"""A CSV or XLSX file in which no cell can be run; other kinds and files without such cells as they are.

	Args:
		kind: the file name's extension.
		delimiter: of a CSV file.
	"""
	if kind == XLSX and isinstance(content, bytes):
		return change_xlsx(content, neutralise, formulas_too=True)
	if kind == CSV:
		return _csv(content, neutralise, delimiter)
	return content


def restored(content: bytes | str, kind: str, delimiter: str = ",") -> bytes | str:
	"""The opposite of `guarded`: cells as they were before. Formulas that somebody wrote stay formulas."""
	if kind == XLSX and isinstance(content, bytes):
		return change_xlsx(content, restore)
	if kind == CSV:
		return _csv(content, restore, delimiter)
	return content


def guard_response() -> None:
	"""Guard the file that a method of the framework has just put into its response, if it is a CSV or XLSX file."""
	response = frappe.response
	if response.get("type") == CSV:
		response["result"] = guarded(cstr(response.get("result")), CSV)
	elif response.get("filecontent"):
		delimiter = cstr(frappe.form_dict.get("csv_delimiter") or ",")[0]
		response["filecontent"] = guarded(
			response["filecontent"], extension(cstr(response.get("filename"))), delimiter
		)


def extension(filename: str) -> str:
	"""The end of a file name in lower case, without its dot."""
	return filename.rpartition(".")[2].lower()


def _csv(content: bytes | str, rule: Rule, delimiter: str) -> bytes | str:
	if isinstance(content, str):
		return change_csv(content, rule, delimiter)
	try:
		return _changed_bytes(content, rule, delimiter, "utf-8")
	except UnicodeDecodeError:
		# Any single-byte code page of Excel: what matters here is ASCII in all of them, and every byte comes back.
		return _changed_bytes(content, rule, delimiter, "latin-1")


def _changed_bytes(content: bytes, rule: Rule, delimiter: str, encoding: str) -> bytes:
	before = content.decode(encoding)
	after = change_csv(before, rule, delimiter)
	return content if after is before else after.encode(encoding)
