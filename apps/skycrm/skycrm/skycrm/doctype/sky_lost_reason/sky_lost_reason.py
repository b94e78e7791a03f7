from frappe.model.document import Document


class SkyLostReason(Document):
	"""Why a sale was lost, chosen when an opportunity is closed."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		description: DF.SmallText | None
		enabled: DF.Check
		reason: DF.Data
	# end: auto-generated types
