"""Who looks like the people of a chunk of rows without being known by a key: found set-wise, for every row of a file.

A name alone never merges two people, so the row is made all the same and its outcome says whom it looks like. What is asked
for is what indexes answer for a thousand rows at once: the same name at the same organization among leads, contacts and the
rows of the file, and for a firm the customer of that name. Names that are only near are ranked one by one
(services/import_similar.py): for the rows of the preview, and for a row of the outcome when somebody asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pypika import Order

import frappe

from skycrm.domain.duplicates import merge
from skycrm.services.import_plan import FIRM, MADE, PERSON, Decision, LookAlike
from skycrm.services.import_rows import Prepared

LEAD, CONTACT, CUSTOMER = "Sky Lead", "Contact", "Customer"
INDEX = "Sky Identity Key"
# Rows that one look-up brings at most: a firm with thousands of contacts must not stop a chunk.
HITS = 5000

# (key of the person, key of the organization)
Who = tuple[str, str]
Hit = tuple[str, str, str]


@dataclass
class LookAlikes:
	"""Finds them for one import.

	Args:
		remember: keep in mind who stood in the chunks before, for a dry run: nothing of it is in the database.
	"""

	remember: bool = False
	# A number for each person of the file, not the names: 100,000 of them take ten megabytes.
	_lines: dict[int, int] = field(default_factory=dict)

	def look_up(self, rows: Iterable[Prepared]) -> dict[Who, list[Hit]]:
		"""The records that look like these people, before anything is written: at most seven queries."""
		return _stored(who_of(one) for one in rows if not one.fault)

	def note(self, decisions: Sequence[Decision], found: Mapping[Who, Sequence[Hit]]) -> None:
		"""Write into each decision to make somebody whom that row looks like. In place.

		Args:
			found: as look_up gave it for these rows.
		"""
		if not self.remember:
			self._lines = {}
		for one in decisions:
			if one.outcome != MADE:
				continue
			who = who_of(one.prepared)
			line = self._line(who, one.prepared.row.line)
			if (best := _best(found.get(who, ()), one)) and (best.on == PERSON or not line):
				one.look_alike = best
			elif line:
				one.look_alike = LookAlike(PERSON, line=line)

	def _line(self, who: Who, line: int) -> int:
		"""The row of the file before this one that is about the same name and organization, 0 for none."""
		if not all(who):
			return 0
		return (first := self._lines.setdefault(hash(who), line)) != line and first


def who_of(row: Prepared) -> Who:
	"""By what a row is compared."""
	return row.values.get("name_key") or "", row.values.get("organization_key") or ""


def _best(hits: Iterable[Hit], decision: Decision) -> LookAlike | None:
	"""The surest of the records, without those that this row is about anyway."""
	own = {(CUSTOMER, decision.customer), (CONTACT, decision.contact)}
	for match in merge(hit for hit in hits if hit[:2] not in own):
		on = PERSON if "lead_name" in match.matched_on else FIRM
		return LookAlike(on, match.doctype, match.name)
	return None


def _stored(people: Iterable[Who]) -> dict[Who, list[Hit]]:
	wanted = {who for who in people if who[1]}
	if not wanted:
		return {}
	found: dict[Who, list[Hit]] = {who: [] for who in wanted}
	pairs = {who for who in wanted if who[0]}
	for person, firm, name in _leads(pairs):
		if (person, firm) in found:
			found[person, firm] += [(LEAD, name, "lead_name"), (LEAD, name, "organization")]
	for firm, name in _leads_of({firm for person, firm in wanted if not person}):
		if ("", firm) in found:
			found["", firm].append((LEAD, name, "organization"))
	customers = _customers({firm for _person, firm in wanted})
	contacts = _contacts(customers, {person for person, _firm in wanted if person})
	for who in wanted:
		for customer in customers.get(who[1], ()):
			found[who].append((CUSTOMER, customer, "organization"))
			for contact in contacts.get((who[0], customer), ()):
				found[who] += [(CONTACT, contact, "lead_name"), (CONTACT, contact, "organization")]
	return found


def _leads(pairs: set[Who]) -> Sequence[tuple[str, str, str]]:
	"""(key of the person, key of the organization, newest lead of both)."""
	if not pairs or not frappe.has_permission(LEAD, "read"):
		return []
	return frappe.get_list(
		LEAD,
		filters={
			"organization_key": ("in", sorted({firm for _person, firm in pairs})),
			"name_key": ("in", sorted({person for person, _firm in pairs})),
		},
		fields=["name_key", "organization_key", "max(name)"],
		group_by="organization_key, name_key",
		order_by=None,
		limit_page_length=HITS,
		as_list=True,
	)


def _leads_of(firms: set[str]) -> Sequence[tuple[str, str]]:
	"""(key of the organization, its newest lead)."""
	if not firms or not frappe.has_permission(LEAD, "read"):
		return []
	return frappe.get_list(
		LEAD,
		filters={"organization_key": ("in", sorted(firms))},
		fields=["organization_key", "max(name)"],
		group_by="organization_key",
		order_by=None,
		limit_page_length=HITS,
		as_list=True,
	)


def _customers(firms: set[str]) -> dict[str, list[str]]:
	"""Key of an organization → customers of that name."""
	index = frappe.qb.DocType(INDEX)
	query = (
		frappe.qb.from_(index)
		.select(index.key_value, index.reference_name)
		.where(
			(index.key_type == "Name")
			& index.key_value.isin(sorted(firms))
			& (index.reference_doctype == CUSTOMER)
		)
		.limit(HITS)
	)
	rows = query.run()
	usable = _readable(CUSTOMER, (name for _key, name in rows))
	found: dict[str, list[str]] = {}
	for key, name in rows:
		if name in usable:
			found.setdefault(key, []).append(name)
	return found


def _contacts(customers: dict[str, list[str]], people: set[str]) -> dict[tuple[str, str], list[str]]:
	"""(key of a person, customer) → contacts of that name who hang on the customer."""
	names = sorted({name for found in customers.values() for name in found})
	if not names or not people:
		return {}
	link, index = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType(INDEX)
	query = (
		frappe.qb.from_(link)
		.join(index)
		.on(
			(index.reference_doctype == CONTACT)
			& (index.reference_name == link.parent)
			& (index.key_type == "Name")
		)
		.select(index.key_value, link.link_name, link.parent)
		.where((link.link_doctype == CUSTOMER) & link.link_name.isin(names) & (link.parenttype == CONTACT))
		.where(index.key_value.isin(sorted(people)))
		.orderby(link.parent, order=Order.asc)
		.limit(HITS)
	)
	rows = query.run()
	usable = _readable(CONTACT, (name for _key, _customer, name in rows))
	found: dict[tuple[str, str], list[str]] = {}
	for key, customer, name in rows:
		if name in usable:
			found.setdefault((key, customer), []).append(name)
	return found


def _readable(doctype: str, names: Iterable[str]) -> set[str]:
	wanted = sorted(set(names))
	if not wanted or not frappe.has_permission(doctype, "read"):
		return set()
	filters = {"name": ("in", wanted)}
	return set(frappe.get_list(doctype, filters=filters, pluck="name", limit_page_length=0, order_by=None))
