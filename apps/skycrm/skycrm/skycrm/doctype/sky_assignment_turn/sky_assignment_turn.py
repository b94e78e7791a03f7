from frappe.model.document import Document


class SkyAssignmentTurn(Document):
	"""Where an assignment rule stands: one row per rule, locked while a lead is given out. Written by the services."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		rule: DF.Link
		turns: DF.Code | None
	# end: auto-generated types
