"""What an import shows before it starts: the columns with a field for each, the first rows, and what is wrong with them."""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain.importing.encoding import ENCODINGS
from skycrm.domain.importing.guess import CONTENT, SAVED, Guess, day_first, guess_columns
from skycrm.domain.importing.known_headers import NOT_IMPORTED
from skycrm.domain.importing.table import Fault, Row, Table
from skycrm.services import import_file, import_mapping, import_parties, import_products, import_similar
from skycrm.services.import_fields import ITEMS, choices_for_form, own_headers, targets
from skycrm.services.import_messages import fault_sentence
from skycrm.services.import_plan import REFUSED, Plan
from skycrm.services.import_rows import Preparer

# Rows that the guess looks at, rows that are shown, letters of a cell that are shown.
LOOKED_AT = 200
SHOWN = 10
SHOWN_OF_CELL = 80
DATE_FIELDS = ("birth_date", "next_contact_on")
DATE_ORDERS = {True: "Day First", False: "Month First", None: ""}
DELIMITER_NAMES = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}


def preview(doc: Document) -> dict[str, Any]:
	"""Everything that the form shows about the file. Writes nothing.

	Returns:
		{kind, encoding, delimiter, program, warnings, headers: line of the headers, fields: [{value, label}], columns:
		[{position, header, field, confidence, why, samples}], rows: [{line, cells, outcome, problems: [{column, text}],
		looks_like: [{on, doctype, name, title, ...}]}], looked_at: how many rows, refused: how many of them would be}.
	"""
	with import_file.opened(doc) as table:
		rows = list(islice(table.rows, LOOKED_AT))
	found = targets()
	guesses = guess_columns(
		table.headers,
		[row.cells for row in rows if not row.fault],
		own_headers(found),
		import_mapping.suggested(table.headers),
		found,
	)
	_read_words_about_products(guesses.columns, rows)
	if not doc.date_order:
		doc.date_order = DATE_ORDERS[guesses.day_first]
	fits = import_mapping.fits(doc, table.headers)
	chosen = {row.position: row for row in doc.columns} if fits else {}
	columns = []
	for position, (header, guess) in enumerate(zip(table.headers, guesses.columns, strict=True), start=1):
		row = chosen.get(position)
		columns.append(
			{
				"position": position,
				"header": header,
				"field": (row.field or NOT_IMPORTED) if row else (guess.fieldname or NOT_IMPORTED),
				"confidence": 100 if row and row.chosen else guess.confidence,
				"why": "chosen" if row and row.chosen else guess.why,
				"samples": [row.cell(position - 1)[:SHOWN_OF_CELL] for row in rows[:3]],
			}
		)
	warnings = table.warnings or ([] if rows else [Fault("no_rows")])
	shown, looked_at = _rows(doc, table.headers, columns, rows)
	return {
		"kind": table.kind,
		"encoding": ENCODINGS.get(table.encoding, ""),
		"delimiter": DELIMITER_NAMES.get(table.delimiter, ""),
		"program": guesses.program,
		"date_order": doc.date_order or "",
		"warnings": [fault_sentence(warning) for warning in warnings],
		"header_line": table.header_line,
		"fields": choices_for_form(found),
		"columns": columns,
		"rows": shown,
		**looked_at,
	}


def _read_words_about_products(columns: list[Guess], rows: Sequence[Row]) -> None:
	"""A column called "Products" that holds words about them, and no items of this site, is one of notes. In place."""
	for index, guess in enumerate(columns):
		if guess.fieldname == ITEMS and guess.why != SAVED:
			if not import_products.are_products([row.cell(index) for row in rows if not row.fault]):
				columns[index] = Guess("notes", guess.confidence, CONTENT)


def date_order(table: Table, fields: Sequence[str]) -> str:
	"""What dates like 4/12/2026 mean in this file, by those that leave no doubt; "" when none tells.

	Args:
		table: just opened; its first rows are read.
		fields: one for each column.
	"""
	places = [index for index, name in enumerate(fields) if name in DATE_FIELDS]
	texts = [row.cell(index) for row in islice(table.rows, LOOKED_AT) for index in places]
	return DATE_ORDERS[day_first(texts)]


def _rows(
	doc: Document, headers: tuple[str, ...], columns: list[dict[str, Any]], rows: list[Row]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
	"""The first rows with what would become of them, and how many were looked at and would be refused."""
	trial = frappe.get_doc({"doctype": doc.doctype, **_settings(doc)})
	trial.set("columns", [{"position": one["position"], "field": one["field"]} for one in columns])
	prepared = Preparer(trial, headers).read(rows)
	if doc.target == import_parties.TARGET:
		# Those that are shown: each takes a look of its own.
		decisions = import_parties.foresee(trial, prepared[:SHOWN])
	else:
		decisions = Plan(doc.name, doc.policy or "Attach", remember=True).decide(prepared)
	similar = import_similar.for_preview(doc, decisions[:SHOWN])
	shown = []
	for decision in decisions[:SHOWN]:
		row = decision.prepared.row
		problems = []
		if decision.reason:
			column = decision.fault.column if decision.fault else 0
			problems.append({"column": column, "text": decision.reason})
		shown.append(
			{
				"line": row.line,
				"cells": [_shown(row.cell(index)) for index in range(len(headers))],
				"outcome": decision.outcome,
				"problems": problems,
				"looks_like": similar.get(row.line, []),
			}
		)
	refused = sum(decision.outcome == REFUSED for decision in decisions)
	return shown, {"looked_at": len(decisions), "refused": refused}


def _settings(doc: Document) -> dict[str, Any]:
	names = (
		"target",
		"policy",
		"source",
		"campaign",
		"lead_owner",
		"team",
		"territory",
		"tags",
		"date_order",
	)
	return {name: doc.get(name) for name in names}


def _shown(cell: str) -> str:
	text = cell.encode("utf-8", "replace").decode()
	return text if len(text) <= SHOWN_OF_CELL else f"{text[:SHOWN_OF_CELL]}…"
