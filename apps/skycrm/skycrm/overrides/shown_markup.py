"""The framework's answers that the desk puts into the page as HTML: about records of this app nothing in them runs.

What comes through a door is cleaned on its way in (services/stored_markup.py); these look once more, for rows that an
old import or another program has left. The timeline itself: public/js/skycrm/values.js.
"""

from typing import Any

import frappe
from frappe.desk.doctype.notification_log import notification_log
from frappe.desk.form import load
from frappe.utils import cint, escape_html

from skycrm.permissions.hidden_fields import is_ours
from skycrm.services.stored_markup import strictly_cleaned


@frappe.whitelist(methods=["GET", "POST"])
def get_notification_logs(limit: int | str = 20) -> dict[str, Any]:
	"""`frappe.desk.doctype.notification_log.notification_log.get_notification_logs`: what the bell lists."""
	found = notification_log.get_notification_logs(limit=cint(limit))
	for note in found["notification_logs"]:
		if note.document_type and is_ours(note.document_type):
			note.subject = _cleaned(note.subject)
			if note.link and not note.link.startswith(("/", "http://", "https://")):
				note.link = None
	for user in found["user_info"].values():
		if "<" in (user.fullname or ""):
			user.fullname = escape_html(user.fullname)
	return found


@frappe.whitelist(methods=["GET", "POST"])
def get_communications(
	doctype: str, name: str, start: int | str = 0, limit: int | str = 20
) -> list[dict[str, Any]]:
	"""`frappe.desk.form.load.get_communications`: more letters for a timeline."""
	found = load.get_communications(doctype, name, start=cint(start), limit=cint(limit))
	if is_ours(doctype):
		for letter in found:
			for part in ("content", "subject", "sender_full_name"):
				letter[part] = _cleaned(letter.get(part))
	return found


def _cleaned(text: str | None) -> str | None:
	return strictly_cleaned(text) if text and "<" in text else text
