"""Prints, PDF files and mailed prints of records of the CRM.

The framework's Access Log has some of them, not all; anybody signed in may write a line into it, and an administrator
may delete one.
"""

import json

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.domain.audit import Action
from skycrm.domain.called_method import called_method
from skycrm.services import audit, audit_views

# The framework's method, or page, that prints → by which way, and the type of the file
WAYS: dict[str, tuple[str, str]] = {
	"printview": ("Print View", ""),
	"frappe.www.printview.get_html_and_style": ("Print View", ""),
	"frappe.www.printview.get_rendered_raw_commands": ("Printer", ""),
	"frappe.utils.print_format.print_by_server": ("Printer", ""),
	"frappe.utils.print_format.download_pdf": ("Download", "PDF"),
	"frappe.utils.print_format.download_multi_pdf": ("Download", "PDF"),
	"frappe.utils.weasyprint.download_pdf": ("Download", "PDF"),
}
MULTI_JOB = "_download_multi_pdf"
OTHERWISE = ("Other", "")


def note_printed(doc: Document) -> None:
	"""A record is being printed; the view of a print counts once within a while, as people look at it several times."""
	if doc.is_new() or not (way := _way()):
		return
	channel, file_type = way
	if channel == "Print View" and not audit_views.is_new(
		frappe.session.user, doc.doctype, doc.name, channel, now_datetime()
	):
		return
	audit.write_one_for_all(
		Action.PRINTED,
		doc.doctype,
		doc.name,
		channel=channel,
		file_type=file_type,
		details={
			"print_format": frappe.form_dict.get("format") or frappe.form_dict.get("print_format") or ""
		},
	)


def note_mailed(queue: Document) -> None:
	"""A mail is queued; its attachments say which records are printed into it. No address is kept here."""
	for one in json.loads(queue.attachments or "[]"):
		if one.get("print_format_attachment") and audit.is_ours(one.get("doctype")):
			audit.write(
				Action.PRINTED,
				one["doctype"],
				one.get("name"),
				channel="Email",
				file_type="PDF",
				details={
					"print_format": one.get("print_format") or "",
					"recipients": len(queue.recipients or ()),
				},
			)


def _way() -> tuple[str, str] | None:
	"""By which way the record is printed; None for a mail that was written down when it was queued."""
	if job := getattr(frappe.local, "job", None):
		return ("Download", "PDF") if str(job.get("method", "")).endswith(MULTI_JOB) else None
	if not frappe.request:
		return OTHERWISE
	return WAYS.get(called(), OTHERWISE)


def called() -> str:
	"""The method of the framework that this request calls, or the last part of its path."""
	path = frappe.request.path
	return called_method(path, frappe.form_dict) or path.strip("/").rpartition("/")[2]
