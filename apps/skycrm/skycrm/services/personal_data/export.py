"""A copy of everything kept about one person: one ZIP with JSON for programs, a spreadsheet and a page for people."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.workbook.child import INVALID_TITLE_REGEX

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, now_datetime

from skycrm.domain.importing.table import UnreadableFile
from skycrm.domain.personal import lists
from skycrm.domain.spreadsheet_safety import neutralise
from skycrm.services.personal_data import import_rows, people_files, related, stored_files
from skycrm.services.personal_data.subject import Subject, marks_of

# Columns of the framework that say nothing to the person
SKIPPED = frozenset(
	{"docstatus", "idx", "_user_tags", "_liked_by", "_seen", "parentfield", "search_text", "memory"}
)
LONGEST_CELL = 32_000
# What was said and planned for the person after the conversion hangs on these.
WORKS = ("Sky Opportunity", "Sky Issue")
USER_FIELDS = (
	"name",
	"full_name",
	"email",
	"mobile_no",
	"phone",
	"creation",
	"last_login",
	"last_active",
	"enabled",
)
ABOUT_WORK = frozenset({"Communication", "Comment", "ToDo", "File", "Version", "Sky Consent Record"})


def collect(subject: Subject, files: Sequence[Mapping[str, Any]] = ()) -> dict[str, list[dict[str, Any]]]:
	"""DocType → rows: the person's own records with their child rows, then everything that points to them.

	Args:
		files: what the search has found; see people_files.py.
	"""
	tables: dict[str, dict[str, dict[str, Any]]] = {}

	def add(doctype: str, row: dict[str, Any]) -> None:
		kept = {
			key: value for key, value in row.items() if key not in SKIPPED and value not in (None, "", [])
		}
		tables.setdefault(doctype, {}).setdefault(cstr(row["name"]), kept)

	for doctype, names in subject.records.items():
		for name in names:
			doc = frappe.get_doc(doctype, name)
			add(doctype, doc.as_dict(no_child_table_fields=True))
			for child in doc.get_all_children():
				add(child.doctype, child.as_dict())
	for source, rows in related.rows_of(subject.records):
		for row in rows:
			add(source.doctype, row)
	works = {doctype: list(tables[doctype]) for doctype in WORKS if doctype in tables}
	for source, rows in related.rows_of(works):
		for row in rows if source.doctype in ABOUT_WORK else ():
			add(source.doctype, row)
	for doctype, rows in _by_address(subject):
		for row in rows:
			add(doctype, row)
	for row in import_rows.of_person(
		subject, ("outcome", "lead", "contact", "customer", "header", "creation")
	):
		add(import_rows.ROW, row)
	for doctype, row in _from_files(subject, files):
		add(doctype, row)
	for user in subject.accounts:
		add("User", frappe.db.get_value("User", user, USER_FIELDS, as_dict=True))
	return {doctype: list(rows.values()) for doctype, rows in sorted(tables.items())}


def build(subject: Subject, files: Sequence[Mapping[str, Any]] = ()) -> tuple[bytes, dict[str, int]]:
	"""The ZIP file, and how many rows of each DocType are in it."""
	tables = collect(subject, files)
	buffer = io.BytesIO()
	with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
		archive.writestr("data.json", json.dumps(tables, default=str, ensure_ascii=False, indent=1))
		archive.writestr("data.xlsx", _workbook(tables))
		archive.writestr("data.html", _page(tables))
	return buffer.getvalue(), {doctype: len(rows) for doctype, rows in tables.items()}


def save(request: Document, content: bytes) -> str:
	"""Attach the ZIP to the request as a private file; its URL."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{request.name}.zip",
			"content": content,
			"is_private": 1,
			"attached_to_doctype": request.doctype,
			"attached_to_name": request.name,
		}
	)
	# Seen by whoever may read the request, and that is the administrators alone.
	file.insert(ignore_permissions=True)
	return file.file_url


def _from_files(subject: Subject, files: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
	"""The person's rows of stored lists; of other files that name the person, which they are: they hold others' data too."""
	known = import_rows.lines_of_person(subject)
	marks = marks_of(subject)
	for one in files:
		if one["way"] != people_files.ROWS:
			if one["reason"] != "unread":
				yield "File", {"name": one["file"], "file_name": one["title"]}
			continue
		newest = people_files.import_of(one["url"])
		settings = people_files.settings_of(newest) if newest else {}
		lines = known.get(newest.name, set()) if newest else set()
		try:
			with stored_files.opened(one["url"]) as handle:
				found = lists.find(handle, cstr(one["title"]), marks, lines, **settings)
		except (FileNotFoundError, UnreadableFile):
			continue
		for row in found.rows:
			yield (
				people_files.IMPORT if newest else "File",
				{
					"name": f"{newest.name if newest else one['file']}-{row.sheet}{row.line}",
					"file_name": one["title"],
					"line": row.line,
					**found.as_texts(row),
				},
			)


def _by_address(subject: Subject) -> list[tuple[str, list[dict[str, Any]]]]:
	"""Rows that know the person by the address alone."""
	mails = sorted({text for text in subject.spellings if "@" in text} | subject.emails)
	known = sorted(subject.emails | subject.phones)
	asked = [
		("Sky Suppression", {"address": ("in", known)}),
		("Email Unsubscribe", {"email": ("in", mails)}),
		("Email Group Member", {"email": ("in", mails)}),
		("Sky Campaign Recipient", {"address": ("in", known)}),
		("Communication", {"sender": ("in", mails)}),
	]
	return [
		(doctype, frappe.get_all(doctype, filters=filters, fields=["*"]))
		for doctype, filters in asked
		if next(iter(filters.values()))[1]
	]


def _label(meta: Any, key: str) -> str:
	"""A column's label; what is no field of the DocType, as a header of a list, is shown as it is."""
	return meta.get_label(key) if meta.has_field(key) else key


def _workbook(tables: dict[str, list[dict[str, Any]]]) -> bytes:
	"""A sheet for each DocType; not the framework's writer, which knows one sheet and no guard against formulas."""
	book = Workbook(write_only=True)
	for doctype, rows in tables.items():
		sheet = book.create_sheet(INVALID_TITLE_REGEX.sub(" ", _(doctype))[:31])
		columns = list(dict.fromkeys(key for row in rows for key in row))
		sheet.append(columns)
		for row in rows:
			sheet.append([_cell(row.get(column)) for column in columns])
	if not tables:
		book.create_sheet().append([_("Nothing is kept about this person.")])
	content = io.BytesIO()
	book.save(content)
	return content.getvalue()


def _cell(value: Any) -> Any:
	if value is None or isinstance(value, int | float):
		return value
	return neutralise("".join(sign for sign in cstr(value)[:LONGEST_CELL] if sign >= " " or sign in "\n\t"))


def _page(tables: dict[str, list[dict[str, Any]]]) -> str:
	parts = [
		"<!doctype html><meta charset='utf-8'><style>body{font-family:sans-serif}table{border-collapse:collapse;margin-bottom:1em}"
		"td,th{border:1px solid #ccc;padding:2px 6px;text-align:left;vertical-align:top}</style>",
		f"<h1>{escape_html(_('Everything kept about one person'))}</h1><p>{escape_html(cstr(now_datetime()))}</p>",
	]
	for doctype, rows in tables.items():
		meta = frappe.get_meta(doctype)
		parts.append(f"<h2>{escape_html(_(doctype))} ({len(rows)})</h2>")
		for row in rows:
			lines = "".join(
				f"<tr><th>{escape_html(_(_label(meta, key)))}</th><td>{escape_html(cstr(value))}</td></tr>"
				for key, value in row.items()
			)
			parts.append(f"<table>{lines}</table>")
	return "".join(parts)
