"""The records that are the person: lead, contact, address, customer."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.rename_doc import rename_doc

from skycrm.services.personal_data.erase.rows import (
	ERASED,
	TEXT_FIELDS,
	is_reference,
	remember,
	request_memory,
)
from skycrm.services.personal_data.subject import ADDRESS, CONTACT, CUSTOMER, LEAD, Subject

# A firm's tax code has 10 or 13 digits, a person's is the number of the identity card.
PERSONAL_TAX_DIGITS = 12
# Of a lead these say something about the business, not about the person.
KEPT_FIELDS = {
	LEAD: frozenset(
		{"organization", "organization_key", "website", "utm_source", "utm_medium", "utm_campaign"}
	)
}
PERSONAL_LINKS = frozenset({"salutation", "gender"})


def anonymise_records(subject: Subject, request: Document) -> None:
	"""The records themselves: every field that could say who it is, then their names where those hold the person's."""
	for doctype in (LEAD, CONTACT, ADDRESS, CUSTOMER):
		for name in subject.has(doctype):
			if (doctype, name) in subject.kept or not frappe.db.exists(doctype, name):
				continue
			_anonymise(doctype, name)
			if doctype != LEAD:
				_rename(doctype, name, request)
	_forget_in_customers(subject)


def _anonymise(doctype: str, name: str) -> None:
	meta = frappe.get_meta(doctype)
	kept = KEPT_FIELDS.get(doctype, frozenset())
	columns = set(frappe.db.get_table_columns(doctype))
	values: dict[str, Any] = {}
	for field in meta.fields:
		if field.fieldname in kept or field.fieldname not in columns:
			continue
		if (
			field.fieldtype in TEXT_FIELDS and not is_reference(meta, field.fieldname)
		) or field.fieldname in PERSONAL_LINKS:
			values[field.fieldname] = None
	for column in ("_comments", "_user_tags"):
		if column in columns:
			values[column] = None
	if doctype == LEAD:
		lead = frappe.db.get_value(LEAD, name, ["tax_id", "tax_key"], as_dict=True)
		if lead.tax_key and len(lead.tax_key) != PERSONAL_TAX_DIGITS:
			values.pop("tax_id", None)
			values.pop("tax_key", None)
		values |= {"lead_name": _("Erased Person"), "next_contact_on": None}
	elif doctype == CONTACT:
		values |= {"first_name": _("Erased Person"), "full_name": _("Erased Person"), "unsubscribed": 1}
		for child in ("Contact Email", "Contact Phone"):
			frappe.db.delete(child, {"parenttype": CONTACT, "parent": name})
		frappe.db.delete("Sky Identity Key", {"reference_doctype": CONTACT, "reference_name": name})
	elif doctype == ADDRESS:
		values |= {"address_title": _("Erased Person"), "address_line1": ERASED, "city": ERASED}
	elif doctype == CUSTOMER:
		values |= {"customer_name": _("Erased Person"), "disabled": 1}
		frappe.db.delete("Sky Identity Key", {"reference_doctype": CUSTOMER, "reference_name": name})
	frappe.db.set_value(doctype, name, values)
	frappe.clear_document_cache(doctype, name)


def _rename(doctype: str, name: str, request: Document) -> None:
	"""Give a record a name that says nothing; links follow. Noted first, so that a killed job knows where it went."""
	if name.startswith("erased-"):
		return
	new = f"erased-{frappe.generate_hash(length=10)}"
	renamed = request_memory(request).get("renamed") or {}
	renamed.setdefault(doctype, []).extend([name, new])
	remember(request, renamed=renamed)
	# Renaming takes rights that an erasure does not need; who may erase was checked when the request was started.
	rename_doc(
		doctype, name, new, force=True, show_alert=False, ignore_permissions=True, rebuild_search=False
	)


def _forget_in_customers(subject: Subject) -> None:
	"""ERPNext copies name and addresses of the primary contact into the customer, of firms too."""
	contacts = subject.has(CONTACT)
	renamed = [row.customer for row in _rows_of_leads(subject)]
	names = {
		*renamed,
		*subject.has(CUSTOMER),
		*(name for doctype, name in subject.kept if doctype == CUSTOMER),
	}
	addresses = {"email_id": None, "mobile_no": None}
	if names:
		frappe.db.set_value(
			CUSTOMER,
			{"name": ("in", sorted(name for name in names if name))},
			addresses,
			update_modified=False,
		)
	firms = [
		name for (doctype, name), reason in subject.kept.items() if doctype == CUSTOMER and reason == "firm"
	]
	if firms and contacts:
		frappe.db.set_value(
			CUSTOMER,
			{"name": ("in", firms)},
			{"first_name": None, "last_name": None, "customer_primary_contact": None},
			update_modified=False,
		)


def _rows_of_leads(subject: Subject) -> list[frappe._dict]:
	leads = subject.has(LEAD)
	return frappe.get_all(LEAD, {"name": ("in", leads)}, ["customer"]) if leads else []
