from frappe.model.document import Document


class SkyScoreRun(Document):
	"""One recomputation of all scores; written by services/scoring_runs.py only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempt: DF.Data | None
		changed: DF.Int
		error: DF.SmallText | None
		finished_on: DF.Datetime | None
		last_lead: DF.Data | None
		reason: DF.Literal["Daily", "Rules Changed", "On Request"]
		requested_by: DF.Link | None
		seen: DF.Int
		started_on: DF.Datetime | None
		status: DF.Literal["Queued", "Running", "Done", "Failed"]
		taken_up: DF.Int
		total: DF.Int
	# end: auto-generated types
