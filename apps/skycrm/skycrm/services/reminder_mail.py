"""Mail about reminders that nobody acted on, as each user chose: never, a digest a day, or so many minutes late.

Mail and note of it are one transaction per user: a killed job has either queued the mail and knows it, or neither.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import format_datetime, get_datetime, get_system_timezone, get_url_to_form, now_datetime

from skycrm.domain.reminder import to_zone
from skycrm.services import reminders
from skycrm.services.reminder_preferences import AFTER_MINUTES, DIGEST, DOCTYPE, Preference
from skycrm.services.reminders_due import due_items

# In one mail; the rest is counted.
MOST_IN_MAIL = 50


def mail_missed(preference: Preference, now: datetime | None = None) -> int:
	"""Queue the mail that is due for one user, if any; the caller commits.

	Args:
		now: in the site's zone.

	Returns:
		How many reminders it tells of; 0 when nothing was queued.
	"""
	now = now or now_datetime()
	if preference.missed_mail == AFTER_MINUTES:
		return _mail_late(preference, now)
	if preference.missed_mail == DIGEST:
		return _mail_digest(preference, now)
	return 0


def _mail_late(preference: Preference, now: datetime) -> int:
	late = due_items(preference, now, now - timedelta(minutes=preference.missed_minutes))
	items = [item for item in late if not item["mailed"]]
	_send(preference, items)
	reminders.note_mailed(preference.user, items, now)
	return len(items)


def _mail_digest(preference: Preference, now: datetime) -> int:
	local = to_zone(now, get_system_timezone(), preference.zone)
	if local.hour < preference.digest_hour or preference.digest_sent_on == local.date():
		return 0
	items = due_items(preference, now, now)
	_send(preference, items)
	# Also on a day without anything: the question is answered for today.
	frappe.db.set_value(DOCTYPE, preference.user, "digest_sent_on", local.date(), update_modified=False)
	return len(items)


def _send(preference: Preference, items: list[dict[str, Any]]) -> None:
	if not items:
		return
	before = frappe.local.lang
	frappe.local.lang = preference.language or before
	try:
		count = len(items)
		frappe.sendmail(
			recipients=[frappe.get_cached_value("User", preference.user, "email") or preference.user],
			subject=_("{0} reminders are waiting for you").format(count),
			message=_message(preference, items),
			reference_doctype="User",
			reference_name=preference.user,
			add_unsubscribe_link=0,
			delayed=True,
		)
	finally:
		frappe.local.lang = before


def _message(preference: Preference, items: Iterable[Mapping[str, Any]]) -> str:
	listed = list(items)
	rows = "".join(
		"<tr><td>{0}</td><td>{1}</td><td><a href='{2}'>{3}</a></td><td>{4}</td></tr>".format(
			frappe.utils.escape_html(
				format_datetime(
					to_zone(get_datetime(item["due_at"]), get_system_timezone(), preference.zone),
					"dd/MM/yyyy HH:mm",
				)
			),
			frappe.utils.escape_html(_(item["doctype"])),
			get_url_to_form(item["doctype"], item["name"]),
			frappe.utils.escape_html(item["subject"]),
			frappe.utils.escape_html(_(item["status"])),
		)
		for item in listed[:MOST_IN_MAIL]
	)
	more = len(listed) - MOST_IN_MAIL
	end = "<p>{0}</p>".format(_("{0} more are in the desk.").format(more)) if more > 0 else ""
	head = _("These were due and nobody has acted on them yet. Open one, or snooze or close it in the desk.")
	columns = "".join(
		f"<th align='left'>{text}</th>" for text in (_("Due At"), _("Type"), _("Subject"), _("Status"))
	)
	return f"<p>{head}</p><table cellpadding='4'><tr>{columns}</tr>{rows}</table>{end}"
