"""Carries out requests about one person's data, a transaction for each step."""

import frappe

from skycrm.services.personal_data import requests


def run(name: str) -> None:
	"""Do what is left of a request, the search or its steps. Killed, it goes on with what was not committed."""
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
	"""Hand out again what is searched, or confirmed and not done: after a kill, or when the queue was lost."""
	for name in requests.waiting():
		requests.enqueue(name)


def _commit(name: str) -> None:
	# Each step stands on its own, so that a kill loses one step and not all.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	state = frappe.db.get_value(requests.DOCTYPE, name, ["status", "progress"], as_dict=True)
	frappe.publish_realtime(
		"skycrm_personal_data", {"name": name, **state}, doctype=requests.DOCTYPE, docname=name
	)
