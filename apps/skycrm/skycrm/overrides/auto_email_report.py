"""Reports that the site sends by itself: what is attached is guarded against formulas; of the CRM's records it is an export."""

import frappe
from frappe.email.doctype.auto_email_report.auto_email_report import AutoEmailReport

from skycrm.services import export_mailed
from skycrm.services.export_guard import guarded

KINDS = {"XLSX": "xlsx", "CSV": "csv"}


class SkyAutoEmailReport(AutoEmailReport):
	"""The framework's Auto Email Report with cells that no spreadsheet runs, mailed or downloaded."""

	def validate(self) -> None:
		super().validate()
		export_mailed.check_rights(self, frappe.session.user)

	def get_report_content(self) -> bytes | str | None:
		content = export_mailed.checked(self, super().get_report_content)
		kind = KINDS.get(self.format)
		return guarded(content, kind) if kind and content else content
