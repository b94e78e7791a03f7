"""Notifications of the framework that the app brings; an admin may edit, mute or delete each.

They wait for methods that services/assignment_messages.py runs on a lead. They are ordinary records, not standard ones:
a standard Notification could not be edited on a site.
"""

from typing import Any

from frappe import _

from skycrm.setup import shipped


def ship() -> None:
	"""Bring the Notifications that were never brought before."""
	for name, values in notifications().items():
		shipped.ship_once(
			"Notification",
			{
				"name": name,
				"document_type": "Sky Lead",
				"event": "Method",
				"channel": "System Notification",
				"is_standard": 0,
				"message_type": "HTML",
				**values,
			},
			key=name,
			name=name,
		)


def notifications() -> dict[str, dict[str, Any]]:
	"""Name → fields. Texts are templates that translate themselves for the receiver."""
	to_owner = [{"receiver_by_document_field": "lead_owner"}]
	return {
		"Lead Given to Me": {
			"enabled": 1,
			"method": "sky_lead_given",
			"recipients": to_owner,
			"subject": '{{ _("Lead {0} was given to you").format(doc.lead_name or doc.organization or doc.name) }}',
			"message": '{{ _("Open it to see why, and what to do next.") }}',
		},
		"Lead Goes Back to the Pool Soon": {
			"enabled": 1,
			"method": "sky_lead_due_back",
			"recipients": to_owner,
			"subject": '{{ _("Lead {0} goes back to the pool soon").format(doc.lead_name or doc.organization or doc.name) }}',
			"message": '{{ _("You hold it until {0}. A message, a comment or a planned contact keeps it with you.").format(frappe.utils.format_datetime(doc.held_until)) }}',
		},
		"Lead Given to Me by Email": {
			"enabled": 0,
			"channel": "Email",
			"method": "sky_lead_given",
			"recipients": to_owner,
			"subject": '{{ _("Lead {0} was given to you").format(doc.lead_name or doc.organization or doc.name) }}',
			"message": '<p>{{ _("Open it to see why, and what to do next.") }}</p><p><a href="{{ frappe.utils.get_url_to_form(doc.doctype, doc.name) }}">{{ doc.name }}</a></p>',
		},
	}


def texts() -> tuple[str, ...]:
	"""The texts inside the templates above, here so that whoever translates finds them."""
	return (
		_("Lead {0} was given to you"),
		_("Open it to see why, and what to do next."),
		_("Lead {0} goes back to the pool soon"),
		_("You hold it until {0}. A message, a comment or a planned contact keeps it with you."),
	)
