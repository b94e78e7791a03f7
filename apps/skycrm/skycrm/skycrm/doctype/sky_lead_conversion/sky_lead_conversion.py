import frappe
from frappe import _
from frappe.model.document import Document


class SkyLeadConversion(Document):
	"""What one conversion made, moved and changed, so that it can be taken back. Written by the services only."""

	def on_trash(self) -> None:
		if self.status == "Active" and not frappe.flags.in_uninstall:
			frappe.throw(
				_("This record lets the conversion of lead {0} be undone. Undo the conversion first.").format(
					frappe.bold(self.lead)
				)
			)


def on_doctype_update() -> None:
	"""Index over two columns: the undo asks for the active conversion of a lead."""
	frappe.db.add_index("Sky Lead Conversion", ["lead", "status"])
