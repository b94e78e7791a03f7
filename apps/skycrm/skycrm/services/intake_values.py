"""Values of an arrival made fit for a lead: nothing that comes by a door without a person may lose the whole lead."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cstr

from skycrm.domain.intake import CHANNELS, Arrival, consent_to_write
from skycrm.services import consent

DATA_LENGTH = 140


def that_fit(values: Mapping[str, Any]) -> dict[str, Any]:
	"""The values that a lead can hold: no link to what does not exist, no text longer than its column, no wrong date.

	What is left out or cut stands in the touch as it was sent.
	"""
	meta = frappe.get_meta("Sky Lead")
	fitting: dict[str, Any] = {}
	for key, value in values.items():
		field = meta.get_field(key)
		if not field:
			continue
		if field.fieldtype == "Link":
			if name := frappe.db.exists(field.options, cstr(value)[:DATA_LENGTH], cache=True):
				fitting[key] = name
		elif field.fieldtype == "Data":
			fitting[key] = cstr(value)[: field.length or DATA_LENGTH]
		elif field.fieldtype in ("Date", "Datetime"):
			if moment := _moment(value, field.fieldtype):
				fitting[key] = moment
		elif field.fieldtype == "Select":
			if cstr(value) in (field.options or "").split("\n"):
				fitting[key] = value
		elif field.fieldtype == "Table":
			if rows := _items(value):
				fitting[key] = rows
		else:
			fitting[key] = cstr(value)
	return fitting


def take_consents(lead: Document, arrival: Arrival) -> list[str]:
	"""Write the answers of an arrival into the ledger and the lead's state: a new lead's, or a known one's.

	Returns:
		Channels whose answer was not taken, see domain/intake.py.
	"""
	left: list[str] = []
	for answer in arrival.consents:
		if answer.channel not in CHANNELS or answer.answer not in ("Granted", "Refused"):
			continue
		if lead.is_new() or consent_to_write(lead.get(f"{answer.channel}_consent"), answer.answer):
			consent.record(
				lead if lead.is_new() else lead.name,
				answer,
				arrival.door,
				arrival.reference_doctype,
				arrival.reference_name,
			)
		else:
			left.append(answer.channel)
	return left


def _moment(value: Any, fieldtype: str) -> Any:
	try:
		moment = frappe.utils.get_datetime(value)
	except (ValueError, TypeError, OverflowError, frappe.ValidationError):
		return None
	return (moment.date() if fieldtype == "Date" else moment) if moment else None


def _items(rows: Any) -> list[dict[str, Any]]:
	if not isinstance(rows, list):
		return []
	asked = [row for row in rows if isinstance(row, dict) and row.get("item_code")]
	known = set(
		frappe.get_all(
			"Item", filters={"name": ("in", [cstr(row["item_code"]) for row in asked] or [""])}, pluck="name"
		)
	)
	return [row for row in asked if row["item_code"] in known]
