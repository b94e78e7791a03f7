"""Who a request is about: identity keys, and every lead, contact, customer and address under them.

Found by e-mail and phone only. A name is no proof: two people may have it. What the records found hold beyond that is
not followed, so that a firm's switchboard does not make one person of all who work there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain.email_address import email_key
from skycrm.domain.personal.marks import Marks
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.integrations.erpnext.customer import parties_with_keys
from skycrm.services.identity import quiet
from skycrm.services.personal_data import accounts

LEAD, CONTACT, CUSTOMER, ADDRESS = "Sky Lead", "Contact", "Customer", "Address"
# Names shorter than this, or of one word, are too common to be looked for in texts.
LEAST_NAME = 5


@dataclass
class Subject:
	"""A person as the site knows them.

	Args:
		emails, phones: identity keys.
		spellings: every way in which their addresses and numbers are written somewhere.
		names: full names, for texts that hang on the records below.
		records: DocType → names of the records that are this person.
		kept: records of the person that law or others need, with the reason.
		accounts: users under one of the addresses, with what they are; see accounts.py.
	"""

	emails: set[str] = field(default_factory=set)
	phones: set[str] = field(default_factory=set)
	spellings: set[str] = field(default_factory=set)
	names: set[str] = field(default_factory=set)
	records: dict[str, list[str]] = field(default_factory=dict)
	kept: dict[tuple[str, str], str] = field(default_factory=dict)
	accounts: dict[str, str] = field(default_factory=dict)

	def has(self, doctype: str) -> list[str]:
		"""Names of the records of a DocType that are this person."""
		return self.records.get(doctype, [])


def marks_of(subject: Subject) -> Marks:
	"""By what a text names the person."""
	region = frappe.get_cached_doc("Sky CRM Settings").default_phone_region or DEFAULT_REGION
	return Marks(frozenset(subject.emails), frozenset(subject.phones), frozenset(subject.spellings), region)


def works_of(subject: Subject) -> set[tuple[str, str]]:
	"""(DocType, name) of the work done for the person: opportunities and quotations."""
	asked = (
		("Sky Opportunity", "lead", LEAD),
		("Sky Opportunity", "customer", CUSTOMER),
		("Sky Opportunity", "contact_person", CONTACT),
		("Quotation", "party_name", CUSTOMER),
	)
	return {
		(doctype, name)
		for doctype, fieldname, target in asked
		# Asked without a name, the framework answers with all that have none.
		if subject.has(target)
		for name in frappe.get_all(doctype, {fieldname: ("in", subject.has(target))}, pluck="name")
	}


def find(request: Document) -> Subject:
	"""The person of a request, as stored now. A dozen queries, whatever is found."""
	subject = Subject()
	_take_keys(subject, request)
	leads = set(_leads(subject))
	contacts = set(_contacts(subject))
	if request.lead and frappe.db.exists(LEAD, request.lead):
		leads.add(request.lead)
	if request.contact and frappe.db.exists(CONTACT, request.contact):
		contacts.add(request.contact)
	lead_rows = _rows(
		LEAD, leads, ["name", "lead_name", "email_id", "mobile_no", "phone", "zalo_id", "contact", "customer"]
	)
	contacts |= {row.contact for row in lead_rows if row.contact}
	contact_rows = _rows(
		CONTACT,
		contacts,
		["name", "full_name", "first_name", "middle_name", "last_name", "email_id", "mobile_no", "phone"],
	)
	subject.records = {LEAD: sorted(leads), CONTACT: sorted(row.name for row in contact_rows)}
	_take_texts(subject, [*lead_rows, *contact_rows])
	_take_child_rows(subject)
	subject.records[CUSTOMER] = _customers(subject, {row.customer for row in lead_rows if row.customer})
	subject.records[ADDRESS] = _addresses(subject)
	_take_found_keys(subject)
	_leave_out_staff(subject)
	return subject


def _take_keys(subject: Subject, request: Document) -> None:
	values = [request.email_id, request.phone]
	for doctype, name in ((LEAD, request.lead), (CONTACT, request.contact)):
		row = name and frappe.db.get_value(doctype, name, ["email_id", "mobile_no", "phone"])
		values += list(row or ())
	if request.contact:
		values += frappe.get_all("Contact Email", {"parent": request.contact}, pluck="email_id")
		values += frappe.get_all("Contact Phone", {"parent": request.contact}, pluck="phone")
	region = frappe.get_cached_doc("Sky CRM Settings").default_phone_region or DEFAULT_REGION
	for value in [value for value in values if value]:
		if "@" in value:
			subject.emails |= {quiet(email_key, value)} - {""}
		else:
			subject.phones |= {quiet(phone_key, value, region)} - {""}
		subject.spellings.add(value)


def _take_found_keys(subject: Subject) -> None:
	"""Addresses that the records hold besides those asked for, in every spelling.

	One that other people's records hold too, a firm's switchboard, is looked for only in what hangs on the person.
	"""
	region = frappe.get_cached_doc("Sky CRM Settings").default_phone_region or DEFAULT_REGION
	key_of = {
		text: quiet(email_key, text) if "@" in text else quiet(phone_key, text, region)
		for text in subject.spellings
	}
	found = Subject(
		emails={key for text, key in key_of.items() if key and "@" in text},
		phones={key for text, key in key_of.items() if key and "@" not in text},
	)
	shared = _keys_of_others(found, subject)
	for text, key in key_of.items():
		if key in shared:
			subject.spellings.discard(text)
			subject.names.add(text)
	subject.emails |= found.emails - shared
	subject.phones |= found.phones - shared
	# The number as people type it into a note
	subject.spellings |= {"0" + key[3:] for key in subject.phones if key.startswith("+84")}


def _leave_out_staff(subject: Subject) -> None:
	"""The address under which somebody works here is the firm's: its letters are the firm's correspondence, and stay.

	As with a switchboard, it is taken out of the person's own records alone.
	"""
	subject.accounts = accounts.find(subject.emails | {text for text in subject.spellings if "@" in text})
	working = {user for user, kind in subject.accounts.items() if kind == accounts.STAFF}
	keys = {quiet(email_key, address) for address in accounts.addresses_of(working)} - {""}
	for text in [text for text in subject.spellings if "@" in text and quiet(email_key, text) in keys]:
		subject.spellings.discard(text)
		subject.names.add(text)
	subject.emails -= keys


def _keys_of_others(found: Subject, subject: Subject) -> set[str]:
	keys = sorted(found.emails | found.phones)
	if not keys:
		return set()
	leads = frappe.get_all(
		LEAD,
		filters={"name": ("not in", subject.has(LEAD) or [""])},
		or_filters=[[LEAD, column, "in", keys] for column in ("email_key", "phone_key", "phone_key_2")],
		fields=["email_key", "phone_key", "phone_key_2"],
	)
	contacts = frappe.get_all(
		"Sky Identity Key",
		filters={
			"key_value": ("in", keys),
			"reference_doctype": CONTACT,
			"reference_name": ("not in", subject.has(CONTACT) or [""]),
		},
		pluck="key_value",
	)
	return set(keys) & {*contacts, *(value for row in leads for value in row.values())}


def _leads(subject: Subject) -> list[str]:
	keys = {"email_key": subject.emails, "phone_key": subject.phones, "phone_key_2": subject.phones}
	filters = [[LEAD, column, "in", sorted(values)] for column, values in keys.items() if values]
	return frappe.get_all(LEAD, or_filters=filters, pluck="name") if filters else []


def _contacts(subject: Subject) -> list[str]:
	pairs = [("Email", key) for key in subject.emails] + [("Phone", key) for key in subject.phones]
	if not pairs:
		return []
	return [name for _kind, doctype, name in parties_with_keys(pairs) if doctype == CONTACT]


def _customers(subject: Subject, of_leads: Iterable[str]) -> list[str]:
	"""Customers that are the person: individuals behind the lead or the contact. Firms are not, and stay."""
	linked = frappe.get_all(
		"Dynamic Link",
		{"parenttype": CONTACT, "parent": ("in", subject.has(CONTACT) or [""]), "link_doctype": CUSTOMER},
		pluck="link_name",
	)
	names = sorted({*of_leads, *linked})
	mine = []
	for row in _rows(CUSTOMER, names, ["name", "customer_name", "customer_type", "email_id", "mobile_no"]):
		if row.customer_type != "Individual":
			subject.kept[CUSTOMER, row.name] = "firm"
			continue
		mine.append(row.name)
		_take_texts(subject, [frappe._dict(full_name=row.customer_name)])
		if has_submitted_documents(row.name):
			subject.kept[CUSTOMER, row.name] = "documents"
	return mine


def _addresses(subject: Subject) -> list[str]:
	mine = {(doctype, name) for doctype, names in subject.records.items() for name in names}
	parents = frappe.get_all(
		"Dynamic Link",
		filters={"parenttype": ADDRESS, "link_name": ("in", sorted(name for _doctype, name in mine) or [""])},
		fields=["parent", "link_doctype", "link_name"],
	)
	names = sorted({row.parent for row in parents if (row.link_doctype, row.link_name) in mine})
	for row in frappe.get_all(
		"Dynamic Link",
		filters={"parenttype": ADDRESS, "parent": ("in", names or [""])},
		fields=["parent", "link_doctype", "link_name"],
	):
		owner = (row.link_doctype, row.link_name)
		if subject.kept.get(owner) == "documents" or owner not in mine:
			subject.kept[ADDRESS, row.parent] = "shared"
	return names


def has_submitted_documents(customer: str) -> bool:
	"""Whether a customer has documents that accounting law keeps, cancelled ones included."""
	return any(
		frappe.db.exists(doctype, {**filters, "docstatus": ("!=", 0)})
		for doctype, filters in (
			("Sales Invoice", {"customer": customer}),
			("Sales Order", {"customer": customer}),
			("Delivery Note", {"customer": customer}),
			("Payment Entry", {"party_type": CUSTOMER, "party": customer}),
			("Quotation", {"quotation_to": CUSTOMER, "party_name": customer}),
		)
	)


def _take_child_rows(subject: Subject) -> None:
	contacts = subject.has(CONTACT)
	if contacts:
		subject.spellings |= set(
			frappe.get_all("Contact Email", {"parent": ("in", contacts)}, pluck="email_id")
		)
		subject.spellings |= set(frappe.get_all("Contact Phone", {"parent": ("in", contacts)}, pluck="phone"))
	subject.spellings -= {None, ""}


def _take_texts(subject: Subject, rows: Iterable[Any]) -> None:
	for row in rows:
		subject.spellings |= {
			row.get(key) for key in ("email_id", "mobile_no", "phone", "zalo_id") if row.get(key)
		}
		parts = [row.get(key) for key in ("first_name", "middle_name", "last_name") if row.get(key)]
		for name in (row.get("lead_name"), row.get("full_name"), " ".join(parts), " ".join(reversed(parts))):
			if name and len(name) >= LEAST_NAME and " " in name.strip():
				subject.names.add(name.strip())


def _rows(doctype: str, names: Iterable[str], fields: list[str]) -> list[frappe._dict]:
	wanted = sorted(set(names))
	return frappe.get_all(doctype, filters={"name": ("in", wanted)}, fields=fields) if wanted else []
