from frappe.model.document import Document


class SkyPriceListParty(Document):
	"""Customer, group, territory or tier that a price list applies to."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		party: DF.DynamicLink
		party_type: DF.Literal["Customer", "Customer Group", "Territory", "Sky Customer Tier"]
	# end: auto-generated types
