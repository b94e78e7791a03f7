"""Spreadsheets made by a worker and mailed as a link, as the framework does for large ones, with guarded cells."""

from collections.abc import Callable
from typing import Any

import frappe
from frappe.desk import query_report, reportview

from skycrm.services import export_audit, export_count
from skycrm.services.export_guard import CSV, extension, guard_response, guarded

METHODS: dict[str, Callable[[], None]] = {
	"list": reportview.export_query,
	"report": query_report.export_query,
}

ROWS: dict[str, Callable[[dict[str, Any]], int]] = {
	"list": export_count.of_list,
	"report": lambda form: export_count.of_report(form, export_audit.limit()),
}


def run(what: str, form: dict[str, Any], user: str, impersonated_by: str | None = None) -> None:
	"""Make the file that a request asked for and mail its user a link.

	Args:
		what: key of METHODS.
		form: the request's arguments, as the framework's method reads them.
		user: who asked; a retried job would run as Administrator otherwise.
		impersonated_by: who had signed in as the user.
	"""
	from frappe.desk.utils import send_report_email

	frappe.set_user(user)
	frappe.flags.sky_impersonated_by = impersonated_by
	frappe.local.form_dict = frappe._dict(form)
	# Counted when it was asked for, and again: there may be more rows by now.
	export_audit.guarded(
		form.get("doctype") if what == "list" else export_audit.report_of(form["report_name"]).doctype,
		METHODS[what],
		rows=lambda: ROWS[what](form),
		channel="Background List" if what == "list" else "Background Report",
		file_type=form.get("file_format_type") or "",
		details=export_audit.list_details(form) if what == "list" else export_audit.report_details(form),
	)
	guard_response()
	if not frappe.response.get("filecontent"):
		return
	filename = frappe.response["filename"]
	kind = extension(filename)
	send_report_email(
		frappe.get_cached_value("User", user, "email"),
		filename.removesuffix(f".{kind}"),
		kind,
		frappe.response["filecontent"],
		attached_to_name=form.get("report_name") or form.get("title") or form.get("doctype"),
	)


def prepared_report(prepared_report_name: str, user: str) -> None:
	"""Turn a stored report into a CSV file as the framework does, and guard the file."""
	from frappe.core.doctype.prepared_report.prepared_report import convert_json_to_csv

	frappe.set_user(user)
	about = {"attached_to_doctype": "Prepared Report", "attached_to_name": prepared_report_name}
	before = frappe.get_all("File", about, pluck="name")
	convert_json_to_csv(prepared_report_name)
	for name in frappe.get_all("File", {**about, "name": ("not in", before or [""])}, pluck="name"):
		file = frappe.get_doc("File", name)
		content = file.get_content()
		plain = guarded(content, CSV)
		if plain is not content:
			file.save_file(content=plain, overwrite=True)
