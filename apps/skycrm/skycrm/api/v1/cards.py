"""Numbers on the workspace that one count or sum of the framework cannot give."""

import frappe

from skycrm.services.follow_ups import count_overdue


@frappe.whitelist(methods=["GET", "POST"])
def overdue_next_contacts(filters: str | list | dict | None = None) -> dict:
	"""Late follow-ups among the leads and opportunities that the caller may read.

	`filters` is what a Number Card sends along; this card has none. Returns what the card shows and where it leads.
	"""
	return {
		"value": count_overdue(),
		"fieldtype": "Int",
		"route": ["query-report", "Overdue Follow-ups"],
	}
