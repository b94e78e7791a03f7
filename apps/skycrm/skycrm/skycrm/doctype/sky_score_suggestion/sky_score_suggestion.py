from frappe.model.document import Document


class SkyScoreSuggestion(Document):
	"""Points learnt from won and lost leads; written by services/score_learning.py only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_score_suggestion_row.sky_score_suggestion_row import (
			SkyScoreSuggestionRow,
		)

		area_after: DF.Float
		area_before: DF.Float
		decided_by: DF.Link | None
		decided_on: DF.Datetime | None
		folds: DF.Int
		lost: DF.Int
		requested_by: DF.Link | None
		rules: DF.Table[SkyScoreSuggestionRow]
		seed: DF.Int
		status: DF.Literal["Open", "Accepted", "Dismissed"]
		suggested_on: DF.Datetime | None
		summary: DF.SmallText | None
		won: DF.Int
	# end: auto-generated types
