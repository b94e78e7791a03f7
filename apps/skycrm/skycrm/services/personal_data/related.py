"""Everything that hangs on some records, whatever its DocType: read from the framework's own list of link fields.

Nothing is listed by hand, so a custom DocType of the site and one that a later version of this app brings are covered.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import frappe
from frappe.utils import cint

# Tables of the framework that name a record without a link field: (DocType, field of the type, field of the name)
PLAIN_REFERENCES: tuple[tuple[str, str, str], ...] = (
	("Version", "ref_doctype", "docname"),
	("Comment", "reference_doctype", "reference_name"),
	("Communication", "reference_doctype", "reference_name"),
	("Communication Link", "link_doctype", "link_name"),
	("Email Queue", "reference_doctype", "reference_name"),
	("File", "attached_to_doctype", "attached_to_name"),
	("ToDo", "reference_type", "reference_name"),
	("Notification Log", "document_type", "document_name"),
	("Activity Log", "reference_doctype", "reference_name"),
	("View Log", "reference_doctype", "reference_name"),
	("Tag Link", "document_type", "document_name"),
	("Deleted Document", "deleted_doctype", "deleted_name"),
	("Event Participants", "reference_doctype", "reference_docname"),
	("Sky Lead Touch", "reference_doctype", "reference_name"),
	("Workflow Action", "reference_doctype", "reference_name"),
	("Energy Point Log", "reference_doctype", "reference_name"),
)
# Rows that say nothing about a person
SILENT = frozenset({"Sky Personal Data Request", "Sky Personal Data Record", "DocShare", "Document Follow"})


@dataclass(frozen=True)
class Source:
	"""A table whose rows point to records: by a link field to one DocType, or by a pair of fields."""

	doctype: str
	field: str
	target: str | None
	type_field: str | None
	is_child: bool


def sources() -> list[Source]:
	"""Every table that can point to a record. Two queries."""
	# A join over a union of the app's and the site's own fields reads plainer as SQL.
	fields = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""select f.parent, f.fieldname, f.fieldtype, f.options from (
			select parent, fieldname, fieldtype, options from `tabDocField` where parenttype = 'DocType'
			union select dt, fieldname, fieldtype, options from `tabCustom Field`) f
		join `tabDocType` d on d.name = f.parent
		where f.fieldtype in ('Link', 'Dynamic Link') and d.issingle = 0 and ifnull(d.is_virtual, 0) = 0"""
	)
	children = set(frappe.get_all("DocType", {"istable": 1}, pluck="name"))
	found = {
		Source(
			doctype,
			field,
			options if kind == "Link" else None,
			None if kind == "Link" else options,
			doctype in children,
		)
		for doctype, field, kind, options in fields
		if doctype not in SILENT
	}
	found |= {
		Source(doctype, name, None, kind, doctype in children) for doctype, kind, name in PLAIN_REFERENCES
	}
	return sorted((item for item in found if _has_columns(item)), key=lambda item: (item.doctype, item.field))


def rows_of(
	records: Mapping[str, Iterable[str]], fields: str = "*"
) -> Iterator[tuple[Source, list[frappe._dict]]]:
	"""The rows that point to some records, table by table; tables without any are left out.

	Args:
		records: DocType → names.
		fields: "*" or "name".
	"""
	given = {doctype: sorted(set(names)) for doctype, names in records.items() if names}
	every = sorted({name for names in given.values() for name in names})
	for source in sources():
		if source.target and source.target not in given:
			continue
		filters: dict = {source.field: ("in", given[source.target] if source.target else every)}
		wanted = [fields]
		if fields != "*":
			wanted = ["name", source.field, *([source.type_field] if source.type_field else [])]
			wanted += ["parent", "parenttype"] if source.is_child else []
		if source.type_field:
			filters[source.type_field] = ("in", sorted(given))
		rows = frappe.get_all(source.doctype, filters=filters, fields=wanted, order_by="creation asc")
		if source.type_field:
			rows = [row for row in rows if row.get(source.field) in given.get(row.get(source.type_field), ())]
		if rows:
			yield source, rows


def is_submittable(doctype: str) -> bool:
	"""Whether its records are documents that are submitted; their rows too."""
	return bool(cint(frappe.get_meta(doctype).is_submittable))


def _has_columns(source: Source) -> bool:
	if not frappe.db.table_exists(source.doctype):
		return False
	columns = frappe.db.get_table_columns(source.doctype)
	return source.field in columns and (not source.type_field or source.type_field in columns)
