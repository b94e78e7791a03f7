from frappe.model.document import Document


class SkyAssignmentMember(Document):
	"""One person of an assignment rule, with the share of the leads that they get."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		full_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		user: DF.Link
		weight: DF.Float
	# end: auto-generated types
