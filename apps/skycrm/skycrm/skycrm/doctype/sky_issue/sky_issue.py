import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, strip_html

from skycrm.services.record_checks import check_range, label, refuse, shown


class SkyIssue(Document):
	"""A customer's problem or request, from first word to rating."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		agreement_status: DF.Literal["First Response Due", "Resolution Due", "Fulfilled", "Failed"]
		assigned_team: DF.Link | None
		avg_response_time: DF.Duration | None
		channel: DF.Literal["Email", "Portal", "Phone", "Zalo", "Chat", "Desk"]
		company: DF.Link | None
		contact: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		description: DF.TextEditor | None
		email_account: DF.Link | None
		first_responded_on: DF.Datetime | None
		first_response_time: DF.Duration | None
		issue_type: DF.Link | None
		item_code: DF.Link | None
		lead: DF.Link | None
		on_hold_since: DF.Datetime | None
		priority: DF.Link | None
		raised_by: DF.Data | None
		rating: DF.Int
		rating_comment: DF.SmallText | None
		reference_doctype: DF.Literal[
			"", "Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "Sky Opportunity"
		]
		reference_name: DF.DynamicLink | None
		resolution: DF.TextEditor | None
		resolution_time: DF.Duration | None
		response_by: DF.Datetime | None
		serial_no: DF.Link | None
		service_level_agreement: DF.Link | None
		service_level_agreement_creation: DF.Datetime | None
		sla_resolution_by: DF.Datetime | None
		sla_resolution_date: DF.Datetime | None
		status: DF.Literal["Open", "Replied", "On Hold", "Resolved", "Closed"]
		subject: DF.Data
		total_hold_time: DF.Duration | None
		user_resolution_time: DF.Duration | None
	# end: auto-generated types

	def validate(self) -> None:
		self.check_rating()
		self.check_reference()
		self.check_resolution()

	def check_rating(self) -> None:
		if cint(self.rating):
			check_range(self, "rating", 1, 5)

	def check_reference(self) -> None:
		if self.reference_name and not self.reference_doctype:
			refuse(
				_("{0} is missing. Choose what kind of document {1} is.").format(
					label(self, "reference_doctype"), shown(self.reference_name)
				)
			)

	def check_resolution(self) -> None:
		"""A solved issue tells how, so that the next one is solved faster."""
		before = self.get_doc_before_save()
		moved = not before or before.status != self.status
		if self.status == "Resolved" and moved and not strip_html(self.resolution or "").strip():
			refuse(
				_(
					"{0} is missing. Write how the problem was solved, save, and resolve the issue again."
				).format(label(self, "resolution"))
			)


def on_doctype_update() -> None:
	frappe.db.add_index("Sky Issue", ["status", "priority"])
	frappe.db.add_index("Sky Issue", ["reference_doctype", "reference_name"])
