"""Rows of a file as contacts and customers of ERPNext, made by its own documents: one by one, each in a savepoint.

The values and the way of making them are those of a conversion (domain/conversion_values.py, integrations/erpnext/customer.py), so
a customer from a list and one from a lead are alike. A firm is known by its tax code or its name, a person by email or
number (domain/same_person.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import frappe
from frappe.model.document import Document
from frappe.utils import strip_html

from skycrm.domain.conversion_values import (
	Defaults,
	address_values,
	contact_channels,
	contact_name,
	contact_values,
	customer_fills,
	customer_values,
)
from skycrm.domain.errors import RuleError
from skycrm.domain.importing.table import Fault
from skycrm.domain.same_person import Identity, ground
from skycrm.integrations.erpnext import customer as gateway
from skycrm.services.import_fields import header_of
from skycrm.services.import_party_memory import PartyMemory
from skycrm.services.import_plan import ATTACHED, MADE, REFUSED, ROW, SKIP, SKIPPED, Decision
from skycrm.services.import_plan import REFUSE as REFUSE_KNOWN
from skycrm.services.import_rows import Prepared
from skycrm.services.messages import message_for

TARGET = "Contacts and Customers"
SAVEPOINT = "import_party"
REFUSALS = (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError, RuleError)


@dataclass(frozen=True)
class Known:
	"""Who of a row is known: names of records, "" for what is new; `title` is the full name of the contact."""

	contact: str = ""
	customer: str = ""
	matched_on: str = ""
	title: str = ""


def check_right() -> None:
	"""Both kinds of record are made in the user's name.

	Raises:
		frappe.PermissionError: the user may not create one of them.
	"""
	for doctype in ("Customer", "Contact"):
		frappe.has_permission(doctype, "create", throw=True)


def foresee(doc: Document, rows: Sequence[Prepared]) -> list[Decision]:
	"""What would become of rows, as far as it can be told without writing: for the preview."""
	seen = _seen_before(doc, rows)
	memory = PartyMemory()
	decisions = []
	for one in rows:
		decision = _refused_or_seen(one, seen, memory)
		if not decision:
			known = _known(one)
			decision = _by_policy(doc, one, known, memory)
			if not decision:
				decision = (
					_attached(one, known) if known.contact else Decision(one, MADE, customer=known.customer)
				)
				memory.note(one, known.contact, known.title)
		decisions.append(decision)
	memory.close()
	return decisions


def take(doc: Document, rows: Sequence[Prepared], memory: PartyMemory | None = None) -> list[Decision]:
	"""Make or find contact and customer of each row, in this transaction.

	Args:
		doc: the import.
		rows: as read.
		memory: who the rows before were, for a dry run: each row is tried, and taken back.
	"""
	seen = _seen_before(doc, rows)
	decisions = []
	for one in rows:
		decision = _refused_or_seen(one, seen, memory)
		if not decision:
			known = _known(one)
			decision = _by_policy(doc, one, known, memory)
			if not decision:
				decision = _attempt(one, known, is_dry=memory is not None)
				_remember(decision, known, seen, memory)
		decisions.append(decision)
	return decisions


def _refused_or_seen(
	one: Prepared, seen: dict[str, tuple[str, str]], memory: PartyMemory | None
) -> Decision | None:
	if one.fault:
		return Decision(one, REFUSED, fault=one.fault)
	if issues := one.values.get("data_issues"):
		# A lead keeps what is not valid for somebody to look at; a contact has no place for it.
		return Decision(one, REFUSED, fault=Fault("correct_first", 0, {"issues": issues}))
	if one.row_hash in seen:
		contact, customer = seen[one.row_hash]
		fault = Fault("same_party_row", 0, {"value": contact or customer})
		return Decision(one, SKIPPED, contact=contact, customer=customer, fault=fault)
	if memory and (line := memory.line_of_row(one.row_hash)):
		return Decision(one, SKIPPED, fault=Fault("same_row_in_file", 0, {"line": line}))
	return None


def _by_policy(doc: Document, one: Prepared, known: Known, memory: PartyMemory | None) -> Decision | None:
	"""What becomes of somebody who is known without anything to write, None where the row is to be tried."""
	outcome = {SKIP: SKIPPED, REFUSE_KNOWN: REFUSED}.get(doc.policy, ATTACHED)
	if known.contact:
		if outcome == ATTACHED:
			return None
		params = {"value": known.contact, "matched": header_of(known.matched_on)}
		return Decision(one, outcome, contact=known.contact, fault=Fault("party_known", 0, params))
	met = memory.person(one) if memory else None
	if not met:
		return None
	line, contact, matched_on = met
	if outcome == ATTACHED:
		# Its further addresses and numbers are that person's from now on.
		memory.note(one, contact, line=line)
		if contact:
			return _attached(one, Known(contact, matched_on=matched_on))
	code = "party_attached_in_file" if outcome == ATTACHED else "repeats_line"
	fault = Fault(code, 0, {"line": line, "matched": header_of(matched_on)})
	return Decision(one, outcome, fault=fault)


def _remember(
	decision: Decision, known: Known, seen: dict[str, tuple[str, str]], memory: PartyMemory | None
) -> None:
	if decision.outcome not in (MADE, ATTACHED):
		return
	if memory is None:
		seen[decision.prepared.row_hash] = (decision.contact, decision.customer)
	else:
		memory.note(decision.prepared, known.contact, known.title)


def _attempt(one: Prepared, known: Known, is_dry: bool) -> Decision:
	"""Write the row; what ERPNext says no to becomes the reason of a refused row."""
	messages = len(frappe.local.message_log)
	frappe.db.savepoint(SAVEPOINT)
	try:
		decision = _write(one, known)
		if is_dry:
			frappe.db.rollback(save_point=SAVEPOINT)
			if decision.outcome == MADE:
				decision.contact, decision.customer = "", known.customer
		return decision
	except REFUSALS as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		said = frappe.get_message_log()[messages:]
		text = message_for(error) if isinstance(error, RuleError) else strip_html(str(error))
		text = strip_html(said[-1].get("message") or "") if said and not text else text
		return Decision(one, REFUSED, fault=Fault("not_stored", 0, {"value": text[:300]}))
	finally:
		del frappe.local.message_log[messages:]


def _write(one: Prepared, known: Known) -> Decision:
	if known.contact:
		return _add_to_known(one, known)
	defaults = _defaults()
	lead = one.values
	customer = frappe.get_doc("Customer", known.customer) if known.customer else None
	is_new = customer is None
	if customer is None:
		customer = gateway.insert_customer(customer_values(lead, defaults))
	elif (fills := customer_fills(lead, customer.as_dict())) and customer.has_permission("write"):
		customer.update(fills)
		customer.save()
	contact = None
	if any(lead.get(field) for field in ("lead_name", "email_id", "mobile_no", "phone")):
		values = contact_values(lead, defaults, primary=is_new)
		contact = gateway.insert_contact(values, contact_name(lead), customer.name)
	address = None
	place = (
		address_values(lead, defaults, primary=is_new)
		if lead.get("address_line1") or lead.get("city")
		else {}
	)
	# A firm that is known has its address; the list would add it once for each of its people.
	if place and (is_new or not customer.get("customer_primary_address")):
		address = gateway.insert_address(place, customer.name)
	if is_new:
		gateway.set_primary(customer, contact, address)
	return Decision(one, MADE, contact=contact.name if contact else "", customer=customer.name)


def _add_to_known(one: Prepared, known: Known) -> Decision:
	contact = frappe.get_doc("Contact", known.contact)
	if known.customer and contact.has_permission("write"):
		if gateway.add_to_contact(contact, known.customer, contact_channels(one.values)):
			with gateway.without_avatar_lookup(contact):
				contact.save()
	return _attached(one, known)


def _attached(one: Prepared, known: Known) -> Decision:
	fault = Fault("party_attached", 0, {"value": known.contact, "matched": header_of(known.matched_on)})
	return Decision(one, ATTACHED, contact=known.contact, customer=known.customer, fault=fault)


def _known(one: Prepared) -> Known:
	"""Two or three queries; records that the user may not read are nobody's business and count as new."""
	lead = one.values
	keys = [(kind, value) for kind, value in one.keys]
	if organization := lead.get("organization_key"):
		keys.append(("Name", organization))
	found = gateway.parties_with_keys(keys)
	kinds: dict[str, set[str]] = {}
	for kind, doctype, name in found:
		if doctype == "Contact" and kind in ("Email", "Phone"):
			kinds.setdefault(name, set()).add(kind)
	contact, matched_on, title, customers = "", "", "", []
	for row in sorted(gateway.readable_contacts(kinds).values(), key=lambda row: row.creation):
		person = Identity(
			row.full_name or "",
			one.identity.email if "Email" in kinds[row.name] else "",
			one.identity.phones if "Phone" in kinds[row.name] else frozenset(),
		)
		if matched := ground(one.identity, person):
			contact, matched_on, title, customers = row.name, matched, row.full_name or "", row.customers
			break
	by_key = [
		name
		for wanted in ("Tax", "Name")
		for kind, doctype, name in found
		if (kind, doctype) == (wanted, "Customer")
	]
	usable = gateway.readable_customers([*customers, *by_key])
	customer = next(
		(name for name in [*by_key, *customers] if name in usable and not usable[name].disabled), ""
	)
	return Known(contact, customer, matched_on, title)


def _seen_before(doc: Document, rows: Sequence[Prepared]) -> dict[str, tuple[str, str]]:
	"""Row hash → (contact, customer), of rows that an import has taken and whose record is still there."""
	hashes = [one.row_hash for one in rows if one.row_hash]
	if not hashes:
		return {}
	row, contact, customer = (frappe.qb.DocType(name) for name in (ROW, "Contact", "Customer"))
	query = (
		frappe.qb.from_(row)
		.left_join(contact)
		.on(contact.name == row.contact)
		.left_join(customer)
		.on(customer.name == row.customer)
		.select(row.row_hash, contact.name, customer.name)
		.where(row.row_hash.isin(hashes) & row.outcome.isin((MADE, ATTACHED)))
	)
	return {key: (person or "", firm or "") for key, person, firm in query.run() if person or firm}


def _defaults() -> Defaults:
	site = gateway.site_defaults()
	family_first = frappe.get_cached_doc("Sky CRM Settings").get("family_name_first")
	return Defaults(
		customer_group=site["customer_group"],
		territory=site["territory"],
		country=site["country"],
		# A setting that was never saved is empty: the default holds.
		family_name_first=family_first is None or bool(family_first),
	)
