"""What the scheduler does about reminders every few minutes and once a day."""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from skycrm.services import reminder_mail, reminder_preferences, reminders

EVENT = "skycrm_reminders"
# Minutes between two runs, with some overlap: the desk asks every minute by itself, this only makes it sooner.
WINDOW = 6


def push_due() -> None:
	"""Tell the desks of those who have something new due that it is time to ask. One query, no rows are written."""
	now = now_datetime()
	# The users of whatever falls due in these minutes; five tables, each by its index of times.
	users = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select lead_owner from `tabSky Lead`
		where next_contact_on between %(since)s and %(now)s and status not in ('Converted', 'Unqualified')
		union select opportunity_owner from `tabSky Opportunity`
		where next_contact_on between %(since)s and %(now)s and status = 'Open'
		union select owner from `tabEvent` where starts_on between %(since)s and %(now)s and status = 'Open'
		union select user from `tabSky Reminder`
		where status = 'Snoozed' and snoozed_until between %(since)s and %(now)s
		""",
		{"since": now - timedelta(minutes=WINDOW), "now": now},
	)
	for (user,) in users:
		if user:
			frappe.publish_realtime(EVENT, user=user)


def mail_missed() -> None:
	"""Mail what was missed to those who asked for it. Each user is a transaction, so a kill loses nothing and doubles nothing."""
	for preference in reminder_preferences.who_want_mail():
		try:
			reminder_mail.mail_missed(preference)
			# The mail is queued and noted: both or neither.
			frappe.db.commit()
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title="SkyCRM: reminders could not be mailed",
				reference_doctype="User",
				reference_name=preference.user,
			)
			frappe.db.commit()


def every_few_minutes() -> None:
	"""Push, then mail."""
	push_due()
	mail_missed()


def delete_old() -> None:
	"""Forget states that are out of sight."""
	reminders.delete_old()
