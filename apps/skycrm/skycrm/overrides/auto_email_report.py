"""Reports that the site sends by itself: an export of the CRM's records, guarded against formulas, without what their user may not see."""

import frappe
from frappe.email.doctype.auto_email_report.auto_email_report import AutoEmailReport

from skycrm.services import export_mailed
from skycrm.services.export_guard import guarded
from skycrm.services.mail_markup import disarmed

KINDS = {"XLSX": "xlsx", "CSV": "csv"}


class SkyAutoEmailReport(AutoEmailReport):
	"""The framework's Auto Email Report with cells that no spreadsheet runs, mailed or downloaded."""

	def validate(self) -> None:
		super().validate()
		export_mailed.check_rights(self, frappe.session.user)
		export_mailed.check_person(self)

	def get_report_content(self) -> bytes | str | None:
		content = export_mailed.checked(self, self._content_for_user)
		kind = KINDS.get(self.format)
		if kind and content:
			return guarded(content, kind)
		# Texts stand in the table as HTML, and the framework fetches style sheets that a mail links to.
		return disarmed(content, part=True) if content else content

	def get_html_table(self, columns: list | None = None, data: list | None = None) -> str:
		"""The table has rows of its own for its title and its foot: the rows are counted here."""
		if data is not None:
			self.flags.sky_rows = len(data)
		return super().get_html_table(columns, data)

	def _content_for_user(self) -> bytes | str | None:
		"""The framework asks for the rows of the user, and for the fields of whoever runs the job: an administrator."""
		runs_as = frappe.session.user
		if not export_mailed.runs_as_its_user(self):
			return super().get_report_content()
		frappe.set_user(self.user)
		try:
			return super().get_report_content()
		finally:
			frappe.set_user(runs_as)
