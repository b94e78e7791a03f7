"""Steps that make or take up the four records: Customer, Contact, Address, Sky Opportunity."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain.conversion import SKIP
from skycrm.domain.conversion_match import CREATE
from skycrm.domain.conversion_values import contact_channels, contact_name, customer_fills
from skycrm.integrations.erpnext import customer as gateway
from skycrm.services.conversion_run import Run


def make_customer(run: Run) -> None:
	"""Create the Customer, or take the known one and fill what it leaves empty."""
	part = run.plan.customer
	if part.action == CREATE:
		run.customer = gateway.insert_customer(part.values)
		return
	customer = run.customer = frappe.get_doc("Customer", part.name)
	fills = customer_fills(run.lead.as_dict(), customer.as_dict())
	if not fills or not customer.has_permission("write"):
		# Somebody who may only read a customer still sells to it; it just stays as it is.
		return
	run.notes.add_changed("Customer", customer.name, {key: (customer.get(key), fills[key]) for key in fills})
	customer.update(fills)
	customer.save()


def make_contact(run: Run) -> None:
	"""Create exactly one Contact, or hang the known one on the customer."""
	part = run.plan.contact
	if part.action == CREATE:
		run.contact = gateway.insert_contact(part.values, contact_name(run.lead), run.customer.name)
		return
	contact = run.contact = frappe.get_doc("Contact", part.name)
	channels = contact_channels(run.lead) if contact.has_permission("write") else {}
	before = _row_names(contact)
	if not gateway.add_to_contact(contact, run.customer.name, channels):
		return
	with gateway.without_avatar_lookup(contact):
		# Readable by this user (gather), who may create a customer: that this person belongs to it says no more.
		contact.save(ignore_permissions=True)
	run.notes.add_changed("Contact", contact.name, rows=_added_rows(before, contact))


def make_address(run: Run) -> None:
	"""Create the Address, or hang the one that the lead has already on the customer; nothing without a place."""
	part = run.plan.address
	if part.action == SKIP:
		return
	if part.action == CREATE:
		run.address = gateway.insert_address(part.values, run.customer.name)
		return
	address = run.address = frappe.get_doc("Address", part.name)
	before = _row_names(address)
	if gateway.add_to_address(address, run.customer.name):
		# The address hangs on the lead, which this user may write (convert checks it).
		address.save(ignore_permissions=True)
		run.notes.add_changed("Address", address.name, rows=_added_rows(before, address))


def set_primary(run: Run) -> None:
	"""Make contact and address the primary ones of a customer that is new; a known one keeps its own."""
	if run.plan.customer.action == CREATE:
		gateway.set_primary(run.customer, run.contact, run.address)


def make_opportunity(run: Run) -> None:
	"""Create the Sky Opportunity with the lead's products, or go on with a known one, or neither.

	Every open opportunity that was made for the lead becomes the customer's.
	"""
	part = run.plan.opportunity
	parties = {"customer": run.customer.name, "contact_person": run.contact.name if run.contact else None}
	for name in run.deals:
		deal = _fill(run, name, parties)
		if name == part.name:
			run.opportunity = deal
	if part.action == CREATE:
		run.opportunity = frappe.get_doc({"doctype": "Sky Opportunity", **part.values, **parties}).insert()
	elif part.action != SKIP and not run.opportunity:
		run.opportunity = _fill(run, part.name, {**parties, "lead": run.lead.name})


def _fill(run: Run, name: str, values: Mapping[str, Any]) -> Document:
	"""Write values into the empty fields of a known opportunity, which this user may write (checked in gather)."""
	opportunity = frappe.get_doc("Sky Opportunity", name)
	fills = {key: value for key, value in values.items() if value and not opportunity.get(key)}
	if fills:
		run.notes.add_changed(
			"Sky Opportunity", name, {key: (opportunity.get(key), fills[key]) for key in fills}
		)
		opportunity.update(fills)
		opportunity.save()
	return opportunity


def _row_names(doc: Document) -> set[str]:
	return {row.name for row in doc.get_all_children()}


def _added_rows(before: set[str], doc: Document) -> dict[str, list[str]]:
	"""Names of the child rows that were not there before, by their DocType."""
	added: dict[str, list[str]] = {}
	for row in doc.get_all_children():
		if row.name not in before:
			added.setdefault(row.doctype, []).append(row.name)
	return added
