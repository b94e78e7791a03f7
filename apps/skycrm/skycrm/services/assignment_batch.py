"""Giving selected leads of the list out by the rules, for managers: few at once, many by a worker."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _

from skycrm.services import assignment, assignment_log, bulk, claim_hold, claims


def assign_selected(names: Sequence[str]) -> dict[str, Any]:
	"""Let the rules find owners for leads that the session's user may change.

	Returns:
		{queued, outcomes: [{name, title, done, message}]}; outcomes are empty while queued.

	Raises:
		frappe.PermissionError: the caller is no manager.
		frappe.ValidationError: none or too many are selected, or no rule is in use.
	"""
	if claim_hold.MAY_MOVE_ANY.isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("Leads are given out by sales managers and administrators. Claim the lead instead."),
			exc=frappe.PermissionError,
		)
	frappe.has_permission(claims.LEAD, "write", throw=True)
	wanted = list(dict.fromkeys(names))
	bulk.check_number(wanted)
	if not assignment.enabled_rules():
		frappe.throw(_("No assignment rule is in use. Ask an administrator to make one."), title=_("No rule"))
	# Visible to the caller; a manager of a team may change what belongs to it.
	rows = {
		row.name: row
		for row in frappe.get_list(
			claims.LEAD,
			filters={"name": ("in", wanted)},
			fields=["name", "lead_name", "organization", "lead_owner", "status"],
			limit_page_length=0,
		)
	}
	ready = [name for name in wanted if name in rows and not assignment.refusal(rows[name])]
	if len(ready) > assignment.BATCH:
		frappe.enqueue("skycrm.jobs.assignment.assign", queue="long", enqueue_after_commit=True, names=ready)
		return {"queued": True, "outcomes": []}
	decided = assignment.assign_many(ready) if ready else {}
	people = assignment_log.names_of({one.user for one in decided.values() if one.user})
	return {"queued": False, "outcomes": [_outcome(name, rows.get(name), decided, people) for name in wanted]}


def _outcome(name: str, row: frappe._dict | None, decided: dict, people: Any) -> bulk.Outcome:
	if row is None:
		return bulk.Outcome(
			name=name,
			title=name,
			done=False,
			message=_("{0} is not there, or you may not see it.").format(name),
		)
	title = row.lead_name or row.organization or name
	found = decided.get(name)
	if not found:
		message = assignment.refusal(row) or _("No rule is for this lead.")
		return bulk.Outcome(name=name, title=title, done=False, message=message)
	if not found.user:
		message = _("Nobody is free. It is given out by itself as soon as somebody is.")
		return bulk.Outcome(name=name, title=title, done=False, message=message)
	return bulk.Outcome(name=name, title=title, done=True, message=people(found.user))
