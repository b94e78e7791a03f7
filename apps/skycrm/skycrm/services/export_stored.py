"""Stored reports on the CRM's records as files: an export, by whichever way the file is fetched."""

from collections.abc import Callable
from typing import Any

import frappe

from skycrm.services import export_audit, export_count


def guarded(name: str, work: Callable[[], Any], file_type: str) -> None:
	"""Do an export of a stored report; see export_audit.guarded.

	Args:
		name: of a Prepared Report.
		work: makes the file or hands it out.
		file_type: "CSV", or "JSON" for the report as it is stored.

	Raises:
		frappe.PermissionError, TooManyRows
	"""
	stored = frappe.get_doc("Prepared Report", name)
	stored.check_permission("read")
	export_audit.guarded(
		export_audit.report_of(stored.report_name).doctype,
		work,
		rows=lambda: export_count.of_prepared(stored),
		channel="Stored Report",
		file_type=file_type,
		details={"report": stored.report_name, "filters": stored.filters},
	)


def hand_out(name: str) -> None:
	"""Note that the file of a stored report is handed out under its own address.

	Raises:
		frappe.PermissionError, TooManyRows: it may not leave the site.
	"""
	guarded(name, lambda: None, "JSON")
