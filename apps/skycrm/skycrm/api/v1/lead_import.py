"""HTTP methods of imports from files: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, rule_errors_as_http
from skycrm.services import import_actions, import_outcome, import_preview, import_similar


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def preview(name: str) -> dict[str, Any]:
	"""The columns of the file with a field for each, its first rows, and what is wrong with them. Writes nothing.

	Returns:
		See services/import_preview.py.
	"""
	return import_preview.preview(import_actions.loaded(name))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def set_columns(name: str, fields: list[str] | str) -> dict[str, Any]:
	"""Write down which field each column fills; the preview that comes of it.

	Args:
		fields: one for each column of the file, "-" for a column that is not imported.
	"""
	chosen = frappe.parse_json(fields) if isinstance(fields, str) else fields
	if not isinstance(chosen, list) or not all(isinstance(field, str) for field in chosen):
		frappe.throw(_("Send the fields as a list, one for each column."))
	return import_actions.set_columns(name, chosen)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def dry_run(name: str) -> None:
	"""Begin a dry run in the background: what would become of each row, and no lead made."""
	import_actions.check(name)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def start(name: str) -> None:
	"""Begin the import in the background."""
	import_actions.start(name)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def stop(name: str) -> None:
	"""End a run after the rows that it is at; what was made stays."""
	import_actions.stop(name)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def resume(name: str) -> None:
	"""Go on after a stop or an error, behind the last row that was taken."""
	import_actions.resume(name)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def outcome(name: str, kind: str | None = None, start: int = 0) -> dict[str, Any]:
	"""What became of the rows, in the order of the file.

	Args:
		kind: Made, Attached, Skipped, Refused, or Similar for made rows that look like somebody; all rows when left out.
		start: how many rows to pass over.

	Returns:
		{rows: [{line, outcome, lead, contact, customer, column_no, header, reason, looks_like}], more}, where `looks_like`
		is {on, doctype, name, title, line} of whom the row looks like, or null.
	"""
	return import_outcome.page(import_actions.loaded(name), kind, start)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def similar(name: str, line: int) -> list[dict[str, Any]]:
	"""Records whose name is nearly that of a row of the outcome, the likeliest first.

	Args:
		line: of the row in the file.

	Returns:
		[{doctype, name, title, on, matched_on, confidence, near}] of records that the caller may read.
	"""
	return import_similar.of_row(import_actions.loaded(name), line)


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=30, seconds=60)
@rule_errors_as_http
def download_outcome(name: str, kind: str = "refused", file_format: str = "csv") -> None:
	"""The outcome as a file, guarded against formulas.

	Args:
		kind: "refused" for the rows to fix and send again, "all" for a line on every row.
		file_format: "csv" or "xlsx".
	"""
	file_name, content = import_outcome.build(import_actions.loaded(name), kind, file_format)
	frappe.local.response.update(
		{
			"type": "download",
			"filename": file_name,
			"filecontent": content,
			"display_content_as": "attachment",
		}
	)
