from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""What hangs on a lead: what it became, and what it has been written and asked about."""
	return {
		"fieldname": "lead",
		"non_standard_fieldnames": {"Sky Lead Merge": "primary"},
		"internal_links": {"Customer": "customer", "Contact": "contact", "Sky Campaign": "campaign"},
		"transactions": [
			{"label": _("Became"), "items": ["Customer", "Contact", "Sky Opportunity"]},
			{"label": _("Service"), "items": ["Sky Issue"]},
			{"label": _("Marketing"), "items": ["Sky Campaign"]},
			{"label": _("History"), "items": ["Sky Lead Merge"]},
		],
	}
