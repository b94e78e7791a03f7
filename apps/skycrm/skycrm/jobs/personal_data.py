"""Carries out requests about one person's data, a transaction for each step."""

import frappe

from skycrm.services.personal_data import requests


def run(name: str) -> None:
	"""Do every step of a request that is left. Killed, it goes on with the step that was not committed."""
	frappe.set_user("Administrator")
	try:
		while requests.run_step(name):
			_commit(name)
		_commit(name)
	except Exception:
		frappe.db.rollback()
		# The traceback may hold what is to be erased: its end says what went wrong, the values stay out.
		requests.fail(name, frappe.get_traceback(with_context=False).strip().splitlines()[-1][:200])
		_commit(name)
		raise


def restart_waiting() -> None:
	"""Hand out again what was confirmed and is not done: after a kill, or when the queue was lost."""
	for name in requests.waiting():
		requests.enqueue(name)


def _commit(name: str) -> None:
	# Each step stands on its own, so that a kill loses one step and not all.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	progress = frappe.db.get_value(requests.DOCTYPE, name, "progress")
	frappe.publish_realtime(
		"skycrm_personal_data", {"name": name, "progress": progress}, doctype=requests.DOCTYPE, docname=name
	)
