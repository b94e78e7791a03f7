"""What keeps an admin's changes to the records in fixtures/, and deletes again what an admin has deleted.

The framework imports every file of fixtures/ on each migrate, deleting and inserting each record, changed or not.
Roles, lead sources and lost reasons are the admin's to rename, describe, switch off and delete, so:
	before_import: a record that the site has goes in again exactly as the site has it;
	note_deletions (before the migrate) and drop_deleted (after it): one that an admin deleted or renamed is gone again.
The second holds for the workspaces, cards and charts of setup/desk.py as well.
"""

import json
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

from skycrm.setup import desk, shipped
from skycrm.setup.deleting import delete_for_good

# Roles are not in the list: DocTypes name them in their permissions, so the framework makes a deleted one again anyway.
DELETABLE = ("Sky Lead Source", "Sky Lost Reason", *desk.DOCTYPES)


def keep_site_values(doc: Document, method: str | None = None) -> None:
	"""Event before_import of the DocTypes in fixtures/: give the incoming record what the site has.

	Only while fixtures are synced; a file that a user imports is theirs to overwrite with.
	"""
	if not frappe.flags.in_fixtures or not frappe.db.exists(doc.doctype, doc.name):
		return
	stored = frappe.get_doc(doc.doctype, doc.name)
	for field in doc.meta.get_valid_columns():
		doc.set(field, stored.get(field))
	for table in doc.meta.get_table_fields():
		doc.set(table.fieldname, [row.as_dict() for row in stored.get(table.fieldname)])
	doc.set("__islocal", 1)


def note_deletions() -> None:
	"""Before a migrate: remember which shipped records are not there.

	A record that is back and reads exactly as shipped was brought back by a migrate that broke off before
	drop_deleted; one that reads otherwise was made again by an admin.
	"""
	if not frappe.db.table_exists(shipped.LEDGER):
		return
	for doctype in DELETABLE:
		deleted = shipped.deleted_by_admin(doctype)
		for record in read(doctype):
			name = record["name"]
			if not shipped.was_shipped(doctype, name):
				continue
			stored = frappe.db.get_value(doctype, name, "modified")
			if not stored:
				shipped.note_deletion(doctype, name, deleted=True)
			elif name in deleted and get_datetime(stored) != get_datetime(record["modified"]):
				shipped.note_deletion(doctype, name, deleted=False)


def drop_deleted() -> None:
	"""After a migrate: take out again what an admin had deleted, and note what the site has now."""
	for doctype in DELETABLE:
		deleted = shipped.deleted_by_admin(doctype)
		for record in read(doctype):
			name = record["name"]
			if name in deleted:
				delete_for_good(doctype, [name])
			elif not shipped.was_shipped(doctype, name) and frappe.db.exists(doctype, name):
				shipped.note_deletion(doctype, name, deleted=False)


def read(doctype: str) -> list[dict[str, Any]]:
	"""The records of one file of fixtures/, or of the folders of the desk."""
	if doctype in desk.DOCTYPES:
		return desk.read(doctype)
	path = frappe.get_app_path("skycrm", "fixtures", f"{frappe.scrub(doctype)}.json")
	with open(path, encoding="utf-8") as file:
		return json.load(file)
