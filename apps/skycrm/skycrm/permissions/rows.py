"""Rows of tables by themselves: who may not see or change a record sees and changes none of its rows.

The framework asks the role alone for a row that is read or written by its own ID, and for lists of rows
(frappe.permissions.has_child_permission takes the row's empty `parent_doc` for its parent; found on 15.101).
"""

import frappe
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document

# Rows → the records that not everybody sees
PARENTS = {
	"Sky Campaign Send Window": "Sky Campaign",
	"Sky Lead Item": "Sky Lead",
	"Sky Lead Merged Record": "Sky Lead Merge",
	"Sky Opportunity Competitor": "Sky Opportunity",
	"Sky Opportunity Item": "Sky Opportunity",
	"Sky Segment Exclusion": "Sky Segment",
	"Sky Segment Filter": "Sky Segment",
	"Sky Segment Member": "Sky Segment",
}
# What changes a row changes its record.
READING = frozenset({"read", "select", "print", "email", "report", "export"})


def query_conditions(user: str, doctype: str) -> str:
	"""Hook permission_query_conditions: rows of the records that the user may read, as SQL."""
	parent = PARENTS[doctype]
	condition = DatabaseQuery(parent, user=user).build_match_conditions()
	if not condition:
		return ""
	return f"`tab{doctype}`.`parent` in (select `name` from `tab{parent}` where {condition})"


class RowOfRecord:
	"""Mixin for controllers of rows, before `Document`: the rights to a row are those to its record."""

	def has_permission(self, permtype: str = "read", *, debug: bool = False, user: str | None = None) -> bool:
		if not super().has_permission(permtype, debug=debug, user=user):
			return False
		if self.flags.ignore_permissions:
			return True
		ptype = permtype if permtype in READING else "write"
		return all(
			frappe.has_permission(parenttype, ptype, doc=parent, user=user)
			for parenttype, parent in _records_of(self)
		)


def _records_of(row: Document) -> set[tuple[str, str]]:
	"""The record that the row belongs to, and the one that it says it belongs to: a request may name another."""
	stored = frappe.db.get_value(row.doctype, row.name, ["parenttype", "parent"]) if row.name else None
	said = (row.parenttype, row.parent)
	return {pair for pair in (stored, said) if pair and all(pair)}
