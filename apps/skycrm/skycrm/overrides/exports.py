"""The framework's downloads of spreadsheets: its own method does the work and the checks, the file is guarded after it.

Of the CRM's records a file needs the right to export, has no more rows than the settings allow, and is written into the
audit log. Each takes what the framework's method takes, out of the request, so an argument that a later version adds
arrives too.
"""

import json
from collections.abc import Callable

import frappe
from frappe import _
from frappe.core.doctype.data_export import exporter
from frappe.core.doctype.data_import import data_import
from frappe.core.doctype.prepared_report import prepared_report
from frappe.desk import query_report, reportview
from frappe.utils import cint, cstr

from skycrm.domain.query_words import loaded
from skycrm.permissions import stored_reports
from skycrm.permissions.hidden_fields import hidden, is_ours, shown
from skycrm.services import audit, export_audit, export_count, export_stored
from skycrm.services.export_guard import guard_response

TIME_LIMIT = 1500


@frappe.whitelist(methods=["GET", "POST"])
def export_list() -> None:
	"""`frappe.desk.reportview.export_query`: rows of a list or report view as a file."""
	export_audit.guarded(
		_doctype(),
		lambda: _enqueue("list") if _in_background() else _guard(reportview.export_query),
		rows=lambda: export_count.of_list(frappe.form_dict),
		channel="List",
		file_type=cstr(frappe.form_dict.get("file_format_type")),
		details=export_audit.list_details(frappe.form_dict),
		note=not _in_background(),
	)


@frappe.whitelist(methods=["GET", "POST"])
def export_report() -> None:
	"""`frappe.desk.query_report.export_query`: rows of a query or script report as a file."""
	stored_reports.check_named(frappe.form_dict.get("filters"))
	report = export_audit.report_of(cstr(frappe.form_dict.get("report_name")))
	export_audit.guarded(
		report.doctype,
		_export_report,
		rows=lambda: export_count.of_report(frappe.form_dict, export_audit.limit()),
		channel="Report",
		file_type=cstr(frappe.form_dict.get("file_format_type")),
		details=export_audit.report_details(frappe.form_dict),
		note=not _in_background(),
	)


def _export_report() -> None:
	if not _in_background():
		_guard(query_report.export_query)
		return
	# The framework asks this before it queues the job, and so answers at once.
	frappe.permissions.can_export(
		frappe.get_cached_value("Report", frappe.form_dict.get("report_name"), "ref_doctype"),
		raise_exception=True,
	)
	_enqueue("report")


@frappe.whitelist(methods=["GET", "POST"])
def export_data() -> None:
	"""`frappe.core.doctype.data_export.exporter.export_data`: records for an import elsewhere.

	The framework asks for the right to export `parent_doctype`, which the caller names: the DocType itself is asked for
	here. Without hidden fields.
	"""
	_leave_out_hidden_columns()
	form = frappe.form_dict
	if cstr(form.get("template")).lower() == "true" and not cint(form.get("with_data")):
		_guard(exporter.export_data)
		return
	export_audit.guarded(
		_doctype(),
		lambda: _guard(exporter.export_data),
		rows=lambda: export_count.of_records(_doctype(), form.get("filters")),
		channel="Data Export",
		file_type=cstr(form.get("file_type") or "CSV"),
		details={"filters": export_audit.kept_filters(form.get("filters"))},
	)


@frappe.whitelist(methods=["GET", "POST"])
def download_template() -> None:
	"""`frappe.core.doctype.data_import.data_import.download_template`: a template, with records when asked for.

	Without hidden fields: the framework reads the rows of child tables without asking for levels.
	"""
	_leave_out_hidden_fields()
	form = frappe.form_dict
	if form.get("export_records") == "blank_template":
		_guard(data_import.download_template)
		return
	most = 5 if form.get("export_records") == "5_records" else None
	export_audit.guarded(
		_doctype(),
		lambda: _guard(data_import.download_template),
		rows=lambda: min(
			count := export_count.of_records(_doctype(), form.get("export_filters")), most or count
		),
		channel="Import Template",
		file_type=cstr(form.get("file_type") or "CSV"),
		details={"filters": export_audit.kept_filters(form.get("export_filters"))},
	)


@frappe.whitelist(methods=["GET", "POST"])
def download_errored_template() -> None:
	"""`frappe.core.doctype.data_import.data_import.download_errored_template`: the rows that an import refused."""
	_guard(data_import.download_errored_template)


@frappe.whitelist(methods=["GET", "POST"])
def download_import_log() -> None:
	"""`frappe.core.doctype.data_import.data_import.download_import_log`: what became of each row."""
	_guard(data_import.download_import_log)


@frappe.whitelist(methods=["POST"])
def convert_prepared_report(prepared_report_name: str) -> None:
	"""`frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion`: a stored report as a file.

	The framework asks for no right at all, and any stored report may be named.
	"""
	export_stored.guarded(
		prepared_report_name,
		lambda: frappe.enqueue(
			"skycrm.jobs.exports.prepared_report",
			queue="long",
			prepared_report_name=prepared_report_name,
			user=frappe.session.user,
		),
		"CSV",
	)


@frappe.whitelist(methods=["GET", "POST"])
def download_prepared_report(dn: str) -> None:
	"""`frappe.core.doctype.prepared_report.prepared_report.download_attachment`: a stored report as it is stored.

	The framework asks for the right to see the report, not for the right to export.
	"""
	export_stored.guarded(dn, lambda: prepared_report.download_attachment(dn), "JSON")


def _leave_out_hidden_columns() -> None:
	"""Name the columns that are to be exported, if any of them is hidden: {DocType: [field, …]}."""
	asked = loaded(frappe.form_dict.get("doctype"))
	doctype = asked[0] if isinstance(asked, list) and asked else asked
	if not is_ours(doctype):
		return
	children = [df.options for df in frappe.get_meta(doctype).get_table_fields()]
	closed = {name: hidden(name) for name in (doctype, *children)}
	if not any(closed.values()):
		return
	chosen = frappe.parse_json(frappe.form_dict.get("select_columns")) or {
		name: [df.fieldname for df in frappe.get_meta(name).fields] for name in closed
	}
	frappe.form_dict["select_columns"] = json.dumps(
		{
			name: [field for field in fields if field not in closed.get(name, ())]
			for name, fields in chosen.items()
		}
	)


def _leave_out_hidden_fields() -> None:
	"""Of {DocType or field of a child table: [field, …]} leave out what is hidden."""
	doctype = frappe.form_dict.get("doctype")
	if not is_ours(doctype):
		return
	tables = {df.fieldname: df.options for df in frappe.get_meta(doctype).get_table_fields()}
	fields = frappe.parse_json(frappe.form_dict.get("export_fields")) or {}
	frappe.form_dict["export_fields"] = json.dumps(
		{
			key: shown(tables.get(key, doctype), names)
			for key, names in fields.items()
			if key not in hidden(doctype)
		}
	)


def _guard(method: Callable[..., None]) -> None:
	frappe.call(method, **frappe.form_dict)
	guard_response()


def _doctype() -> str:
	"""The DocType of the request; a data export may send a list with the DocType first."""
	doctype = frappe.form_dict.get("doctype")
	return cstr(doctype[0] if isinstance(doctype, list) and doctype else doctype)


def _in_background() -> bool:
	return bool(cint(frappe.form_dict.get("export_in_background")))


def _enqueue(what: str) -> None:
	"""The framework's own job would send the file as it is: ours calls the same method and guards what it made."""
	form = {
		key: value for key, value in frappe.form_dict.items() if key not in ("cmd", "export_in_background")
	}
	user = frappe.session.user
	frappe.enqueue(
		"skycrm.jobs.exports.run",
		queue="long",
		timeout=TIME_LIMIT,
		what=what,
		form=form,
		user=user,
		impersonated_by=audit.impersonator(),
	)
	frappe.msgprint(
		_("The file is being made. You will receive an email on {0} with a link to it.").format(
			frappe.bold(frappe.utils.escape_html(frappe.get_cached_value("User", user, "email") or ""))
		)
	)
