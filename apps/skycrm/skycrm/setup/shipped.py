"""Records that the app brings to a site and that belong to the admin from then on.

Each is noted in Sky Shipped Record. So a migrate brings what is new, leaves alone what an admin changed, and does not
bring back what an admin deleted; and an uninstall takes away what the app made, nothing that was there before.
"""

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cstr

LEDGER = "Sky Shipped Record"

# What says nothing about the meaning of a record: where its boxes stand in the workflow editor.
LAYOUT_FIELDS = frozenset({"workflow_data", "workflow_builder_id"})
ROW_FIELDS_OF_NO_MEANING = frozenset(
	"name owner creation modified modified_by docstatus idx parent parentfield parenttype doctype".split()
)


def ship_once(
	doctype: str,
	values: Mapping[str, Any],
	*,
	key: str,
	name: str | None = None,
	made_by_framework: bool = False,
) -> str | None:
	"""Insert a record if the app has never brought it and the site does not have it. Never touched again.

	Args:
		doctype: its DocType.
		values: its fields.
		key: what tells it from its like, for the ledger; the name where records have speaking names.
		name: its name if known beforehand, to see whether the site has it already.
		made_by_framework: the framework makes it for us when it syncs our DocTypes (roles named in permissions), so
			being there already does not mean that the site had it before.

	Returns:
		Its name if it was inserted now, else None.
	"""
	ledger_key = _ledger_key(doctype, key)
	if frappe.db.exists(LEDGER, ledger_key):
		return None
	if name and frappe.db.exists(doctype, name):
		_note(ledger_key, doctype, name, is_ours=made_by_framework)
		return None
	document = _insert(doctype, values, name)
	_note(ledger_key, doctype, document.name, is_ours=True)
	return document.name


def ship_versioned(doctype: str, name: str, values: Mapping[str, Any]) -> str:
	"""Insert a record, or bring it to a new version as long as nobody has changed it on this site.

	Args:
		doctype, name: which record.
		values: its fields as the app ships them now, child rows included.

	Returns:
		What happened: "inserted", "updated", "same", or why it was left alone: "was_there", "deleted", "edited".
	"""
	ledger_key = _ledger_key(doctype, name)
	shipped = _digest(values)
	known = frappe.db.get_value(
		LEDGER, ledger_key, ["is_ours", "shipped_digest", "stored_digest"], as_dict=True
	)
	there = frappe.db.exists(doctype, name)
	if not known:
		if there:
			_note(ledger_key, doctype, name, is_ours=False)
			return "was_there"
		document = _insert(doctype, values, name)
		_note(ledger_key, doctype, name, is_ours=True, shipped=shipped, stored=stored_digest(document))
		return "inserted"
	if not known.is_ours:
		return "was_there"
	if not there:
		return "deleted"
	if known.shipped_digest == shipped:
		return "same"
	document = frappe.get_doc(doctype, name)
	if stored_digest(document) != known.stored_digest:
		return "edited"
	document.update(copy.deepcopy(dict(values)))  # the framework writes into the rows it is given
	document.flags.ignore_permissions = True  # an installer's write, no user's
	document.save()
	_note(ledger_key, doctype, name, is_ours=True, shipped=shipped, stored=stored_digest(document))
	return "updated"


def ours(doctype: str) -> list[str]:
	"""Names of the records of a DocType that the app made on this site; some may be deleted or renamed since."""
	return frappe.get_all(
		LEDGER, filters={"reference_doctype": doctype, "is_ours": 1}, pluck="reference_name"
	)


def stored_digest(document: Document, leave_out: Iterable[str] = ()) -> str:
	"""Digest of what a stored record means, child rows in their order, without names, dates and layout.

	Args:
		document: the record; read again.
		leave_out: fields of it that say nothing either.
	"""
	document = frappe.get_doc(document.doctype, document.name)
	meaning = _meaning(document)
	return _digest({field: value for field, value in meaning.items() if field not in leave_out})


def stored_as(doctype: str, name: str) -> str:
	"""The digest under which the ledger knows a record, "" when it knows none."""
	return frappe.db.get_value(LEDGER, _ledger_key(doctype, name), "stored_digest") or ""


def note_stored(doctype: str, name: str, digest: str) -> None:
	"""Note what a record looks like that the framework has brought for us; "" before it is there."""
	_note(_ledger_key(doctype, name), doctype, name, is_ours=True, stored=digest)


def note_deletion(doctype: str, name: str, deleted: bool) -> None:
	"""Remember that an admin deleted a record that the app ships, or that they took it back."""
	ledger_key = _ledger_key(doctype, name)
	if not frappe.db.exists(LEDGER, ledger_key):
		_note(ledger_key, doctype, name, is_ours=True)
	frappe.db.set_value(LEDGER, ledger_key, "is_deleted_by_admin", int(deleted), update_modified=False)


def deleted_by_admin(doctype: str) -> set[str]:
	"""Names of the shipped records of a DocType of which note_deletion says that an admin deleted them."""
	return set(
		frappe.get_all(
			LEDGER, filters={"reference_doctype": doctype, "is_deleted_by_admin": 1}, pluck="reference_name"
		)
	)


def was_shipped(doctype: str, name: str) -> bool:
	"""True when the app has brought this record before."""
	return bool(frappe.db.exists(LEDGER, _ledger_key(doctype, name)))


def note_shipped(doctype: str, name: str) -> None:
	"""Note something that the app has brought but that is no record of its own, for example a row of the settings."""
	_note(_ledger_key(doctype, name), doctype, name, is_ours=True)


def _insert(doctype: str, values: Mapping[str, Any], name: str | None) -> Document:
	document = frappe.get_doc({**copy.deepcopy(dict(values)), "doctype": doctype})
	document.flags.ignore_permissions = True  # an installer's write, no user's
	return document.insert(set_name=name)


def _note(
	ledger_key: str, doctype: str, name: str, *, is_ours: bool, shipped: str = "", stored: str = ""
) -> None:
	values = {
		"reference_doctype": doctype,
		"reference_name": name,
		"is_ours": int(is_ours),
		"shipped_digest": shipped,
		"stored_digest": stored,
	}
	if frappe.db.exists(LEDGER, ledger_key):
		frappe.db.set_value(LEDGER, ledger_key, values)
	else:
		_insert(LEDGER, {"item_key": ledger_key, **values}, None)


def _ledger_key(doctype: str, key: str) -> str:
	return f"{doctype}: {key}"[:140]


def _meaning(document: Document) -> dict[str, Any]:
	"""Fields with a value; empty, 0 and layout are left out, so that a field that a framework update adds changes nothing."""
	meaning: dict[str, Any] = {}
	for field, value in document.as_dict(no_nulls=True).items():
		if field in LAYOUT_FIELDS or field in ROW_FIELDS_OF_NO_MEANING or field.startswith("_"):
			continue
		if isinstance(value, list):
			meaning[field] = [_meaning(row) for row in document.get(field)]
		elif value not in ("", 0, "0"):
			meaning[field] = cstr(value)
	return meaning


def _digest(values: Mapping[str, Any]) -> str:
	return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
