"""Reminders of the session's user: list, snooze, close. A reminder comes back until somebody acts on it.

Nothing is stored for a reminder that nobody touched. A row of Sky Reminder belongs to one due time: if the date of the
record moves, there is a new reminder.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_datetime, get_system_timezone, now_datetime

from skycrm.domain.reminder import LOOK_BACK_DAYS, is_quiet, snoozed_until, to_zone
from skycrm.services import reminder_preferences
from skycrm.services.reminder_preferences import Preference
from skycrm.services.reminders_due import due_items

DOCTYPE = "Sky Reminder"
OPEN, SNOOZED, CLOSED = "Open", "Snoozed", "Closed"
# Shown in the panel; the number of all is told as well.
IN_PANEL = 20
# A row is of no use once its due time is out of sight.
KEEP_DAYS = LOOK_BACK_DAYS + 30


def panel() -> dict[str, Any]:
	"""What the panel of the session's user shows now: two queries, whatever is due.

	Returns:
		{items, total, sound, quiet}: at most IN_PANEL items, none in quiet hours or when reminders are switched off.
	"""
	preference = reminder_preferences.of_user(frappe.session.user)
	now = now_datetime()
	quiet = not preference.show or _is_quiet(preference, now)
	items = [] if quiet else due_items(preference, now, now + timedelta(minutes=preference.lead_minutes))
	return {
		"items": [_shown(item, now) for item in items[:IN_PANEL]],
		"total": len(items),
		"sound": preference.sound,
		"quiet": quiet,
	}


def snooze(items: Iterable[Mapping[str, Any]], choice: str) -> datetime:
	"""Let reminders of the session's user come back later.

	Args:
		items: {doctype, name, due_at} of each, as `panel` gave them.
		choice: see domain.reminder.snoozed_until.

	Returns:
		When they come back, in the site's zone.

	Raises:
		InvalidValue: no time that lies ahead.
		frappe.DoesNotExistError: one of them is no reminder of this user.
	"""
	preference = reminder_preferences.of_user(frappe.session.user)
	now = now_datetime()
	holidays = reminder_preferences.holidays_of_company(now.date()) if choice == "tomorrow" else None
	until = snoozed_until(choice, now, get_system_timezone(), preference.zone, preference.day_start, holidays)
	_write(_own(items, preference, now), SNOOZED, until)
	return until


def close(items: Iterable[Mapping[str, Any]]) -> int:
	"""Close reminders of the session's user for their due time; how many.

	Raises:
		frappe.DoesNotExistError: one of them is no reminder of this user.
	"""
	preference = reminder_preferences.of_user(frappe.session.user)
	own = _own(items, preference, now_datetime())
	_write(own, CLOSED, None)
	return len(own)


def note_mailed(user: str, items: Iterable[Mapping[str, Any]], moment: datetime) -> None:
	"""Remember that a mail told of these; in the same transaction as the mail itself."""
	_upsert(user, items, {"status": OPEN, "mailed_on": moment}, ("mailed_on",))


def row_name(user: str, doctype: str, name: str, due_at: Any) -> str:
	"""The name of a row, made from what it is about: the same reminder is never stored twice."""
	text = "|".join((user, doctype, name, get_datetime(due_at).isoformat()))
	return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def delete_old() -> None:
	"""Forget states whose due time is out of sight."""
	frappe.db.delete(DOCTYPE, {"due_at": ("<", now_datetime() - timedelta(days=KEEP_DAYS))})


def _own(
	items: Iterable[Mapping[str, Any]], preference: Preference, now: datetime
) -> list[Mapping[str, Any]]:
	"""Those named, as the database has them; refused when one is not this user's, or not due at that time any more."""
	wanted = {(item["doctype"], item["name"], get_datetime(item["due_at"])) for item in items}
	horizon = max((due for _doctype, _name, due in wanted), default=now)
	known = {
		(item["doctype"], item["name"], get_datetime(item["due_at"])): item
		for item in due_items(preference, now, max(horizon, now), include_hidden=True)
	}
	if wanted - set(known):
		frappe.throw(
			_("This reminder is no longer there: the record was changed, or is not yours. Reload the page."),
			frappe.DoesNotExistError,
			title=_("Reminder Gone"),
		)
	return [known[key] for key in sorted(wanted)]


def _write(items: Iterable[Mapping[str, Any]], status: str, until: datetime | None) -> None:
	values = {"status": status, "snoozed_until": until}
	_upsert(frappe.session.user, items, values, ("status", "snoozed_until"))


def _upsert(
	user: str, items: Iterable[Mapping[str, Any]], values: Mapping[str, Any], changed: Iterable[str]
) -> None:
	"""Insert or update the states of reminders with one statement; no document has rules here to run."""
	now = now_datetime()
	rows = [
		{
			"name": row_name(user, item["doctype"], item["name"], item["due_at"]),
			"owner": user,
			"creation": now,
			"modified": now,
			"modified_by": frappe.session.user,
			"user": user,
			"reference_doctype": item["doctype"],
			"reference_name": item["name"],
			"due_at": get_datetime(item["due_at"]),
			**values,
		}
		for item in items
	]
	if not rows:
		return
	table = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.into(table).columns(*rows[0])
	for row in rows:
		query = query.insert(*row.values())
	for column in ("modified", "modified_by", *changed):
		query = query.on_duplicate_key_update(table[column], rows[0][column])
	query.run()


def _is_quiet(preference: Preference, now: datetime) -> bool:
	local = to_zone(now, get_system_timezone(), preference.zone).time()
	return is_quiet(local, preference.quiet_from, preference.quiet_until)


def _shown(item: Mapping[str, Any], now: datetime) -> dict[str, Any]:
	return {
		"doctype": item["doctype"],
		"name": item["name"],
		"subject": item["subject"],
		"status": item["status"],
		"kind": item["kind"],
		"due_at": str(item["due_at"]),
		"overdue": get_datetime(item["due_at"]) < now,
	}
