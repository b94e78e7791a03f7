import frappe
from frappe.model.document import Document

from skycrm.services import status
from skycrm.services.opportunity import check_stage, stage_saved
from skycrm.services.opportunity_defaults import FROM_CUSTOMER, set_defaults
from skycrm.services.opportunity_totals import set_lines_and_amount, set_weighted_amount
from skycrm.services.ownership import set_owner_and_team
from skycrm.services.workflow_guard import ServiceMovesStatus


class SkyOpportunity(ServiceMovesStatus, Document):
	"""A sale being worked on: who, what, how sure, by when; becomes a quotation, and is won by an order."""

	def _set_defaults(self) -> None:
		# The framework fills links from the site's defaults of the same name (ERPNext keeps its currency and price list
		# there); those of the customer come first, so note what nobody has said.
		self.flags.unsaid = frozenset(field for field in FROM_CUSTOMER if not self.get(field))
		super()._set_defaults()

	def validate(self) -> None:
		status.guard_opportunity(self)
		check_stage(self)
		set_defaults(self)
		set_owner_and_team(self, "opportunity_owner")
		set_lines_and_amount(self)
		status.follow_stage(self)
		set_weighted_amount(self)
		status.review_discount_approval(self)

	def on_update(self) -> None:
		stage_saved(self)


def on_doctype_update() -> None:
	"""Indexes over two columns: what lists, boards and the permission rule filter by together."""
	frappe.db.add_index("Sky Opportunity", ["status", "modified"])
	frappe.db.add_index("Sky Opportunity", ["stage", "status"])
	frappe.db.add_index("Sky Opportunity", ["opportunity_owner", "status"])
	frappe.db.add_index("Sky Opportunity", ["team", "status"])
	frappe.db.add_index("Sky Opportunity", ["status", "expected_closing"])
