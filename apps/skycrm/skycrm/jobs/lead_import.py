"""Imports in the background: the run itself, and the sweeper that takes up what a killed worker has left."""

import frappe
from frappe import _
from frappe.translate import get_user_lang
from frappe.utils import add_to_date, now_datetime

from skycrm.services import import_actions, import_run, import_status

# Longer than any chunk takes: a run that has said nothing for so long is dead.
DEAD_AFTER_SECONDS = 180


def run(lead_import: str) -> None:
	"""Import, or go on where a run before has ended."""
	if _become_starter(lead_import):
		# Each chunk is a transaction of its own, so that a kill loses one chunk and not all.
		import_run.run(lead_import, frappe.db.commit)


def check(lead_import: str) -> None:
	"""Try an import out."""
	if _become_starter(lead_import):
		import_run.dry_run(lead_import, frappe.db.commit)


def restart_dead_runs() -> None:
	"""Queue the runs again that have said nothing for a while: their worker was killed, or their job was lost."""
	since = add_to_date(now_datetime(), seconds=-DEAD_AFTER_SECONDS)
	for row in frappe.get_all(
		import_status.DOCTYPE,
		filters={"status": ("in", import_status.BUSY), "heartbeat_on": ("<", since)},
		fields=["name", "status", "attempt"],
	):
		_restart(row)


def _restart(row: frappe._dict) -> None:
	is_dry = row.status == import_status.CHECKING
	if row.attempt >= import_actions.MOST_ATTEMPTS:
		text = _("The import was begun {0} times and never ended. Tell your administrator.").format(
			row.attempt
		)
		moved = import_status.move(
			row.name, import_status.DRAFT if is_dry else import_status.FAILED, message=text
		)
	else:
		moved = import_status.move(
			row.name, import_status.CHECKING if is_dry else import_status.QUEUED, attempt=row.attempt + 1
		)
		if moved:
			import_actions.enqueue(row.name, dry=is_dry)
	# Each restart stands on its own.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit


def _become_starter(lead_import: str) -> bool:
	"""Work with the rights and in the language of the one who started it; False when it is gone."""
	user = frappe.db.get_value(import_status.DOCTYPE, lead_import, "started_by")
	if not user:
		return False
	frappe.set_user(user)
	frappe.local.lang = get_user_lang(user)
	return True
