"""What was written on a lead at a past moment, out of the versions that the framework keeps of it."""

import json
from datetime import datetime
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.services import identity

# The framework notes these as they are stored; numbers, dates and long texts it notes as they are shown.
PLAIN = frozenset({"Data", "Link", "Select", "Autocomplete"})


def roll_back(lead: Document, as_of: datetime) -> None:
	"""Put the text fields of a lead back to what they were, in memory. One query.

	Products and dates stay as they are now: the framework does not keep them in a form that can be read back for sure.
	"""
	version = frappe.qb.DocType("Version")
	rows = (
		frappe.qb.from_(version)
		.select(version.data)
		.where(
			(version.ref_doctype == "Sky Lead") & (version.docname == lead.name) & (version.creation > as_of)
		)
		.orderby(version.creation, order=frappe.qb.desc)
		.run(pluck=True)
	)
	for data in rows:
		for field, old, _new in _changes(data):
			found = lead.meta.get_field(field)
			if found and found.fieldtype in PLAIN:
				lead.set(field, old)
	if rows:
		lead.flags.keep_invalid_values = True
		identity.set_identity(lead)


def _changes(data: str | None) -> list[list[Any]]:
	return (json.loads(data or "{}") or {}).get("changed") or []
