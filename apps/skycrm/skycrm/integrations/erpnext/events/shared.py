"""What the handlers of all sales documents share."""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.integrations.erpnext.guard import link_is_fresh
from skycrm.services.opportunity import facts_for_document
from skycrm.services.record_checks import shown


def settle_link(doc: Document, customer: str | None) -> None:
	"""Check a new link to an opportunity, and take its campaign along.

	Refuses the opportunity of another customer: a copied document would win a sale that is not its own. A document
	between companies of the group loses the link quietly: its customer is a sister company, and the sale to the real
	customer counts already. One query, and only when the link is new on the document.

	Args:
		doc: a document with `sky_opportunity` and `sky_campaign`.
		customer: who the document is for, None when that is no customer yet.

	Raises:
		frappe.ValidationError: names the field, the reason and what to do.
	"""
	if not link_is_fresh(doc):
		return
	owner, campaign = facts_for_document(doc.sky_opportunity)
	if owner and customer and owner != customer:
		if not doc.get("is_internal_customer"):
			_refuse(doc, customer)
		doc.sky_opportunity = doc.sky_campaign = None
	elif not doc.sky_campaign:
		doc.sky_campaign = campaign


def _refuse(doc: Document, customer: str) -> None:
	frappe.throw(
		# Not whose it is: the user need not be allowed to see that.
		_(
			"{0} {1} belongs to another customer than {2}. Choose an opportunity of this customer, or empty the field."
		).format(
			_(doc.meta.get_label("sky_opportunity")),
			shown(doc.sky_opportunity),
			shown(customer),
		),
		title=_("Opportunity of another customer"),
	)
