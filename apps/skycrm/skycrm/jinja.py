"""Functions that print formats and other Jinja templates of a site may call (hook `jinja`).

Only the three below are named in hooks.py, one by one: the hook would otherwise expose every imported function too.
"""

from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain.amount_in_words import amount_in_words
from skycrm.domain.money import format_money
from skycrm.services.printing.profile_view import lead_view, opportunity_view
from skycrm.services.printing.sales_view import sales_view

_VIEWS = {
	"Quotation": sales_view,
	"Sales Order": sales_view,
	"Sales Invoice": sales_view,
	"Sky Lead": lead_view,
	"Sky Opportunity": opportunity_view,
}


def sky_print_view(
	doc: Document, letter_head: str | None = None, footer: str | None = None
) -> dict[str, Any]:
	"""What the print formats of this app show of a document: see services/printing."""
	return _VIEWS[doc.doctype](doc, letter_head, footer)


def sky_amount_in_words(
	amount: Decimal | float | str, currency: str = "VND", language: str | None = None
) -> str:
	"""An amount in words, in the language of the print unless another is named."""
	return amount_in_words(amount, currency, language or frappe.local.lang)


def sky_money(amount: Decimal | float | str, currency: str = "VND", language: str | None = None) -> str:
	"""An amount with its currency, in the shape that the language of the print has for it."""
	return format_money(amount, currency, language or frappe.local.lang)
