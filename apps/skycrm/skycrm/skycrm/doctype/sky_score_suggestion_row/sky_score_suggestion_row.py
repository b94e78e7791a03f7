from frappe.model.document import Document


class SkyScoreSuggestionRow(Document):
	"""What the history says about one rule."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		current_points: DF.Int
		evidence: DF.SmallText | None
		leads_with: DF.Int
		leads_without: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Link | None
		suggested_points: DF.Int
		won_with: DF.Percent
		won_without: DF.Percent
	# end: auto-generated types
