"""Tables of filters (field, condition, value), as segments and sharing rules have them: checked, and as list filters."""

from collections.abc import Iterable, Sequence

import frappe
from frappe import _
from frappe.model import no_value_fields, table_fields
from frappe.model.document import Document

from skycrm.domain import segment_filter
from skycrm.permissions.hidden_fields import hidden
from skycrm.services.record_checks import label, refuse, shown

STANDARD_FIELDS = {"name": "Data", "owner": "Link", "creation": "Datetime", "modified": "Datetime"}
HIDDEN_TYPES = frozenset({"Password", *no_value_fields, *table_fields})


def check_filter_rows(doc: Document, table: str, document_type: str, rows: Sequence[Document]) -> None:
	"""Refuse a filter on a field that does not exist, that the user may not see, or with an unusable value.

	A hidden field is refused because the size of an audience would tell its content. A row that was there before stays:
	whoever may not see the field must still be able to save the rest.
	"""
	meta = frappe.get_meta(document_type)
	closed = hidden(document_type)
	before = {_meaning(row) for row in _rows_before(doc, table)} if closed else set()
	for row in rows:
		field = meta.get_field(row.field_name)
		fieldtype = field.fieldtype if field else STANDARD_FIELDS.get(row.field_name)
		if (
			not fieldtype
			or fieldtype in HIDDEN_TYPES
			or (row.field_name in closed and _meaning(row) not in before)
		):
			refuse(
				_(
					"Row {0} of {1}: {2} has no field {3} that can be filtered by. Choose a field from the list."
				).format(row.idx, label(doc, table), _(document_type), shown(row.field_name))
			)
		problem = segment_filter.filter_problem(row.operator, row.value, fieldtype)
		if problem:
			refuse(_sentence(problem).format(row.idx, label(doc, table), shown(row.value)))


def _rows_before(doc: Document, table: str) -> Sequence[Document]:
	before = doc.get_doc_before_save()
	return before.get(table) or () if before else ()


def _meaning(row: Document) -> tuple[str, str, str]:
	return (row.field_name, row.operator, row.value)


def as_filters(document_type: str, rows: Iterable[Document]) -> list[list]:
	"""Checked rows as the framework's list filters: [DocType, field, operator, value]."""
	return [
		[document_type, row.field_name, row.operator, segment_filter.filter_value(row.operator, row.value)]
		for row in rows
	]


def _sentence(problem: str) -> str:
	"""The sentence for a code of domain/segment_filter.py; {0} row, {1} table, {2} value."""
	return {
		segment_filter.VALUE_MISSING: _(
			"Row {0} of {1}: the value is missing. Enter what the field is compared with."
		),
		segment_filter.LIST_EMPTY: _(
			"Row {0} of {1}: the list {2} is empty. Enter values, separated by commas."
		),
		segment_filter.BETWEEN_NEEDS_TWO: _(
			"Row {0} of {1}: the condition 'between' needs two values, not {2}. Enter the lower and the upper one, separated by a comma."
		),
		segment_filter.IS_NEEDS_SET: _(
			"Row {0} of {1}: the condition 'is' takes 'set' or 'not set', not {2}. Enter one of them."
		),
		segment_filter.NOT_A_NUMBER: _(
			"Row {0} of {1}: {2} is not a number, but the field holds numbers. Enter a number."
		),
	}[problem]
