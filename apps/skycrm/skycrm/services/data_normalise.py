"""Identity keys, numbers and addresses of many leads written anew by today's rules, a batch at a time."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import Case
from frappe.utils import now

from skycrm.domain.data_quality import repaired_email, repaired_phone
from skycrm.domain.email_address import email_key
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.services import identity, lead_keys

LEAD = "Sky Lead"
# What the rules of identity may change, and what they are made of.
VALUES = ("email_id", "mobile_no", "phone", "tax_id", "lead_name", "last_name", "middle_name", "first_name")
DERIVED = (
	"organization",
	"salutation",
	"email_key",
	"phone_key",
	"phone_key_2",
	"tax_key",
	"name_key",
	"organization_key",
	"name_key_back",
	"organization_key_back",
	"search_text",
	"data_issues",
)
READ = ("name", "status", "owner", "lead_owner", "team", "country", *VALUES, *DERIVED)


def normalise(names: Sequence[str]) -> list[dict[str, Any]]:
	"""Put the values and keys of these leads right, as the session's user. A handful of statements for the whole batch.

	Converted leads are history and stay as they are; so do leads that the user may not change.

	Args:
		names: of leads that the user may read.

	Returns:
		An outcome for each lead that was changed or could not be: {name, title, done, message}.
	"""
	table = frappe.qb.DocType(LEAD)
	rows = (
		frappe.qb.from_(table)
		.select(*(table[field] for field in READ))
		.where(table.name.isin(sorted(names)) & (table.status != "Converted"))
		.orderby(table.name)
		.for_update()
		.run(as_dict=True)
	)
	changes: dict[str, dict[str, Any]] = {}
	outcomes = []
	for row in rows:
		found = _changes(row)
		if not found:
			continue
		title = row.lead_name or row.organization or row.name
		if not frappe.has_permission(LEAD, "write", doc=_document(row)):
			message = frappe._("You may not change this record.")
			outcomes.append({"name": row.name, "title": title, "done": False, "message": message})
			continue
		changes[row.name] = found
		outcomes.append({"name": row.name, "title": title, "done": True, "message": _said(row, found)})
	_write(changes)
	return outcomes


def _changes(row: dict[str, Any]) -> dict[str, Any]:
	"""Field → value of what is not as the rules would write it."""
	lead = _document(row)
	region = frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION
	for field in ("mobile_no", "phone"):
		if better := repaired_phone(lead.get(field), identity.quiet(phone_key, lead.get(field), region)):
			lead.set(field, better)
	if better := repaired_email(lead.email_id, identity.quiet(email_key, lead.email_id)):
		lead.email_id = better
	lead.flags.keep_invalid_values = True
	identity.set_identity(lead)
	return {
		field: lead.get(field)
		for field in (*VALUES, *DERIVED)
		if (lead.get(field) or None) != (row.get(field) or None)
	}


def _document(row: dict[str, Any]) -> Document:
	return frappe.get_doc({"doctype": LEAD, **row})


def _said(row: dict[str, Any], changes: dict[str, Any]) -> str:
	"""What changed, for people: values only, as keys are nobody's business."""
	meta = frappe.get_meta(LEAD)
	parts = [
		f"{frappe._(meta.get_label(field))}: {row.get(field) or '–'} → {value or '–'}"
		for field, value in changes.items()
		if field in VALUES or field == "data_issues"
	]
	return "; ".join(parts) or frappe._("Made easier to find.")


def _write(changes: dict[str, dict[str, Any]]) -> None:
	"""One statement for all leads and fields, and the rows of their keys."""
	if not changes:
		return
	table = frappe.qb.DocType(LEAD)
	query = frappe.qb.update(table).set(table.modified, now()).set(table.modified_by, frappe.session.user)
	for field in sorted({field for found in changes.values() for field in found}):
		case = Case()
		for name, found in changes.items():
			if field in found:
				case = case.when(table.name == name, found[field])
		query = query.set(table[field], case.else_(table[field]))
	query.where(table.name.isin(list(changes))).run()
	for name in changes:
		frappe.clear_document_cache(LEAD, name)
	keyed = [
		name for name, found in changes.items() if any(field.endswith(("_key", "_2")) for field in found)
	]
	lead_keys.rebuild(keyed)
