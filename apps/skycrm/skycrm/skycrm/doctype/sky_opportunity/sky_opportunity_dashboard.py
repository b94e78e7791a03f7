from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""What hangs on an opportunity: where it came from, and ERPNext's documents of the sale."""
	return {
		"fieldname": "sky_opportunity",
		"internal_links": {
			"Customer": "customer",
			"Contact": "contact_person",
			"Sky Lead": "lead",
			"Sky Campaign": "campaign",
		},
		"transactions": [
			{"label": _("Origin"), "items": ["Sky Lead", "Sky Campaign"]},
			{"label": _("Customer"), "items": ["Customer", "Contact"]},
			{"label": _("Selling"), "items": ["Quotation", "Sales Order"]},
			{"label": _("Fulfilment"), "items": ["Delivery Note", "Sales Invoice", "Purchase Order"]},
		],
	}
