"""What is due for one user, found with one query over all kinds; see services/reminders.py for what is done with it.

Each part of the union begins at an index that starts with the user, or with the time for events, and takes along the state
of the reminder, so that what was closed or still sleeps never leaves the database. Indexes: (lead_owner, next_contact_on),
(opportunity_owner, next_contact_on), and those of setup/indexes.py on the framework's tables.
"""

from datetime import date, datetime, timedelta
from typing import Any

import frappe
from frappe.permissions import get_user_permissions
from frappe.utils import get_datetime, getdate, strip_html

from skycrm.domain.reminder import (
	EVENT_LOOK_BACK_DAYS,
	LOOK_BACK_DAYS,
	WEEKDAYS,
	last_occurrence,
)
from skycrm.services.reminder_preferences import Preference

# Of each kind; nobody reads more in a panel.
MOST = 200
SUBJECT_LENGTH = 140

# What the state of a reminder says about showing it; "r" is Sky Reminder.
_WAITING = "(r.name is null or r.status = 'Open' or (r.status = 'Snoozed' and r.snoozed_until <= %(now)s))"
_JOIN = """left join `tabSky Reminder` r on r.user = %(user)s and r.reference_doctype = '{doctype}'
	and r.reference_name = {alias}.name and r.due_at = {due}"""


def due_items(
	preference: Preference, now: datetime, until: datetime, include_hidden: bool = False
) -> list[dict[str, Any]]:
	"""The reminders of a user that are due, the latest first.

	Args:
		preference: whose, and which kinds.
		now: in the site's zone; what sleeps until later is left out.
		until: due at this moment at the latest.
		include_hidden: also those that are closed or still sleep, to find one that is named in a request.

	Returns:
		{doctype, name, subject, status, kind, due_at, mailed}: kind is "response" or "resolution" for issues, else "".
		Only of DocTypes and records that the user may read. One query; two with repeated events; one more for each DocType
		when the user is bound by User Permissions.
	"""
	kinds = [doctype for doctype in preference.kinds if frappe.has_permission(doctype, user=preference.user)]
	parts = [part for doctype in kinds for part in _PARTS[doctype](include_hidden)]
	if not parts:
		return []
	values = {
		"user": preference.user,
		"now": now,
		"until": until,
		"until_day": until.date(),
		"since": now - timedelta(days=LOOK_BACK_DAYS),
		"event_since": now - timedelta(days=EVENT_LOOK_BACK_DAYS),
		"day_start": str(preference.day_start),
	}
	query = " union all ".join(f"({part} order by due_at desc limit {MOST})" for part in parts)
	# A union over five tables; names are constants of this file, values are bound.
	rows = frappe.db.sql(query, values, as_dict=True)  # nosemgrep: frappe-using-db-sql
	items = [row for row in rows if not row.repeats]
	items += _repeated([row for row in rows if row.repeats], values, include_hidden)
	items = [item for item in items if get_datetime(item["due_at"]) <= until]
	unique = {(item["doctype"], item["name"], str(item["due_at"])): item for item in items}
	readable = _readable(list(unique.values()), preference.user)
	for item in readable:
		item["subject"] = strip_html(item["subject"] or "").strip()[:SUBJECT_LENGTH] or item["name"]
		item.pop("repeats", None)
	return sorted(readable, key=lambda item: str(item["due_at"]), reverse=True)


def _owned(doctype: str, owner: str, title: str, is_open: str, include_hidden: bool) -> list[str]:
	return [
		f"""select '{doctype}' as doctype, x.name, {title} as subject, x.status, '' as kind,
		x.next_contact_on as due_at, r.mailed_on as mailed, '' as repeats
		from `tab{doctype}` x {_JOIN.format(doctype=doctype, alias="x", due="x.next_contact_on")}
		where x.{owner} = %(user)s and x.next_contact_on between %(since)s and %(until)s and {is_open}
		and {_shown(include_hidden)}"""
	]


def _leads(include_hidden: bool) -> list[str]:
	return _owned(
		"Sky Lead",
		"lead_owner",
		"ifnull(nullif(x.lead_name, ''), x.organization)",
		"x.status not in ('Converted', 'Unqualified')",
		include_hidden,
	)


def _opportunities(include_hidden: bool) -> list[str]:
	return _owned("Sky Opportunity", "opportunity_owner", "x.title", "x.status = 'Open'", include_hidden)


def _issues(include_hidden: bool) -> list[str]:
	"""Issues assigned to the user: first answer, then resolution. A clock that is on hold reminds nobody."""
	rules = (
		("response", "response_by", "x.status = 'Open' and x.first_responded_on is null"),
		("resolution", "sla_resolution_by", "x.status in ('Open', 'Replied')"),
	)
	return [
		f"""select 'Sky Issue' as doctype, x.name, x.subject, x.status, '{kind}' as kind,
		x.{due} as due_at, r.mailed_on as mailed, '' as repeats
		from `tabToDo` t join `tabSky Issue` x on x.name = t.reference_name
		{_JOIN.format(doctype="Sky Issue", alias="x", due=f"x.{due}")}
		where t.allocated_to = %(user)s and t.status = 'Open' and t.reference_type = 'Sky Issue'
		and x.{due} between %(since)s and %(until)s and {is_open} and {_shown(include_hidden)}"""
		for kind, due, is_open in rules
	]


def _events(include_hidden: bool) -> list[str]:
	mine = """(x.owner = %(user)s or exists (select 1 from `tabEvent Participants` p where p.parent = x.name
		and ((p.reference_doctype = 'User' and p.reference_docname = %(user)s) or p.email = %(user)s)))"""
	days = ", ".join(f"if(x.{day} = 1, '{day}', '')" for day in WEEKDAYS)
	columns = "select 'Event' as doctype, x.name, x.subject, x.status, '' as kind, x.starts_on as due_at"
	return [
		f"""{columns}, r.mailed_on as mailed, '' as repeats from `tabEvent` x
		{_JOIN.format(doctype="Event", alias="x", due="x.starts_on")}
		where x.repeat_this_event = 0 and x.starts_on between %(event_since)s and %(until)s and x.status = 'Open' and {mine}
		and {_shown(include_hidden)}""",
		f"""{columns}, null as mailed, concat_ws('|', x.repeat_on, ifnull(x.repeat_till, ''), {days}) as repeats
		from `tabEvent` x
		where x.repeat_this_event = 1 and x.starts_on <= %(until)s and x.status = 'Open' and {mine}
		and (x.repeat_till is null or x.repeat_till >= date(%(event_since)s))""",
	]


def _todos(include_hidden: bool) -> list[str]:
	"""To-dos with a day. What an assignment rule made is about the record, which has its own date."""
	due = "timestamp(x.date, %(day_start)s)"
	return [
		f"""select 'ToDo' as doctype, x.name, x.description as subject, x.status, '' as kind,
		{due} as due_at, r.mailed_on as mailed, '' as repeats
		from `tabToDo` x {_JOIN.format(doctype="ToDo", alias="x", due=due)}
		where x.allocated_to = %(user)s and x.status = 'Open' and x.date between date(%(since)s) and %(until_day)s
		and ifnull(x.assignment_rule, '') = '' and {_shown(include_hidden)}"""
	]


_PARTS = {
	"Sky Lead": _leads,
	"Sky Opportunity": _opportunities,
	"Sky Issue": _issues,
	"Event": _events,
	"ToDo": _todos,
}


def _shown(include_hidden: bool) -> str:
	return "1 = 1" if include_hidden else _WAITING


def _repeated(
	rows: list[dict[str, Any]], values: dict[str, Any], include_hidden: bool
) -> list[dict[str, Any]]:
	"""Repeated events at their latest time, without those closed or asleep. No query when there are none."""
	found = []
	for row in rows:
		repeat_on, repeat_till, *days = row["repeats"].split("|")
		moment = last_occurrence(
			get_datetime(row["due_at"]),
			repeat_on,
			values["until"],
			_day(repeat_till),
			[day for day in days if day],
		)
		if moment and moment >= values["event_since"]:
			found.append({**row, "due_at": moment})
	if not found:
		return []
	states = {
		(row.reference_name, get_datetime(row.due_at)): row
		for row in frappe.get_all(
			"Sky Reminder",
			filters={
				"user": values["user"],
				"reference_doctype": "Event",
				"reference_name": ("in", [row["name"] for row in found]),
			},
			fields=["reference_name", "due_at", "status", "snoozed_until", "mailed_on"],
		)
	}
	for row in found:
		row["state"] = states.get((row["name"], row["due_at"])) or {}
		row["mailed"] = row["state"].get("mailed_on")
	return [
		{key: value for key, value in row.items() if key != "state"}
		for row in found
		if include_hidden or _is_waiting(row["state"], values["now"])
	]


def _is_waiting(state: dict[str, Any], now: datetime) -> bool:
	if not state or state.get("status") == "Open":
		return True
	return state.get("status") == "Snoozed" and get_datetime(state["snoozed_until"]) <= now


def _readable(items: list[dict[str, Any]], user: str) -> list[dict[str, Any]]:
	"""What User Permissions leave. Owner, assignee and participant are grounds to read by themselves (permissions/)."""
	if not items or not get_user_permissions(user):
		return items
	allowed = {
		(doctype, name)
		for doctype in {item["doctype"] for item in items}
		for name in frappe.get_list(
			doctype,
			filters={"name": ("in", [item["name"] for item in items if item["doctype"] == doctype])},
			pluck="name",
			limit_page_length=0,
			user=user,
		)
	}
	return [item for item in items if (item["doctype"], item["name"]) in allowed]


def _day(text: str) -> date | None:
	return getdate(text) if text else None
