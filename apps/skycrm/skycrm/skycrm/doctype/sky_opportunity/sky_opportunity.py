import frappe
from frappe.model.document import Document

from skycrm.services import overwrites, status
from skycrm.services.numbering import name_from_series
from skycrm.services.opportunity import check_stage, stage_saved
from skycrm.services.opportunity_defaults import FROM_CUSTOMER, set_defaults
from skycrm.services.opportunity_totals import set_lines_and_amount, set_weighted_amount
from skycrm.services.overwrites import RefusesStaleWrites
from skycrm.services.ownership import set_owner_and_team
from skycrm.services.workflow_guard import ServiceMovesStatus


class SkyOpportunity(RefusesStaleWrites, ServiceMovesStatus, Document):
	"""A sale being worked on: who, what, how sure, by when; becomes a quotation, and is won by an order."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_opportunity_competitor.sky_opportunity_competitor import (
			SkyOpportunityCompetitor,
		)
		from skycrm.skycrm.doctype.sky_opportunity_item.sky_opportunity_item import SkyOpportunityItem

		amount: DF.Currency
		approval_status: DF.Literal["Not Needed", "Pending", "Approved", "Rejected"]
		approved_discount_percentage: DF.Percent
		base_amount: DF.Currency
		campaign: DF.Link | None
		company: DF.Link | None
		competitors: DF.Table[SkyOpportunityCompetitor]
		contact_person: DF.Link | None
		conversion_rate: DF.Float
		currency: DF.Link | None
		customer: DF.Link | None
		expected_closing: DF.Date | None
		items: DF.Table[SkyOpportunityItem]
		lead: DF.Link | None
		lost_note: DF.SmallText | None
		lost_on: DF.Datetime | None
		lost_reason: DF.Link | None
		max_discount_percentage: DF.Percent
		next_contact_on: DF.Datetime | None
		next_step: DF.Data | None
		notes: DF.TextEditor | None
		opportunity_owner: DF.Link | None
		probability: DF.Percent
		selling_price_list: DF.Link | None
		source: DF.Link | None
		stage: DF.Link | None
		stage_before_closing: DF.Link | None
		status: DF.Literal["Open", "Won", "Lost"]
		team: DF.Link | None
		title: DF.Data | None
		weighted_amount: DF.Currency
		won_on: DF.Datetime | None
	# end: auto-generated types

	def _set_defaults(self) -> None:
		# The framework fills links from the site's defaults of the same name (ERPNext keeps its currency and price list
		# there); those of the customer come first, so note what nobody has said.
		self.flags.unsaid = frozenset(field for field in FROM_CUSTOMER if not self.get(field))
		super()._set_defaults()

	def autoname(self) -> None:
		name_from_series(self)

	def validate(self) -> None:
		status.guard_opportunity(self)
		check_stage(self)
		set_defaults(self)
		set_owner_and_team(self, "opportunity_owner")
		set_lines_and_amount(self)
		status.follow_stage(self)
		set_weighted_amount(self)
		status.review_discount_approval(self)
		overwrites.check(self)

	def on_update(self) -> None:
		stage_saved(self)


def on_doctype_update() -> None:
	"""Indexes over two columns: what lists, boards and the permission rule filter by together."""
	frappe.db.add_index("Sky Opportunity", ["opportunity_owner", "next_contact_on"])
	frappe.db.add_index("Sky Opportunity", ["status", "modified"])
	frappe.db.add_index("Sky Opportunity", ["stage", "status"])
	frappe.db.add_index("Sky Opportunity", ["opportunity_owner", "status"])
	frappe.db.add_index("Sky Opportunity", ["team", "status"])
	frappe.db.add_index("Sky Opportunity", ["status", "expected_closing"])
