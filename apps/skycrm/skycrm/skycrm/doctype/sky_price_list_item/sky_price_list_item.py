from frappe.model.document import Document


class SkyPriceListItem(Document):
	"""Price or discount of one item from a quantity on."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		discount_percentage: DF.Percent
		item_code: DF.Link
		item_name: DF.Data | None
		min_qty: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rate: DF.Currency
		uom: DF.Link | None
	# end: auto-generated types
