from frappe.model.document import Document


class SkyLeadKey(Document):
	"""Written by services/lead_keys.py only, as plain rows."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		key_type: DF.Literal["Email", "Phone", "Tax"]
		key_value: DF.Data
		lead: DF.Link
	# end: auto-generated types
