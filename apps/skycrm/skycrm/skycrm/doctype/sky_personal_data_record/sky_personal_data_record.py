from frappe.model.document import Document


class SkyPersonalDataRecord(Document):
	"""One record of a person, and what a request does with it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.Literal["Erase", "Keep", "Decide", "Export"]
		count: DF.Int
		document_name: DF.DynamicLink | None
		document_type: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reason: DF.SmallText | None
		title: DF.Data | None
		way: DF.Data | None
	# end: auto-generated types
