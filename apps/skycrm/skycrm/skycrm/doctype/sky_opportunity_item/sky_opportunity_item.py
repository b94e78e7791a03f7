from frappe.model.document import Document

from skycrm.permissions.rows import RowOfRecord


class SkyOpportunityItem(RowOfRecord, Document):
	"""Line of what is offered: item, quantity, price and discount."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		base_amount: DF.Currency
		discount_percentage: DF.Percent
		item_code: DF.Link
		item_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		price_list_rate: DF.Currency
		qty: DF.Float
		rate: DF.Currency
		uom: DF.Link | None
	# end: auto-generated types
