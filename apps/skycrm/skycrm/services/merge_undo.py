"""Take a merge back: the merged-away leads return under their old names, field for field, with all that hung on them.

Only while nothing later depends on the merge; otherwise everything that stands in the way is named and nothing changes.
"""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form

from skycrm.permissions import unseen
from skycrm.services import lead_keys, merge_ledger, status
from skycrm.services.conversion_lock import begin_fresh, lock_leads
from skycrm.services.merge_links import LEAD
from skycrm.services.merge_messages import throw_blocked
from skycrm.services.merge_move import hidden_columns, insert_rows, move_back
from skycrm.services.merge_obstacles import obstacles_to_undo
from skycrm.services.merge_rights import check_may_at_all, check_may_undo

SAVEPOINT = "sky_merge_undo"


def undo(lead: str, ledger: str | None = None) -> dict[str, Any]:
	"""Take a merge back, as the session's user. Call it as the first write of a transaction.

	Args:
		lead: the lead that stayed, or one that was merged away.
		ledger: name of the Sky Lead Merge; the latest standing one of the lead when left out.

	Returns:
		{lead, restored: [names], ledger}

	Raises:
		frappe.DoesNotExistError: no merge of this lead.
		frappe.PermissionError: no such lead among those that the user may see, no right to change it, or neither who merged it nor a manager.
		BlockedError: something stands in the way; the message says what.
		ConversionBusyError, frappe.QueryDeadlockError: as services.merge.merge.
	"""
	check_may_at_all()
	frappe.get_meta(LEAD)
	begin_fresh()
	primary = _primary_of(lead)
	# Not asked before the request is answered, for a merged lead is no longer there (overrides/named_records.py).
	if not frappe.get_list(LEAD, filters={"name": primary}, limit=1):
		unseen.refuse(LEAD, lead)
	rows = {row.name: row for row in lock_leads([primary])}
	record = _ledger(lead, primary, ledger)
	document = frappe.get_doc(LEAD, primary) if primary in rows else None
	if document:
		document.check_permission("write")
	check_may_undo(record)
	snapshots = merge_ledger.snapshots_of(record)
	obstacles = obstacles_to_undo(record, document, snapshots)
	if obstacles or document is None:
		throw_blocked(primary, obstacles)
	frappe.db.savepoint(SAVEPOINT)
	try:
		_take_back(document, record, snapshots)
	except Exception as error:
		for name in (primary, *snapshots):
			frappe.clear_document_cache(LEAD, name)
		if not isinstance(error, frappe.QueryDeadlockError):
			frappe.db.rollback(save_point=SAVEPOINT)
		raise
	return {"lead": primary, "restored": list(snapshots), "ledger": record.name}


def _primary_of(lead: str) -> str:
	"""The lead to be locked: the one given, or the one that it is part of."""
	if frappe.db.exists(LEAD, lead):
		return lead
	return merge_ledger.homes_of([lead]).get(lead) or lead


def _ledger(lead: str, primary: str, ledger: str | None) -> Document:
	"""The merge to be undone, as it is now that the lead is locked."""
	if ledger:
		name = frappe.db.get_value(
			merge_ledger.DOCTYPE, {"name": ledger, "primary": primary}, "name", for_update=True
		)
	elif lead != primary:
		name = merge_ledger.ledger_of(primary, [lead])
	else:
		name = next(iter(merge_ledger.standing(primary)), None)
	if not name:
		frappe.throw(
			_("No lead was merged into lead {0}, or it was undone already.").format(
				frappe.bold(escape_html(primary))
			),
			exc=frappe.DoesNotExistError,
			title=_("Cannot undo"),
		)
	return frappe.get_doc(merge_ledger.DOCTYPE, name)


def _take_back(lead: Document, ledger: Document, snapshots: Mapping[str, Mapping[str, Any]]) -> None:
	changes = merge_ledger.changes_of(ledger)
	moved = merge_ledger.moved_of(ledger)
	move_back(moved, lead.name)
	for snapshot in snapshots.values():
		insert_rows(LEAD, [snapshot["row"]])
		for doctype, rows in snapshot["children"].items():
			insert_rows(doctype, rows)
	_restore_primary(lead, changes)
	lead_keys.rebuild([lead.name, *snapshots])
	for name, snapshot in snapshots.items():
		_follow_assignments(name, snapshot["row"])
		frappe.clear_document_cache(LEAD, name)
	merge_ledger.close(ledger)
	restored = ", ".join(get_link_to_form(LEAD, name) for name in snapshots)
	lead.add_comment(
		"Info", _("undid the merge; these leads stand by themselves again: {0}").format(restored)
	)


def _restore_primary(lead: Document, changes: Mapping[str, Any]) -> None:
	"""The values and rows of the lead that stayed, as they were; what was changed in other fields since remains."""
	for field, (before, _after) in changes["fields"].items():
		if lead.meta.has_field(field):
			lead.set(field, before)
	for df in lead.meta.get_table_fields():
		added = set(changes["rows"].get(df.options, ()))
		if added:
			lead.set(df.fieldname, [row for row in lead.get(df.fieldname) if row.name not in added])
	if changes["fields"] or changes["rows"]:
		status.write_merged(lead)
	if not changes["hidden"]:
		return
	now = frappe.db.get_value(LEAD, lead.name, list(changes["hidden"]), as_dict=True)
	anew = hidden_columns(lead.name)
	values = {
		column: before if (now.get(column) or None) == (after or None) else anew.get(column)
		for column, (before, after) in changes["hidden"].items()
	}
	frappe.db.set_value(LEAD, lead.name, values, update_modified=False)


def _follow_assignments(lead: str, row: Mapping[str, Any]) -> None:
	"""Assignments that were closed or made while the leads were one count for the lead that returns."""
	anew = hidden_columns(lead)["_assign"]
	if set(json.loads(anew or "[]")) != set(json.loads(row.get("_assign") or "[]")):
		frappe.db.set_value(LEAD, lead, "_assign", anew, update_modified=False)
