from frappe.model.document import Document

from skycrm.permissions.rows import RowOfRecord


class SkySegmentFilter(RowOfRecord, Document):
	"""One condition that a party of a segment meets."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		document_type: DF.Literal["Sky Lead", "Contact", "Customer"]
		field_name: DF.Autocomplete
		operator: DF.Literal[
			"=", "!=", ">", ">=", "<", "<=", "like", "not like", "in", "not in", "is", "between"
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		value: DF.Data | None
	# end: auto-generated types
