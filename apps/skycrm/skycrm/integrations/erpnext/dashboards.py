"""Connections of SkyCRM on ERPNext's forms, through the framework's own hook: ERPNext's are kept as they are."""

from typing import Any

import frappe
from frappe import _


def customer(data: dict[str, Any]) -> dict[str, Any]:
	"""Customer: its opportunities, the leads it came from, and what it asked for.

	Args:
		data: the dashboard as ERPNext and other apps have made it.

	Returns:
		The same dashboard with one group more; every DocType in it links by a field called `customer`.
	"""
	data = frappe._dict(data)
	data.transactions = [
		*(data.get("transactions") or []),
		{"label": _("Customer Relations"), "items": ["Sky Opportunity", "Sky Lead", "Sky Issue"]},
	]
	# These three link by their own `customer`, whatever field the dashboard was made for.
	data.non_standard_fieldnames = {
		**(data.get("non_standard_fieldnames") or {}),
		"Sky Opportunity": "customer",
		"Sky Lead": "customer",
		"Sky Issue": "customer",
	}
	return data


def sales_document(data: dict[str, Any]) -> dict[str, Any]:
	"""Quotation, order, delivery, invoice, purchase: the way back to the opportunity it belongs to."""
	data = frappe._dict(data)
	data.internal_links = {**(data.get("internal_links") or {}), "Sky Opportunity": "sky_opportunity"}
	data.transactions = [
		*(data.get("transactions") or []),
		{"label": _("Customer Relations"), "items": ["Sky Opportunity"]},
	]
	return data
