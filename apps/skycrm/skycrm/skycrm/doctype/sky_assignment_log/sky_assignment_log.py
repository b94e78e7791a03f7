import frappe
from frappe.model.document import Document


class SkyAssignmentLog(Document):
	"""One decision on who works on a lead, with everybody who was passed over and why. Written by the services."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		decided_by: DF.Link | None
		decided_on: DF.Datetime | None
		details: DF.Code | None
		is_waiting: DF.Check
		lead: DF.Link
		outcome: DF.Literal["Given", "Waiting", "Handed On"]
		reason: DF.SmallText | None
		rule: DF.Link | None
		user: DF.Link | None
	# end: auto-generated types


def on_doctype_update() -> None:
	"""Index over two columns: what a lead's form asks for."""
	frappe.db.add_index("Sky Assignment Log", ["lead", "decided_on"])
