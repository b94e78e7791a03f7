"""Who holds a lead and until when: claiming out of the pool, giving back, handing on.

One lead, one holder: every step locks the lead's row first, so of many who reach for it at once one gets it and the
others are told. `held_until` on the lead says when it goes back by itself (services/claim_sweep.py); Sky Claim keeps
who held it from when to when. Only leads that were claimed, or given out by a rule that says so, go back.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, now_datetime

from skycrm.domain import lead_status
from skycrm.services.claim_hold import (
	MAY_MOVE_ANY,
	MOVED,
	check_cap,
	check_cooldown,
	hold_until,
	set_hold,
	settings,
	title,
)
from skycrm.services.claim_ledger import Row, end, open_claim, write
from skycrm.services.conversion_lock import begin_fresh, lock_keys, lock_leads
from skycrm.services.messages import ConflictError
from skycrm.services.teams import team_of

LEAD = "Sky Lead"


class HeldByAnotherError(ConflictError):
	"""Somebody else has the lead; answered as 409."""


def claim(name: str) -> dict[str, Any]:
	"""Take a lead out of the pool, as the session's user. Call it as the first write of a transaction.

	Returns:
		{lead, owner, held_until}; held_until is None when claims do not end by themselves. The same again for a lead
		that is the caller's already.

	Raises:
		HeldByAnotherError (409): somebody else has it.
		frappe.PermissionError (403): the caller may not see it, or may not work on leads.
		frappe.DoesNotExistError (404): no such lead.
		frappe.ValidationError (417): closed, over the cap, or given back too short ago.
	"""
	return claim_locked(lock_for_claim([name])[0])


def lock_for_claim(names: Collection[str]) -> list[frappe._dict]:
	"""Lock leads, then the claims of the session's user, so that two claims at once do not pass the cap together.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError, ConversionBusyError.
	"""
	frappe.has_permission(LEAD, "write", throw=True)
	frappe.get_meta(LEAD)
	settings()
	begin_fresh()
	rows = lock_leads(names)
	if len(rows) < len(set(names)):
		missing = sorted(set(names) - {row.name for row in rows})
		frappe.throw(
			_("Lead {0} does not exist. Check its number.").format(frappe.bold(escape_html(missing[0]))),
			exc=frappe.DoesNotExistError,
		)
	lock_keys([("claims", frappe.session.user)])
	return rows


def claim_locked(row: frappe._dict) -> dict[str, Any]:
	"""`claim` for a lead whose row `lock_for_claim` has given in this transaction."""
	user = frappe.session.user
	if row.lead_owner == user:
		return answer(row.name, user, row.held_until)
	lead = frappe.get_doc(LEAD, row.name)
	if row.lead_owner:
		_refuse_held(lead, user)
	lead.check_permission("read")
	if not lead_status.is_open(lead.status):
		frappe.throw(
			_("Lead {0} is {1} and cannot be claimed. Reopen it first, or choose another one.").format(
				title(lead), frappe.bold(_(lead.status))
			),
			title=_("Not possible in this status"),
		)
	check_cooldown(lead, user)
	check_cap(user)
	pool = lead.team
	lead.lead_owner = user
	set_hold(lead, hold_until(now_datetime(), lead.next_contact_on))
	save(lead)
	write([Row(lead.name, user, lead.held_until, pool, "Claimed")])
	return answer(lead.name, user, lead.held_until)


def release(name: str) -> dict[str, Any]:
	"""Give a lead back to the pool that it came from, as the session's user. Nothing happens to one that is there.

	Returns:
		{lead, owner: None, held_until: None}

	Raises:
		frappe.PermissionError (403): it is not the caller's, and the caller is no manager who may change it.
	"""
	lead = lock_own(name)
	user = lead.lead_owner
	if not user:
		return answer(name, None, None)
	claimed = open_claim(name)
	end([name], "Released")
	if not claimed:
		now = now_datetime()
		write([Row(name, user, None, lead.team, "Owned")], ended_on=now, end_reason="Released")
	lead.lead_owner = None
	lead.team = (claimed and claimed.team) or lead.team or team_of(user)
	set_hold(lead, None)
	save(lead)
	return answer(name, None, None)


def state(lead: Document) -> dict[str, Any]:
	"""What the session's user may do with a lead that they may read; at most one query.

	Returns:
		{may_claim, may_release, may_hand_on, owner, owner_name, held_until}
	"""
	user = frappe.session.user
	works_on_leads = lead_status.is_open(lead.status) and bool(frappe.has_permission(LEAD, "write"))
	moves_any = not MAY_MOVE_ANY.isdisjoint(frappe.get_roles(user)) and bool(lead.has_permission("write"))
	may_move = works_on_leads and (lead.lead_owner == user or moves_any)
	return {
		"may_claim": works_on_leads and not lead.lead_owner,
		"may_release": may_move and bool(lead.lead_owner),
		"may_hand_on": may_move,
		"owner": lead.lead_owner,
		"owner_name": lead.lead_owner and frappe.db.get_value("User", lead.lead_owner, "full_name"),
		"held_until": lead.held_until,
	}


def answer(lead: str, owner: str | None, held_until: datetime | str | None) -> dict[str, Any]:
	"""What claim, release and hand_on answer."""
	return {"lead": lead, "owner": owner, "held_until": held_until}


def save(lead: Document) -> None:
	"""Store a lead that one of the functions here has moved."""
	lead.flags[MOVED] = True
	# What the caller may do was checked; who may see the pool may not always change what is in it.
	lead.save(ignore_permissions=True)


def lock_own(name: str) -> Document:
	"""The locked lead, after the check that it is the caller's or that the caller may move any.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError, ConversionBusyError.
	"""
	frappe.has_permission(LEAD, "write", throw=True)
	frappe.get_meta(LEAD)
	begin_fresh()
	lock_leads([name])
	lead = frappe.get_doc(LEAD, name)
	lead.check_permission("write" if lead.lead_owner else "read")
	user = frappe.session.user
	if lead.lead_owner and lead.lead_owner != user and MAY_MOVE_ANY.isdisjoint(frappe.get_roles(user)):
		frappe.throw(
			_("Lead {0} is not yours. Ask its owner or a sales manager to do this.").format(title(lead)),
			exc=frappe.PermissionError,
		)
	if not lead_status.is_open(lead.status):
		frappe.throw(
			_("Lead {0} is {1} and stays where it is. Reopen it first.").format(
				title(lead), frappe.bold(_(lead.status))
			),
			title=_("Not possible in this status"),
		)
	return lead


def _refuse_held(lead: Document, user: str) -> NoReturn:
	"""Say who was faster, unless the caller may not see the lead; and count the attempt once this is rolled back."""
	frappe.enqueue(
		"skycrm.jobs.claims.note_refusal",
		queue="short",
		lead=lead.name,
		user=user,
		moment=str(now_datetime()),
	)
	if frappe.has_permission(LEAD, "read", doc=lead):
		holder = frappe.db.get_value("User", lead.lead_owner, "full_name") or lead.lead_owner
		message = _("Lead {0} is with {1} already. Choose another one.").format(
			title(lead), frappe.bold(escape_html(holder))
		)
	else:
		message = _("Somebody else has this lead already. Choose another one.")
	frappe.throw(message, exc=HeldByAnotherError, title=_("Already taken"))
	raise AssertionError  # pragma: no cover - frappe.throw has raised
