"""The framework's downloads of spreadsheets: its own method does the work and the checks, the file is guarded after it.

Each takes what the framework's method takes, out of the request, so an argument that a later version adds arrives too.
"""

import json
from collections.abc import Callable

import frappe
from frappe import _
from frappe.core.doctype.data_export import exporter
from frappe.core.doctype.data_import import data_import
from frappe.desk import query_report, reportview
from frappe.utils import cint

from skycrm.domain.query_words import loaded
from skycrm.permissions.hidden_fields import hidden, is_ours, shown
from skycrm.services.export_guard import guard_response

TIME_LIMIT = 1500


@frappe.whitelist(methods=["GET", "POST"])
def export_list() -> None:
	"""`frappe.desk.reportview.export_query`: rows of a list or report view as a file."""
	if _in_background():
		_enqueue("list")
		return
	_guard(reportview.export_query)


@frappe.whitelist(methods=["GET", "POST"])
def export_report() -> None:
	"""`frappe.desk.query_report.export_query`: rows of a query or script report as a file."""
	if _in_background():
		# The framework asks this before it queues the job, and so answers at once.
		frappe.permissions.can_export(
			frappe.get_cached_value("Report", frappe.form_dict.get("report_name"), "ref_doctype"),
			raise_exception=True,
		)
		_enqueue("report")
		return
	_guard(query_report.export_query)


@frappe.whitelist(methods=["GET", "POST"])
def export_data() -> None:
	"""`frappe.core.doctype.data_export.exporter.export_data`: records for an import elsewhere, without hidden fields."""
	_leave_out_hidden_columns()
	_guard(exporter.export_data)


@frappe.whitelist(methods=["GET", "POST"])
def download_template() -> None:
	"""`frappe.core.doctype.data_import.data_import.download_template`: a template, with records when asked for.

	Without hidden fields: the framework reads the rows of child tables without asking for levels.
	"""
	_leave_out_hidden_fields()
	_guard(data_import.download_template)


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
	"""`frappe.core.doctype.prepared_report.prepared_report.enqueue_json_to_csv_conversion`: a stored report as a file."""
	frappe.enqueue(
		"skycrm.jobs.exports.prepared_report",
		queue="long",
		prepared_report_name=prepared_report_name,
		user=frappe.session.user,
	)


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


def _in_background() -> bool:
	return bool(cint(frappe.form_dict.get("export_in_background")))


def _enqueue(what: str) -> None:
	"""The framework's own job would send the file as it is: ours calls the same method and guards what it made."""
	form = {
		key: value for key, value in frappe.form_dict.items() if key not in ("cmd", "export_in_background")
	}
	user = frappe.session.user
	frappe.enqueue(
		"skycrm.jobs.exports.run", queue="long", timeout=TIME_LIMIT, what=what, form=form, user=user
	)
	frappe.msgprint(
		_("The file is being made. You will receive an email on {0} with a link to it.").format(
			frappe.bold(frappe.utils.escape_html(frappe.get_cached_value("User", user, "email") or ""))
		)
	)
