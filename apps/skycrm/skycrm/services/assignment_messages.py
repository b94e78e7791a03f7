"""Telling people about their leads through the framework's Notifications, which an admin edits, mutes or adds to.

Our code only says that something happened: it runs a method of that name on the lead, and every enabled Notification
with the event "Method" and this method is sent (setup/notifications.py brings the first ones). Many leads at once make
one note instead of a flood.
"""

from collections.abc import Callable, Sequence

import frappe

# More than this many leads of one person are told in one note.
ONE_BY_ONE = 3


def tell(owner: str, leads: Sequence[str], event: str, many: Callable[[int], str]) -> None:
	"""Tell somebody about leads of theirs, in their language.

	Args:
		owner: name of the User.
		leads: names of Sky Leads.
		event: method that the Notifications wait for.
		many: the sentence for a number of leads, asked for in the owner's language.
	"""
	before = frappe.local.lang
	frappe.local.lang = frappe.get_cached_value("User", owner, "language") or before
	try:
		if len(leads) > ONE_BY_ONE:
			_note(owner, many(len(leads)))
			return
		for name in leads:
			frappe.get_doc("Sky Lead", name).run_method(event)
	finally:
		frappe.local.lang = before


def _note(owner: str, subject: str) -> None:
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": owner,
			"type": "Alert",
			"document_type": "Sky Lead",
			"subject": subject,
			"link": "/app/sky-lead?lead_owner=" + frappe.utils.quote(owner),
		}
	).insert(ignore_permissions=True)  # a note to its receiver, not a record of anybody else
