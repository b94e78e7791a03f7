"""Quotation: an offer moves its opportunity to the proposal stage, a lost one may lose it."""

from frappe.model.document import Document

from skycrm.domain.stages import Event
from skycrm.integrations.erpnext import agreed_rates
from skycrm.integrations.erpnext.documents import lost_reason_of
from skycrm.integrations.erpnext.events.shared import settle_link
from skycrm.integrations.erpnext.guard import linked_opportunity
from skycrm.services import opportunity as opportunities

DECLARED_LOST = "declared_lost_now"


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Agreed rates stay, whatever pricing rules say."""
	agreed_rates.keep(doc)


def validate(doc: Document, method: str | None = None) -> None:
	"""The opportunity must be this customer's."""
	settle_link(doc, doc.party_name if doc.quotation_to == "Customer" else None)


def on_submit(doc: Document, method: str | None = None) -> None:
	"""The offer is out."""
	if opportunity := linked_opportunity(doc):
		opportunities.react(Event.QUOTATION_SUBMITTED, opportunity, (doc.doctype, doc.name))


def on_change(doc: Document, method: str | None = None) -> None:
	"""Notice the moment of "Set as Lost": ERPNext writes the status first and saves the reasons after it."""
	if doc.get("status") != "Lost" or not linked_opportunity(doc):
		return
	before = doc.get_doc_before_save()
	if before and before.status != "Lost":
		doc.flags[DECLARED_LOST] = True


def on_update_after_submit(doc: Document, method: str | None = None) -> None:
	"""The reasons are there now."""
	opportunity = linked_opportunity(doc)
	if opportunity and doc.flags.pop(DECLARED_LOST, None):
		opportunities.react(Event.QUOTATION_LOST, opportunity, (doc.doctype, doc.name), *lost_reason_of(doc))
