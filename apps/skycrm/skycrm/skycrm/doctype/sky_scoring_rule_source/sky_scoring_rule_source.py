from frappe.model.document import Document


class SkyScoringRuleSource(Document):
	"""Points of one source of leads."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		decided: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		points: DF.Int
		source: DF.Link
		win_rate: DF.Percent
	# end: auto-generated types
