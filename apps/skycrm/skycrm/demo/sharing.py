"""A sharing rule: marketing reads what the north got from its own campaigns on the web, and nothing else of sales."""

import frappe

from skycrm.demo.people import NORTH


def share_with_marketing() -> None:
	frappe.get_doc(
		{
			"doctype": "Sky Sharing Rule",
			"title": "Tiếp thị xem khách từ Website và Facebook của miền Bắc",
			"document_type": "Sky Lead",
			"enabled": 1,
			"access": "Read",
			"share_from_type": "Sky Team",
			"share_from": NORTH,
			"share_to_type": "Role",
			"share_to": "Sky Marketing User",
			"filters": [{"field_name": "source", "operator": "in", "value": "Website, Facebook"}],
		}
	).insert()
