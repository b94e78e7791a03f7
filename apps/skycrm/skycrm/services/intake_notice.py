"""Tells the person responsible that somebody whom they know has come in again."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from skycrm.domain import lead_status
from skycrm.domain.intake import FILE_IMPORT, Arrival


def tell_owner(lead: Document, arrival: Arrival) -> None:
	"""Leave a note with the owner of the lead, or the manager of its team where it has none.

	Not for an import, which brings thousands of rows that nobody waits for, not for who has sent it themselves, and not
	while an unread note about the same lead is waiting: a person who sends a form five times is one piece of news.
	"""
	if arrival.door == FILE_IMPORT:
		return
	user = lead.lead_owner or (lead.team and frappe.db.get_value("Sky Team", lead.team, "manager"))
	if not user or user == frappe.session.user:
		return
	enabled, language = frappe.db.get_value("User", user, ["enabled", "language"]) or (0, None)
	waiting = {"for_user": user, "document_type": lead.doctype, "document_name": lead.name, "read": 0}
	if not enabled or frappe.db.exists("Notification Log", waiting):
		return
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": user,
			"from_user": frappe.session.user,
			"type": "Alert",
			"document_type": lead.doctype,
			"document_name": lead.name,
			"subject": _sentence(lead, arrival, language),
		}
	).insert(ignore_permissions=True)  # the system's note to the person responsible


def _sentence(lead: Document, arrival: Arrival, language: str | None) -> str:
	name = frappe.bold(escape_html(lead.lead_name or lead.organization or lead.name))
	door = _(arrival.door, lang=language)
	if lead.status == lead_status.CONVERTED:
		text = _("{0}, converted already, has come in again ({1}). See what they want.", lang=language)
	elif lead.status == lead_status.UNQUALIFIED:
		text = _(
			"{0}, given up before, has come in again ({1}). Reopen the lead if it is worth it.", lang=language
		)
	else:
		text = _("{0} has come in again ({1}).", lang=language)
	return text.format(name, door)
