"""Delivery Note: carries the link, moves nothing."""

from frappe.model.document import Document

from skycrm.integrations.erpnext import agreed_rates
from skycrm.integrations.erpnext.events.shared import settle_link


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Agreed rates stay, whatever pricing rules say."""
	agreed_rates.keep(doc)


def validate(doc: Document, method: str | None = None) -> None:
	"""The opportunity must be this customer's."""
	settle_link(doc, doc.customer)
