import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services.address_key import refuse_second, set_normal_address
from skycrm.services.record_checks import label, refuse, shown


class SkyCampaignRecipient(Document):
	"""One address that one campaign goes to, and what happened to the message."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data
		campaign: DF.Link
		clicked_on: DF.Datetime | None
		error: DF.SmallText | None
		opened_on: DF.Datetime | None
		recipient: DF.DynamicLink | None
		recipient_name: DF.Data | None
		recipient_type: DF.Literal["", "Sky Lead", "Contact", "Customer"]
		sent_on: DF.Datetime | None
		status: DF.Literal["Queued", "Sending", "Sent", "Bounced", "Failed", "Suppressed", "In Doubt"]
	# end: auto-generated types

	def validate(self) -> None:
		set_normal_address(self, frappe.get_cached_value("Sky Campaign", self.campaign, "channel"))
		self.check_recipient()
		refuse_second(
			self,
			{"campaign": self.campaign, "address": self.address},
			_(
				"{0} {1} is in this campaign already. Open the existing recipient instead of adding a second one."
			).format(label(self, "address"), shown(self.address)),
		)

	def check_recipient(self) -> None:
		if self.recipient and not self.recipient_type:
			refuse(
				_("{0} is missing. Choose what kind of record {1} is.").format(
					label(self, "recipient_type"), shown(self.recipient)
				)
			)


def on_doctype_update() -> None:
	# The contract's promise: an address is in a campaign once, whoever writes it.
	frappe.db.add_unique(
		"Sky Campaign Recipient", ["campaign", "address"], constraint_name="unique_campaign_address"
	)
	frappe.db.add_index("Sky Campaign Recipient", ["campaign", "status"])
	frappe.db.add_index("Sky Campaign Recipient", ["recipient_type", "recipient"])
