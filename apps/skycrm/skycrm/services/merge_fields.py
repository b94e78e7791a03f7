"""Which fields of a lead a merge decides, read from its definition: an admin's own fields count like ours."""

import frappe
from frappe.model import data_fieldtypes, table_fields
from frappe.model.document import Document

from skycrm.domain.merge import CONSENT_FIELDS, DERIVED, choosable
from skycrm.services.merge_links import LEAD

# Hidden or read-only fields are written by somebody else's rules and stay the primary's. But for these.
ALSO = frozenset({"image", *CONSENT_FIELDS})
# What a user does not see as content when rows of a table are compared.
ROW_SYSTEM = frozenset({"name", "parent", "parenttype", "parentfield", "idx", "docstatus"})


def value_fields() -> dict[str, str]:
	"""Field → type of every field that a merge decides, in the order of the form. Cached definition, no query."""
	return {
		df.fieldname: df.fieldtype
		for df in frappe.get_meta(LEAD).fields
		if df.fieldtype in data_fieldtypes
		and df.fieldtype not in table_fields
		and df.fieldname not in DERIVED
		and (df.fieldname in ALSO or not (df.hidden or df.read_only or df.get("is_virtual")))
	}


def compared_columns() -> dict[str, tuple[str, ...]]:
	"""Table field → the columns that make two of its rows the same."""
	return {
		df.fieldname: tuple(
			column.fieldname
			for column in frappe.get_meta(df.options).fields
			if column.fieldtype in data_fieldtypes and column.fieldname not in ROW_SYSTEM
		)
		for df in frappe.get_meta(LEAD).get_table_fields()
	}


def may_choose(lead: Document) -> list[str]:
	"""The fields that the session's user may choose a value for: those they may write in this lead."""
	levels = {0, *lead.get_permlevel_access("write")}
	meta = lead.meta
	return [name for name in choosable(value_fields()) if (meta.get_field(name).permlevel or 0) in levels]


def may_see(lead: Document) -> set[str]:
	"""The fields that the session's user may read in this lead."""
	levels = {0, *lead.get_permlevel_access("read")}
	return {df.fieldname for df in lead.meta.fields if (df.permlevel or 0) in levels}
