"""The framework's method that runs a report: of the CRM's records as who asks, and no stored report of somebody else.

Found on Frappe 15.101: the method takes the name of a user, whose stored report it shows and whose user permissions it
applies; and the filters take the name of any stored report, also those that are kept in a report.
"""

from typing import Any

import frappe
from frappe.desk import query_report

from skycrm.permissions import stored_reports


@frappe.whitelist(methods=["GET", "POST"])
def run(
	report_name: str,
	filters: str | dict[str, Any] | None = None,
	user: str | None = None,
	ignore_prepared_report: bool | int | str = False,
	custom_columns: str | list | None = None,
	is_tree: bool | int | str = False,
	parent_field: str | None = None,
	are_default_filters: bool | int | str = True,
) -> dict[str, Any]:
	"""`frappe.desk.query_report.run`."""
	if user and stored_reports.is_ours(report_name):
		user = frappe.session.user
	answer = query_report.run(
		report_name,
		filters=filters,
		user=user,
		ignore_prepared_report=ignore_prepared_report,
		custom_columns=custom_columns,
		is_tree=is_tree,
		parent_field=parent_field,
		are_default_filters=are_default_filters,
	)
	if stored := answer.get("doc"):
		stored_reports.check(stored)
	return answer
