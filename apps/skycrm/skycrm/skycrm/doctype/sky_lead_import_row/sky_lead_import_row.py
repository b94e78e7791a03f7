import frappe
from frappe.model.document import Document


class SkyLeadImportRow(Document):
	"""What became of one row of an imported file. Written set-wise by services/import_run.py, never by hand.

	Its name is made of the import and the line, so that no row is written down twice.
	"""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cells: DF.LongText | None
		column_no: DF.Int
		contact: DF.Link | None
		customer: DF.Link | None
		header: DF.Data | None
		lead: DF.Link | None
		lead_import: DF.Link | None
		line: DF.Int
		look_alike_doctype: DF.Data | None
		look_alike_line: DF.Int
		look_alike_name: DF.Data | None
		look_alike_on: DF.Data | None
		outcome: DF.Literal["Made", "Attached", "Skipped", "Refused"]
		reason: DF.SmallText | None
		row_hash: DF.Data | None
	# end: auto-generated types


def on_doctype_update() -> None:
	"""Indexes over two columns: the rows of an import with one outcome, and those that look like somebody."""
	frappe.db.add_index("Sky Lead Import Row", ["lead_import", "outcome"])
	frappe.db.add_index("Sky Lead Import Row", ["lead_import", "look_alike_on"])
