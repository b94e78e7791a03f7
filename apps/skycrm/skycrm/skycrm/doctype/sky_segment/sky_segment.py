from frappe import _
from frappe.model.document import Document

from skycrm.services.filter_rows import check_filter_rows
from skycrm.services.record_checks import check_choice, check_no_repeated_row, label, refuse, shown


class SkySegment(Document):
	"""A saved audience over leads, contacts and customers, described by filters, members and exclusions."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_segment_exclusion.sky_segment_exclusion import SkySegmentExclusion
		from skycrm.skycrm.doctype.sky_segment_filter.sky_segment_filter import SkySegmentFilter
		from skycrm.skycrm.doctype.sky_segment_member.sky_segment_member import SkySegmentMember

		description: DF.SmallText | None
		disabled: DF.Check
		exclusions: DF.Table[SkySegmentExclusion]
		filters: DF.Table[SkySegmentFilter]
		members: DF.Table[SkySegmentMember]
		segment_name: DF.Data
	# end: auto-generated types

	def validate(self) -> None:
		self.check_types()
		self.check_filters()
		check_no_repeated_row(self, "members", ("party_type", "party"))
		check_no_repeated_row(self, "exclusions", ("party_type", "party"))
		self.check_in_and_out()

	def check_types(self) -> None:
		for table, field in (
			("filters", "document_type"),
			("members", "party_type"),
			("exclusions", "party_type"),
		):
			for row in self.get(table):
				check_choice(row, field, label(self, table))

	def check_filters(self) -> None:
		for document_type in {row.document_type for row in self.filters}:
			check_filter_rows(
				self,
				"filters",
				document_type,
				[row for row in self.filters if row.document_type == document_type],
			)
		check_no_repeated_row(self, "filters", ("document_type", "operator", "value", "field_name"))

	def check_in_and_out(self) -> None:
		"""A record cannot be always included and always left out."""
		members = {(row.party_type, row.party): row.idx for row in self.members}
		for row in self.exclusions:
			if (row.party_type, row.party) in members:
				refuse(
					_("{0} is in row {1} of {2} and in row {3} of {4}. Remove it from one of them.").format(
						shown(row.party),
						members[(row.party_type, row.party)],
						label(self, "members"),
						row.idx,
						label(self, "exclusions"),
					)
				)
