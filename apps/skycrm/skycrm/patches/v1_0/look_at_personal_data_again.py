"""Requests about personal data from before files, rows of imports and logins were searched would leave those out without a
word: one that was only looked at is looked at again, one that was begun does all of today's steps, each of which may be run
again, and says what it has not searched.

What the search of today has written is in the memory of a request, so this may run again.
"""

import frappe
from frappe import _
from frappe.utils import now_datetime

DOCTYPE = "Sky Personal Data Request"
BEGUN = ("Queued", "Running", "Failed")


def execute() -> None:
	"""Two statements at most for each request that is open."""
	for request in frappe.get_all(
		DOCTYPE, {"status": ("in", ("Previewed", *BEGUN))}, ["name", "status", "memory", "log"]
	):
		memory = frappe.parse_json(request.memory or "{}")
		if "search" in memory or "files" in memory:
			continue
		if request.status in BEGUN:
			values = {"step": 0}
			line = _("Begun before files, imports and logins were searched: make another request for those.")
		else:
			values = {"status": "Draft"}
			line = _("Files, imports and logins are searched now too: choose Preview again.")
		entry = f"{now_datetime():%Y-%m-%d %H:%M:%S} {line}"
		if request.status in BEGUN:
			# Noted as looked at, so that this is said once.
			values["memory"] = frappe.as_json({**memory, "files": []})
		frappe.db.set_value(
			DOCTYPE,
			request.name,
			{**values, "log": f"{request.log}\n{entry}" if request.log else entry},
			update_modified=False,
		)
