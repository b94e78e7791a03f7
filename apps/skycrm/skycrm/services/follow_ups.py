"""Leads and opportunities whose next contact should have happened already, as the session's user may see them."""

from datetime import datetime

import frappe
from frappe.utils import now_datetime

LEAD = "Sky Lead"
OPPORTUNITY = "Sky Opportunity"
# A finished record needs no follow-up, whatever date is left in it.
STILL_OPEN = {LEAD: ("status", "not in", ("Converted", "Unqualified")), OPPORTUNITY: ("status", "=", "Open")}
OWNER_FIELD = {LEAD: "lead_owner", OPPORTUNITY: "opportunity_owner"}
TITLE_FIELD = {LEAD: "lead_name", OPPORTUNITY: "title"}


def overdue_filters(doctype: str, now: datetime | None = None) -> list[list]:
	"""Filters of get_list for the records of `doctype` that are late at `now`.

	To be used with ignore_ifnull=True: else the framework takes an empty date for one that is long past, and no index
	can help.
	"""
	return [
		[doctype, *STILL_OPEN[doctype]],
		[doctype, "next_contact_on", "<", now or now_datetime()],
	]


def count_overdue(owner: str | None = None) -> int:
	"""How many late records the session's user may read; of one owner only, if given.

	Types that the user may not read at all count as none. One query per type.
	"""
	total = 0
	for doctype in STILL_OPEN:
		if not frappe.has_permission(doctype, "read"):
			continue
		filters = overdue_filters(doctype)
		if owner:
			filters.append([doctype, OWNER_FIELD[doctype], "=", owner])
		# get_list, not count(): it applies the permissions of the user to the rows.
		rows = frappe.get_list(doctype, fields=["count(name) as late"], filters=filters, ignore_ifnull=True)
		total += rows[0].late
	return total


def list_overdue(
	doctype: str, owner: str | None = None, team: str | None = None, limit: int = 500
) -> list[dict]:
	"""The late records of one type, the longest late first, as the session's user may see them.

	Returns rows of `name`, `title`, `owner`, `team`, `status`, `next_contact_on`.
	"""
	filters = overdue_filters(doctype)
	if owner:
		filters.append([doctype, OWNER_FIELD[doctype], "=", owner])
	if team:
		filters.append([doctype, "team", "=", team])
	return frappe.get_list(
		doctype,
		fields=[
			"name",
			f"{TITLE_FIELD[doctype]} as title",
			f"{OWNER_FIELD[doctype]} as owner",
			"team",
			"status",
			"next_contact_on",
		],
		filters=filters,
		order_by="next_contact_on asc",
		ignore_ifnull=True,
		limit_page_length=limit,
	)
