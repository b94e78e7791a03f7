"""Which later documents build on what a conversion made: asked of every link field there is, in one query.

Nothing is listed by hand: link and dynamic link fields come from the framework's own tables, so that a custom DocType of
the site counts like ERPNext's. Left out are the framework's logs and what the conversion itself wrote.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.model.dynamic_links import get_dynamic_links
from frappe.model.rename_doc import get_link_fields
from frappe.utils import get_datetime

from skycrm.services import conversion_ledger
from skycrm.services.conversion_run import Notes

# Rows that follow a record without anybody depending on them; the framework drops most of them with it.
_NO_WORK = frozenset(
	{
		"Access Log",
		"Activity Log",
		"Deleted Document",
		"DocShare",
		"Document Follow",
		"Document Share Key",
		"Email Unsubscribe",
		"Energy Point Log",
		"Error Log",
		"Integration Request",
		"Notification Log",
		"Route History",
		"Sky Consent Record",
		"Sky Identity Key",
		"Sky Lead Conversion",
		"Tag Link",
		"Unhandled Email",
		"User Permission",
		"Version",
		"View Log",
		"Webhook Request Log",
	}
)
# Enough to say that there is a lot in the way; each source is cut off there.
_MOST = 100


@dataclass(frozen=True)
class Found:
	"""A later document: its DocType and name, and when it was made."""

	doctype: str
	name: str
	creation: str


def later_documents(ledger: Document, notes: Notes) -> tuple[list[tuple[str, str]], int]:
	"""Documents that stand in the way of an undo.

	Args:
		ledger: the active conversion.
		notes: its notes.

	Returns:
		(doctype, name) of those that the session's user may read, the latest first, in which order they are best
		removed; and how many more there are.
	"""
	created = {
		doctype: ledger.get(key)
		for key, doctype in conversion_ledger.PARTS.items()
		if ledger.get(key) and ledger.get(f"{key}_created")
	}
	found = _changed_since(ledger, created)
	found += _linking_to(ledger, created, notes)
	unique = list(dict.fromkeys((item.doctype, item.name) for item in sorted(found, key=_newest_first)))
	return _readable(unique)


def _changed_since(ledger: Document, created: Mapping[str, str]) -> list[Found]:
	"""Records of the conversion that somebody has gone on with. One short query each, at most four."""
	found = []
	for key, doctype in conversion_ledger.PARTS.items():
		if doctype not in created:
			continue
		modified = frappe.db.get_value(doctype, created[doctype], "modified")
		if modified and get_datetime(modified) != get_datetime(ledger.get(f"{key}_stamp")):
			found.append(Found(doctype, created[doctype], str(modified)))
	return found


def _linking_to(ledger: Document, created: Mapping[str, str], notes: Notes) -> list[Found]:
	own = {(doctype, name) for doctype, name in created.items()}
	own.add(("Sky Lead", ledger.lead))
	own_rows = {(doctype, name) for doctype, names in notes.created.items() for name in names}
	own_rows |= {(doctype, name) for doctype, names in notes.moved.items() for name in names}
	for change in notes.changed:
		own_rows |= {(doctype, name) for doctype, names in change["rows"].items() for name in names}
		own.add((change["doctype"], change["name"]))

	found = []
	for doctype, name, parenttype, parent, creation in _rows_linking_to(created):
		if (doctype, name) in own_rows:
			continue
		document = (parenttype, parent) if parent else (doctype, name)
		if document not in own and document[0] not in _NO_WORK:
			found.append(Found(document[0], document[1], str(creation)))
	return found


def _rows_linking_to(created: Mapping[str, str]) -> list[tuple[str, str, str, str, Any]]:
	"""(doctype, name, parenttype, parent, creation) of every row with a link to one of the records. One query."""
	parts: list[str] = []
	values: list[Any] = []
	for doctype, where, given in _sources(created):
		meta = frappe.get_meta(doctype)
		parent = "parenttype, parent" if meta.istable else "'', ''"
		# Names of tables and columns come from the framework's own definition of its tables, values are bound.
		parts.append(
			"(select %s, name, "
			+ parent
			+ ", creation from `tab"
			+ doctype
			+ "` where "
			+ where
			+ " limit %s)"
		)
		values += [doctype, *given, _MOST]
	if not parts:
		return []
	# A union of as many tables as have a link field; see above for what is put into the text of it.
	return list(frappe.db.sql(" union all ".join(parts), values))  # nosemgrep: frappe-using-db-sql


def _sources(created: Mapping[str, str]) -> Iterable[tuple[str, str, list[Any]]]:
	"""(doctype, condition, its values) for every column that can point at one of the records."""
	existing = set(frappe.db.get_tables(cached=False))

	def usable(doctype: str, *fieldnames: str) -> bool:
		if doctype in _NO_WORK or f"tab{doctype}" not in existing:
			return False
		meta = frappe.get_meta(doctype)
		return not meta.issingle and all(
			fieldname == "parent" or meta.has_field(fieldname) for fieldname in fieldnames
		)

	for doctype, name in created.items():
		for link in get_link_fields(doctype):
			if usable(link["parent"], link["fieldname"]):
				yield link["parent"], f"`{link['fieldname']}` = %s", [name]
	pairs = list(created.items())
	for link in get_dynamic_links():
		if pairs and usable(link.parent, link.fieldname, link.options):
			condition = " or ".join([f"(`{link.options}` = %s and `{link.fieldname}` = %s)"] * len(pairs))
			if link.parent == "Comment":
				condition = f"comment_type = 'Comment' and ({condition})"
			yield link.parent, condition, [value for pair in pairs for value in pair]
	# Two that point at a record without a dynamic link field.
	condition = " or ".join(["(attached_to_doctype = %s and attached_to_name = %s)"] * len(pairs))
	if pairs:
		values = [value for pair in pairs for value in pair]
		yield "File", f"attached_to_field is null and ({condition})", values


def _readable(documents: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], int]:
	"""Those that the user may read, in the same order, and the number of the others. One query per DocType."""
	by_doctype: dict[str, list[str]] = {}
	for doctype, name in documents:
		by_doctype.setdefault(doctype, []).append(name)
	readable: set[tuple[str, str]] = set()
	for doctype, names in by_doctype.items():
		if frappe.has_permission(doctype, "read"):
			rows = frappe.get_list(
				doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0
			)
			readable |= {(doctype, name) for name in rows}
	shown = [document for document in documents if document in readable]
	return shown, len(documents) - len(shown)


def _newest_first(item: Found) -> tuple[float, str]:
	return (-get_datetime(item.creation).timestamp(), item.name)
