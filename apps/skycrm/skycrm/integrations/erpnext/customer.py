"""ERPNext's Customer, with the Contact and Address that frappe and ERPNext keep for it: look up and create.

ERPNext's Customer makes a contact of its own on insert when it carries an email, a phone or a person's name
(Customer.create_primary_contact) and an address when it carries an address line. So a new Customer gets none of these
here: contact and address are made apart, exactly one of each, and then written into the Customer as its primary ones.
`lead_name` and `opportunity_name` stay empty: they point to ERPNext's own Lead and Opportunity.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import frappe
from frappe.contacts.doctype.address.address import render_address
from frappe.model.document import Document
from frappe.model.naming import append_number_if_name_exists

# Anything that is no picture of a person and no uploaded file, see without_avatar_lookup.
_NO_AVATAR = "/assets/frappe/images/ui/user-avatar.svg"

Row = Mapping[str, Any]


# Look up
# -------


def parties_with_keys(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
	"""(key type, doctype, name) of every Customer and Contact that has one of the identity keys. One query.

	Args:
		keys: (type, value) as Sky Identity Key stores them. Types: Email, Phone, Tax, Name.
	"""
	pairs = tuple(keys)
	if not pairs:
		return []
	return list(
		# Pairs compared as pairs, which one index answers: the query builder binds no values inside a pair.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			"""
			select distinct key_type, reference_doctype, reference_name
			from `tabSky Identity Key`
			where (key_type, key_value) in %(pairs)s and reference_doctype in ('Customer', 'Contact')
			""",
			{"pairs": pairs},
		)
	)


def parties_linked_to(doctype: str, name: str) -> dict[str, list[str]]:
	"""Contacts and Addresses that hang on a record: {"Contact": [...], "Address": [...]}, oldest first. One query."""
	rows = frappe.get_all(
		"Dynamic Link",
		filters={
			"link_doctype": doctype,
			"link_name": name,
			"parenttype": ("in", ("Contact", "Address")),
		},
		fields=["parenttype", "parent"],
		order_by="creation asc",
		distinct=True,
	)
	found: dict[str, list[str]] = {"Contact": [], "Address": []}
	for row in rows:
		found[row.parenttype].append(row.parent)
	return found


def readable_contacts(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Those of some contacts that the session's user may read, by name, each with the `customers` it is linked to."""
	wanted = sorted(set(names))
	if not wanted:
		return {}
	contacts = {
		row.name: row
		for row in frappe.get_list(
			"Contact",
			filters={"name": ("in", wanted)},
			fields=["name", "full_name", "company_name", "email_id", "mobile_no", "phone", "creation"],
			limit_page_length=0,
		)
	}
	for row in contacts.values():
		row.customers = []
	if contacts:
		for parent, customer in frappe.get_all(
			"Dynamic Link",
			filters={
				"parenttype": "Contact",
				"parent": ("in", sorted(contacts)),
				"link_doctype": "Customer",
			},
			fields=["parent", "link_name"],
			order_by="idx asc",
			as_list=True,
		):
			contacts[parent].customers.append(customer)
	return contacts


def readable_customers(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Those of some customers that the session's user may read, by name. One query."""
	wanted = sorted(set(names))
	if not wanted:
		return {}
	return {
		row.name: row
		for row in frappe.get_list(
			"Customer",
			filters={"name": ("in", wanted)},
			fields=[
				"name",
				"customer_name",
				"customer_type",
				"tax_id",
				"industry",
				"website",
				"disabled",
				"customer_primary_contact",
				"customer_primary_address",
				"creation",
			],
			limit_page_length=0,
		)
	}


def site_defaults() -> dict[str, str | None]:
	"""What ERPNext puts into a new customer: `customer_group`, `territory`, `country`. From the cache."""
	selling = frappe.get_cached_doc("Selling Settings")
	return {
		"customer_group": selling.customer_group or None,
		"territory": selling.territory or None,
		"country": frappe.db.get_default("country"),
	}


# Create
# ------


def insert_customer(values: Row) -> Document:
	"""Create a Customer, named as ERPNext's settings say, without contact or address.

	Raises:
		frappe.PermissionError, frappe.ValidationError: what ERPNext's own checks say.
	"""
	return frappe.get_doc({"doctype": "Customer", **values}).insert()


def insert_contact(values: Row, title: str, customer: str) -> Document:
	"""Create a Contact of a customer.

	Args:
		values: its fields, with the tables email_ids and phone_nos.
		title: its full name in the order in which the person writes it; the record is named by it.
		customer: whose contact it is.

	Raises:
		frappe.PermissionError, frappe.ValidationError: what the framework's checks say.
	"""
	contact = frappe.get_doc({"doctype": "Contact", **values})
	contact.append("links", {"link_doctype": "Customer", "link_name": customer})
	# The framework would name it by first name first; 140 is the length of a name.
	name = append_number_if_name_exists("Contact", f"{title}-{customer}"[:130])
	with without_avatar_lookup(contact):
		return contact.insert(set_name=name)


def insert_address(values: Row, customer: str) -> Document:
	"""Create an Address of a customer.

	Raises:
		frappe.PermissionError, frappe.ValidationError: what the framework's checks say.
	"""
	address = frappe.get_doc({"doctype": "Address", **values})
	address.append("links", {"link_doctype": "Customer", "link_name": customer})
	return address.insert()


def set_primary(customer: Document, contact: Document | None, address: Document | None) -> None:
	"""Write contact and address into a customer that was made in this transaction. One statement.

	Back-links of a record nobody else has seen yet, so its modification time stays. The fields are those that ERPNext
	itself fills when contact and address are picked in the form.
	"""
	values: dict[str, Any] = {}
	if contact:
		values |= {
			"customer_primary_contact": contact.name,
			"email_id": contact.email_id or None,
			"mobile_no": contact.mobile_no or None,
			"first_name": contact.first_name,
			"last_name": contact.last_name,
		}
	if address:
		values |= {
			"customer_primary_address": address.name,
			# The caller has just made it or read it through a permission check.
			"primary_address": render_address(address.as_dict(), check_permissions=False),
		}
	if values:
		frappe.db.set_value("Customer", customer.name, values, update_modified=False)
		customer.update(values)


def add_to_contact(contact: Document, customer: str, channels: Mapping[str, list[dict[str, Any]]]) -> bool:
	"""Hang a known contact on a customer and add ways to reach it that it lacks. In memory; nothing it has changes.

	Args:
		contact: as loaded.
		customer: to link.
		channels: rows `email_ids` and `phone_nos`; new ones are added without being primary.

	Returns:
		Whether anything was added.
	"""
	rows = len(contact.links) + len(contact.email_ids) + len(contact.phone_nos)
	if not contact.has_link("Customer", customer):
		contact.append("links", {"link_doctype": "Customer", "link_name": customer})
	emails = {(row.email_id or "").strip().lower() for row in contact.email_ids}
	for row in channels.get("email_ids") or []:
		if row["email_id"].lower() not in emails:
			contact.append("email_ids", {"email_id": row["email_id"], "is_primary": 0})
	phones = {_digits(row.phone) for row in contact.phone_nos}
	for row in channels.get("phone_nos") or []:
		if _digits(row["phone"]) not in phones:
			contact.append("phone_nos", {"phone": row["phone"]})
	return rows != len(contact.links) + len(contact.email_ids) + len(contact.phone_nos)


def add_to_address(address: Document, customer: str) -> bool:
	"""Hang a known address on a customer, in memory; says whether it was not there yet."""
	if address.has_link("Customer", customer):
		return False
	address.append("links", {"link_doctype": "Customer", "link_name": customer})
	return True


@contextmanager
def without_avatar_lookup(contact: Document) -> Iterator[None]:
	"""Save a contact without asking gravatar.com for its picture.

	The framework does so while the transaction is open, up to five seconds for each contact, with our locks held. A
	contact that has a picture is not asked for; so it has one while it is saved.
	"""
	if contact.image or not contact.email_ids:
		yield
		return
	contact.image = _NO_AVATAR
	yield
	contact.image = None
	frappe.db.set_value("Contact", contact.name, "image", None, update_modified=False)


def _digits(phone: str | None) -> str:
	"""The last nine digits, the same for 0912 345 678 and +84 912 345 678."""
	return "".join(sign for sign in phone or "" if sign.isdigit())[-9:]
