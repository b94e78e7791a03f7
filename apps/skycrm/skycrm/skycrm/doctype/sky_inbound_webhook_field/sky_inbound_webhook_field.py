from frappe.model.document import Document


class SkyInboundWebhookField(Document):
	"""One line of a webhook's mapping: where a value stands in the payload, and which field of the lead it is for."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		fixed_value: DF.Data | None
		lead_field: DF.Autocomplete
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		path: DF.Data | None
		required: DF.Check
		transform: DF.Literal["", "Lower Case", "Day First", "Unix Time", "Yes or No"]
		words: DF.SmallText | None
	# end: auto-generated types
