"""The framework's method to like a record, which asks for no right; for other document types nothing changes."""

import frappe
from frappe.desk import like as framework

from skycrm.permissions.governed import GOVERNED
from skycrm.services.assignment_right import may


@frappe.whitelist(methods=["POST"])
def toggle_like(doctype: str, name: str | int, add: str | bool = False) -> None:
	"""`frappe.desk.like.toggle_like`: only a record that one may see."""
	if doctype in GOVERNED and not may(doctype, str(name), "read"):
		raise frappe.PermissionError
	framework.toggle_like(doctype, name, add)
