"""What stands in the way of undoing a merge, each as a sentence that says what to do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form

from skycrm.domain.lead_status import CONVERTED
from skycrm.domain.merge import plain
from skycrm.services import merge_ledger
from skycrm.services.merge_links import LEAD, NAMES_PER_STATEMENT
from skycrm.services.merge_move import Moved

# Rows that come and go by themselves: that one of them is gone, or stands elsewhere, takes nothing from anybody.
PASSING = frozenset(
	{
		"Activity Log",
		"Email Queue",
		"Energy Point Log",
		"Notification Log",
		"Tag Link",
		"View Log",
		"Workflow Action",
	}
)
# So many are named of each kind; how many more there are is said.
NAMED = 5


def obstacles_to_undo(ledger: Document, lead: Document | None, snapshots: Mapping[str, Any]) -> list[str]:
	"""Everything that stands in the way, in HTML; nothing when the merge can be undone.

	Args:
		ledger: the merge.
		lead: the lead that stayed, locked; None when it is there no more.
		snapshots: the content of the merged-away leads.
	"""
	if ledger.status != merge_ledger.ACTIVE:
		return [_("It was undone already.")]
	if lead is None:
		return [_("Lead {0} was deleted since.").format(frappe.bold(escape_html(ledger.primary or "")))]
	if not ledger.undoable or len(snapshots) < len(ledger.duplicates):
		return [
			_(
				"What was merged is not kept any more, because there was too much of it or it was erased on request."
			)
		]
	return [
		*_later_merges(ledger),
		*_converted_since(ledger, lead),
		*_changed_fields(ledger, lead),
		*_names_taken(snapshots),
		*_rows_elsewhere(merge_ledger.moved_of(ledger), ledger.primary),
	]


def _later_merges(ledger: Document) -> list[str]:
	later: list[str] = []
	for name in merge_ledger.standing(ledger.primary):
		if name == ledger.name:
			break
		later.append(name)
	return [
		_("Another merge into this lead came later: {0}. Undo that one first.").format(
			get_link_to_form(merge_ledger.DOCTYPE, name)
		)
		for name in later
	]


def _converted_since(ledger: Document, lead: Document) -> list[str]:
	was = merge_ledger.changes_of(ledger).get("status")
	if lead.status == CONVERTED and was != CONVERTED:
		return [_("The lead was converted since. Undo its conversion first.")]
	if lead.status != CONVERTED and was == CONVERTED:
		return [_("The conversion of the lead was undone since. Convert it again first.")]
	return []


def _changed_fields(ledger: Document, lead: Document) -> list[str]:
	changed = [
		_(lead.meta.get_label(field))
		for field, (_before, after) in merge_ledger.changes_of(ledger)["fields"].items()
		if lead.meta.has_field(field) and plain(lead.get(field)) != plain(after)
	]
	if not changed:
		return []
	return [
		_("Values that came with the merge were changed since: {0}. Set them back first.").format(
			", ".join(frappe.bold(label) for label in changed)
		)
	]


def _names_taken(snapshots: Mapping[str, Any]) -> list[str]:
	taken = frappe.get_all(LEAD, filters={"name": ("in", list(snapshots))}, pluck="name", limit=0)
	return [
		_("There is a lead with the number {0} again.").format(frappe.bold(escape_html(name)))
		for name in taken
	]


def _rows_elsewhere(moved: Moved, primary: str) -> list[str]:
	"""Moved rows that somebody has deleted or linked to something else since. One query per column concerned."""
	found = []
	for doctype, columns in moved.rows.items():
		if doctype in PASSING:
			continue
		for column, leads in columns.items():
			names = [name for rows in leads.values() for name in rows]
			gone = sorted(set(names) - _still_pointing(doctype, column, names, primary))
			if gone:
				found.append(_rows_sentence(doctype, gone))
	return found


def _still_pointing(doctype: str, column: str, names: Sequence[str], primary: str) -> set[str]:
	table = frappe.qb.DocType(doctype)
	return {
		str(name)
		for part in _parts(names)
		for name in frappe.qb.from_(table)
		.select(table.name)
		.where(table.name.isin(part) & (table[column] == primary))
		.run(pluck=True)
	}


def _rows_sentence(doctype: str, names: Sequence[str]) -> str:
	shown = ", ".join(frappe.bold(escape_html(name)) for name in names[:NAMED])
	if len(names) > NAMED:
		shown = _("{0} and {1} more").format(shown, len(names) - NAMED)
	return _("{0} {1} moved with the merge and was deleted or linked to something else since.").format(
		_(doctype), shown
	)


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
	for start in range(0, len(names), NAMES_PER_STATEMENT):
		yield names[start : start + NAMES_PER_STATEMENT]
