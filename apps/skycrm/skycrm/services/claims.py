"""Who holds a lead and until when: claiming out of the pool, giving back, handing on.

One lead, one holder: every step locks the lead's row first, so of many who reach for it at once one gets it and the
others are told. `held_until` on the lead says when it goes back by itself (services/claim_sweep.py); Sky Claim keeps
who held it from when to when. Only leads that were claimed, or given out by a rule that says so, go back.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, format_datetime, get_datetime, now_datetime

from skycrm.domain import claiming, lead_status
from skycrm.services.conversion_lock import begin_fresh, lock_keys, lock_leads
from skycrm.services.messages import ConflictError
from skycrm.services.teams import team_of

LEAD, CLAIM, SETTINGS = "Sky Lead", "Sky Claim", "Sky CRM Settings"
# A save of a lead in which one of the functions below moves it, see `follow`.
MOVED = "sky_claim_moved"
CLAIMED_BY_HAND = "sky_claimed_by_hand"
MAY_MOVE_ANY = frozenset({"Sky Sales Manager", "Sky CRM Admin", "System Manager", "Administrator"})


class HeldByAnotherError(ConflictError):
	"""Somebody else has the lead; answered as 409."""


@dataclass(frozen=True)
class Row:
	"""A claim to be written."""

	lead: str
	user: str | None
	held_until: datetime | None
	team: str | None
	how: str


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
	_settings()
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
	_check_cooldown(lead, user)
	_check_cap(user)
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


def follow(lead: Document) -> None:
	"""Keep the hold of a lead right in every save of it; for `validate`, after owner and status are known.

	Nobody writes `held_until` by hand. A new owner or an end of the work ends it; a move of the status or a planned
	contact makes it longer. Who makes a lead of the pool theirs by choosing themselves as its owner claims it. No query
	but in that case.

	Raises:
		frappe.PermissionError: somebody takes a lead that another one holds.
		frappe.ValidationError: as `claim`.
	"""
	before = lead.get_doc_before_save()
	if lead.flags.get(MOVED):
		return
	lead.held_until = before.held_until if before else None
	if not before:
		return
	if before.lead_owner != lead.lead_owner:
		_follow_owner(lead, before)
	elif not lead.held_until:
		return
	elif not lead_status.is_open(lead.status):
		lead.held_until = None
	elif before.status != lead.status or _moment(before.next_contact_on) != _moment(lead.next_contact_on):
		until = hold_until(now_datetime(), lead.next_contact_on)
		lead.held_until = max(get_datetime(lead.held_until), until) if until else None


def _follow_owner(lead: Document, before: Document) -> None:
	user = frappe.session.user
	moves_any = lead.flags.ignore_permissions or not MAY_MOVE_ANY.isdisjoint(frappe.get_roles(user))
	if lead.held_until and before.lead_owner != user and not moves_any:
		frappe.throw(
			_("Lead {0} is held by somebody else. Ask its owner or a sales manager to hand it on.").format(
				title(lead)
			),
			exc=frappe.PermissionError,
			title=_("Already taken"),
		)
	lead.held_until = None
	if not before.lead_owner and lead.lead_owner == user and not moves_any:
		_check_cooldown(lead, user)
		_check_cap(user)
		lead.held_until = hold_until(now_datetime(), lead.next_contact_on)
		lead.flags[CLAIMED_BY_HAND] = before.team or lead.team


def note_changes(lead: Document) -> None:
	"""Write into the claims what a save of the lead means for them; for `on_update`. One or two statements, mostly none."""
	if lead.flags.pop(MOVED, None):
		return
	before = lead.get_doc_before_save()
	if not before:
		return
	if CLAIMED_BY_HAND in lead.flags:
		pool = lead.flags.pop(CLAIMED_BY_HAND)
		write([Row(lead.name, lead.lead_owner, lead.held_until, pool, "Claimed")])
	elif not before.lead_owner:
		return
	elif before.lead_owner != lead.lead_owner:
		end([lead.name], "Reassigned")
	elif lead_status.is_open(before.status) and not lead_status.is_open(lead.status):
		end([lead.name], "Converted" if lead.status == lead_status.CONVERTED else "Given Up")
	elif before.status != lead.status and lead.held_until:
		_note_first_contact(lead)


def set_hold(lead: Document, until: datetime | None) -> None:
	"""Set until when a lead is held in the save that follows. In place."""
	lead.held_until = until
	lead.flags[MOVED] = True


def hold_until(moment: datetime, next_contact_on: datetime | str | None) -> datetime | None:
	"""Until when a lead is held that was last worked on at `moment`, by the settings; no query."""
	settings = _settings()
	return claiming.held_until(
		moment.replace(microsecond=0),
		cint(settings.claim_days),
		get_datetime(next_contact_on) if next_contact_on else None,
		cint(settings.claim_longest_days),
	)


def write(rows: Collection[Row], ended_on: datetime | None = None, end_reason: str | None = None) -> None:
	"""Write claims, open or ended; one statement per 1000."""
	if not rows:
		return
	now, by = now_datetime(), frappe.session.user
	fields = ["name", "creation", "modified", "owner", "modified_by"]
	fields += ["lead", "user", "held_until", "team", "how", "claimed_on", "ended_on", "end_reason"]
	values = [
		(
			*(frappe.generate_hash(length=10), now, now, by, by),
			*(row.lead, row.user, row.held_until, row.team, row.how, now, ended_on, end_reason),
		)
		for row in rows
	]
	frappe.db.bulk_insert(CLAIM, fields, values, chunk_size=1000)


def end(leads: Iterable[str], reason: str) -> None:
	"""End the open claims of leads; one statement."""
	table = frappe.qb.DocType(CLAIM)
	frappe.qb.update(table).set(table.ended_on, now_datetime()).set(table.end_reason, reason).where(
		table.lead.isin(list(leads)) & table.ended_on.isnull()
	).run()


def forget(lead: str) -> None:
	"""Delete what was noted about a lead that is deleted; for `on_trash`."""
	for doctype in (CLAIM, "Sky Assignment Log"):
		frappe.db.delete(doctype, {"lead": lead})


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


def _check_cap(user: str) -> None:
	cap = cint(_settings().claim_cap)
	held = cap and frappe.db.count(CLAIM, {"user": user, "ended_on": ("is", "not set"), "how": "Claimed"})
	if cap and held >= cap:
		frappe.throw(
			_(
				"You hold {0} claimed leads, and at most {1} are allowed. Finish or give back one first."
			).format(held, cap),
			title=_("Too many leads"),
		)


def _check_cooldown(lead: Document, user: str) -> None:
	days = cint(_settings().claim_cooldown_days)
	if not days:
		return
	ended = frappe.get_all(
		CLAIM,
		filters={"lead": lead.name, "user": user, "end_reason": ("in", ("Released", "Expired"))},
		order_by="ended_on desc",
		limit=1,
		pluck="ended_on",
	)
	again_on = claiming.may_claim_again_on(ended[0] if ended else None, days)
	if again_on and again_on > now_datetime():
		frappe.throw(
			_(
				"You had lead {0} before. You may claim it again from {1}; until then it is for others."
			).format(title(lead), frappe.bold(format_datetime(again_on))),
			title=_("Not yet"),
		)


def _note_first_contact(lead: Document) -> None:
	table = frappe.qb.DocType(CLAIM)
	frappe.qb.update(table).set(table.first_contact_on, now_datetime()).set(
		table.held_until, lead.held_until
	).where((table.lead == lead.name) & table.ended_on.isnull() & table.first_contact_on.isnull()).run()


def open_claim(lead: str) -> frappe._dict | None:
	"""The claim by which a lead is held: name, team whose pool it came from, user."""
	return frappe.db.get_value(
		CLAIM, {"lead": lead, "ended_on": ("is", "not set")}, ["name", "team", "user"], as_dict=True
	)


def _settings() -> Document:
	return frappe.get_cached_doc(SETTINGS)


def _moment(value: Any) -> datetime | None:
	return get_datetime(value).replace(microsecond=0) if value else None


def title(lead: Document) -> str:
	"""The name of a lead in bold, safe inside a message."""
	return frappe.bold(escape_html(lead.get("lead_name") or lead.get("organization") or lead.name))
