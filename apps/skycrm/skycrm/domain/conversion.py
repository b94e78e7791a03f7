"""What a lead becomes: what is created, what is reused, and why. Plain values in, a plan out.

Which known record the lead is stands in conversion_match.py, what is written in conversion_values.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from skycrm.domain.conversion_match import (
	CERTAIN,
	CHOSEN,
	CREATE,
	REUSE,
	Candidate,
	Choice,
	Keys,
	Verdict,
	choose_contact,
	choose_customer,
)
from skycrm.domain.conversion_values import (
	Defaults,
	address_values,
	contact_values,
	customer_values,
	opportunity_values,
	text_of,
)
from skycrm.domain.errors import Blocked, InvalidValue, NotPossible, RuleError

SKIP = "skip"


@dataclass(frozen=True)
class Wish:
	"""What the person who converts asked for."""

	create_opportunity: bool = True
	customer: str | None = None
	contact: str | None = None
	opportunity: str | None = None


@dataclass(frozen=True)
class Target:
	"""A deal to go on with instead of a new one: chosen, or made for the lead before it was converted."""

	name: str
	customer: str | None = None
	status: str = "Open"


@dataclass(frozen=True)
class PartPlan:
	"""One of the four records: what happens to it, and the fields that are written."""

	doctype: str
	action: str
	name: str | None = None
	reason: str = ""
	values: Mapping[str, Any] = field(default_factory=dict)
	verdicts: tuple[Verdict, ...] = ()
	ambiguous: bool = False


@dataclass(frozen=True)
class Plan:
	"""The whole conversion, before anything is written."""

	customer: PartPlan
	contact: PartPlan
	address: PartPlan
	opportunity: PartPlan

	def created(self) -> tuple[PartPlan, ...]:
		"""The records that will be new."""
		return tuple(part for part in self.parts() if part.action == CREATE)

	def parts(self) -> tuple[PartPlan, ...]:
		"""All four, in the order in which they are made."""
		return (self.customer, self.contact, self.address, self.opportunity)


def problems(lead: Mapping[str, Any], invalid: Iterable[tuple[str, RuleError]] = ()) -> list[RuleError]:
	"""Everything that must be put right before the lead can be converted; empty when it is ready.

	Args:
		lead: field values.
		invalid: (field, error) for stored values that are not what their field says, kept so by an import.
	"""
	found: list[RuleError] = []
	if not text_of(lead, "lead_name") and not text_of(lead, "organization"):
		found.append(InvalidValue("conversion_name_missing", params={"field": "lead_name"}))
	for fieldname, error in invalid:
		found.append(
			InvalidValue("conversion_value_invalid", error.params.get("value"), {"field": fieldname})
		)
	for row in lead.get("items") or []:
		if float(row.get("qty") or 0) < 0:
			found.append(
				InvalidValue(
					"conversion_qty_negative",
					row.get("qty"),
					{"item": row.get("item_code"), "field": "items"},
				)
			)
	return found


def check_wish(wish: Wish, contact_customers: Sequence[str] = (), target: Target | None = None) -> Wish:
	"""Refuse chosen records that do not fit together, and complete the wish from them.

	A deal brings its customer. A contact of other customers only is a contradiction when a customer was chosen too.

	Args:
		wish: what was asked for.
		contact_customers: customers of the chosen contact.
		target: the chosen opportunity.

	Returns:
		The wish with the customer that follows from the deal.

	Raises:
		NotPossible: conversion_opportunity_closed, conversion_opportunity_other_customer,
			conversion_contact_other_customer, conversion_opportunity_unwanted.
	"""
	if wish.opportunity and not wish.create_opportunity:
		raise NotPossible("conversion_opportunity_unwanted", {"opportunity": wish.opportunity})
	if target:
		if target.status != "Open":
			raise NotPossible(
				"conversion_opportunity_closed", {"opportunity": target.name, "status": target.status}
			)
		if wish.customer and target.customer and wish.customer != target.customer:
			raise NotPossible(
				"conversion_opportunity_other_customer",
				{"opportunity": target.name, "customer": target.customer, "chosen": wish.customer},
			)
		wish = replace(wish, customer=wish.customer or target.customer)
	if wish.contact and wish.customer and contact_customers and wish.customer not in contact_customers:
		raise NotPossible(
			"conversion_contact_other_customer",
			{"contact": wish.contact, "customer": contact_customers[0], "chosen": wish.customer},
		)
	return wish


def make_plan(
	lead: Mapping[str, Any],
	keys: Keys,
	wish: Wish,
	defaults: Defaults,
	customers: Iterable[Candidate] = (),
	contacts: Sequence[Candidate] = (),
	addresses: Sequence[str] = (),
	prices: Mapping[str, Mapping[str, Any]] | None = None,
	target: Target | None = None,
	own_deals: Sequence[Target] = (),
) -> Plan:
	"""Decide everything that a conversion does.

	Args:
		lead: field values, with `items`.
		keys: its identity.
		wish: what was asked for, completed by check_wish.
		defaults: of the site.
		customers, contacts: known records that share something with the lead.
		addresses: names of addresses that hang on the lead already, oldest first.
		prices: as for opportunity_values.
		target: the chosen opportunity.
		own_deals: open opportunities of this lead, oldest first.
	"""
	persons = choose_contact(keys, contacts, wish.contact).verdicts
	if wish.contact:
		# Who was chosen by hand is the person, whatever the names say.
		persons = tuple(
			replace(v, weight=CERTAIN if v.candidate.name == wish.contact else v.weight) for v in persons
		)
	customer = choose_customer(keys, customers, persons, wish.customer)
	contact = choose_contact(keys, contacts, wish.contact, customer.name)
	new = customer.action == CREATE
	return Plan(
		customer=_part("Customer", customer, customer_values(lead, defaults)),
		contact=_part("Contact", contact, contact_values(lead, defaults, new)),
		address=_address_part(address_values(lead, defaults, new), addresses),
		opportunity=_opportunity_part(
			lead, wish, prices or {}, target, own_deals_of(own_deals, customer.name)
		),
	)


def _part(doctype: str, choice: Choice, values: dict[str, Any]) -> PartPlan:
	return PartPlan(
		doctype,
		choice.action,
		choice.name,
		choice.reason,
		values if choice.action == CREATE else {},
		choice.verdicts,
		choice.ambiguous,
	)


def _address_part(values: Mapping[str, Any], addresses: Sequence[str]) -> PartPlan:
	if addresses:
		return PartPlan("Address", REUSE, addresses[0], "linked", ambiguous=len(addresses) > 1)
	if not values:
		return PartPlan("Address", SKIP, reason="no_place")
	return PartPlan("Address", CREATE, reason="none_found", values=values)


def own_deals_of(deals: Sequence[Target], customer: str | None) -> list[str]:
	"""Those of a lead's own open deals that are still without a customer, or are this customer's already."""
	return [deal.name for deal in deals if not deal.customer or deal.customer == customer]


def _opportunity_part(
	lead: Mapping[str, Any],
	wish: Wish,
	prices: Mapping[str, Mapping[str, Any]],
	target: Target | None,
	own_deals: Sequence[str],
) -> PartPlan:
	if target:
		return PartPlan("Sky Opportunity", CHOSEN, target.name, "chosen")
	if not wish.create_opportunity:
		return PartPlan("Sky Opportunity", SKIP, reason="not_wanted")
	if own_deals:
		# Somebody has begun to sell already: a second deal beside it would be a ghost.
		return PartPlan("Sky Opportunity", REUSE, own_deals[0], "linked", ambiguous=len(own_deals) > 1)
	return PartPlan("Sky Opportunity", CREATE, reason="wanted", values=opportunity_values(lead, prices))


def check_undo(status: str, active: bool, blockers: Sequence[tuple[str, str]], hidden: int = 0) -> None:
	"""Refuse to take a conversion back that did not happen or that later records build on.

	Args:
		status: the lead's.
		active: whether there is a conversion that was not taken back already.
		blockers: (doctype, name) of later records that the caller may read.
		hidden: how many more there are.

	Raises:
		NotPossible: conversion_not_converted, conversion_not_recorded.
		Blocked: conversion_undo_blocked.
	"""
	if status != "Converted":
		raise NotPossible("conversion_not_converted", {"status": status})
	if not active:
		raise NotPossible("conversion_not_recorded")
	if blockers or hidden:
		raise Blocked("conversion_undo_blocked", list(blockers), {"hidden": hidden})


def merge_tags(*tags: str | None) -> str:
	"""The framework's way to store tags (",a,b"), each once, in order; "" for none."""
	seen: dict[str, str] = {}
	for text in tags:
		for tag in (text or "").split(","):
			if tag.strip():
				seen.setdefault(tag.strip().casefold(), tag.strip())
	return "," + ",".join(seen.values()) if seen else ""
