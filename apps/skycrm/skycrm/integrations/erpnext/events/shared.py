"""What the handlers of all sales documents share."""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.integrations.erpnext.guard import link_is_fresh
from skycrm.services.opportunity import belongs_to_other_customer


def check_link(doc: Document, customer: str | None) -> None:
	"""Refuse the opportunity of another customer: a copied document would win a sale that is not its own.

	One query, when the link is new on the document. A document between companies of the group loses the link quietly:
	its customer is a sister company, and the sale to the real customer counts already.

	Raises:
		frappe.ValidationError: names the field, the reason and what to do.
	"""
	if not link_is_fresh(doc):
		return
	if not belongs_to_other_customer(doc.sky_opportunity, customer):
		return
	if doc.get("is_internal_customer"):
		doc.sky_opportunity = doc.sky_campaign = None
		return
	frappe.throw(
		# Not whose it is: the user need not be allowed to see that.
		_(
			"{0} {1} belongs to another customer than {2}. Choose an opportunity of this customer, or empty the field."
		).format(
			_(doc.meta.get_label("sky_opportunity")),
			frappe.bold(doc.sky_opportunity),
			frappe.bold(frappe.utils.escape_html(customer)),
		),
		title=_("Opportunity of another customer"),
	)
