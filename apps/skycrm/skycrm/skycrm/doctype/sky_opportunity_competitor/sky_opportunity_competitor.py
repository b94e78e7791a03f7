from frappe.model.document import Document

from skycrm.permissions.rows import RowOfRecord


class SkyOpportunityCompetitor(RowOfRecord, Document):
	"""Firm that wants to make the same sale."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		competitor: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		price_offered: DF.Currency
		strengths: DF.Data | None
		weaknesses: DF.Data | None
	# end: auto-generated types
