import frappe
from frappe.model.document import Document


class SkyInboundEvent(Document):
	"""What another program sent, and what became of it; written by services/inbound_event.py alone."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		error: DF.SmallText | None
		event_id: DF.Data | None
		lead: DF.Link | None
		outcome: DF.Literal["", "Made", "Attached", "Refused", "Failed"]
		payload: DF.Code | None
		received_on: DF.Datetime | None
		touch: DF.Data | None
		webhook: DF.Link | None
	# end: auto-generated types


def on_doctype_update() -> None:
	"""An index for deleting what is older than its webhook keeps it."""
	frappe.db.add_index("Sky Inbound Event", ["webhook", "received_on"])
