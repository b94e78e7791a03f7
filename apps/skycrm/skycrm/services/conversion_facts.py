"""Reads all that the plan of a conversion needs: a handful of queries, however much is known about the lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.conversion import Plan, Target, Wish, check_wish, make_plan
from skycrm.domain.conversion_match import Candidate, Keys, keys_of
from skycrm.domain.conversion_values import Defaults
from skycrm.domain.email_address import email_key
from skycrm.domain.errors import RuleError
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.tax_code import tax_key
from skycrm.domain.text import name_key, org_name_key
from skycrm.integrations.erpnext import customer as gateway
from skycrm.services.conversion_messages import throw_conversion_error
from skycrm.services.identity import country_code, tax_key_to_look_up
from skycrm.services.record_checks import shown


@dataclass
class Facts:
	"""What is known before anything is written.

	Args:
		keys: the lead's identity.
		invalid: (field, error) for stored values that are not what their field says.
		wish: what was asked for, completed.
		plan: what will be done.
		customers, contacts: rows of the candidates that the user may read, by name.
		own_deals: open opportunities of the lead that the user may write.
	"""

	keys: Keys
	invalid: list[tuple[str, RuleError]]
	wish: Wish
	plan: Plan
	customers: dict[str, frappe._dict] = field(default_factory=dict)
	contacts: dict[str, frappe._dict] = field(default_factory=dict)
	own_deals: list[Target] = field(default_factory=list)


def lead_identity(row: Mapping[str, Any]) -> tuple[Keys, list[tuple[str, RuleError]]]:
	"""The keys of a lead from its own fields, and what in them is not valid. No query.

	Worked out anew instead of read from the stored keys: the result then says which field is wrong, and the second
	number counts even when both fields hold one.

	Args:
		row: the lead's columns.
	"""
	region = frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION
	country = country_code(row.get("country"), region)
	invalid: list[tuple[str, RuleError]] = []

	def key(fieldname: str, rule: Any, *args: Any) -> str:
		try:
			return rule(row.get(fieldname), *args)
		except RuleError as error:
			invalid.append((fieldname, error))
			return ""

	keys = keys_of(
		row,
		email=key("email_id", email_key),
		phones=[key("mobile_no", phone_key, region), key("phone", phone_key, region)],
		tax=key("tax_id", tax_key, country),
	)
	return keys, invalid


def lock_pairs(row: Mapping[str, Any], keys: Keys) -> list[tuple[str, str]]:
	"""The (type, value) under which two conversions must not run at once: identity keys, and names of new records."""
	pairs = list(keys.named())
	if not keys.organization and keys.person:
		# Records are named by it: two people of one name would ask for one record name.
		pairs.append(("Name", keys.person))
	return pairs


def gather(lead: Document, wish: Wish, for_update: bool = False) -> Facts:
	"""Read what is known about a lead and decide what its conversion does. Writes nothing.

	Args:
		lead: as loaded; the right to read it is checked by the caller.
		wish: what was asked for.
		for_update: lock the chosen opportunity, since it will be written.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError: a chosen record is not there, or not for this user.
		frappe.ValidationError: the chosen records do not fit together.
	"""
	row = lead.as_dict(no_nulls=False)
	keys, invalid = lead_identity(row)
	target = _target(wish.opportunity, for_update)
	matched = _matched(keys)
	linked = gateway.parties_linked_to("Sky Lead", lead.name)

	contact_names = {name for doctype, name in matched if doctype == "Contact"} | set(linked["Contact"])
	contacts = gateway.readable_contacts(contact_names | _given(wish.contact))
	_require("Contact", wish.contact, contacts)
	try:
		wish = check_wish(wish, contacts[wish.contact].customers if wish.contact else (), target)
	except RuleError as error:
		throw_conversion_error(error)

	own_deals = [] if target else _own_deals(lead.name)
	customer_names = {name for doctype, name in matched if doctype == "Customer"} | _given(wish.customer)
	for contact in contacts.values():
		customer_names |= set(contact.customers)
	customers = gateway.readable_customers(customer_names)
	_require("Customer", wish.customer, customers)

	for name in linked["Contact"]:
		matched.setdefault(("Contact", name), set()).add("linked")
	plan = make_plan(
		row,
		keys,
		wish,
		_defaults(),
		customers=_customer_candidates(customers, matched, keys),
		contacts=_contact_candidates(contacts, matched, customers),
		addresses=linked["Address"],
		target=target,
		own_deals=own_deals,
	)
	return Facts(keys, invalid, wish, plan, customers, contacts, own_deals)


def _matched(keys: Keys) -> dict[tuple[str, str], set[str]]:
	matched: dict[tuple[str, str], set[str]] = {}
	pairs = list(keys.named())
	# Near names are shown beside the choice; alone they decide nothing.
	pairs.append(("Name", org_name_key(keys.organization) if keys.organization else keys.person))
	for kind, doctype, name in gateway.parties_with_keys(dict.fromkeys(pair for pair in pairs if pair[1])):
		if kind == "Name" and doctype == "Contact":
			# A person's name alone is no evidence, and there may be thousands of one name.
			continue
		matched.setdefault((doctype, name), set()).add(kind.lower())
	return matched


def _customer_candidates(
	rows: Mapping[str, Any], matched: Mapping[tuple[str, str], set[str]], keys: Keys
) -> list[Candidate]:
	return [
		Candidate(
			name=row.name,
			title=row.customer_name,
			name_key=name_key(row.customer_name),
			matched_on=frozenset(matched.get(("Customer", row.name), ())),
			tax_key=tax_key_to_look_up(row.tax_id) if keys.tax else "",
			usable=not row.disabled,
			created=str(row.creation),
		)
		for row in rows.values()
	]


def _contact_candidates(
	rows: Mapping[str, Any], matched: Mapping[tuple[str, str], set[str]], customers: Mapping[str, Any]
) -> list[Candidate]:
	return [
		Candidate(
			name=row.name,
			title=row.full_name or row.name,
			# A contact that bears the firm's name stands for no person.
			name_key="" if row.full_name == row.company_name else name_key(row.full_name),
			matched_on=frozenset(matched.get(("Contact", row.name), ())),
			customers=tuple(customer for customer in row.customers if customer in customers),
			created=str(row.creation),
		)
		for row in rows.values()
	]


def _target(name: str | None, for_update: bool) -> Target | None:
	if not name:
		return None
	fields = ["name", "customer", "status"]
	row = frappe.db.get_value("Sky Opportunity", name, fields, as_dict=True, for_update=for_update)
	if not row:
		_not_found("Sky Opportunity", name)
	frappe.has_permission("Sky Opportunity", "write", doc=name, throw=True)
	return Target(row.name, row.customer, row.status or "Open")


def _own_deals(lead: str) -> list[Target]:
	"""Open opportunities that were made for the lead before its conversion, as far as the user may write them."""
	rows = frappe.get_list(
		"Sky Opportunity",
		filters={"lead": lead, "status": "Open"},
		fields=["name", "customer", "status"],
		order_by="creation asc",
		limit_page_length=0,
	)
	return [
		Target(row.name, row.customer, row.status)
		for row in rows
		if frappe.has_permission("Sky Opportunity", "write", doc=row.name)
	]


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


def _require(doctype: str, name: str | None, readable: Mapping[str, Any]) -> None:
	if not name or name in readable:
		return
	if not frappe.db.exists(doctype, name):
		_not_found(doctype, name)
	frappe.throw(
		_("You may not open {0} {1}. Choose one that you may open, or leave the field empty.").format(
			_(doctype), shown(name)
		),
		exc=frappe.PermissionError,
	)


def _not_found(doctype: str, name: str) -> None:
	frappe.throw(
		_("{0} {1} does not exist. Choose another one, or leave the field empty.").format(
			_(doctype), frappe.bold(frappe.utils.escape_html(name))
		),
		exc=frappe.DoesNotExistError,
	)


def _given(*names: str | None) -> set[str]:
	return {name for name in names if name}
