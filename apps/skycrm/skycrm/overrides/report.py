"""Reports of the report builder that run without a list: mailed ones, without what their user may not see.

A list on the screen is asked for by a request, which overrides/query_guard.py has looked at. What a report keeps for
later was written down by somebody else, and nobody has looked at it for whoever it runs for.
"""

import json
from typing import Any

from frappe.core.doctype.report.report import Report

from skycrm.overrides import query_guard
from skycrm.permissions.hidden_fields import hidden, is_ours


class SkyReport(Report):
	"""The framework's Report: no rows found or sorted by a hidden field, no hidden column."""

	def run_standard_report(
		self, filters: dict[str, Any] | None, limit: int | None, user: str | None
	) -> tuple[list, list]:
		if is_ours(self.ref_doctype):
			self.check_query(filters)
		return super().run_standard_report(filters, limit, user)

	def check_query(self, filters: dict[str, Any] | None) -> None:
		"""Refuse a report that tells of a field which is hidden from the session's user.

		Raises:
			frappe.PermissionError
		"""
		params = json.loads(self.json)
		order_by, _group_by, group_by_args = self.get_standard_report_order_by(params)
		query_guard.check_query(
			self.ref_doctype,
			{
				"filters": self.get_standard_report_filters(params, filters),
				"order_by": order_by,
				"group_by": group_by_args,
			},
		)

	def get_standard_report_columns(self, params: dict[str, Any]) -> list[list[str]]:
		"""The framework drops the values of hidden columns and keeps their headers: all that follows would be moved."""
		return [
			column
			for column in super().get_standard_report_columns(params)
			if not (is_ours(column[1]) and column[0] in hidden(column[1]))
		]
