"""What the calendars of leads and opportunities show."""

from typing import Any

import frappe
from frappe import _

from skycrm.services import agenda


@frappe.whitelist(methods=["GET", "POST"])
def get_lead_contacts(
	start: str, end: str, filters: str | list | None = None, **kwargs: Any
) -> list[dict[str, Any]]:
	"""Next contacts of the leads that the user may see; further arguments of the calendar are not needed."""
	return agenda.lead_contacts(start, end, frappe.parse_json(filters))


@frappe.whitelist(methods=["GET", "POST"])
def get_closings(
	start: str, end: str, filters: str | list | None = None, **kwargs: Any
) -> list[dict[str, Any]]:
	"""Expected closings of the opportunities that the user may see."""
	return agenda.closings(start, end, frappe.parse_json(filters))


@frappe.whitelist(methods=["POST"])
def move(args: str | dict, field_map: str | dict | None = None) -> None:
	"""An entry dragged to another moment.

	Args:
		args: as the calendar sends it: doctype, name and the new value of the date field.
		field_map: not needed, which field counts is decided here.
	"""
	wanted = frappe._dict(frappe.parse_json(args))
	moment = wanted.get(agenda.MOVABLE.get(wanted.doctype, ""))
	if not (wanted.name and moment):
		frappe.throw(_("The calendar did not say which record goes where. Reload the page and try again."))
	agenda.move(wanted.doctype, wanted.name, moment)
