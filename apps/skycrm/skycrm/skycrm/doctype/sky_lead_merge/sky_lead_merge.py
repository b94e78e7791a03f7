import frappe
from frappe import _
from frappe.model.document import Document


class SkyLeadMerge(Document):
	"""What one merge of leads changed, moved and took away, so that it can be undone. Written by the services only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_lead_merged_record.sky_lead_merged_record import SkyLeadMergedRecord

		changes: DF.Code | None
		counts: DF.Code | None
		duplicates: DF.Table[SkyLeadMergedRecord]
		merged_by: DF.Link | None
		merged_on: DF.Datetime | None
		moved: DF.Code | None
		primary: DF.Link
		status: DF.Literal["Active", "Undone"]
		undoable: DF.Check
		undone_by: DF.Link | None
		undone_on: DF.Datetime | None
	# end: auto-generated types

	def on_trash(self) -> None:
		if self.status == "Active" and not frappe.flags.in_uninstall:
			frappe.throw(
				_("This record lets the merge into lead {0} be undone. Undo the merge first.").format(
					frappe.bold(frappe.utils.escape_html(self.primary or ""))
				)
			)


def on_doctype_update() -> None:
	"""Index over two columns: the undo asks for the standing merges of a lead."""
	# The word belongs to SQL.
	frappe.db.add_index("Sky Lead Merge", ["`primary`", "status"], "primary_status")
