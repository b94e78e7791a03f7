"""Sales Invoice: one made straight from a quotation wins the opportunity as an order does.

Revenue needs no event: it is summed from the invoices when somebody asks, so a cancelled invoice or a credit note
counts at once and nothing can drift.
"""

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
	"""The customer has bought; a credit note changes revenue only."""
	opportunity = linked_opportunity(doc)
	if opportunity and not doc.is_return:
		opportunities.react(Event.SALE_SUBMITTED, opportunity, (doc.doctype, doc.name))


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Without any order or invoice left the opportunity is open again."""
	opportunity = linked_opportunity(doc)
	if opportunity and not doc.is_return:
		opportunities.react(Event.SALE_CANCELLED, opportunity, (doc.doctype, doc.name))
