"""What imports have written down about a person: the outcome of each row, with the cells of those that were refused."""

import json
from collections import defaultdict

import frappe

from skycrm.domain.personal.marks import Marks, Pattern, for_database
from skycrm.services.personal_data.subject import CONTACT, CUSTOMER, LEAD, Subject, marks_of

ROW = "Sky Lead Import Row"
LINKS = {"lead": LEAD, "contact": CONTACT, "customer": CUSTOMER}
PART = 5000


def lines_of_person(subject: Subject) -> dict[str, set[int]]:
	"""Import → lines of its file that became, or were put to, a record of the person."""
	lines: dict[str, set[int]] = defaultdict(set)
	for fieldname, doctype in LINKS.items():
		# A firm is not the person: rows of its other people lead to it as well.
		names = [name for name in subject.has(doctype) if (doctype, name) not in subject.kept]
		if names:
			for row in frappe.get_all(ROW, {fieldname: ("in", names)}, ["lead_import", "line"]):
				lines[row.lead_import].add(row.line)
	return dict(lines)


def named_rows(marks: Marks, fields: tuple[str, ...] = ()) -> list[frappe._dict]:
	"""Outcomes whose kept cells or reason name the person. The database finds who may be meant, each cell is then read.

	Returns:
		Rows of name, lead_import, line and `fields`.
	"""
	patterns = marks.patterns + _bare_numbers(marks)
	if not patterns:
		return []
	table = frappe.qb.DocType(ROW)
	pattern = for_database(patterns)[1]
	columns = sorted({"name", "lead_import", "line", "cells", "reason", *fields})
	rows = (
		frappe.qb.from_(table)
		.select(*(table[column] for column in columns))
		.where(table.cells.regexp(pattern) | table.reason.regexp(pattern))
		.run(as_dict=True)
	)
	return [row for row in rows if marks.found_in_cells([*cells_of(row), row.reason or ""])]


def cells_of(row: frappe._dict) -> list[str]:
	"""The cells that are kept of a refused row."""
	try:
		return [str(cell) for cell in json.loads(row.cells or "[]")]
	except ValueError:
		return [row.cells]


def of_person(subject: Subject, fields: tuple[str, ...] = ()) -> list[frappe._dict]:
	"""Outcomes that lead to the person's records or name the person, each once."""
	rows = {row.name: row for row in named_rows(marks_of(subject), fields)}
	for lead_import, lines in lines_of_person(subject).items():
		found = frappe.get_all(
			ROW,
			{"lead_import": lead_import, "line": ("in", sorted(lines))},
			["name", "lead_import", "line", "cells", "reason", *fields],
		)
		rows |= {row.name: row for row in found}
	return [row for _name, row in sorted(rows.items())]


def _bare_numbers(marks: Marks) -> list[Pattern]:
	"""The last digits of each number as one cell: a spreadsheet ate the zero. Read as a number afterwards."""
	return [Pattern(key[-8:], key[-8:]) for key in sorted(marks.phones) if len(key) >= 9]
