from frappe.model.document import Document

from skycrm.permissions.rows import RowOfRecord


class SkySegmentMember(RowOfRecord, Document):
	"""Party that belongs to a segment, whatever its filters say."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		note: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		party: DF.DynamicLink
		party_type: DF.Literal["Sky Lead", "Contact", "Customer"]
	# end: auto-generated types
