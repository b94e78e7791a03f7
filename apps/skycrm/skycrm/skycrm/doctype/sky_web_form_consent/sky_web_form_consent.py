from frappe.model.document import Document


class SkyWebFormConsent(Document):
	"""A box to tick by which a visitor agrees to be written to or called, with the very words."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["Email", "SMS", "Call"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		required: DF.Check
		wording_en: DF.SmallText | None
		wording_vi: DF.SmallText | None
	# end: auto-generated types
