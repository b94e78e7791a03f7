import frappe
from frappe.model.document import Document


class SkyInboundEvent(Document):
	"""What another program sent, and what became of it; written by services/inbound_event.py alone."""


def on_doctype_update() -> None:
	"""An index for deleting what is older than its webhook keeps it."""
	frappe.db.add_index("Sky Inbound Event", ["webhook", "received_on"])
