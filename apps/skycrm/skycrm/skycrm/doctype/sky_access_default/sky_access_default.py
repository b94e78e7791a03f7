from frappe.model.document import Document


class SkyAccessDefault(Document):
	"""Who sees the records of one DocType when no other rule says so."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		access: DF.Literal["Private", "Team", "Public Read", "Public Write"]
		document_type: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types
