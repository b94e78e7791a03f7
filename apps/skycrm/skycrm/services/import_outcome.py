"""What became of the rows of an import, as a page of the form and as a file.

The file of the refused rows is the user's own list once more, with the reason behind each row: fixed, it is sent again as
it is. Its added columns are known to the guess and left out.
"""

import csv
import io
import itertools
import json
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.importing.table import MAX_KEPT_CELL
from skycrm.domain.spreadsheet_safety import neutralise
from skycrm.services import export_audit, import_file, import_similar
from skycrm.services.import_plan import FIRM, OUTCOMES, PERSON, REFUSED, ROW

KINDS = ("refused", "all")
FORMATS = ("csv", "xlsx")
PAGE = 50
ROWS_PER_READ = 5000
FIELDS = ("line", "outcome", "lead", "contact", "customer", "column_no", "header", "reason")
# Rows that were made and look like somebody
SIMILAR = "Similar"


def page(doc: Document, outcome: str | None = None, start: int = 0) -> dict[str, Any]:
	"""Rows of the outcome in the order of the file, PAGE of them.

	Args:
		outcome: one of OUTCOMES, or SIMILAR; all rows when left out.
		start: how many to pass over.

	Returns:
		{rows: [{line, outcome, lead, contact, customer, column_no, header, reason, looks_like}], more}; `looks_like` as
		import_similar.put_into says.
	"""
	filters = {"lead_import": doc.name}
	if outcome in OUTCOMES:
		filters["outcome"] = outcome
	elif outcome == SIMILAR:
		filters["look_alike_on"] = ("in", (PERSON, FIRM))
	# The right to the import was checked, and with it the right to what became of its rows.
	rows = frappe.get_all(
		ROW,
		filters=filters,
		fields=[*FIELDS, *import_similar.NOTED],
		order_by="name",
		limit_start=max(start, 0),
		limit=PAGE + 1,
	)
	shown = rows[:PAGE]
	import_similar.put_into(doc, shown)
	return {"rows": shown, "more": len(rows) > PAGE}


def build(doc: Document, kind: str, file_format: str) -> tuple[str, bytes]:
	"""The outcome as a file that no spreadsheet runs a formula of.

	Args:
		kind: "refused" for the rows to fix, with all their cells; "all" for a line on every row.
		file_format: "csv" or "xlsx".

	Returns:
		(name of the file, its content).
	"""
	if kind not in KINDS or file_format not in FORMATS:
		frappe.throw(_("This file is not offered. Ask for the refused rows or for all, as CSV or XLSX."))
	number = itertools.count()
	made = _refused(doc) if kind == "refused" else _all(doc)
	rows = (row for row, _number in zip(made, number, strict=False))
	label = _("rows to fix") if kind == "refused" else _("outcome")
	content = _csv(rows) if file_format == "csv" else _xlsx(rows)
	# Without the row of headers.
	export_audit.note(doc.doctype, next(number) - 1, "Import Outcome", file_format.upper(), name=doc.name)
	return f"{doc.name} {label}.{file_format}", content


def _refused(doc: Document) -> Iterator[list[str]]:
	"""The user's own headers and cells; behind them line, column and reason."""
	with import_file.opened(doc) as table:
		headers = list(table.headers)
	yield [*headers, _("Line In File"), _("Refused Column"), _("Reason Refused")]
	for row in _read(doc, REFUSED, "cells"):
		cells = json.loads(row.cells or "[]")
		cells = (cells + [""] * len(headers))[: len(headers)]
		yield [*cells, str(row.line), row.header or "", row.reason or ""]


def _all(doc: Document) -> Iterator[list[str]]:
	yield [
		_("Line In File"),
		_("Row Outcome"),
		_("Record"),
		_("Refused Column"),
		_("Reason Refused"),
		_("Look-Alike"),
	]
	for row in _read(doc):
		record = row.lead or row.contact or row.customer
		similar = import_similar.sentence(row.looks_like)
		yield [str(row.line), _(row.outcome), record or "", row.header or "", row.reason or "", similar]


def _read(doc: Document, outcome: str | None = None, *more: str) -> Iterator[Any]:
	"""Rows in the order of the file, read in parts: a hundred thousand at once would fill the memory."""
	after = ""
	while True:
		filters = [["lead_import", "=", doc.name], ["name", ">", after]]
		if outcome:
			filters.append(["outcome", "=", outcome])
		rows = frappe.get_all(
			ROW,
			filters=filters,
			fields=["name", *FIELDS, *import_similar.NOTED, *more],
			order_by="name",
			limit=ROWS_PER_READ,
		)
		import_similar.put_into(doc, rows)
		yield from rows
		if len(rows) < ROWS_PER_READ:
			return
		after = rows[-1].name


def _csv(rows: Iterator[list[str]]) -> bytes:
	text = io.StringIO()
	writer = csv.writer(text, lineterminator="\r\n")
	writer.writerows([neutralise(cell) for cell in row] for row in rows)
	# With the mark by which Excel knows UTF-8.
	return text.getvalue().encode("utf-8-sig", "replace")


def _xlsx(rows: Iterator[list[str]]) -> bytes:
	book = Workbook(write_only=True)
	sheet = book.create_sheet(_("Rows"))
	for row in rows:
		sheet.append([neutralise(_allowed(cell))[:MAX_KEPT_CELL] for cell in row])
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()


def _allowed(cell: str) -> str:
	"""Without the control signs that a workbook cannot hold."""
	return "".join(sign for sign in cell if sign >= " " or sign in "\t\n\r")
