"""The two boards that the desk opens with: leads by status, opportunities by stage.

A board belongs to the admin once it is on the site (setup/shipped.py): a migrate neither changes it back nor brings it
back after it was deleted. Only a stage that the board has no column for yet is added to it.
"""

import json

import frappe
from frappe.model.document import Document

from skycrm.setup import shipped

LEAD_BOARD = "Sky Leads by Status"
OPPORTUNITY_BOARD = "Sky Opportunities by Stage"

# column -> (indicator, shown from the start)
LEAD_COLUMNS = {
	"New": ("Blue", True),
	"Contacted": ("Light Blue", True),
	"Nurturing": ("Orange", True),
	"Qualified": ("Green", True),
	"Unqualified": ("Gray", True),
	# A converted lead is done with: its column can be opened again from the board's menu.
	"Converted": ("Purple", False),
}
STAGE_INDICATORS = {"Open": "Blue", "Won": "Green", "Lost": "Red"}

LEAD_FIELDS = ("organization", "lead_owner", "next_contact_on")
OPPORTUNITY_FIELDS = ("customer", "base_amount", "expected_closing")


def ensure_kanban_boards() -> None:
	"""Bring the boards to the site; safe to run on every migrate, after the sales stages are there."""
	shipped.ship_once(
		"Kanban Board",
		_board(LEAD_BOARD, "Sky Lead", "status", LEAD_FIELDS, _lead_columns()),
		key=LEAD_BOARD,
		name=LEAD_BOARD,
	)
	shipped.ship_once(
		"Kanban Board",
		_board(OPPORTUNITY_BOARD, "Sky Opportunity", "stage", OPPORTUNITY_FIELDS, _stage_columns()),
		key=OPPORTUNITY_BOARD,
		name=OPPORTUNITY_BOARD,
	)


def on_new_stage(doc: Document, method: str | None = None) -> None:
	"""Event after_insert of Sky Sales Stage."""
	if doc.enabled:
		add_stage_column(doc.name, doc.type)


def on_renamed_stage(doc: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	"""Event after_rename of Sky Sales Stage: the column follows; of two stages that became one, one column stays."""
	columns = {
		row.column_name: row.name
		for row in frappe.get_all(
			"Kanban Board Column",
			filters={"parent": OPPORTUNITY_BOARD, "column_name": ("in", (old, new))},
			fields=["name", "column_name"],
		)
	}
	if old in columns and new in columns:
		frappe.db.delete("Kanban Board Column", {"name": columns[old]})
	elif old in columns:
		frappe.db.set_value("Kanban Board Column", columns[old], "column_name", new)
	frappe.clear_document_cache("Kanban Board", OPPORTUNITY_BOARD)


def add_stage_column(stage: str, stage_type: str) -> None:
	"""Give the opportunity board a column for a stage that it does not know; nothing if there is no such board."""
	if not frappe.db.exists("Kanban Board", OPPORTUNITY_BOARD):
		return
	board = frappe.get_doc("Kanban Board", OPPORTUNITY_BOARD)
	if any(column.column_name == stage for column in board.columns):
		return
	board.append("columns", {**_column(stage, STAGE_INDICATORS.get(stage_type, "Gray")), "order": "[]"})
	# The right was checked on the stage; a board that is open to all has no owner to ask.
	board.save(ignore_permissions=True)


def _board(name: str, doctype: str, field: str, shown: tuple[str, ...], columns: list[dict]) -> dict:
	return {
		"kanban_board_name": name,
		"reference_doctype": doctype,
		"field_name": field,
		"fields": json.dumps(shown),
		"filters": "[]",
		"private": 0,
		"show_labels": 0,
		"columns": columns,
	}


def _lead_columns() -> list[dict]:
	return [_column(name, colour, active) for name, (colour, active) in LEAD_COLUMNS.items()]


def _stage_columns() -> list[dict]:
	stages = frappe.get_all(
		"Sky Sales Stage", filters={"enabled": 1}, fields=["name", "type"], order_by="sequence, name"
	)
	return [_column(stage.name, STAGE_INDICATORS.get(stage.type, "Gray")) for stage in stages]


def _column(name: str, indicator: str, active: bool = True) -> dict:
	return {"column_name": name, "indicator": indicator, "status": "Active" if active else "Archived"}
