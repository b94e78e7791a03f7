"""Reports that the site sends by itself: what is attached is guarded against formulas."""

from frappe.email.doctype.auto_email_report.auto_email_report import AutoEmailReport

from skycrm.services.export_guard import guarded

KINDS = {"XLSX": "xlsx", "CSV": "csv"}


class SkyAutoEmailReport(AutoEmailReport):
	"""The framework's Auto Email Report with cells that no spreadsheet runs, mailed or downloaded."""

	def get_report_content(self) -> bytes | str | None:
		content = super().get_report_content()
		kind = KINDS.get(self.format)
		return guarded(content, kind) if kind and content else content
