from frappe.model.document import Document


class SkyLeadImportColumn(Document):
	"""A column of the file of an import, and the field that it fills."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		chosen: DF.Check
		field: DF.Data | None
		header: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		position: DF.Int
	# end: auto-generated types
