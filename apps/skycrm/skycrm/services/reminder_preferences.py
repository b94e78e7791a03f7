"""How one person wants to be reminded: Sky User Preference with its defaults, as plain values."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import frappe
from frappe.utils import cint, get_system_timezone, get_time

DOCTYPE = "Sky User Preference"
NEVER, DIGEST, AFTER_MINUTES = "Never", "Daily Digest", "After Minutes"
# Kind of reminder → field that switches it off
KINDS = {
	"Sky Lead": "remind_leads",
	"Sky Opportunity": "remind_opportunities",
	"Sky Issue": "remind_issues",
	"Event": "remind_events",
	"ToDo": "remind_todos",
}


@dataclass(frozen=True)
class Preference:
	"""One person's wishes; without a record of theirs the defaults.

	Args:
		lead_minutes: how long before the due time.
		kinds: DocTypes to be reminded of.
		zone: the person's time zone.
	"""

	user: str
	zone: str
	show: bool = True
	lead_minutes: int = 0
	sound: bool = False
	kinds: tuple[str, ...] = tuple(KINDS)
	quiet_from: time | None = None
	quiet_until: time | None = None
	day_start: time = time(8)
	missed_mail: str = NEVER
	digest_hour: int = 8
	missed_minutes: int = 30
	digest_sent_on: date | None = None
	language: str = field(default="", compare=False)


def of_user(user: str) -> Preference:
	"""The wishes of a user: one query, with their time zone and language."""
	return next(
		iter(_read("where u.name = %(user)s", {"user": user})), Preference(user, get_system_timezone())
	)


def who_want_mail() -> list[Preference]:
	"""Everybody enabled who asked for mail about what they missed. One query."""
	return _read("where u.enabled = 1 and p.missed_mail in ('Daily Digest', 'After Minutes')", {})


def ensure(user: str) -> str:
	"""The name of the user's record, made with the defaults if there is none. The user's own, so no right is asked."""
	if not frappe.db.exists(DOCTYPE, user):
		frappe.get_doc({"doctype": DOCTYPE, "user": user}).insert(
			# An own setting for everybody who works with the desk, whatever their roles.
			ignore_permissions=True,
			ignore_if_duplicate=True,
		)
	return user


def holidays_of_company(first: date, days: int = 60) -> set[date]:
	"""Days off of the default company from a day on, weekends included; empty without a holiday list."""
	company = frappe.db.get_default("company") or frappe.db.get_single_value(
		"Global Defaults", "default_company"
	)
	name = company and frappe.get_cached_value("Company", company, "default_holiday_list")
	if not name:
		return set()
	return set(
		frappe.get_all(
			"Holiday",
			filters={"parent": name, "holiday_date": ("between", [first, first + timedelta(days=days)])},
			pluck="holiday_date",
		)
	)


def _read(condition: str, values: dict[str, Any]) -> list[Preference]:
	# The user with or without a record: an outer join, whose condition is one of the constants above.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""select p.*, u.name as user_name, u.time_zone, u.language
		from `tabUser` u left join `tabSky User Preference` p on p.user = u.name {condition}""",
		values,
		as_dict=True,
	)
	return [_preference(row) for row in rows]


def _preference(row: frappe._dict) -> Preference:
	zone = row.time_zone or get_system_timezone()
	if not row.name:
		return Preference(row.user_name, zone, language=row.language or "")
	return Preference(
		user=row.user_name,
		zone=zone,
		show=bool(cint(row.show_reminders)),
		lead_minutes=cint(row.lead_minutes),
		sound=bool(cint(row.sound)),
		kinds=tuple(doctype for doctype, fieldname in KINDS.items() if cint(row.get(fieldname))),
		quiet_from=_time(row.quiet_from),
		quiet_until=_time(row.quiet_until),
		day_start=_time(row.day_start) or time(8),
		missed_mail=row.missed_mail or NEVER,
		digest_hour=cint(row.digest_hour),
		missed_minutes=cint(row.missed_minutes),
		digest_sent_on=row.digest_sent_on,
		language=row.language or "",
	)


def _time(value: Any) -> time | None:
	return get_time(value).replace(microsecond=0) if value not in (None, "") else None
