from frappe import _


def get_data() -> dict:
	"""Connections shown on the form of a campaign."""
	return {
		"fieldname": "campaign",
		"transactions": [
			{"label": _("Came of It"), "items": ["Sky Lead", "Sky Opportunity"]},
			{"label": _("Audience"), "items": ["Sky Campaign Recipient", "Sky Suppression"]},
		],
	}
