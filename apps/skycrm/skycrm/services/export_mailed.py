"""Reports on the CRM's records that the site mails by itself: an export by the person in whose name they run."""

import csv
import io
from collections.abc import Callable

import openpyxl

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr

from skycrm.domain.audit import Action
from skycrm.services import audit, export_audit
from skycrm.services.record_checks import shown

Content = bytes | str | None
# What is attached; a report as HTML is the mail itself.
FILES = ("XLSX", "CSV")


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


def check_person(report: Document) -> None:
	"""Refuse to set up, fetch or send a report that runs in the name of somebody else: it holds what they may see.

	Administrators do that for others; jobs are theirs.

	Raises:
		frappe.PermissionError
	"""
	if report.user == frappe.session.user or export_audit.is_exempt():
		return
	if audit.is_ours(export_audit.report_of(report.report).doctype):
		frappe.throw(
			_(
				"This report shows what {0} may see. Choose yourself in the field {1}, or ask an administrator of the CRM to set it up."
			).format(shown(report.user), frappe.bold(_(report.meta.get_label("user")))),
			exc=frappe.PermissionError,
			title=_("Somebody Else's Report"),
		)


def runs_as_its_user(report: Document) -> bool:
	"""Whether a report has to run as the person in whose name it is mailed: its fields are asked for by the session's user."""
	return report.user != frappe.session.user and audit.is_ours(export_audit.report_of(report.report).doctype)


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
		check_person(report)
		export_audit.check_right(doctype, report.user)
		content = make()
		rows = rows_of(content, report.format) if report.format in FILES else cint(report.flags.sky_rows)
		export_audit.check_rows(rows, report.user)
	except (export_audit.TooManyRows, frappe.PermissionError):
		audit.write_apart(Action.EXPORT_REFUSED, doctype, rows=rows, **about)
		raise
	if content:
		audit.write(Action.EXPORTED, doctype, rows=rows, **about)
	return content


def rows_of(content: Content, kind: str) -> int:
	"""Rows of a file below its headers; `kind` is one of FILES."""
	if not content:
		return 0
	if kind == "XLSX":
		sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).active
		count = sum(1 for row in sheet.iter_rows(values_only=True) if any(cell is not None for cell in row))
	else:
		count = sum(1 for row in csv.reader(io.StringIO(cstr(content))) if any(row))
	return max(count - 1, 0)
