from frappe.model.document import Document


class SkyDataRepair(Document):
	"""A repair of many leads as a job: what is still to be done, and what became of each. Written by the services only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		arguments: DF.Code | None
		done: DF.Int
		ended_on: DF.Datetime | None
		error: DF.SmallText | None
		for_user: DF.Link
		kind: DF.Literal["Normalise", "Merge Sure Groups", "Set Values"]
		last_seen: DF.Datetime | None
		lease: DF.Data | None
		outcomes: DF.Code | None
		refused: DF.Int
		seen: DF.Int
		started_on: DF.Datetime | None
		status: DF.Literal["Queued", "Running", "Done", "Failed"]
		todo: DF.Code | None
		total: DF.Int
	# end: auto-generated types

	pass
