"""Reports on the CRM's records that the site mails by itself: an export by the person in whose name they run."""

import csv
import io
from collections.abc import Callable

import openpyxl

import frappe
from frappe.model.document import Document
from frappe.utils import cstr

from skycrm.domain.audit import Action
from skycrm.services import audit, export_audit

Content = bytes | str | None


def check_rights(report: Document, *users: str) -> None:
	"""Refuse a mailed report of somebody, or for somebody, who may not export what it shows.

	Args:
		report: an Auto Email Report.
		users: who set it up, besides the person in whose name it runs.

	Raises:
		frappe.PermissionError
	"""
	doctype = export_audit.report_of(report.report).doctype
	if audit.is_ours(doctype):
		for user in dict.fromkeys((report.user, *users)):
			export_audit.check_right(doctype, user)


def checked(report: Document, make: Callable[[], Content]) -> Content:
	"""The content of a mailed report, if it may leave the site; written down.

	A report says how many rows it has when it has run: the file is counted before it is sent or handed out.

	Raises:
		TooManyRows, frappe.PermissionError: written down as refused.
	"""
	doctype = export_audit.report_of(report.report).doctype
	if not audit.is_ours(doctype):
		return make()
	about = {
		"channel": "Mailed Report",
		"file_type": report.format,
		"user": report.user if frappe.session.user in ("Administrator", "Guest") else None,
		"details": {"report": report.report, "recipients": len(cstr(report.email_to).split())},
	}
	rows = 0
	try:
		export_audit.check_right(doctype, report.user)
		content = make()
		rows = rows_of(content, report.format)
		export_audit.check_rows(rows, report.user)
	except (export_audit.TooManyRows, frappe.PermissionError):
		audit.write_apart(Action.EXPORT_REFUSED, doctype, rows=rows, **about)
		raise
	if content:
		audit.write(Action.EXPORTED, doctype, rows=rows, **about)
	return content


def rows_of(content: Content, kind: str) -> int:
	"""Rows of a file below its headers."""
	if not content:
		return 0
	if kind == "XLSX":
		sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
		count = sum(1 for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row))
	elif kind == "CSV":
		count = sum(1 for row in csv.reader(io.StringIO(cstr(content))) if any(row))
	else:
		count = cstr(content).count("<tr")
	return max(count - 1, 0)
