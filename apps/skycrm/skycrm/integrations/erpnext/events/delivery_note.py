"""Delivery Note: carries the link, moves nothing."""

from frappe.model.document import Document

from skycrm.integrations.erpnext.events.shared import settle_link


def validate(doc: Document, method: str | None = None) -> None:
	"""The opportunity must be this customer's."""
	settle_link(doc, doc.customer)
