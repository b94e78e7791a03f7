"""Whoever is given a record to work on sees and changes it, so only somebody who may change it gives it to anybody.

The framework asks for less: a task about any record can be made by everybody, and an assignment needs only the right to
read. Both write the record's list of assignees, which is a ground of domain/access.py.
"""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.permissions.governed import GOVERNED


def check(doctype: str, name: str) -> None:
	"""Refuse the session's user to assign a record that they may not change.

	Raises:
		frappe.PermissionError: they may not, or there is no such record: the answer is the same.
	"""
	if doctype in GOVERNED and not may(doctype, name, "write"):
		raise frappe.PermissionError(_("You may not assign this record. Ask somebody who may change it."))


def may(doctype: str, name: str | None, ptype: str) -> bool:
	"""Whether the session's user has this right to a record; no for one that does not exist."""
	try:
		return bool(name) and frappe.has_permission(doctype, ptype, doc=str(name))
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return False


def check_task(task: Document, method: str | None = None) -> None:
	"""Document event `validate` of ToDo: a task of one's own making about a record of ours.

	Services and the framework's own assignments have checked before and say so (`ignore_permissions`).
	"""
	if task.flags.ignore_permissions or task.reference_type not in GOVERNED:
		return
	before = task.get_doc_before_save()
	about = ("reference_type", "reference_name", "allocated_to", "status")
	if not before or any(before.get(field) != task.get(field) for field in about[:3]):
		check(task.reference_type, task.reference_name)
	elif before.status in ("Closed", "Cancelled") and task.status == "Open":
		# An assignment that is over does not come back by itself.
		check(task.reference_type, task.reference_name)
