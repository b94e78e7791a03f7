"""Whom the rows of an import look like, as people see it: with names, and only records that the reader may read.

What a run has noted (services/import_look_alikes.py) is read back here with the titles of today: a record that was deleted
or moved out of sight since is left out. Names that are only near are ranked as on the form of a lead; that takes two queries
for each row, so it is done for the rows of the preview, and for one row of the outcome when somebody asks.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.duplicates import Match
from skycrm.domain.importing.table import Row
from skycrm.services import duplicates, import_parties
from skycrm.services.import_look_alikes import CONTACT, CUSTOMER, LEAD
from skycrm.services.import_plan import FIRM, MADE, PERSON, ROW, Decision
from skycrm.services.import_rows import Preparer
from skycrm.services.import_write import row_name

Record = tuple[str, str]
# Of each row of the preview, and of one row that somebody asks about.
SHOWN, ANSWERED = 2, 10
# Candidates whose right to read is looked at: the surest ones.
CANDIDATES = 10
# DocType → what it is called, and where it belongs.
TITLE_FIELDS = {
	LEAD: ("lead_name", "organization"),
	CONTACT: ("full_name", "company_name"),
	CUSTOMER: ("customer_name",),
}
NOTED = ("look_alike_on", "look_alike_doctype", "look_alike_name", "look_alike_line")


def for_preview(doc: Document, decisions: Iterable[Decision]) -> dict[int, list[dict[str, Any]]]:
	"""Line → records with a name like that of the row, the likeliest first, for rows that would make somebody."""
	found = {
		one.prepared.row.line: _ranked(doc, one.prepared.values) for one in decisions if one.outcome == MADE
	}
	named = titles((match.doctype, match.name) for matches in found.values() for match in matches)
	return {line: _shown(matches, named)[:SHOWN] for line, matches in found.items()}


def of_row(doc: Document, line: int) -> list[dict[str, Any]]:
	"""Records with a name like that of a row that has made somebody, or would; the likeliest first.

	Args:
		doc: an import whose right to read was checked.

	Returns:
		[{doctype, name, title, matched_on, confidence, near}], see duplicates.find_duplicates.
	"""
	fields = ["outcome", "lead", "contact", "customer", "cells"]
	row = frappe.db.get_value(ROW, row_name(doc.name, line), fields, as_dict=True)
	if not row or row.outcome != MADE:
		return []
	own = {(LEAD, row.lead), (CONTACT, row.contact), (CUSTOMER, row.customer)}
	matches = _ranked(doc, _names_of(doc, line, row), own)
	return _shown(matches, titles((match.doctype, match.name) for match in matches))[:ANSWERED]


def put_into(doc: Document, rows: Sequence[dict[str, Any]]) -> None:
	"""Replace what a run has noted in rows of the outcome by `looks_like`: {on, doctype, name, title, line} or None.

	In place; four queries at most, none for rows without a note.
	"""
	lines = {row["look_alike_line"] for row in rows if row["look_alike_line"]}
	made = _made_by(doc, lines)
	noted = []
	for row in rows:
		on, doctype, name, line = (row.pop(field) for field in NOTED)
		doctype, name = made.get(line, (doctype, name))
		noted.append((on, doctype, name, line))
	named = titles((doctype, name) for _on, doctype, name, _line in noted if name)
	for row, (on, doctype, name, line) in zip(rows, noted, strict=True):
		title = named.get((doctype, name))
		row["looks_like"] = None
		if title:
			row["looks_like"] = {"on": on, "doctype": doctype, "name": name, "title": title, "line": 0}
		elif on and line and not name:
			row["looks_like"] = {"on": on, "doctype": "", "name": "", "title": "", "line": line}


def sentence(looks_like: Mapping[str, Any] | None) -> str:
	"""What a file says about it, "" for nothing."""
	if not looks_like:
		return ""
	if looks_like["line"]:
		return _("Looks like line {0}").format(looks_like["line"])
	record = f"{looks_like['name']} {looks_like['title']}".strip()
	if looks_like["on"] == FIRM:
		return _("Same organization as {0}").format(record)
	return _("Looks like {0}").format(record)


def titles(records: Iterable[Record]) -> dict[Record, str]:
	"""What the records are called that the user may read: "Nguyễn Văn An (Công ty An Phát)". One query for each DocType."""
	wanted: dict[str, set[str]] = {}
	for doctype, name in records:
		if doctype in TITLE_FIELDS and name:
			wanted.setdefault(doctype, set()).add(name)
	found: dict[Record, str] = {}
	for doctype, names in wanted.items():
		if not frappe.has_permission(doctype, "read"):
			continue
		for row in frappe.get_list(
			doctype,
			filters={"name": ("in", sorted(names))},
			fields=["name", *TITLE_FIELDS[doctype]],
			limit_page_length=0,
			order_by=None,
		):
			first, *more = [row[field] for field in TITLE_FIELDS[doctype] if row[field]] or [row.name]
			found[doctype, row.name] = f"{first} ({more[0]})" if more else first
	return found


def _ranked(doc: Document, values: Mapping[str, Any], exclude: Iterable[Record] | None = None) -> list[Match]:
	keys = duplicates.keys_to_look_up(
		lead_name=values.get("lead_name"), organization=values.get("organization")
	)
	left_out = {(doctype, name) for doctype, name in exclude or () if name}
	found = duplicates.with_near(duplicates.matches_of(keys, left_out), keys, left_out)
	if doc.target == import_parties.TARGET:
		# The customer of that name is the one that the row is added to.
		found = [one for one in found if one.doctype != CUSTOMER or "organization" not in one.matched_on]
	return found[:CANDIDATES]


def _shown(matches: Iterable[Match], named: Mapping[Record, str]) -> list[dict[str, Any]]:
	return [
		{
			"doctype": match.doctype,
			"name": match.name,
			"title": named[match.doctype, match.name],
			"on": PERSON if "lead_name" in match.matched_on.union(match.near) else FIRM,
			"matched_on": sorted(match.matched_on.union(match.near)),
			"near": match.near,
			"confidence": match.confidence,
		}
		for match in matches
		if (match.doctype, match.name) in named
	]


def _names_of(doc: Document, line: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
	"""Name and organization of what a row has made, as far as the user may read it, or of the row of a dry run."""
	if row["cells"]:
		headers = [column.header or "" for column in doc.columns]
		return Preparer(doc, headers).read([Row(line, tuple(json.loads(row["cells"])))])[0].values
	if row["lead"]:
		rows = frappe.get_list(LEAD, {"name": row["lead"]}, ["lead_name", "organization"], limit=1)
		return rows[0] if rows else {}
	if row["contact"]:
		fields = ["full_name as lead_name", "company_name as organization"]
		rows = frappe.get_list(CONTACT, {"name": row["contact"]}, fields, limit=1)
		return rows[0] if rows else {}
	return {}


def _made_by(doc: Document, lines: Iterable[int]) -> dict[int, Record]:
	"""Line → what an earlier row of the file has made."""
	names = [row_name(doc.name, line) for line in sorted(lines)]
	if not names:
		return {}
	# Rows of an import whose right to read was checked.
	rows = frappe.get_all(
		ROW, filters={"name": ("in", names)}, fields=["line", "lead", "contact", "customer"], limit=0
	)
	found = {}
	for row in rows:
		kinds = ((LEAD, row.lead), (CONTACT, row.contact), (CUSTOMER, row.customer))
		if record := next(((doctype, name) for doctype, name in kinds if name), None):
			found[row.line] = record
	return found
