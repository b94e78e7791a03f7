"""What imports have noted of the person's rows, and leads that a run has made of them since the search."""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services.personal_data import import_rows
from skycrm.services.personal_data.erase.rows import remember, request_memory
from skycrm.services.personal_data.people_files import IMPORT
from skycrm.services.personal_data.subject import LEAD, Subject


def empty_import_rows(subject: Subject, request: Document) -> None:
	"""Cells, reason and key of the person's rows; that there was a row, and what became of it, stays for the figures."""
	rows = import_rows.of_person(subject, ("lead", "outcome", "contact", "customer"))
	rows += _rows_of_lists(request, {row.name for row in rows})
	rows = [row for row in rows if (IMPORT, row.lead_import) not in subject.kept]
	_take_along(subject, request, rows)
	names = [row.name for row in rows]
	for start in range(0, len(names), import_rows.PART):
		part = ("in", names[start : start + import_rows.PART])
		values = {"cells": None, "row_hash": None, "header": None, "reason": None}
		frappe.db.set_value(import_rows.ROW, {"name": part}, values, update_modified=False)
		frappe.db.set_value(
			import_rows.ROW,
			{"name": part, "outcome": "Refused"},
			"reason",
			_("Erased on request"),
			update_modified=False,
		)


def _rows_of_lists(request: Document, known: set[str]) -> list[frappe._dict]:
	"""Outcomes of the lines that were taken out of the lists."""
	found = []
	for change in request_memory(request).get("lists") or []:
		imports = frappe.get_all(IMPORT, {"file": change["url"]}, pluck="name")
		if imports and change["lines"]:
			found += frappe.get_all(
				import_rows.ROW,
				{"lead_import": ("in", imports), "line": ("in", change["lines"])},
				["name", "lead_import", "line", "lead", "outcome", "contact", "customer"],
			)
	return [row for row in found if row.name not in known]


def _take_along(subject: Subject, request: Document, rows: list[frappe._dict]) -> None:
	"""A run that was at work may have made a lead of the person after the search: it is theirs as well."""
	late = sorted(
		{
			row.lead
			for row in rows
			if row.outcome == "Made"
			and row.lead
			and row.lead not in subject.has(LEAD)
			and (LEAD, row.lead) not in subject.kept
		}
	)
	if late:
		subject.records[LEAD] = [*subject.has(LEAD), *late]
		remember(request, subject=request_memory(request)["subject"] | {"records": subject.records})
