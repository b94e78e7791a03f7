from frappe.model.document import Document


class SkyCustomerTier(Document):
	"""A name for a group of customers, such as Gold, that price lists can apply to."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		description: DF.SmallText | None
		disabled: DF.Check
		level: DF.Int
		tier_name: DF.Data
	# end: auto-generated types
