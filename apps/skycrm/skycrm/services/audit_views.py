"""Who opens which record: only of the DocTypes named in Sky CRM Settings, once within a while for a person and a record."""

from datetime import datetime

import frappe
from frappe.utils import get_datetime, now_datetime

from skycrm.domain.audit import VIEW_MINUTES, Action, is_new_view
from skycrm.services import audit

CACHE_KEY = "sky_audit_view"


def is_recorded(doctype: str) -> bool:
	"""Whether the settings name the DocType; cached."""
	rows = frappe.get_cached_doc("Sky CRM Settings").get("recorded_views") or []
	return any(row.document_type == doctype for row in rows)


def note(doctype: str, name: str, channel: str) -> None:
	"""Write that the session's user opened a record, and keep it: the request itself is over.

	Args:
		channel: "Form" or "API".
	"""
	user = frappe.session.user
	if user == "Guest" or not is_recorded(doctype):
		return
	if not is_new(user, doctype, name, "View", now_datetime()):
		return
	if audit.write(Action.VIEWED, doctype, name, channel=channel):
		# After the request, whose transaction is closed.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit


def is_new(user: str, doctype: str, name: str, what: str, now: datetime) -> bool:
	"""Whether this is not the same as a moment ago, by the cache: an emptied cache costs a line more, no line less."""
	key = f"{CACHE_KEY}|{what}|{user}|{audit.impersonator() or ''}|{doctype}|{name}"
	last = frappe.cache.get_value(key, expires=True)
	if not is_new_view(get_datetime(last) if last else None, now):
		return False
	frappe.cache.set_value(key, str(now), expires_in_sec=VIEW_MINUTES * 60)
	return True
