import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services.record_checks import shown


class SkyLeadConversion(Document):
	"""What one conversion made, moved and changed, so that it can be taken back. Written by the services only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Link | None
		address_created: DF.Check
		address_stamp: DF.Data | None
		contact: DF.Link | None
		contact_created: DF.Check
		contact_stamp: DF.Data | None
		converted_by: DF.Link | None
		converted_on: DF.Datetime | None
		customer: DF.Link | None
		customer_created: DF.Check
		customer_stamp: DF.Data | None
		lead: DF.Link
		lead_before: DF.Code | None
		notes: DF.Code | None
		opportunity: DF.Link | None
		opportunity_created: DF.Check
		opportunity_stamp: DF.Data | None
		records: DF.SmallText | None
		status: DF.Literal["Active", "Undone"]
		target_doctype: DF.Link | None
		undone_by: DF.Link | None
		undone_on: DF.Datetime | None
	# end: auto-generated types

	def on_trash(self) -> None:
		if self.status == "Active" and not frappe.flags.in_uninstall:
			frappe.throw(
				_("This record lets the conversion of lead {0} be undone. Undo the conversion first.").format(
					shown(self.lead)
				)
			)


def on_doctype_update() -> None:
	"""Index over two columns: the undo asks for the active conversion of a lead."""
	frappe.db.add_index("Sky Lead Conversion", ["lead", "status"])
