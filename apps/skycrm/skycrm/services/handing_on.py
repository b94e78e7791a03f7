"""One person gives a lead to another: the new owner is told, and the log says who did it and why."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, now_datetime

from skycrm.services import assignment, assignment_log, claim_hold, claim_ledger, claims

LEAD = claims.LEAD


def hand_on(name: str, user: str, note: str = "") -> dict[str, Any]:
	"""Give a lead to somebody else, as the session's user; the new owner holds it as the old one did.

	Args:
		name: of the lead; the caller's own, or one that the caller may move as a manager.
		user: who gets it; must be able to sign in and work on leads.
		note: why, shown to the new owner.

	Returns:
		{lead, owner, held_until}

	Raises:
		frappe.PermissionError (403), frappe.ValidationError (417).
	"""
	lead = claims.lock_own(name)
	lead.check_permission("write")
	if not lead.lead_owner and claim_hold.MAY_MOVE_ANY.isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("Lead {0} is in the pool. Claim it first, or ask a sales manager to hand it on.").format(
				claim_hold.title(lead)
			),
			exc=frappe.PermissionError,
		)
	_check_can_own(user)
	if lead.lead_owner == user:
		return claims.answer(name, user, lead.held_until)
	was_held = bool(claim_ledger.open_claim(name))
	claim_ledger.end([name], "Reassigned")
	lead.lead_owner = user
	claim_hold.set_hold(
		lead, claim_hold.hold_until(now_datetime(), lead.next_contact_on) if was_held else None
	)
	claims.save(lead)
	if was_held:
		claim_ledger.write([claim_ledger.Row(name, user, lead.held_until, lead.team, "Handed On")])
	assignment_log.end_waiting([name])
	assignment_log.write([assignment_log.handed_on(name, user, note)])
	if user != frappe.session.user:
		assignment.tell_owners([name])
	return claims.answer(name, user, lead.held_until)


def _check_can_own(user: str) -> None:
	if frappe.db.get_value("User", user, "enabled") and frappe.has_permission(LEAD, "write", user=user):
		return
	frappe.throw(
		_("{0} cannot work on leads. Choose a salesperson whose user is enabled.").format(
			frappe.bold(escape_html(user))
		),
		title=_("Not a salesperson"),
	)
