from frappe.model.document import Document

from skycrm.permissions.rows import RowOfRecord


class SkyLeadMergedRecord(RowOfRecord, Document):
	"""One lead that was merged into another: its number, and its whole content while the merge stands."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		lead: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		snapshot: DF.Code | None
		title: DF.Data | None
	# end: auto-generated types

	pass
