"""Every place of the database where the name of a lead may stand, found in the framework's own definition of its tables.

Nothing is listed by hand but the names of pairs that the framework keeps as plain text: Link fields, Dynamic Link fields
and such pairs come from the DocTypes of this site, so that a DocType made tomorrow moves with its lead like all others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import frappe
from frappe.model.dynamic_links import get_dynamic_links

LEAD = "Sky Lead"
# Says what once happened, or belongs to the machine: moving it would falsify it or help nobody.
STAYS = frozenset(
	{
		"Access Log",
		"Deleted Document",
		"Error Log",
		"Integration Request",
		"Route History",
		"Sky Audit Log",
		# Follows the columns of the lead, see services/lead_keys.py.
		"Sky Lead Key",
		"Sky Lead Merged Record",
		"Unhandled Email",
		"Webhook Request Log",
	}
)
# (column of the DocType, column of the name) where the name is plain text to the framework, so no field says what it is.
PLAIN_PAIRS = (
	("attached_to_doctype", "attached_to_name"),
	("document_type", "document_name"),
	("link_doctype", "link_name"),
	("link_doctype", "link_docname"),
	("ref_doctype", "docname"),
	("ref_doctype", "ref_docname"),
	("ref_doctype", "ref_name"),
	("reference_doctype", "reference_docname"),
	("reference_doctype", "reference_name"),
	("reference_type", "reference_name"),
	("share_doctype", "share_name"),
)
NAMES_PER_STATEMENT = 1000


@dataclass(frozen=True, order=True)
class Place:
	"""A column that can hold the name of a lead.

	Attributes:
		doctype: whose table.
		column: of the name.
		type_column: says which DocType the name is of; "" when it is always a lead.
	"""

	doctype: str
	column: str
	type_column: str = ""


@dataclass(frozen=True)
class Row:
	"""A row that points at a lead: where, its name, and at which lead."""

	place: Place
	name: str
	lead: str


def places() -> tuple[list[Place], list[Place]]:
	"""All columns that can hold the name of a lead: of tables, and of Single DocTypes. A handful of queries."""
	found: set[Place] = set()
	for doctype, fieldname in _link_fields():
		found.add(Place(doctype, fieldname))
	for link in get_dynamic_links():
		found.add(Place(link.parent, link.fieldname, link.options))
	found.update(_plain_pairs())
	tables = set(frappe.db.get_tables(cached=False))
	own_tables = {field.options for field in frappe.get_meta(LEAD).get_table_fields()}
	in_tables, in_singles = [], []
	for place in sorted(found):
		if place.doctype in STAYS or place.doctype in own_tables:
			continue
		meta = frappe.get_meta(place.doctype)
		if meta.get("is_virtual"):
			continue
		if meta.issingle:
			in_singles.append(place)
		elif f"tab{place.doctype}" in tables and _has_columns(place):
			in_tables.append(place)
	return in_tables, in_singles


def rows_pointing_at(leads: Sequence[str], in_tables: Iterable[Place]) -> list[Row]:
	"""Every row of these places that points at one of the leads, but the leads themselves. One query."""
	numbered = list(in_tables)
	if not numbered or not leads:
		return []
	marks = ", ".join(["%s"] * len(leads))
	parts: list[str] = []
	values: list[str | int] = []
	for number, place in enumerate(numbered):
		condition = f"`{place.column}` in ({marks})"
		values += [number, *leads]
		if place.type_column:
			condition += f" and `{place.type_column}` = %s"
			values.append(LEAD)
		if place.doctype == LEAD:
			condition += f" and name not in ({marks})"
			values += leads
		parts.append(
			f"select %s, cast(name as char), `{place.column}` from `tab{place.doctype}` where {condition}"
		)
	# A union of as many tables as can point at a lead; names of tables and columns come from the framework's own
	# definition of its tables, values are bound.
	found = frappe.db.sql(" union all ".join(parts), values)  # nosemgrep: frappe-using-db-sql
	by_lower = {lead.lower(): lead for lead in leads}
	# The database compares without regard to case.
	return [
		Row(numbered[int(number)], name, by_lower.get(lead.lower(), lead)) for number, name, lead in found
	]


def singles_pointing_at(leads: Sequence[str], in_singles: Iterable[Place]) -> list[Row]:
	"""The fields of Single DocTypes that hold one of the leads. One query at most."""
	wanted = list(in_singles)
	if not wanted or not leads:
		return []
	table = frappe.qb.Table("tabSingles")
	stored = (
		frappe.qb.from_(table)
		.select(table.doctype, table.field, table.value)
		.where(table.doctype.isin(sorted({place.doctype for place in wanted})))
		.run()
	)
	values = {(doctype, field): value for doctype, field, value in stored}
	return [
		Row(place, place.doctype, values[(place.doctype, place.column)])
		for place in wanted
		if values.get((place.doctype, place.column)) in leads
		and (not place.type_column or values.get((place.doctype, place.type_column)) == LEAD)
	]


def unique_columns(doctypes: Iterable[str]) -> dict[str, list[tuple[str, ...]]]:
	"""DocType → the sets of columns of which its table holds each combination once. One query."""
	tables = {f"tab{doctype}": doctype for doctype in doctypes}
	if not tables:
		return {}
	# The server's own catalogue: the query builder knows no other database than the site's.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""select table_name, index_name, column_name from information_schema.statistics
		where table_schema = database() and non_unique = 0 and index_name != 'PRIMARY' and table_name in %s
		order by table_name, index_name, seq_in_index""",
		(tuple(tables),),
	)
	found: dict[tuple[str, str], list[str]] = {}
	for table, name, column in rows:
		found.setdefault((table, name), []).append(column)
	answer: dict[str, list[tuple[str, ...]]] = {}
	for (table, _name), columns in found.items():
		answer.setdefault(tables[table], []).append(tuple(columns))
	return answer


def _link_fields() -> Iterable[tuple[str, str]]:
	"""(DocType, field) of every Link field to a lead, read anew: the framework's own list is kept for the whole process."""
	field, custom = frappe.qb.DocType("DocField"), frappe.qb.DocType("Custom Field")
	yield from (
		frappe.qb.from_(field)
		.select(field.parent, field.fieldname)
		.where((field.fieldtype == "Link") & (field.options == LEAD) & (field.is_virtual == 0))
		.run()
	)
	yield from (
		frappe.qb.from_(custom)
		.select(custom.dt, custom.fieldname)
		.where((custom.fieldtype == "Link") & (custom.options == LEAD))
		.run()
	)


def _plain_pairs() -> Iterable[Place]:
	"""Pairs of plain columns with the names of PLAIN_PAIRS. One query."""
	field = frappe.qb.DocType("DocField")
	names = sorted({name for pair in PLAIN_PAIRS for name in pair})
	rows = (
		frappe.qb.from_(field)
		.select(field.parent, field.fieldname, field.fieldtype)
		.where(field.fieldname.isin(names) & field.fieldtype.isin(("Data", "Link", "Select", "Read Only")))
		.where(field.is_virtual == 0)
		.run()
	)
	kinds = {(doctype, name): kind for doctype, name, kind in rows}
	for doctype, name in kinds:
		for type_column, column in PLAIN_PAIRS:
			if name == column and (doctype, type_column) in kinds and kinds[(doctype, column)] != "Link":
				yield Place(doctype, column, type_column)


def _has_columns(place: Place) -> bool:
	meta = frappe.get_meta(place.doctype)
	return all(
		not column or meta.has_field(column) or column in ("parent", "parenttype")
		for column in (place.column, place.type_column)
	)
