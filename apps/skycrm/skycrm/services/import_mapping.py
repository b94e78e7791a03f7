"""Saved mappings: which field each column of a file filled, suggested again for a file with the same headers."""

import hashlib
from collections.abc import Sequence

import frappe
from frappe.model.document import Document

from skycrm.domain.importing.guess import headers_key

MAPPING = "Sky Import Mapping"
COLUMN = "Sky Import Mapping Column"
SAVEPOINT = "remember_mapping"


def fits(doc: Document, headers: Sequence[str]) -> bool:
	"""Whether the fields of an import were chosen for these headers: a file of the same name may have taken the place of
	another."""
	chosen = [row.header or "" for row in sorted(doc.columns, key=lambda row: row.position)]
	return chosen == [header[:255] for header in headers]


def suggested(headers: Sequence[str]) -> dict[str, str]:
	"""Header → field, as these headers were mapped before; empty for new ones. Two queries."""
	name = frappe.db.get_value(MAPPING, {"headers_hash": _hash(headers)})
	if not name:
		return {}
	rows = frappe.get_all(COLUMN, filters={"parent": name}, fields=["header", "field"], limit=0)
	return {row.header: row.field for row in rows if row.header}


def remember(doc: Document) -> None:
	"""Keep the columns of an import for the next file with these headers."""
	headers = [row.header or "" for row in doc.columns]
	key = _hash(headers)
	name = frappe.db.get_value(MAPPING, {"headers_hash": key})
	mapping = frappe.get_doc(MAPPING, name) if name else frappe.new_doc(MAPPING)
	mapping.update(
		{
			"headers_hash": key,
			"headers": " | ".join(headers)[:1000],
			"times_used": (mapping.times_used or 0) + 1,
		}
	)
	mapping.set("columns", [{"header": row.header, "field": row.field} for row in doc.columns])
	frappe.db.savepoint(SAVEPOINT)
	try:
		# Who may import may leave a suggestion for whoever imports next; it holds no data of the list.
		mapping.save(ignore_permissions=True)
	except (frappe.DuplicateEntryError, frappe.TimestampMismatchError):
		# Somebody starts a list with the same headers at this moment: theirs is remembered.
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_last_message()


def _hash(headers: Sequence[str]) -> str:
	return hashlib.sha1(headers_key(headers).encode(), usedforsecurity=False).hexdigest()
