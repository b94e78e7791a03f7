"""Which known customer and contact a lead is: candidates are weighed, and every answer carries its reason.

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
from dataclasses import dataclass
from typing import Any

from skycrm.domain.conversion_values import text_of
from skycrm.domain.text import name_key, org_name_key

CREATE = "create"
REUSE = "reuse"
CHOSEN = "chosen"

# Weights only order the candidates; they are no percentages. Evidence of two kinds adds up.
CERTAIN, _LINKED, _TAX, _EMAIL, _PHONE, _PERSON, _NAME = 1000, 500, 100, 60, 50, 40, 30


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
		person=name_key(text_of(lead, "lead_name")) if person is None else person,
		organization=name_key(text_of(lead, "organization")),
	)


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
