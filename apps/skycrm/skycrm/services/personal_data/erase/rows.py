"""What the steps of an erasure share: which rows, which columns, which files."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from skycrm.services.personal_data import stored_files
from skycrm.services.personal_data.subject import Subject, works_of

ERASED = "[erased]"
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


def request_memory(request: Document) -> dict[str, Any]:
	"""What a request remembers between its steps; wiped when it is done."""
	return frappe.parse_json(request.memory or "{}")


def remember(request: Document, **values: Any) -> None:
	"""Write something down for the next steps. Committed with this step, not before."""
	memory = {**request_memory(request), **values}
	request.db_set("memory", frappe.as_json(memory), update_modified=False)


def all_records(subject: Subject, request: Document) -> dict[str, list[str]]:
	"""The person's records under their old names and the new ones."""
	renamed = request_memory(request).get("renamed") or {}
	return {
		doctype: [*subject.has(doctype), *renamed.get(doctype, ())]
		for doctype in {*subject.records, *renamed}
	}


def erased_records(subject: Subject) -> list[tuple[str, str]]:
	return [
		(doctype, name)
		for doctype, names in subject.records.items()
		for name in names
		if (doctype, name) not in subject.kept
	]


def mails_of(subject: Subject) -> list[str]:
	return sorted({text for text in subject.spellings if "@" in text} | subject.emails)


def channels_of(subject: Subject) -> list[tuple[str, set[str]]]:
	return [("Email", subject.emails), ("SMS", subject.phones), ("Call", subject.phones)]


def clear_columns(doctype: str, names: list[str], fields: Iterable[str]) -> None:
	columns = set(frappe.db.get_table_columns(doctype))
	values = {field: None for field in fields if field in columns}
	if values:
		frappe.db.set_value(doctype, {"name": ("in", names)}, values, update_modified=False)


def is_reference(meta: Any, fieldname: str) -> bool:
	"""Whether a text field holds the name of a record, or a word that the program goes by."""
	field = meta.get_field(fieldname)
	return fieldname in ("reference_doctype", "reference_name", "door", "touch", "status", "lead") or cint(
		field.set_only_once
	)


def delete_rows(doctype: str, type_field: str, name_field: str, records: Iterable[tuple[str, str]]) -> None:
	groups: dict[str, list[str]] = {}
	for kind, name in records:
		groups.setdefault(kind, []).append(name)
	if doctype != "__global_search" and not frappe.db.table_exists(doctype):
		return
	for kind, names in groups.items():
		frappe.db.delete(doctype, {type_field: kind, name_field: ("in", names)})


def delete_files(records: Iterable[tuple[str, str]], subject: Subject) -> None:
	"""Files of some records, and the copies that a conversion has attached to the work done for the person.

	The same brochure, or the same picture in a signature, stays with everybody else: the framework stores it once.
	"""
	places = set(records) | works_of(subject)
	groups: dict[str, list[str]] = {}
	for doctype, name in records:
		groups.setdefault(doctype, []).append(name)
	for doctype, names in groups.items():
		attached = {"attached_to_doctype": doctype, "attached_to_name": ("in", names)}
		files = frappe.get_all("File", attached, ["name", "file_url"])
		stored_files.delete(
			(file.file_url for file in files),
			only=lambda place: (place.attached_to_doctype, place.attached_to_name) in places,
		)
		for file in files:
			if not file.file_url:
				# A record without a file.
				frappe.db.delete("File", {"name": file.name})
