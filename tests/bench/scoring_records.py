"""Rules and events for tests of the score."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import frappe
from frappe.utils import now_datetime

from skycrm.services import scoring_rules


def clear_rules() -> None:
	"""Start without any rule."""
	for name in frappe.get_all("Sky Scoring Rule", pluck="name"):
		frappe.delete_doc("Sky Scoring Rule", name, force=True)
	scoring_rules.forget()


def make_rule(**values: Any) -> str:
	"""Return the name of a new rule; a field rule unless another kind is given."""
	doc = frappe.new_doc("Sky Scoring Rule")
	doc.update({"title": "Thử", "kind": "Field Match", "points": 10, "sentence": "{points}", **values})
	return doc.insert().name


def make_sign(lead: str, kind: str, days_ago: float = 0, door: str = "Web Form") -> None:
	"""Something that happened with a lead: Received, Sent, Call, Meeting or Touch."""
	moment = now_datetime() - timedelta(days=days_ago, seconds=1)
	if kind == "Touch":
		frappe.get_doc(
			{"doctype": "Sky Lead Touch", "lead": lead, "door": door, "received_on": moment, "first": 0}
		).insert(ignore_permissions=True)
		return
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": {"Call": "Phone", "Meeting": "Meeting"}.get(kind, "Email"),
			"sent_or_received": "Received" if kind in ("Received", "Call") else "Sent",
			"communication_date": moment,
			"subject": "Hỏi giá",
			"content": "Cho tôi hỏi giá",
			"reference_doctype": "Sky Lead",
			"reference_name": lead,
		}
	).insert(ignore_permissions=True)


def move(lead: str, **values: Any) -> None:
	"""Write fields of a lead past its rules, for example to make it older."""
	frappe.db.set_value("Sky Lead", lead, values, update_modified=False)
