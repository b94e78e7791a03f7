import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services.address_key import refuse_second, set_normal_address
from skycrm.services.record_checks import label, shown


class SkySuppression(Document):
	"""An address that a channel must not be used for."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data
		campaign: DF.Link | None
		channel: DF.Literal["Email", "SMS", "Zalo", "Call", "Direct Mail"]
		note: DF.SmallText | None
		reason: DF.Literal["Unsubscribed", "Hard Bounce", "Complaint", "Manual"]
	# end: auto-generated types

	def validate(self) -> None:
		set_normal_address(self, self.channel)
		refuse_second(
			self,
			{"channel": self.channel, "address": self.address},
			_(
				"{0} {1} is suppressed for {2} already. Open the existing entry instead of adding a second one."
			).format(label(self, "address"), shown(self.address), _(self.channel)),
		)


def on_doctype_update() -> None:
	frappe.db.add_unique("Sky Suppression", ["channel", "address"], constraint_name="unique_channel_address")
