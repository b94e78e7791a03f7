import frappe
from frappe.model.document import Document


class SkyClaim(Document):
	"""Who held a lead from when to when, and how it ended; an attempt that was refused too. Written by the services."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		claimed_on: DF.Datetime | None
		end_reason: DF.Literal["", "Released", "Expired", "Reassigned", "Converted", "Given Up", "Refused"]
		ended_on: DF.Datetime | None
		first_contact_on: DF.Datetime | None
		held_until: DF.Datetime | None
		how: DF.Literal["Claimed", "Assigned", "Handed On", "Owned"]
		lead: DF.Link
		team: DF.Link | None
		user: DF.Link | None
		warned_on: DF.Datetime | None
	# end: auto-generated types


def on_doctype_update() -> None:
	"""Indexes over two columns: the open claim of a lead, and the open claims of a person."""
	frappe.db.add_index("Sky Claim", ["lead", "ended_on"])
	frappe.db.add_index("Sky Claim", ["user", "ended_on"])
