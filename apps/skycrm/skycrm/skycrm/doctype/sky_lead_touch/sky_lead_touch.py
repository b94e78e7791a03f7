import frappe
from frappe.model.document import Document


class SkyLeadTouch(Document):
	"""Written by services/lead_touches.py only, as plain rows; read by whoever may read its lead."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		campaign: DF.Link | None
		content: DF.JSON | None
		differing: DF.JSON | None
		door: DF.Literal["Desk", "REST", "Web Form", "File Import", "Email", "Webhook"]
		external_id: DF.Data | None
		external_key: DF.Data | None
		filled: DF.JSON | None
		first: DF.Check
		lead: DF.Link
		matched_on: DF.Literal["", "email_id", "mobile_no", "phone", "tax_id"]
		note: DF.SmallText | None
		received_on: DF.Datetime | None
		reference_doctype: DF.Data | None
		reference_name: DF.Data | None
		source: DF.Link | None
		utm_campaign: DF.Data | None
		utm_content: DF.Data | None
		utm_medium: DF.Data | None
		utm_source: DF.Data | None
		utm_term: DF.Data | None
	# end: auto-generated types


def on_doctype_update() -> None:
	"""The touches of one lead in the order of time, those of one form or import, and those that are new."""
	frappe.db.add_index("Sky Lead Touch", ["creation", "lead"])
	frappe.db.add_index("Sky Lead Touch", ["lead", "received_on"])
	frappe.db.add_index("Sky Lead Touch", ["reference_doctype", "reference_name"])
