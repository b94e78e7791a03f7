"""The one way in for leads that come by a door: the first arrival makes the lead, every later one is a touch on it.

How two requests with the same person become one lead:
1. Named locks on the person's keys, taken before anything is read or written: the second request waits.
2. The rows of Sky Lead Key, unique by primary key: whoever comes past the locks (the desk, a program writing leads
   directly) is met there. A lead that could not take its keys is rolled back and joins the one that holds them.

The caller has checked that the door is open to whoever knocks; from there on the records are the system's to write, for
a guest has no rights and must not need any.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain import lead_status
from skycrm.domain.intake import (
	ATTACH,
	ATTACHED,
	DOORS_WITH_SOMEBODY,
	MADE,
	REFUSE,
	REFUSED,
	Arrival,
	compare,
	new_values,
	policy_for,
)
from skycrm.domain.person_name import join_full_name
from skycrm.domain.phone import DEFAULT_REGION
from skycrm.domain.same_person import Identity, KnownLead, SamePerson, choose
from skycrm.services import duplicates, intake_values, lead_keys, lead_touches
from skycrm.services.conversion_lock import lock_leads
from skycrm.services.intake_notice import tell_owner
from skycrm.services.person_lock import hold


@dataclass(frozen=True)
class Received:
	"""What became of an arrival.

	Args:
		action: "Made", "Attached" or "Refused".
		lead: the lead made or met; for "Refused" the lead that stands in the way, None when it is another record.
		touch: name of the Sky Lead Touch, None when nothing was written.
		duplicates: [{doctype, name, matched_on, confidence}] that share a key, whoever may read them: a door shows
			them through duplicates.readable only.
		repeated: True when this very arrival (same external_id) had come before; nothing was written.
	"""

	action: str
	lead: str | None
	touch: str | None
	duplicates: list[dict[str, Any]] = field(default_factory=list)
	repeated: bool = False


def lock(arrival: Arrival) -> None:
	"""Hold the person of an arrival until this transaction ends. `receive` does this itself; a caller who writes or
	reads anything before it calls this first.

	Raises:
		ConflictError (409): somebody else held the same person for too long.
	"""
	hold(_keys(arrival), lead_touches.external_key(arrival) or "")


def receive(arrival: Arrival, policy: str | None = None, *, check_rights: bool = False) -> Received:
	"""Take an arrival in, in this transaction.

	Args:
		arrival: who came, by which door.
		policy: Refuse, Warn or Attach; the door's own out of Sky CRM Settings when left out.
		check_rights: True where the user of the session asks for the lead as one of their own: the right to create is
			asked for, and a known lead is filled in only where they may change it.

	Returns:
		What became of it. "Warn" makes a second lead and names the duplicates; "Refuse" writes nothing.

	Raises:
		ConflictError (409): somebody else held the same person for too long.
		frappe.ValidationError: a value is not valid, and the door has somebody who can correct it.
	"""
	keys = _keys(arrival)
	hold(keys, lead_touches.external_key(arrival) or "")
	if before := lead_touches.earlier(arrival):
		return Received(MADE if before.first else ATTACHED, before.lead, before.name, repeated=True)
	policy = policy or door_policy(arrival.door)
	matches = duplicates.matches_of(keys)
	names = [match.name for match in matches if match.doctype == "Sky Lead"]
	found = choose(_identity(arrival, keys), _known(_read(names)))
	done = _refused(policy, found, matches) or _attached(policy, found, arrival, check_rights)
	if done:
		return done
	made = _make(arrival, keys, set(names), policy, check_rights)
	return made if isinstance(made, Received) else _made(made, arrival, matches)


def door_policy(door: str) -> str:
	"""What the settings say about a door; cached, no query."""
	settings = frappe.get_cached_doc("Sky CRM Settings")
	chosen = {row.door: row.policy for row in settings.get("door_policies") or []}
	return policy_for(door, chosen, settings.get("duplicate_policy"))


def _refused(policy: str, found: SamePerson | None, matches: list[Any]) -> Received | None:
	"""Refused for the same person, or for what the desk would be refused for: any record that surely matches."""
	if policy != REFUSE:
		return None
	if not found and not any(match.confidence >= duplicates.REFUSE_FROM for match in matches):
		return None
	return Received(REFUSED, found.lead if found else None, None, _as_rows(matches))


def _attached(policy: str, found: SamePerson | None, arrival: Arrival, check_rights: bool) -> Received | None:
	if policy != ATTACH or not found:
		return None
	lead = frappe.get_doc("Sky Lead", found.lead, for_update=True)
	fill, differing = compare(lead, _new_values(arrival), _region())
	# History stays as it is, and so does what somebody may not change; what was sent stands in the touch.
	may_fill = lead.status != lead_status.CONVERTED and (not check_rights or lead.has_permission("write"))
	if fill and not (may_fill and _fill(lead, fill, arrival.door)):
		fill, differing = {}, {**differing, **fill}
	for channel in intake_values.take_consents(lead, arrival):
		differing[f"{channel}_consent"] = "Granted"
	touch = lead_touches.write(
		lead.name, arrival, matched_on=found.matched_on, filled=fill, differing=differing
	)
	tell_owner(lead, arrival)
	return Received(ATTACHED, lead.name, touch)


def _fill(lead: Document, values: Mapping[str, Any], door: str) -> bool:
	"""Fill empty fields of a known lead; False, and nothing changed, when the lead does not take them.

	Raises:
		frappe.ValidationError: it does not take them, and the door has somebody who can correct them.
	"""
	frappe.db.savepoint("fill_lead")
	messages = len(frappe.local.message_log)
	lead.update(dict(values))
	lead.flags.ignore_duplicates = True
	lead.flags.keep_invalid_values = door not in DOORS_WITH_SOMEBODY
	try:
		# The door was checked by the caller, see the head of this module.
		lead.save(ignore_permissions=True)
	except frappe.ValidationError:
		if door in DOORS_WITH_SOMEBODY:
			raise
		frappe.db.rollback(save_point="fill_lead")
		del frappe.local.message_log[messages:]
		lead.reload()
		return False
	return True


def _make(
	arrival: Arrival, keys: duplicates.Keys, seen: set[str], policy: str, check_rights: bool
) -> Document | Received:
	"""Make the lead, or join the one that somebody made past the locks while we looked."""
	for attempt in (1, 2):
		frappe.db.savepoint("make_lead")
		lead = _insert(arrival, check_rights)
		if attempt == 2 or policy not in (ATTACH, REFUSE) or not lead.flags.key_taken:
			return lead
		held = lead_keys.owners(lead_keys.keys_of(lead))
		late = sorted(set(held.values()) - seen - {lead.name})
		if not late:
			return lead
		identity = _identity(arrival, keys)
		# Locked, and so read as they are now: this transaction does not see them otherwise.
		found = choose(identity, _known(lock_leads(late)))
		if not found:
			return lead
		frappe.db.rollback(save_point="make_lead")
		return _attached(policy, found, arrival, check_rights) or Received(REFUSED, found.lead, None)
	raise AssertionError  # pragma: no cover - the second attempt has returned


def _insert(arrival: Arrival, check_rights: bool) -> Document:
	lead = frappe.new_doc("Sky Lead")
	lead.update(_new_values(arrival))
	intake_values.take_consents(lead, arrival)
	lead.flags.sky_door = arrival.door
	lead.flags.ignore_duplicates = True
	lead.flags.keep_invalid_values = arrival.door not in DOORS_WITH_SOMEBODY
	# The door was checked by the caller, see the head of this module.
	return lead.insert(ignore_permissions=not check_rights)


def _made(lead: Document, arrival: Arrival, matches: list[Any]) -> Received:
	touch = lead_touches.write(lead.name, arrival, first=True)
	return Received(MADE, lead.name, touch, _as_rows(matches))


def _new_values(arrival: Arrival) -> dict[str, Any]:
	values = new_values(arrival)
	return values if arrival.door in DOORS_WITH_SOMEBODY else intake_values.that_fit(values)


def _keys(arrival: Arrival) -> duplicates.Keys:
	values = arrival.values
	return duplicates.keys_to_look_up(
		**{key: _text(values.get(key)) for key in ("email_id", "mobile_no", "phone", "tax_id")}
	)


def _identity(arrival: Arrival, keys: duplicates.Keys) -> Identity:
	values = arrival.values
	name = _text(values.get("lead_name")) or join_full_name(
		*(_text(values.get(part)) or "" for part in ("last_name", "middle_name", "first_name"))
	)
	return Identity(
		name or "",
		next(iter(keys.get("Email", ())), ""),
		frozenset(keys.get("Phone", ())),
		next(iter(keys.get("Tax", ())), ""),
	)


def _read(names: list[str]) -> list[frappe._dict]:
	if not names:
		return []
	columns = [column for _kind, column in lead_keys.COLUMNS]
	return frappe.get_all(
		"Sky Lead",
		filters={"name": ("in", names)},
		fields=["name", "lead_name", "status", "creation", *columns],
		limit=0,
	)


def _known(rows: list[frappe._dict]) -> list[KnownLead]:
	return [
		KnownLead(
			row.name,
			Identity(
				row.lead_name or "",
				row.email_key or "",
				frozenset(number for number in (row.phone_key, row.phone_key_2) if number),
				row.tax_key or "",
			),
			row.status,
			str(row.creation),
		)
		for row in rows
	]


def _as_rows(matches: list[Any]) -> list[dict[str, Any]]:
	return [
		{
			"doctype": match.doctype,
			"name": match.name,
			"matched_on": sorted(match.matched_on),
			"confidence": match.confidence,
		}
		for match in matches
	]


def _text(value: Any) -> str | None:
	return value if isinstance(value, str) else (str(value) if isinstance(value, int) else None)


def _region() -> str:
	return frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION
