"""How long a lead is held, and who may take it: kept right in every save of a lead, whoever saves it."""

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, format_datetime, get_datetime, now_datetime

from skycrm.domain import claiming, lead_status
from skycrm.services.claim_ledger import CLAIM, Row, end, write

SETTINGS = "Sky CRM Settings"
# A save of a lead in which services/claims.py or the assignment rules move it, see `follow`.
MOVED = "sky_claim_moved"
CLAIMED_BY_HAND = "sky_claimed_by_hand"
MAY_MOVE_ANY = frozenset({"Sky Sales Manager", "Sky CRM Admin", "System Manager", "Administrator"})


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
	chosen = settings()
	return claiming.held_until(
		moment.replace(microsecond=0),
		cint(chosen.claim_days),
		get_datetime(next_contact_on) if next_contact_on else None,
		cint(chosen.claim_longest_days),
	)


def check_cap(user: str) -> None:
	"""Refuse a claim to somebody who holds as many as they may; the caller keeps others of theirs out meanwhile."""
	cap = cint(settings().claim_cap)
	held = cap and frappe.db.count(CLAIM, {"user": user, "ended_on": ("is", "not set"), "how": "Claimed"})
	if cap and held >= cap:
		frappe.throw(
			_(
				"You hold {0} claimed leads, and at most {1} are allowed. Finish or give back one first."
			).format(held, cap),
			title=_("Too many leads"),
		)


def check_cooldown(lead: Document, user: str) -> None:
	"""Refuse a lead to somebody who gave it back, or lost it, a short time ago."""
	days = cint(settings().claim_cooldown_days)
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


def title(lead: Document) -> str:
	"""The name of a lead in bold, safe inside a message."""
	return frappe.bold(escape_html(lead.get("lead_name") or lead.get("organization") or lead.name))


def settings() -> Document:
	"""The settings; cached, no query."""
	return frappe.get_cached_doc(SETTINGS)


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
		check_cooldown(lead, user)
		check_cap(user)
		lead.held_until = hold_until(now_datetime(), lead.next_contact_on)
		lead.flags[CLAIMED_BY_HAND] = before.team or lead.team


def _note_first_contact(lead: Document) -> None:
	table = frappe.qb.DocType(CLAIM)
	frappe.qb.update(table).set(table.first_contact_on, now_datetime()).set(
		table.held_until, lead.held_until
	).where((table.lead == lead.name) & table.ended_on.isnull() & table.first_contact_on.isnull()).run()


def _moment(value: Any) -> datetime | None:
	return get_datetime(value).replace(microsecond=0) if value else None
