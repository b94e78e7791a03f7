"""Rates that were agreed with the customer stay as they are from the opportunity to the invoice.

ERPNext applies its pricing rules to every new sales document, also to one that is made from another, unless the field
"Ignore Pricing Rule" is ticked; a rule that only asks for a coupon takes an agreed discount away. That field needs a
right (permission level 1) that sellers do not have: the framework empties it on the way in, before the document's own
checks. So it is ticked again afterwards, for documents of an opportunity only.
"""

import frappe
from frappe.model.document import Document

# Set on a quotation whose rates come from an opportunity.
AGREED = "rates_agreed_in_opportunity"

# DocType -> (field of its lines, the document that they were made from)
MADE_FROM: dict[str, tuple[tuple[str, str], ...]] = {
	"Quotation": (),
	"Sales Order": (("prevdoc_docname", "Quotation"),),
	"Delivery Note": (("against_sales_order", "Sales Order"), ("against_sales_invoice", "Sales Invoice")),
	"Sales Invoice": (("sales_order", "Sales Order"), ("delivery_note", "Delivery Note")),
}


def keep(doc: Document) -> None:
	"""Tick "Ignore Pricing Rule" on a new document whose rates were agreed. In place.

	One query per document that it was made from, and none for documents without an opportunity.

	Args:
		doc: one of MADE_FROM, before its own checks.
	"""
	if not doc.is_new() or not doc.get("sky_opportunity") or doc.get("ignore_pricing_rule"):
		return
	if doc.flags.get(AGREED) or _made_from_agreed(doc):
		doc.ignore_pricing_rule = 1


def _made_from_agreed(doc: Document) -> bool:
	sources = [
		(doctype, {line.get(field) for line in doc.items if line.get(field)})
		for field, doctype in MADE_FROM[doc.doctype]
	]
	if doc.get("amended_from"):
		sources.append((doc.doctype, {doc.amended_from}))
	return any(
		frappe.db.exists(doctype, {"name": ("in", sorted(names)), "ignore_pricing_rule": 1})
		for doctype, names in sources
		if names
	)
