"""What a conversion would do, shown before it is done. Reads only."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain.conversion import PartPlan, Wish
from skycrm.domain.conversion_match import CREATE
from skycrm.domain.conversion_values import contact_channels, customer_fills
from skycrm.integrations.erpnext.customer import add_to_contact
from skycrm.services import conversion_facts, conversion_ledger, status
from skycrm.services.conversion import LEAD, check_rights, error_text, problem_sentences
from skycrm.services.conversion_messages import choice_text, field_rows, reason_text
from skycrm.services.conversion_steps import carry
from skycrm.services.opportunity_defaults import set_defaults
from skycrm.services.opportunity_totals import set_lines_and_amount


def preview(lead: str, wish: Wish | None = None) -> dict[str, Any]:
	"""What `convert` would do now, field by field. Reads only.

	Args:
		lead: name of a Sky Lead that the user may read.
		wish: as for convert.

	Returns:
		{lead, status, ready, problems: [sentence], converted: answer or None, customer, contact, address, opportunity,
		carried: {kind: count}}. Each record: {doctype, action (create, reuse, chosen, skip), name, title, text, fields:
		[{fieldname, label, value}], adds: [same, what a known record takes over], ambiguous, candidates: [{name,
		title, used, reason}]}.

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError: no such lead or chosen record, or not for this user.
		frappe.ValidationError: the chosen records do not fit together.
	"""
	wish = wish or Wish()
	doc = frappe.get_doc(LEAD, lead)
	doc.check_permission("read")
	head = {"lead": doc.name, "title": doc.lead_name or doc.organization, "status": doc.status}
	if doc.status == "Converted":
		answer = conversion_ledger.answer(doc)
		return {**head, "ready": False, "problems": [], "converted": answer}
	facts = conversion_facts.gather(doc, wish)
	said = problem_sentences(doc, facts)
	opportunity_fields, opportunity_problem = _opportunity_fields(facts.plan.opportunity, facts.plan.customer)
	said += [opportunity_problem] if opportunity_problem else []
	for check in (lambda: check_rights(doc, facts.plan.created()), lambda: status.check_can_convert(doc)):
		said += _asked(check)
	return {
		**head,
		"ready": not said,
		"problems": said,
		"converted": None,
		"customer": _shown(facts.plan.customer, _customer_adds(doc, facts)),
		"contact": _shown(facts.plan.contact, _contact_adds(doc, facts)),
		"address": _shown(facts.plan.address),
		"opportunity": {**_shown(facts.plan.opportunity), **opportunity_fields},
		"carried": carry.counts(doc.name),
	}


def _asked(check: Callable[[], None]) -> list[str]:
	"""The sentence with which a check refuses, without showing it as a message of its own."""
	try:
		check()
	except (frappe.PermissionError, frappe.ValidationError) as error:
		return [error_text(error)]
	return []


def _shown(part: PartPlan, adds: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
	used = next((v.candidate for v in part.verdicts if v.candidate.name == part.name), None)
	return {
		"doctype": part.doctype,
		"action": part.action,
		"name": part.name,
		"title": used.title if used else part.name,
		"text": choice_text(part),
		"fields": field_rows(part.doctype, part.values),
		"adds": list(adds),
		"ambiguous": part.ambiguous,
		"candidates": [
			{
				"name": verdict.candidate.name,
				"title": verdict.candidate.title,
				"used": verdict.candidate.name == part.name,
				"reason": reason_text(verdict.reason),
			}
			for verdict in part.verdicts
		],
	}


def _customer_adds(lead: Document, facts: conversion_facts.Facts) -> list[dict[str, Any]]:
	part = facts.plan.customer
	if part.action == CREATE or not frappe.has_permission("Customer", "write", doc=part.name):
		return []
	return field_rows("Customer", customer_fills(lead.as_dict(), facts.customers[part.name]))


def _contact_adds(lead: Document, facts: conversion_facts.Facts) -> list[dict[str, Any]]:
	part = facts.plan.contact
	if part.action == CREATE or not frappe.has_permission("Contact", "write", doc=part.name):
		return []
	contact = frappe.get_doc("Contact", part.name)
	known = {row.name for row in contact.get_all_children()}
	# In memory only: the same function that the conversion uses, and nothing is saved.
	add_to_contact(contact, facts.plan.customer.name or "", contact_channels(lead.as_dict()))
	added = {
		table: [
			{key: row.get(key) for key in ("email_id", "phone")}
			for row in contact.get(table)
			if row.name not in known
		]
		for table in ("email_ids", "phone_nos")
	}
	return field_rows("Contact", added)


def _opportunity_fields(part: PartPlan, customer: PartPlan) -> tuple[dict[str, Any], str | None]:
	"""The opportunity's fields with stage, prices and sums, as its own rules will fill them in."""
	if part.action != CREATE:
		return {}, None
	doc = frappe.get_doc(
		{
			"doctype": "Sky Opportunity",
			**part.values,
			"customer": customer.name if customer.action != CREATE else None,
		}
	)
	try:
		set_defaults(doc)
		set_lines_and_amount(doc)
	except frappe.ValidationError as error:
		return {}, error_text(error)
	shown = (
		"title",
		"stage",
		"opportunity_owner",
		"team",
		"company",
		"currency",
		"selling_price_list",
		"source",
		"campaign",
		"next_contact_on",
		"amount",
		"items",
	)
	values: dict[str, Any] = {key: doc.get(key) for key in shown}
	columns = ("item_code", "item_name", "qty", "uom", "price_list_rate", "rate", "amount")
	values["items"] = [{column: line.get(column) for column in columns} for line in doc.items]
	return {"fields": field_rows("Sky Opportunity", values)}, None
