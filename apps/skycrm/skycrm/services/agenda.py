"""Leads and opportunities on a calendar: only what the user may see, at most so many."""

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, getdate

from skycrm.permissions.hidden_fields import refuse_hidden

# A month with more entries than this is unreadable as a calendar anyway.
LIMIT = 1000
# How long an entry is drawn: a contact is planned for a moment, not for a span.
CONTACT_MINUTES = 30
# DocType → the field that dragging an entry changes
MOVABLE = {"Sky Lead": "next_contact_on", "Sky Opportunity": "expected_closing"}


def lead_contacts(start: str, end: str, filters: list | None = None) -> list[dict[str, Any]]:
	"""Next contacts of leads between two moments, converted leads left out.

	Args:
		start, end: of the part of the calendar that is shown.
		filters: further filters of the list, as the framework writes them.

	Returns:
		{name, title, tooltip, status, next_contact_on, ends_on, all_day} per lead.
	"""
	refuse_hidden("Sky Lead", "next_contact_on")
	rows = frappe.get_list(
		"Sky Lead",
		filters=[
			*_clean(filters),
			["Sky Lead", "next_contact_on", "between", [_moment(start), _moment(end)]],
			["Sky Lead", "status", "!=", "Converted"],
		],
		fields=["name", "lead_name", "organization", "status", "next_contact_on"],
		order_by="next_contact_on",
		limit_page_length=LIMIT,
	)
	for row in rows:
		row.title = " · ".join(part for part in (row.lead_name, row.organization) if part) or row.name
		row.tooltip = f"{row.title} ({_(row.status)})"
		row.ends_on = add_to_date(row.next_contact_on, minutes=CONTACT_MINUTES)
		row.all_day = 0
	return rows


def closings(start: str, end: str, filters: list | None = None) -> list[dict[str, Any]]:
	"""Expected closings of opportunities between two days.

	Args and returns: as lead_contacts, with `expected_closing`.
	"""
	refuse_hidden("Sky Opportunity", "expected_closing")
	rows = frappe.get_list(
		"Sky Opportunity",
		filters=[
			*_clean(filters),
			["Sky Opportunity", "expected_closing", "between", [_moment(start).date(), _moment(end).date()]],
		],
		fields=["name", "title", "stage", "status", "amount", "currency", "expected_closing"],
		order_by="expected_closing",
		limit_page_length=LIMIT,
	)
	for row in rows:
		row.tooltip = f"{row.title} ({_(row.stage)})"
		if "amount" in row:  # else the user may not see it
			amount = frappe.format_value(row.amount, {"fieldtype": "Currency"}, currency=row.currency)
			row.tooltip += f": {amount}"
			row.title = f"{row.title} · {amount}"
		row.ends_on = row.expected_closing
		row.all_day = 1
	return rows


def move(doctype: str, name: str, to: str) -> None:
	"""Put an entry on another moment, with every check of a save by the session's user.

	Args:
		doctype: Sky Lead or Sky Opportunity.
		name: of the record.
		to: the new moment; of an expected closing only the day counts.

	Raises:
		frappe.ValidationError: another DocType.
		frappe.PermissionError: the user may not write the record.
	"""
	if doctype not in MOVABLE:
		frappe.throw(_("{0} has no date that this calendar could move.").format(_(doctype)))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("write")
	doc.set(MOVABLE[doctype], _moment(to) if doctype == "Sky Lead" else getdate(to))
	doc.save()


def _clean(filters: list | None) -> list:
	"""Filters of a list, without any on the field that the calendar itself goes by."""
	return [item for item in filters or [] if isinstance(item, list) and len(item) >= 3]


def _moment(value: str) -> datetime:
	return get_datetime(value)
