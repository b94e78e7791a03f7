"""May this file leave the site, and who took it: the right to export, how many rows it may hold, and a line in the audit log.

For the DocTypes of the CRM and the reports on them; other files are the framework's business and stand in its Access Log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, escape_html, fmt_money

from skycrm.domain.access import ROLES_SEEING_ALL
from skycrm.domain.audit import Action, is_over_limit
from skycrm.services import audit
from skycrm.services.record_checks import shown

FILTERS_KEPT = 4000


class TooManyRows(frappe.ValidationError):
	"""A file would hold more rows than the settings allow."""


def limit() -> int:
	"""The most rows of a file, 0 for any number; cached."""
	return cint(frappe.get_cached_doc("Sky CRM Settings").get("max_export_rows"))


def is_exempt(user: str | None = None) -> bool:
	"""Whether the limit does not hold for a user: those who could change it."""
	return not ROLES_SEEING_ALL.isdisjoint({user or frappe.session.user, *frappe.get_roles(user)})


def check_right(doctype: str, user: str | None = None) -> None:
	"""Refuse an export without the right to it, where the framework asks for a right to something else.

	Raises:
		frappe.PermissionError: no role of the user may export the DocType.
	"""
	if not may_export(doctype, user):
		frappe.throw(
			_("You may not export {0}. Ask an administrator for the right Export.").format(shown(_(doctype))),
			exc=frappe.PermissionError,
			title=_("Export not allowed"),
		)


def may_export(doctype: str, user: str | None = None) -> bool:
	"""As frappe.permissions.can_export, for any user."""
	user = user or frappe.session.user
	if user == "Administrator" or "System Manager" in frappe.get_roles(user):
		return True
	rights = frappe.permissions.get_role_permissions(frappe.get_meta(doctype), user=user)
	return bool(rights.get("export") or (rights.get("if_owner") or {}).get("export"))


def check_rows(rows: int, user: str | None = None) -> None:
	"""Refuse a file with too many rows, before it is made.

	Raises:
		TooManyRows: says how many were asked for, how many may be, and what to do.
	"""
	if is_over_limit(rows, limit(), is_exempt(user)):
		frappe.throw(
			_(
				"{0} rows were asked for; one file may hold {1}. Filter for fewer, or ask an administrator of the CRM for the file."
			).format(frappe.bold(escape_html(number(rows))), frappe.bold(escape_html(number(limit())))),
			exc=TooManyRows,
			title=_("Too many rows for one file"),
		)


def number(rows: int) -> str:
	"""A count as people write it."""
	return fmt_money(rows, precision=0)


@dataclass(frozen=True)
class ReportFacts:
	"""A report and the DocType whose rows it shows."""

	name: str
	doctype: str | None


def report_of(name: str) -> ReportFacts:
	"""What a report is about. A report made from one of the CRM's is the CRM's, whatever DocType it names itself."""
	kept = name
	for _step in range(5):
		row = frappe.db.get_value("Report", name, ["ref_doctype", "reference_report"], as_dict=True)
		if not row:
			return ReportFacts(kept, None)
		if not row.reference_report or audit.is_ours(row.ref_doctype):
			return ReportFacts(kept, row.ref_doctype)
		name = row.reference_report
	return ReportFacts(kept, row.ref_doctype)


def list_details(form: Mapping[str, Any]) -> dict[str, Any]:
	"""What the log keeps of the request for a list."""
	selected = frappe.parse_json(form.get("selected_items") or "[]")
	return {"selected": len(selected)} if selected else {"filters": kept_filters(form.get("filters"))}


def report_details(form: Mapping[str, Any]) -> dict[str, Any]:
	"""What the log keeps of the request for a report."""
	return {"report": form.get("report_name"), "filters": kept_filters(form.get("filters"))}


def kept_filters(filters: Any) -> str:
	"""Filters as text, cut where nobody reads on."""
	text = filters if isinstance(filters, str) else frappe.as_json(filters or [], indent=None)
	return text[:FILTERS_KEPT]


def guarded(
	doctype: str | None,
	work: Callable[[], Any],
	*,
	rows: Callable[[], int],
	channel: str,
	file_type: str = "",
	details: Mapping[str, Any] | None = None,
	name: str | None = None,
	note: bool = True,
) -> Any:
	"""Do an export of the CRM's records: count, refuse or do, and write it down. Others are just done.

	Args:
		doctype: whose rows leave.
		work: makes the file, or queues the job that will.
		rows: counts what would be in it, as the session's user; asked once.
		channel: by which way, see services/audit_words.py.
		file_type: "Excel" or "CSV".
		details: what the line says besides, for example the filters.
		name: of the record that the file is about.
		note: False where a job will write the line when it has made the file.

	Returns:
		What `work` returns.

	Raises:
		TooManyRows, frappe.PermissionError: written down as refused.
	"""
	if not audit.is_ours(doctype):
		return work()
	about = {"channel": channel, "file_type": file_type, "details": dict(details or {})}
	count = 0
	try:
		check_right(doctype)
		count = rows()
		check_rows(count)
		answer = work()
	except (TooManyRows, frappe.PermissionError) as refused:
		why = "rows" if isinstance(refused, TooManyRows) else "right"
		about["details"]["why"] = why
		about["details"]["limit"] = limit()
		audit.write_apart(Action.EXPORT_REFUSED, doctype, name, rows=count, **about)
		raise
	if note:
		audit.write(Action.EXPORTED, doctype, name, rows=count, **about)
	return answer


def note(doctype: str, rows: int, channel: str, file_type: str, **more: Any) -> None:
	"""Write down a file of ours that has its own rights and sizes."""
	audit.write(Action.EXPORTED, doctype, rows=rows, channel=channel, file_type=file_type, **more)
