"""Bulk actions of the lists: few records at once are answered at once, many go to a job."""

from typing import Any

import frappe
from frappe import _

from skycrm.services import bulk


@frappe.whitelist(methods=["POST"])
def mark_unqualified(leads: list | str, reason: str) -> dict[str, Any]:
	"""Give leads up for one reason.

	Args:
		leads: names of Sky Leads, a list or its JSON.
		reason: why.

	Returns:
		{"queued": bool, "outcomes": [{name, title, done, message}]}; outcomes are empty while queued.
	"""
	frappe.has_permission("Sky Lead", "write", throw=True)
	return _run("mark_unqualified", "Sky Lead", leads, {"reason": reason})


@frappe.whitelist(methods=["POST"])
def move_stage(
	opportunities: list | str, stage: str, lost_reason: str | None = None, lost_note: str | None = None
) -> dict[str, Any]:
	"""Move opportunities to one stage.

	Args:
		opportunities: names of Sky Opportunities, a list or its JSON.
		stage: name of the stage.
		lost_reason, lost_note: why, for a stage of type Lost.

	Returns:
		As mark_unqualified.
	"""
	frappe.has_permission("Sky Opportunity", "write", throw=True)
	return _run(
		"move_stage",
		"Sky Opportunity",
		opportunities,
		{"stage": stage, "lost_reason": lost_reason, "lost_note": lost_note},
	)


def _run(step: str, doctype: str, names: list | str, arguments: dict[str, Any]) -> dict[str, Any]:
	wanted = _names(names)
	bulk.check_number(wanted)
	if len(wanted) <= bulk.NOW_LIMIT:
		return {"queued": False, "outcomes": getattr(bulk, step)(wanted, **arguments)}
	frappe.enqueue(
		"skycrm.jobs.bulk.run",
		queue="long",
		enqueue_after_commit=True,
		step=step,
		doctype=doctype,
		names=wanted,
		arguments=arguments,
	)
	return {"queued": True, "outcomes": []}


def _names(value: list | str) -> list[str]:
	names = frappe.parse_json(value) if isinstance(value, str) else value
	if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
		frappe.throw(_("The records must be a list of names."), title=_("List of names expected"))
	return list(dict.fromkeys(names))
