"""HTTP methods of reminders: the caller's own, nobody else's."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, rule_errors_as_http, text_argument
from skycrm.services import reminder_preferences, reminders

MOST_AT_ONCE = 200


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=60, seconds=60)
def due() -> dict[str, Any]:
	"""What the caller is to be reminded of now.

	Returns:
		{items: [{doctype, name, subject, status, kind, due_at, overdue}], total, sound, quiet}.
	"""
	return reminders.panel()


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def snooze(doctype: str, name: str, due_at: str, until: str) -> dict[str, str]:
	"""Let one reminder come back later.

	Args:
		doctype, name, due_at: as `due` gave them.
		until: minutes as digits (5, 15, 60, ...), "tomorrow", or a moment in the caller's time zone.

	Returns:
		{until}: the moment in the site's time zone.
	"""
	return _snoozed([{"doctype": doctype, "name": name, "due_at": due_at}], until)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def snooze_many(items: list[dict[str, Any]] | str, until: str) -> dict[str, str]:
	"""Let several reminders come back later: `snooze` for a list of {doctype, name, due_at}."""
	return _snoozed(_items(items), until)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def close(doctype: str, name: str, due_at: str) -> dict[str, int]:
	"""Close one reminder for its due time; a later due time of the same record is a new one.

	Returns:
		{closed}: how many.
	"""
	return {"closed": reminders.close(_items([{"doctype": doctype, "name": name, "due_at": due_at}]))}


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def close_many(items: list[dict[str, Any]] | str) -> dict[str, int]:
	"""Close several reminders: `close` for a list of {doctype, name, due_at}."""
	return {"closed": reminders.close(_items(items))}


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=30, seconds=60)
def preferences() -> str:
	"""The name of the caller's own Sky User Preference, made with the defaults at the first call."""
	if frappe.session.user == "Guest":
		frappe.throw(_("Sign in to set your reminders."), frappe.PermissionError)
	return reminder_preferences.ensure(frappe.session.user)


def _snoozed(items: list[dict[str, Any]], until: str) -> dict[str, str]:
	choice = text_argument(until, _("Until"), required=True) or ""
	return {"until": str(reminders.snooze(_items(items), choice))}


def _items(items: list[dict[str, Any]] | str) -> list[dict[str, Any]]:
	rows = frappe.parse_json(items) if isinstance(items, str) else items
	whole = isinstance(rows, list) and all(
		isinstance(row, dict) and all(isinstance(row.get(key), str) for key in ("doctype", "name", "due_at"))
		for row in rows
	)
	if not whole or not 0 < len(rows) <= MOST_AT_ONCE:
		frappe.throw(_("Send 1 to {0} reminders, each with doctype, name and due_at.").format(MOST_AT_ONCE))
	for row in rows:
		try:
			frappe.utils.get_datetime(row["due_at"])
		except (ValueError, TypeError):
			frappe.throw(
				_("{0} is no moment. Send due_at as it was given.").format(
					frappe.utils.escape_html(row["due_at"])
				)
			)
	return rows
