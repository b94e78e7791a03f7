"""Who is not at work: approved leave of the HR app if the site has it, and the days of a holiday list."""

from collections.abc import Sequence
from datetime import date

import frappe
from frappe.utils import getdate

LEAVE = "Leave Application"


def keeps_leave() -> bool:
	"""Whether an app on this site keeps leave; cached, no query."""
	return (
		frappe.cache.get_value("sky_keeps_leave", lambda: int(bool(frappe.db.exists("DocType", LEAVE)))) == 1
	)


def on_leave(users: Sequence[str], day: date) -> dict[str, date]:
	"""Who of these users is on approved leave on a day → the last day of it. One query, none without an HR app."""
	if not users or not keeps_leave():
		return {}
	application = frappe.qb.DocType(LEAVE)
	employee = frappe.qb.DocType("Employee")
	rows = (
		frappe.qb.from_(application)
		.join(employee)
		.on(employee.name == application.employee)
		.select(employee.user_id, application.to_date)
		.where(employee.user_id.isin(list(users)))
		.where((application.from_date <= day) & (application.to_date >= day))
		.where((application.status == "Approved") & (application.docstatus < 2))
		.run()
	)
	until: dict[str, date] = {}
	for user, to_date in rows:
		until[user] = max(until.get(user, getdate(to_date)), getdate(to_date))
	return until


def days_off(holiday_list: str | None) -> frozenset[date]:
	"""The days of a holiday list; cached, no query."""
	if not holiday_list:
		return frozenset()
	days = frappe.get_cached_doc("Holiday List", holiday_list).holidays
	return frozenset(getdate(row.holiday_date) for row in days)
