"""The framework's ways to assign a record, for which the right to read it is enough; see services/assignment_right.py.

Each calls the framework's own method; for other document types nothing changes. Found on Frappe 15.101.
"""

from typing import Any

import frappe
from frappe.desk.form import assign_to as framework

from skycrm.services.assignment_right import check


@frappe.whitelist(methods=["POST"])
def add(doctype: str, name: str | int, assign_to: str | list) -> Any:
	"""`frappe.desk.form.assign_to.add`: only by somebody who may change the record."""
	check(doctype, str(name))
	# Reads the rest of the request itself.
	return framework.add()


@frappe.whitelist(methods=["POST"])
def add_multiple(doctype: str, name: str | list, assign_to: str | list) -> Any:
	"""`frappe.desk.form.assign_to.add_multiple`: only by somebody who may change every one of the records."""
	for one in frappe.parse_json(name):
		check(doctype, str(one))
	return framework.add_multiple()
