"""What a lead becomes: which customer and contact it is, what is created, and why. Plain values in, a plan out.

Two mistakes cost more than all others here: a second customer for a firm that is known already, and a person hung on
a stranger's record. So a known record is taken only on evidence that names one party, and every answer carries its
reason, so that the screen can show it before anything is written.

Evidence, strongest first:
	the person who converts chose the record;
	the record hangs on the lead already (its own contacts and addresses);
	the tax code is the same: it names one taxpayer (circular 86/2024/TT-BTC, art. 5);
	email or phone are the same and the names do not contradict: firms share a switchboard or an info@ box;
	the organisation's name is the same. A person's name alone is no evidence.
A different tax code rules a customer out whatever else agrees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from skycrm.domain.errors import Blocked, InvalidValue, NotPossible, RuleError
from skycrm.domain.person_name import PersonName, split_full_name
from skycrm.domain.text import name_key, org_name_key

CREATE = "create"
REUSE = "reuse"
CHOSEN = "chosen"
SKIP = "skip"

COMPANY = "Company"
INDIVIDUAL = "Individual"

# Weights only order the candidates; they are no percentages. Evidence of two kinds adds up.
_CHOSEN, _LINKED, _TAX, _EMAIL, _PHONE, _PERSON, _NAME = 1000, 500, 100, 60, 50, 40, 30

# Fields that a known record takes over from the lead when it has nothing there; what it has is never overwritten.
CUSTOMER_FILLS = ("tax_id", "industry", "website")


@dataclass(frozen=True)
class Keys:
	"""The identity of a lead, as comparable keys; "" or () for what it does not say."""

	email: str = ""
	phones: tuple[str, ...] = ()
	tax: str = ""
	person: str = ""
	organization: str = ""

	def named(self) -> tuple[tuple[str, str], ...]:
		"""(type, value) of every key, as the table of identity keys spells the types."""
		pairs = [("Tax", self.tax), ("Email", self.email), ("Name", self.organization)]
		pairs += [("Phone", phone) for phone in self.phones]
		return tuple((kind, value) for kind, value in pairs if value)


@dataclass(frozen=True)
class Candidate:
	"""A known Customer or Contact that shares something with the lead.

	Args:
		name, title: record name, and what people call it.
		name_key: key of its title.
		matched_on: any of "tax", "email", "phone", "name", "linked".
		tax_key: its own tax code.
		customers: of a contact, the customers it is linked to.
		usable: False when disabled or the like.
		created: sorts oldest first.
	"""

	name: str
	title: str
	name_key: str = ""
	matched_on: frozenset[str] = frozenset()
	tax_key: str = ""
	customers: tuple[str, ...] = ()
	usable: bool = True
	created: str = ""


@dataclass(frozen=True)
class Verdict:
	"""One candidate and what speaks for or against it. `weight` 0 means: not to be taken without asking."""

	candidate: Candidate
	weight: int
	reason: str


@dataclass(frozen=True)
class Choice:
	"""The record to use, or None to create one; every verdict, best first; whether two were equally good."""

	name: str | None
	action: str
	reason: str
	verdicts: tuple[Verdict, ...] = ()
	ambiguous: bool = False


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
class Defaults:
	"""What the site fills in where the lead is silent."""

	customer_group: str | None = None
	territory: str | None = None
	country: str | None = None
	family_name_first: bool = True


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


# Is the lead ready?
# ------------------


def problems(lead: Mapping[str, Any], invalid: Iterable[tuple[str, RuleError]] = ()) -> list[RuleError]:
	"""Everything that must be put right before the lead can be converted; empty when it is ready.

	Args:
		lead: field values.
		invalid: (field, error) for stored values that are not what their field says, kept so by an import.
	"""
	found: list[RuleError] = []
	if not _text(lead, "lead_name") and not _text(lead, "organization"):
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


# Who is it?
# ----------


def names_agree(one: str, other: str) -> bool:
	"""Whether two name keys can be the same person: one is missing, or its words are among those of the other.

	"an" and "nguyen an" agree with "nguyen van an"; "tran binh" does not.
	"""
	if not one or not other:
		return True
	words, others = set(one.split()), set(other.split())
	return words <= others or others <= words


def choose_contact(
	keys: Keys, candidates: Iterable[Candidate], wish: str | None = None, customer: str | None = None
) -> Choice:
	"""The contact that the lead's person is.

	Args:
		keys: the lead's.
		candidates: contacts that share something with it.
		wish: the contact that was chosen.
		customer: the customer that the lead becomes, if settled; its own contacts go first.
	"""
	if wish:
		return Choice(wish, CHOSEN, "chosen", _judge(candidates, lambda c: _judge_contact(keys, c, customer)))
	return _settle(_judge(candidates, lambda c: _judge_contact(keys, c, customer)))


def choose_customer(
	keys: Keys, candidates: Iterable[Candidate], contacts: Sequence[Verdict] = (), wish: str | None = None
) -> Choice:
	"""The customer that the lead is.

	Args:
		keys: the lead's.
		candidates: customers that share something with it, and those of the contacts.
		contacts: verdicts on contacts; one that is the lead's person speaks for the customers it belongs to.
		wish: the customer that was chosen.
	"""
	persons = {customer for verdict in contacts if verdict.weight for customer in verdict.candidate.customers}
	verdicts = _judge(candidates, lambda c: _judge_customer(keys, c, c.name in persons))
	if wish:
		return Choice(wish, CHOSEN, "chosen", verdicts)
	return _settle(verdicts)


def _judge_contact(keys: Keys, candidate: Candidate, customer: str | None) -> Verdict:
	on = candidate.matched_on
	if not candidate.usable:
		return Verdict(candidate, 0, "disabled")
	if "linked" not in on and not names_agree(keys.person, candidate.name_key):
		return Verdict(candidate, 0, "name_differs")
	weight = _LINKED * ("linked" in on) + _EMAIL * ("email" in on) + _PHONE * ("phone" in on)
	if not weight:
		return Verdict(candidate, 0, "name_alone")
	reason = next(kind for kind in ("linked", "email", "phone") if kind in on)
	weight += 5 * (bool(keys.person) and keys.person == candidate.name_key)
	weight += 3 * (bool(customer) and customer in candidate.customers)
	return Verdict(candidate, weight, reason)


def _judge_customer(keys: Keys, candidate: Candidate, has_person: bool) -> Verdict:
	on = candidate.matched_on
	if not candidate.usable:
		return Verdict(candidate, 0, "disabled")
	if keys.tax and candidate.tax_key and keys.tax != candidate.tax_key:
		return Verdict(candidate, 0, "tax_differs")
	if "tax" in on:
		return Verdict(candidate, _TAX + _NAME * ("name" in on) + _PERSON * has_person, "tax")
	direct = _EMAIL * ("email" in on) + _PHONE * ("phone" in on)
	if keys.organization:
		return _judge_organization(keys, candidate, direct, has_person)
	if has_person:
		return Verdict(candidate, _PERSON + direct, "person")
	if direct and names_agree(keys.person, candidate.name_key):
		return Verdict(candidate, direct, "email" if "email" in on else "phone")
	return Verdict(candidate, 0, "name_alone" if "name" in on and not direct else "name_differs")


def _judge_organization(keys: Keys, candidate: Candidate, direct: int, has_person: bool) -> Verdict:
	if keys.organization == candidate.name_key:
		return Verdict(candidate, _NAME + direct + _PERSON * has_person, "name")
	# "Cty ABC" and "Công ty TNHH ABC" with the same phone are one firm; with nothing else in common they are not.
	near = org_name_key(keys.organization) == org_name_key(candidate.name_key)
	if near and (direct or has_person):
		return Verdict(candidate, direct + _PERSON * has_person, "person" if has_person else "phone")
	return Verdict(candidate, 0, "name_differs")


def _judge(candidates: Iterable[Candidate], judge: Any) -> tuple[Verdict, ...]:
	verdicts = [judge(candidate) for candidate in candidates]
	return tuple(sorted(verdicts, key=lambda v: (-v.weight, v.candidate.created, v.candidate.name)))


def _settle(verdicts: tuple[Verdict, ...]) -> Choice:
	"""The best verdict; of equals the oldest, for the older record carries the history."""
	best = verdicts[0] if verdicts else None
	if not best or not best.weight:
		return Choice(None, CREATE, "none_found" if not best else "none_certain", verdicts)
	ambiguous = len(verdicts) > 1 and verdicts[1].weight == best.weight
	return Choice(best.candidate.name, REUSE, best.reason, verdicts, ambiguous)


# What is written?
# ----------------


def customer_values(lead: Mapping[str, Any], defaults: Defaults) -> dict[str, Any]:
	"""Fields of a new Customer: the organisation, or the person when there is none."""
	organization = _text(lead, "organization")
	values = {
		"customer_name": organization or _text(lead, "lead_name"),
		"customer_type": COMPANY if organization else INDIVIDUAL,
		"tax_id": _text(lead, "tax_id"),
		"customer_group": defaults.customer_group,
		"territory": _text(lead, "territory") or defaults.territory,
		"industry": _text(lead, "industry"),
		"website": _text(lead, "website"),
		"language": _text(lead, "language"),
		"image": _text(lead, "image") if organization else "",
	}
	if not organization:
		values |= {"salutation": _text(lead, "salutation"), "gender": _text(lead, "gender")}
	return _given(values)


def customer_fills(lead: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
	"""What a known Customer takes over from the lead: only where it has nothing itself."""
	return {
		fieldname: _text(lead, fieldname)
		for fieldname in CUSTOMER_FILLS
		if _text(lead, fieldname) and not _text(known, fieldname)
	}


def contact_values(lead: Mapping[str, Any], defaults: Defaults, primary: bool = True) -> dict[str, Any]:
	"""Fields of a new Contact, with its tables `email_ids` and `phone_nos`.

	Args:
		lead: field values.
		defaults: of the site.
		primary: False beside a known customer, which keeps the primary contact that it has.
	"""
	person = _text(lead, "lead_name")
	name = _person_name(lead, defaults.family_name_first) if person else PersonName("", "", "")
	values = {
		# A lead without a person still leaves a way to reach the firm: the contact then bears the firm's name.
		"first_name": name.given,
		"middle_name": name.middle,
		"last_name": name.family,
		"company_name": _text(lead, "organization"),
		"salutation": _text(lead, "salutation"),
		"gender": _text(lead, "gender"),
		"designation": _text(lead, "job_title"),
		"image": _text(lead, "image") if person and not _text(lead, "organization") else "",
		"is_primary_contact": int(primary),
		"sky_family_name_first": int(_written_family_first(person, name, defaults.family_name_first)),
	}
	return _given(values) | contact_channels(lead)


def _person_name(lead: Mapping[str, Any], family_first: bool) -> PersonName:
	"""The parts that the lead keeps, or those of its full name when it keeps none."""
	given = _text(lead, "first_name")
	if given:
		return PersonName(_text(lead, "last_name"), _text(lead, "middle_name"), given)
	name = split_full_name(_text(lead, "lead_name"), family_first)
	return name if name.given else replace(name, given=_text(lead, "lead_name"), family="", middle="")


def _written_family_first(written: str, name: PersonName, default: bool) -> bool:
	"""In which order this person's name was typed: a site in Vietnam has its John Smiths as well."""
	if name_key(written) == name_key(f"{name.family} {name.middle} {name.given}"):
		return True
	return default and name_key(written) != name_key(f"{name.given} {name.middle} {name.family}")


def contact_channels(lead: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
	"""Rows `email_ids` and `phone_nos` of a Contact: the mobile is the primary mobile, the phone the primary phone."""
	email, mobile, phone = (_text(lead, fieldname) for fieldname in ("email_id", "mobile_no", "phone"))
	phones = []
	if mobile:
		phones.append({"phone": mobile, "is_primary_mobile_no": 1, "is_primary_phone": int(phone == mobile)})
	if phone and phone != mobile:
		phones.append({"phone": phone, "is_primary_phone": 1, "is_primary_mobile_no": 0})
	return {"email_ids": [{"email_id": email, "is_primary": 1}] if email else [], "phone_nos": phones}


def contact_name(lead: Mapping[str, Any]) -> str:
	"""What the contact is called: the name as typed, in its own order."""
	return _text(lead, "lead_name") or _text(lead, "organization")


def address_values(lead: Mapping[str, Any], defaults: Defaults, primary: bool = True) -> dict[str, Any]:
	"""Fields of a new Address, empty when the lead names no place.

	ERPNext asks for a line, a city and a country; the nearest larger place stands in for one that is missing.

	Args:
		lead: field values.
		defaults: of the site.
		primary: False beside a known customer: the framework would take the mark off the address that has it.
	"""
	line, city, state = (_text(lead, fieldname) for fieldname in ("address_line1", "city", "state"))
	if not line and not city:
		return {}
	country = _text(lead, "country") or defaults.country or ""
	return _given(
		{
			# The record is named by it, with the type and perhaps a number behind it.
			"address_title": (_text(lead, "organization") or _text(lead, "lead_name"))[:120],
			"address_type": "Billing",
			"address_line1": line or city,
			"city": city or state or country,
			"state": state,
			"country": country,
			"email_id": _text(lead, "email_id"),
			"phone": _text(lead, "mobile_no") or _text(lead, "phone"),
			"is_primary_address": int(primary),
			"is_shipping_address": int(primary),
		}
	)


def opportunity_values(lead: Mapping[str, Any], prices: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
	"""Fields of a new Sky Opportunity with its `items`; customer and contact are put in by the caller.

	Args:
		lead: field values, with `items`.
		prices: per item `price_list_rate` and `uom`, as far as known.
	"""
	return _given(
		{
			"title": _text(lead, "organization") or _text(lead, "lead_name"),
			"lead": lead.get("name"),
			"opportunity_owner": _text(lead, "lead_owner"),
			"team": _text(lead, "team"),
			"source": _text(lead, "source"),
			"campaign": _text(lead, "campaign"),
			"next_contact_on": lead.get("next_contact_on"),
			"notes": lead.get("notes"),
		}
	) | {
		"items": [
			_item(row, prices.get(row.get("item_code"), {}))
			for row in lead.get("items") or []
			if row.get("item_code")
		]
	}


def _item(row: Mapping[str, Any], price: Mapping[str, Any]) -> dict[str, Any]:
	values = {
		"item_code": row.get("item_code"),
		"item_name": row.get("item_name"),
		"qty": float(row.get("qty") or 1),
		"uom": price.get("uom"),
		# Without a price nothing is said about it: the opportunity looks for one itself and settles on zero.
		"price_list_rate": price.get("price_list_rate"),
	}
	return _given(values)


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
			replace(v, weight=_CHOSEN if v.candidate.name == wish.contact else v.weight) for v in persons
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


# Taking it back
# --------------


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


def keys_of(
	lead: Mapping[str, Any],
	email: str = "",
	phones: Iterable[str] = (),
	tax: str = "",
	person: str | None = None,
) -> Keys:
	"""Put the identity of a lead together; each phone once, in order."""
	return Keys(
		email=email or "",
		phones=tuple(dict.fromkeys(phone for phone in phones if phone)),
		tax=tax or "",
		person=name_key(_text(lead, "lead_name")) if person is None else person,
		organization=name_key(_text(lead, "organization")),
	)


def _text(values: Mapping[str, Any], fieldname: str) -> str:
	return str(values.get(fieldname) or "").strip()


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
	return {key: value for key, value in values.items() if value not in (None, "")}
