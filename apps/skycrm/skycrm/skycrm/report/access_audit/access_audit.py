"""Who opened, exported, printed, shared, handed over and deleted what, and who gave whom rights; for administrators."""

import frappe
from frappe import _

from skycrm.services import audit_report
from skycrm.services.export_audit import number
from skycrm.services.report_parts import column, no_chart


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows and message; `filters` as in the .js beside this file, all optional."""
	rows, has_more = audit_report.rows(frappe._dict(filters or {}))
	message = None
	if has_more:
		message = _(
			"The newest {0} lines are shown. Choose a shorter period, a person or an action for the others."
		).format(number(len(rows)))
	return columns(), rows, message, no_chart(), None, 1


def columns() -> list[dict]:
	return [
		column("creation", _("When"), "Datetime", 185),
		column("who", _("Who"), "Data", 150),
		column("sentence", _("What Happened"), "Data", 470),
		column("type_label", _("Document Type"), "Data", 125),
		# The desk takes a column whose first cell is empty for numbers.
		{**column("document_name", _("Record"), "Dynamic Link", 205, "document_type"), "align": "left"},
		column("row_count", _("Rows"), "Int", 80),
		column("filters", _("Filters"), "Data", 220),
		column("action_label", _("Action"), "Data", 130),
		column("user", _("User"), "Link", 200, "User"),
		column("impersonated_by", _("Signed In By"), "Link", 200, "User"),
		column("ip_address", _("Internet Address"), "Data", 130),
		{**column("document_type", _("Document Type"), "Data", 0), "hidden": 1},
	]
