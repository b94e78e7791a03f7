"""Who works on a lead: new leads are given out by the admin's rules, waiting ones when somebody is free.

The rules are asked in their order (services/assignment_rules.py); the first one that fits a lead draws one of its
people (services/assignment_dealer.py, domain/assignment.py); the decision is written down with everybody who was
passed over (services/assignment_log.py). Costs of a new lead: nothing without a rule, else about eight statements.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.domain import lead_status
from skycrm.domain.intake import DESK
from skycrm.domain.lead_conditions import DOOR_FIELD, ITEM_FIELDS
from skycrm.services import assignment_log, audit, claim_hold, claim_ledger
from skycrm.services.assignment_dealer import Dealer, Outcome
from skycrm.services.assignment_rules import Rule, as_rule, enabled_rules, read_rules
from skycrm.services.conversion_lock import begin_fresh, lock_leads
from skycrm.services.teams import team_of

LEAD = "Sky Lead"
OUTCOME = "sky_assignment"
# Leads that are given out in one transaction; their rows and rules are locked meanwhile.
BATCH = 200


def assign_new(lead: Document) -> None:
	"""Give a new lead without owner to somebody, in place; for `validate`, after the owner was derived.

	`note_new` must follow once the lead is stored. A lead with `flags.sky_assign_later` is left to `assign_many`.
	"""
	if not lead.is_new() or lead.lead_owner or lead.flags.sky_assign_later:
		return
	if not lead_status.is_open(lead.status):
		return
	rules = enabled_rules()
	if not rules:
		return
	dealer = Dealer()
	outcome = dealer.deal(rules, _values(lead, rules))
	if not outcome:
		return
	dealer.save()
	lead.lead_owner = outcome.user
	lead.team = lead.team or outcome.team or team_of(outcome.user)
	claim_hold.set_hold(
		lead, claim_hold.hold_until(dealer.now, lead.next_contact_on) if _holds(outcome) else None
	)
	lead.flags[OUTCOME] = outcome


def note_new(lead: Document) -> None:
	"""Write down how a new lead was given out, and tell its owner; for `after_insert`. Nothing if no rule decided."""
	outcome: Outcome | None = lead.flags.pop(OUTCOME, None)
	if not outcome:
		return
	assignment_log.write([assignment_log.entry_of(lead.name, outcome)])
	if _holds(outcome):
		claim_ledger.write(
			[claim_ledger.Row(lead.name, outcome.user, lead.held_until, lead.team, "Assigned")]
		)
	tell_owners([lead.name] if outcome.user and outcome.rule.notify else [])


def assign_many(names: Iterable[str], *, again: bool = False) -> dict[str, Outcome]:
	"""Give leads without owner out by the rules, set-wise: for imports, for the list's button, for waiting leads.

	One transaction; the caller commits, and calls it with at most BATCH names at a time.

	Args:
		names: of Sky Leads; those with an owner, converted or given up ones are left alone.
		again: they have been waiting; waiting on is not written down again.

	Returns:
		What was decided about each lead that a rule is for.
	"""
	rules = enabled_rules()
	if not rules:
		return {}
	begin_fresh()
	rows = [row for row in lock_leads(names) if not row.lead_owner and lead_status.is_open(row.status)]
	add_facts(rows, rules)
	dealer = Dealer()
	outcomes: dict[str, Outcome] = {}
	for row in rows:
		outcome = dealer.deal(rules, _values(row, rules))
		if outcome and (outcome.user or not again):
			outcomes[row.name] = outcome
	if outcomes:
		dealer.save()
		_store({row.name: row for row in rows}, outcomes, dealer)
	return outcomes


def try_rules(values: Mapping[str, Any], rules: Sequence[Rule] | None = None) -> dict[str, Any]:
	"""Who would get a lead with these values now, and why. Locks, counts and changes nothing.

	Args:
		values: fieldname → value of a lead, with `items` as rows of `item_code`.
		rules: asked instead of the rules in use.

	Returns:
		A row as of assignment_log.explain with `fits`; {"fits": False} when no rule is for such a lead.
	"""
	asked = list(enabled_rules() if rules is None else rules)
	outcome = Dealer(is_real=False).deal(asked, _values(values, asked))
	return {"fits": True, **assignment_log.as_answer(outcome)} if outcome else {"fits": False}


def rules_of(rule: Document | str) -> list[Rule]:
	"""One rule in the form in which it is asked, enabled or not; a document counts with what is not saved yet."""
	if isinstance(rule, str):
		return read_rules({"name": rule})
	return [as_rule(rule.as_dict(), rule.conditions, rule.members, rule.hours)]


def tell_owners(names: Sequence[str]) -> None:
	"""Let a worker tell the owners of these leads once they are committed."""
	if names:
		frappe.enqueue(
			"skycrm.jobs.assignment.tell_owners", queue="short", enqueue_after_commit=True, names=list(names)
		)


def add_facts(rows: Sequence[frappe._dict], rules: Sequence[Rule]) -> None:
	"""Put products of interest and the door into the rows of stored leads, if a rule asks for them; one query each."""
	asked = _asked(rules)
	if rows and not asked.isdisjoint(ITEM_FIELDS):
		_add_items(rows)
	if rows and DOOR_FIELD in asked:
		doors = dict(
			frappe.get_all(
				"Sky Lead Touch",
				filters={"lead": ("in", [row.name for row in rows]), "first": 1},
				fields=["lead", "door"],
				as_list=True,
			)
		)
		for row in rows:
			row[DOOR_FIELD] = doors.get(row.name)


def _add_items(rows: Sequence[frappe._dict]) -> None:
	found: dict[str, list] = {}
	for item in frappe.get_all(
		"Sky Lead Item",
		filters={"parenttype": LEAD, "parent": ("in", [row.name for row in rows])},
		fields=["parent", "item_code"],
	):
		found.setdefault(item.parent, []).append(item)
	for row in rows:
		row["items"] = found.get(row.name, [])


def _store(rows: Mapping[str, frappe._dict], outcomes: Mapping[str, Outcome], dealer: Dealer) -> None:
	"""Write owners, teams and holds: one statement for all leads that get the same; then log, claims, messages."""
	alike: dict[tuple, list[str]] = {}
	held: list[claim_ledger.Row] = []
	for name, outcome in outcomes.items():
		row = rows[name]
		team = row.team or outcome.team or team_of(outcome.user)
		until = claim_hold.hold_until(dealer.now, row.next_contact_on) if _holds(outcome) else None
		alike.setdefault((outcome.user, team, until), []).append(name)
		if _holds(outcome):
			held.append(claim_ledger.Row(name, outcome.user, until, team, "Assigned"))
	lead = frappe.qb.DocType(LEAD)
	for (user, team, until), names in alike.items():
		frappe.qb.update(lead).set(lead.lead_owner, user).set(lead.team, team).set(
			lead.held_until, until
		).set(lead.modified, now_datetime()).set(lead.modified_by, frappe.session.user).where(
			lead.name.isin(names)
		).run()
	for name in outcomes:
		frappe.clear_document_cache(LEAD, name)
	audit.note_owners(
		LEAD,
		"lead_owner",
		{name: (rows[name].lead_owner, one.user) for name, one in outcomes.items()},
	)
	assignment_log.end_waiting(list(outcomes))
	assignment_log.write([assignment_log.entry_of(name, one) for name, one in outcomes.items()])
	claim_ledger.write(held)
	tell_owners([name for name, one in outcomes.items() if one.user and one.rule.notify])


def _holds(outcome: Outcome) -> bool:
	return bool(outcome.user and outcome.rule.hold)


def _asked(rules: Sequence[Rule]) -> set[str]:
	return {one.field for rule in rules for one in rule.conditions}


def _values(lead: Mapping[str, Any] | Document, rules: Sequence[Rule]) -> dict[str, Any]:
	"""The fields of a lead that the rules ask for."""
	asked = _asked(rules)
	values = {field: lead.get(field) for field in asked}
	codes = {item.get("item_code") for item in (lead.get("items") or ()) if item.get("item_code")}
	if "item_code" in asked:
		values["item_code"] = codes
	if "item_group" in asked:
		values["item_group"] = {frappe.get_cached_value("Item", code, "item_group") for code in codes}
	if DOOR_FIELD in asked and isinstance(lead, Document):
		values[DOOR_FIELD] = lead.flags.sky_door or DESK
	return values


def refusal(row: Mapping[str, Any]) -> str:
	"""Why a stored lead cannot be given out by the rules; empty when it can."""
	if row.get("lead_owner"):
		return _("It has an owner already. Use Hand On to give it to somebody else.")
	if not lead_status.is_open(row.get("status")):
		return _("It is converted or given up.")
	return ""
