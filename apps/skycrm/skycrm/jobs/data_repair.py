"""Repairs of many leads: in parts, with progress, as the user who asked for it; see services/data_repair.py."""

import frappe
from frappe import _

from skycrm.services import data_repair

ATTEMPTS = 5


def run(repair: str) -> None:
	"""Work on a repair until it is done. Killed at any moment it leaves whole parts, and another call goes on.

	Args:
		repair: name of a Sky Data Repair; nothing happens when somebody else works on it.
	"""
	token = data_repair.take_lease(repair)
	# The lease must be seen by others before any work begins.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	if not token:
		return
	user, total = frappe.db.get_value(data_repair.DOCTYPE, repair, ["for_user", "total"])
	# A job that is tried again comes as Administrator: the user is part of the work.
	frappe.set_user(user)
	frappe.local.lang = frappe.db.get_value("User", user, "language") or frappe.local.lang
	try:
		while _part(repair, token):
			seen = frappe.db.get_value(data_repair.DOCTYPE, repair, "seen")
			frappe.publish_progress(
				seen * 100 / max(total, 1),
				title=_("Repairing leads"),
				doctype=data_repair.DOCTYPE,
				docname=repair,
			)
	except Exception as error:
		frappe.db.rollback()
		frappe.log_error(title=f"Data repair {repair}")
		data_repair.fail(repair, str(error))
		# The note must stay although the job fails.
		frappe.db.commit()
		raise


def restart_stalled() -> None:
	"""Every few minutes: hand repairs whose job died to a new one."""
	for repair in data_repair.stalled():
		data_repair.enqueue(repair)


def _part(repair: str, token: str) -> bool:
	"""The next part with its own transaction, again when the database broke it off. Returns whether there is more."""
	for attempt in range(1, ATTEMPTS + 1):
		try:
			more = data_repair.work_once(repair, token)
			# Each part stands on its own, with the note of how far it came.
			frappe.db.commit()
			return more
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == ATTEMPTS:
				raise
	return False
