from frappe.model.document import Document


class SkyDoorPolicy(Document):
	"""What happens when somebody who is known comes in by one door; a row of Sky CRM Settings."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		door: DF.Literal["REST", "Web Form", "File Import", "Email", "Webhook"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		policy: DF.Literal["Refuse", "Warn", "Attach"]
	# end: auto-generated types
