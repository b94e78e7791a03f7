"""Checks on the fields of one record that several controllers share.

Each function either returns or raises frappe.ValidationError with one sentence that names the field, the reason and
the remedy. None of them reads the database.
"""

from collections.abc import Sequence
from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, flt, get_datetime

from skycrm.domain.rows import first_duplicate


def refuse(message: str, title: str | None = None, exc: type[Exception] = frappe.ValidationError) -> NoReturn:
	"""Raise `exc` with a sentence that is translated already."""
	frappe.throw(message, exc=exc, title=title or _("Check this record"))
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def label(doc: Document, fieldname: str) -> str:
	"""The translated, bold label of a field."""
	return frappe.bold(_(doc.meta.get_label(fieldname)))


def check_order(doc: Document, from_field: str, to_field: str) -> None:
	"""Refuse a period that ends before it starts; an open end is fine."""
	start, end = doc.get(from_field), doc.get(to_field)
	if start and end and get_datetime(end) < get_datetime(start):
		refuse(
			_("{0} is before {1}. Choose a later {0}, or clear it.").format(
				label(doc, to_field), label(doc, from_field)
			)
		)


def check_range(doc: Document, fieldname: str, least: float, most: float | None = None) -> None:
	"""Refuse a number below `least` or above `most`; an empty field counts as 0."""
	value = flt(doc.get(fieldname))
	if most is None and value < least:
		refuse(
			_("{0} is {1}, and must be at least {2}. Enter {2} or more.").format(
				label(doc, fieldname), plain(value), plain(least)
			)
		)
	if most is not None and not least <= value <= most:
		refuse(
			_("{0} is {1}, and must be from {2} to {3}. Enter a number in that range.").format(
				label(doc, fieldname), plain(value), plain(least), plain(most)
			)
		)


def check_no_repeated_row(doc: Document, table: str, fieldnames: Sequence[str]) -> None:
	"""Refuse two rows of `table` that agree in all of `fieldnames`, without regard to letter case."""
	rows = doc.get(table) or []
	found = first_duplicate(
		tuple(cstr(row.get(field)).strip().lower() for field in fieldnames) for row in rows
	)
	if found:
		first, second = found
		refuse(
			_("Row {0} of {1} repeats row {2}: {3}. Remove one of them.").format(
				second + 1, label(doc, table), first + 1, shown(rows[second].get(fieldnames[-1]))
			)
		)


def check_choice(row: Document, fieldname: str, table_label: str) -> None:
	"""Refuse a value of a Select field of a row that is not one of its options.

	The framework checks this too, but later than the checks that rely on the value.
	"""
	options = [option for option in (row.meta.get_field(fieldname).options or "").split("\n") if option]
	if row.get(fieldname) not in options:
		refuse(
			_("Row {0} of {1}: {2} is {3}, which is not known. Choose one of: {4}.").format(
				row.idx,
				table_label,
				label(row, fieldname),
				shown(row.get(fieldname)),
				", ".join(_(option) for option in options),
			)
		)


def shown(value: object) -> str:
	"""A value as typed, in bold and safe inside a message."""
	return frappe.bold(frappe.utils.escape_html(cstr(value)))


def plain(number: float) -> str:
	"""A number without needless decimals: 5 rather than 5.0."""
	return cstr(int(number)) if number == int(number) else cstr(number)
