"""What keeps an admin's changes to the workspaces, number cards, charts and dashboards of the app.

The framework imports their files on a migrate whenever a file is newer than the record, whatever an admin made of it,
and makes deleted ones again. So, with the ledger of setup/shipped.py:
	before_import: a record that somebody changed goes in again as the site has it, and one that somebody only moved
	about in the sidebar, hid or gave another icon keeps that;
	settle, after the migrate: the ledger learns what a record looks like that the framework has just brought.
Deleted ones are setup/fixtures.py's.
"""

import json
from pathlib import Path
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cstr

from skycrm.domain.jobs import OUR_MODULE
from skycrm.setup import shipped

DOCTYPES = ("Workspace", "Number Card", "Dashboard Chart", "Dashboard")

# Where a workspace stands in the sidebar and how it looks there: an admin's, and no reason to keep its content.
ARRANGEMENT = ("sequence_id", "is_hidden", "parent_page", "icon", "indicator_color")

# Dates that our files had before the ledger knew their records: a record with another date was changed by somebody.
BEFORE_THE_LEDGER = frozenset(
	f"2026-11-21 {time}:00.000000" for time in ("20:00", "20:30", "20:50", "21:00", "21:10", "22:50", "23:50")
)


def before_import(doc: Document, method: str | None = None) -> None:
	"""Event of DOCTYPES: give the incoming record what somebody made of it on this site.

	Only while the site migrates; who imports a single file by hand means to overwrite.
	"""
	if doc.get("module") != OUR_MODULE or not frappe.flags.in_migrate or not _has_ledger():
		return
	if not frappe.db.exists(doc.doctype, doc.name):
		shipped.note_stored(doc.doctype, doc.name, "")
		return
	stored = frappe.get_doc(doc.doctype, doc.name)
	if _is_edited(stored):
		_take_over(doc, stored)
		return
	for field in ARRANGEMENT:
		if doc.meta.has_field(field):
			doc.set(field, stored.get(field))
	shipped.note_stored(doc.doctype, doc.name, "")


def settle() -> None:
	"""After files were imported: note what the records that came from them look like."""
	for doctype in DOCTYPES:
		for record in read(doctype):
			name = record["name"]
			if frappe.db.exists(doctype, name) and not shipped.stored_as(doctype, name):
				document = frappe.get_doc(doctype, name)
				if not _was_edited_before_the_ledger(document):
					shipped.note_stored(doctype, name, _digest(document))


def read(doctype: str) -> list[dict[str, Any]]:
	"""The records of a DocType that lie in the folders of our module."""
	folder = Path(frappe.get_module_path(OUR_MODULE))
	name = f"{frappe.scrub(OUR_MODULE)}_dashboard" if doctype == "Dashboard" else frappe.scrub(doctype)
	return [json.loads(path.read_text("utf-8")) for path in sorted((folder / name).glob("*/*.json"))]


def _is_edited(stored: Document) -> bool:
	noted = shipped.stored_as(stored.doctype, stored.name)
	return noted != _digest(stored) if noted else _was_edited_before_the_ledger(stored)


def _was_edited_before_the_ledger(stored: Document) -> bool:
	dates = {record["modified"] for record in read(stored.doctype) if record["name"] == stored.name}
	return cstr(stored.modified) not in BEFORE_THE_LEDGER | dates | {
		date[:19] for date in dates | BEFORE_THE_LEDGER
	}


def _digest(stored: Document) -> str:
	return shipped.stored_digest(stored, leave_out=ARRANGEMENT)


def _take_over(doc: Document, stored: Document) -> None:
	for field in doc.meta.get_valid_columns():
		doc.set(field, stored.get(field))
	for table in doc.meta.get_table_fields():
		doc.set(table.fieldname, [row.as_dict() for row in stored.get(table.fieldname)])
	doc.set("__islocal", 1)


def _has_ledger() -> bool:
	return bool(frappe.db.table_exists(shipped.LEDGER))
