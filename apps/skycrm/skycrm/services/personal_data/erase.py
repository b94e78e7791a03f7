"""Erasure, step by step: each step may be run again, so a killed job goes on where it was.

What identifies the person goes, the business around it stays: a lead stays as a nameless lead with its source, its
status and its opportunity, so that figures of the past do not change. Not reversible.
"""

from collections.abc import Callable, Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.rename_doc import rename_doc
from frappe.utils import cint

from skycrm.services import merge_ledger, refusal_outlives
from skycrm.services.personal_data import related, sweep
from skycrm.services.personal_data.subject import ADDRESS, CONTACT, CUSTOMER, LEAD, Subject

ERASED = "[erased]"
# A firm's tax code has 10 or 13 digits, a person's is the number of the identity card.
PERSONAL_TAX_DIGITS = 12
TEXT_FIELDS = frozenset(
	{
		"Data",
		"Small Text",
		"Text",
		"Long Text",
		"Text Editor",
		"HTML Editor",
		"Code",
		"JSON",
		"Markdown Editor",
		"Phone",
	}
	| {"Attach", "Attach Image", "Autocomplete", "Read Only", "Date", "Signature", "Geolocation", "Barcode"}
)
# Of a lead these say something about the business, not about the person.
KEPT_FIELDS = {
	LEAD: frozenset(
		{"organization", "organization_key", "website", "utm_source", "utm_medium", "utm_campaign"}
	)
}
PERSONAL_LINKS = frozenset({"salutation", "gender"})
# Rows that are about the person and nothing else
DELETED_WITH_RECORD = (
	("Version", "ref_doctype", "docname"),
	("Comment", "reference_doctype", "reference_name"),
	("Notification Log", "document_type", "document_name"),
	("Activity Log", "reference_doctype", "reference_name"),
	("View Log", "reference_doctype", "reference_name"),
	("Deleted Document", "deleted_doctype", "deleted_name"),
	("Energy Point Log", "reference_doctype", "reference_name"),
	("__global_search", "doctype", "name"),
)
# Documents of ours that live on after the person: only what names the person is taken out of their texts.
WORK_DOCTYPES = frozenset(
	{"Sky Opportunity", "Sky Issue", "Sky Campaign", "Event", "ToDo", "Sky Consent Record"}
)


def steps() -> list[tuple[str, Callable[[Subject, Document], None]]]:
	"""(what it does, function) in their order. The order matters: texts are swept last, when no step writes them again."""
	return [
		("suppress", suppress),
		("letters", erase_letters),
		("attached", delete_attached),
		("linked", clear_linked),
		("records", anonymise_records),
		("sweep", sweep_texts),
		("traces", delete_traces),
	]


def suppress(subject: Subject, request: Document) -> None:
	"""Nobody writes to the person again: the site keeps a keyed digest of each address, no address."""
	plain = [(channel, key) for channel, keys in _channels(subject) for key in keys]
	for channel, key in plain:
		refusal_outlives.suppress(channel, key, request.name)
		frappe.db.delete("Sky Suppression", {"channel": channel, "address": key})
	mails = _mails(subject)
	if mails:
		frappe.db.delete("Email Unsubscribe", {"email": ("in", mails)})
		frappe.db.delete("Email Group Member", {"email": ("in", mails)})


def erase_letters(subject: Subject, request: Document) -> None:
	"""Content and addresses of letters to, from and about the person; queued copies of them go altogether."""
	mails = _mails(subject)
	names = set(frappe.get_all("Communication", {"sender": ("in", mails)}, pluck="name") if mails else [])
	for source, rows in related.rows_of(subject.records, fields="name"):
		if source.doctype == "Communication":
			names |= {row.name for row in rows}
		elif source.doctype == "Communication Link":
			names |= set(
				frappe.get_all(
					"Communication Link", {"name": ("in", [row.name for row in rows])}, pluck="parent"
				)
			)
	if names:
		cleared = dict.fromkeys(
			(
				"subject",
				"content",
				"text_content",
				"sender",
				"sender_full_name",
				"recipients",
				"cc",
				"bcc",
				"phone_no",
				"_comments",
			),
			"",
		)
		frappe.db.set_value(
			"Communication",
			{"name": ("in", sorted(names))},
			{**cleared, "subject": ERASED},
			update_modified=False,
		)
		_delete_files([("Communication", name) for name in names])
		_delete_rows("Version", "ref_doctype", "docname", [("Communication", name) for name in names])
	queued = set(
		frappe.get_all("Email Queue", {"communication": ("in", sorted(names) or [""])}, pluck="name")
	)
	for mail in mails:
		queued |= set(
			frappe.get_all("Email Queue Recipient", {"recipient": ("like", f"%{mail}%")}, pluck="parent")
		)
	if queued:
		frappe.db.delete("Email Queue Recipient", {"parent": ("in", sorted(queued))})
		frappe.db.delete("Email Queue", {"name": ("in", sorted(queued))})


def delete_attached(subject: Subject, request: Document) -> None:
	"""Files, comments, versions and notices of the records."""
	erased = _erased(subject)
	_delete_files(erased)
	for doctype, type_field, name_field in DELETED_WITH_RECORD:
		_delete_rows(doctype, type_field, name_field, erased)


def clear_linked(subject: Subject, request: Document) -> None:
	"""Texts of what was written down about the person: touches, submissions, answers, ledgers. Rows stay, for figures."""
	records = {
		doctype: [name for name in names if (doctype, name) not in subject.kept]
		for doctype, names in subject.records.items()
	}
	for source, rows in related.rows_of(records, fields="name"):
		meta = frappe.get_meta(source.doctype)
		if meta.module != "SkyCRM" or source.doctype in WORK_DOCTYPES or source.doctype in subject.records:
			continue
		fields = [
			field.fieldname
			for field in meta.fields
			if field.fieldtype in TEXT_FIELDS and not _is_reference(meta, field.fieldname)
		]
		if source.doctype == "Sky Lead Key":
			frappe.db.delete(source.doctype, {"name": ("in", [row.name for row in rows])})
		elif fields:
			_clear(source.doctype, [row.name for row in rows], fields)
	leads = subject.has(LEAD)
	if leads:
		merge_ledger.forget_content(leads)
		# Emptied, the ledger cannot take the conversion back any more.
		frappe.db.set_value(
			"Sky Lead Conversion", {"lead": ("in", leads)}, "status", "Undone", update_modified=False
		)
		frappe.db.set_value(
			"Sky Consent Record",
			{"lead": ("in", leads)},
			{"how": None, "wording": None},
			update_modified=False,
		)
	contacts = subject.has(CONTACT)
	if contacts:
		frappe.db.set_value(
			"Sky Consent Record",
			{"contact": ("in", contacts)},
			{"how": None, "wording": None},
			update_modified=False,
		)


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


def sweep_texts(subject: Subject, request: Document) -> None:
	"""What is left of addresses anywhere, and of names in whatever hangs on the records, under their old names or new."""
	sweep.replace_everywhere(
		sorted(subject.spellings | subject.emails | subject.phones), ERASED, subject.kept
	)
	renamed = request_memory(request).get("renamed") or {}
	records = {
		doctype: [*subject.has(doctype), *renamed.get(doctype, ())]
		for doctype in {*subject.records, *renamed}
	}
	sweep.replace_in_related(sorted(subject.names), ERASED, records, subject.kept)


def delete_traces(subject: Subject, request: Document) -> None:
	"""What the steps before have left behind themselves: notes of a rename, copies of deleted rows."""
	renamed = request_memory(request).get("renamed") or {}
	erased = _erased(subject) + [(doctype, name) for doctype, names in renamed.items() for name in names]
	for doctype, type_field, name_field in DELETED_WITH_RECORD:
		_delete_rows(doctype, type_field, name_field, erased)


def request_memory(request: Document) -> dict[str, Any]:
	"""What a request remembers between its steps; wiped when it is done."""
	return frappe.parse_json(request.memory or "{}")


def _anonymise(doctype: str, name: str) -> None:
	meta = frappe.get_meta(doctype)
	kept = KEPT_FIELDS.get(doctype, frozenset())
	columns = set(frappe.db.get_table_columns(doctype))
	values: dict[str, Any] = {}
	for field in meta.fields:
		if field.fieldname in kept or field.fieldname not in columns:
			continue
		if (
			field.fieldtype in TEXT_FIELDS and not _is_reference(meta, field.fieldname)
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
	memory = request_memory(request)
	memory.setdefault("renamed", {}).setdefault(doctype, []).extend([name, new])
	request.db_set("memory", frappe.as_json(memory), update_modified=False)
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


def _clear(doctype: str, names: list[str], fields: Iterable[str]) -> None:
	columns = set(frappe.db.get_table_columns(doctype))
	values = {field: None for field in fields if field in columns}
	if values:
		frappe.db.set_value(doctype, {"name": ("in", names)}, values, update_modified=False)


def _is_reference(meta: Any, fieldname: str) -> bool:
	"""Whether a text field holds the name of a record, or a word that the program goes by."""
	field = meta.get_field(fieldname)
	return fieldname in ("reference_doctype", "reference_name", "door", "touch", "status", "lead") or cint(
		field.set_only_once
	)


def _erased(subject: Subject) -> list[tuple[str, str]]:
	return [
		(doctype, name)
		for doctype, names in subject.records.items()
		for name in names
		if (doctype, name) not in subject.kept
	]


def _delete_rows(doctype: str, type_field: str, name_field: str, records: Iterable[tuple[str, str]]) -> None:
	groups: dict[str, list[str]] = {}
	for kind, name in records:
		groups.setdefault(kind, []).append(name)
	if doctype != "__global_search" and not frappe.db.table_exists(doctype):
		return
	for kind, names in groups.items():
		frappe.db.delete(doctype, {type_field: kind, name_field: ("in", names)})


def _delete_files(records: Iterable[tuple[str, str]]) -> None:
	"""Files of some records, and the copies of them that a conversion has attached to others: one file on disk."""
	groups: dict[str, list[str]] = {}
	for doctype, name in records:
		groups.setdefault(doctype, []).append(name)
	for doctype, names in groups.items():
		attached = {"attached_to_doctype": doctype, "attached_to_name": ("in", names)}
		urls = set(frappe.get_all("File", attached, pluck="file_url")) - {None, ""}
		files = set(frappe.get_all("File", attached, pluck="name"))
		if urls:
			files |= set(frappe.get_all("File", {"file_url": ("in", sorted(urls))}, pluck="name"))
		places = (
			frappe.get_all("File", {"name": ("in", sorted(files))}, ["file_name", "attached_to_name"])
			if files
			else []
		)
		for file in sorted(files):
			# Through the document, so that the file leaves the disk too.
			frappe.delete_doc("File", file, force=True, ignore_permissions=True, delete_permanently=True)
		for place in places:
			# The framework notes on the record that a file came and went, with the file's name.
			frappe.db.delete(
				"Comment",
				{
					"comment_type": ("in", ("Attachment", "Attachment Removed")),
					"reference_name": place.attached_to_name,
					"content": ("like", f"%{place.file_name}%"),
				},
			)


def _mails(subject: Subject) -> list[str]:
	return sorted({text for text in subject.spellings if "@" in text} | subject.emails)


def _channels(subject: Subject) -> list[tuple[str, set[str]]]:
	return [("Email", subject.emails), ("SMS", subject.phones), ("Call", subject.phones)]
