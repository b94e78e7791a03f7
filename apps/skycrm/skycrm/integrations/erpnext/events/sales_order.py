"""Sales Order: the customer has bought, or has not after all."""

from frappe.model.document import Document

from skycrm.domain.stages import Event
from skycrm.integrations.erpnext import agreed_rates
from skycrm.integrations.erpnext.events.shared import settle_link
from skycrm.integrations.erpnext.guard import linked_opportunity
from skycrm.services import opportunity as opportunities


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Agreed rates stay, whatever pricing rules say."""
	agreed_rates.keep(doc)


def validate(doc: Document, method: str | None = None) -> None:
	"""The opportunity must be this customer's."""
	settle_link(doc, doc.customer)


def on_submit(doc: Document, method: str | None = None) -> None:
	"""An order wins the opportunity."""
	if opportunity := linked_opportunity(doc):
		opportunities.react(Event.SALE_SUBMITTED, opportunity, (doc.doctype, doc.name))


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Without any order left the opportunity is open again."""
	if opportunity := linked_opportunity(doc):
		opportunities.react(Event.SALE_CANCELLED, opportunity, (doc.doctype, doc.name))
