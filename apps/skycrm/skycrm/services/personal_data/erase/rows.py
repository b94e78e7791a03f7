"""What the steps of an erasure share: which rows, which columns, which files."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint

from skycrm.services.personal_data.subject import Subject

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


def delete_files(records: Iterable[tuple[str, str]]) -> None:
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
