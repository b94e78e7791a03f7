"""The ledger of merges, DocType Sky Lead Merge: what each merge changed, moved and took away.

While a merge stands, the whole content of the merged-away leads is kept here and nowhere else. Once it is undone they
have it again, and it is deleted here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.services.merge_move import Moved

DOCTYPE = "Sky Lead Merge"
RECORD = "Sky Lead Merged Record"
ACTIVE, UNDONE = "Active", "Undone"
# A merge of more rows than this is not written down row by row, and cannot be undone.
MOST_ROWS = 50_000


def write(
	primary: str,
	snapshots: Mapping[str, Mapping[str, Any]],
	changes: Mapping[str, Any],
	moved: Moved,
) -> Document:
	"""Store what a merge did.

	Args:
		primary: the lead that stays.
		snapshots: merged-away lead → {"row": its columns, "children": {DocType: rows}}.
		changes: of the primary: {"fields": {field: [before, after]}, "rows": {DocType: names}, "hidden": {...}}.
		moved: what moved.
	"""
	counts = moved.counts()
	undoable = sum(counts.values()) <= MOST_ROWS
	ledger = frappe.new_doc(DOCTYPE)
	ledger.update(
		{
			"primary": primary,
			"status": ACTIVE,
			"merged_by": frappe.session.user,
			"merged_on": now_datetime(),
			"undoable": int(undoable),
			"counts": _dump(counts),
			"changes": _dump(changes),
			"moved": _dump(asdict(moved)) if undoable else None,
		}
	)
	for name, snapshot in snapshots.items():
		row = snapshot["row"]
		ledger.append(
			"duplicates",
			{
				"lead": name,
				"title": row.get("lead_name") or row.get("organization") or name,
				"snapshot": _dump(snapshot),
			},
		)
	# A system record, written for a user whose rights to all these leads were checked.
	return ledger.insert(ignore_permissions=True)


def close(ledger: Document) -> None:
	"""Note that a merge was undone; the content of the leads is theirs again."""
	ledger.update(
		{
			"status": UNDONE,
			"undone_by": frappe.session.user,
			"undone_on": now_datetime(),
			"changes": None,
			"moved": None,
		}
	)
	for row in ledger.duplicates:
		row.snapshot = None
	# As in `write`: the rights of the user were checked on the lead.
	ledger.save(ignore_permissions=True)


def add_moved(ledger: Document, moved: Moved) -> None:
	"""Note rows that came to the old leads while the merge was under way and were moved after it."""
	notes = moved_of(ledger)
	for doctype, columns in moved.rows.items():
		for column, leads in columns.items():
			for lead, names in leads.items():
				place = notes.rows.setdefault(doctype, {}).setdefault(column, {}).setdefault(lead, [])
				place.extend(name for name in names if name not in place)
	notes.singles += moved.singles
	notes.changed += moved.changed
	for doctype, rows in moved.removed.items():
		notes.removed.setdefault(doctype, []).extend(rows)
	frappe.db.set_value(
		DOCTYPE, ledger.name, {"moved": _dump(asdict(notes)), "counts": _dump(notes.counts())}
	)


def moved_of(ledger: Document) -> Moved:
	"""The notes of what moved."""
	return Moved(**json.loads(ledger.moved or "{}"))


def changes_of(ledger: Document) -> dict[str, Any]:
	"""What the merge changed in the lead that stays: {"fields", "rows", "hidden"}."""
	return {"fields": {}, "rows": {}, "hidden": {}, **json.loads(ledger.changes or "{}")}


def snapshots_of(ledger: Document) -> dict[str, dict[str, Any]]:
	"""Merged-away lead → its content, see `write`. A lead whose content was erased is left out."""
	return {row.lead: json.loads(row.snapshot) for row in ledger.duplicates if row.snapshot}


def counts_of(ledger: Document) -> dict[str, int]:
	"""DocType → how many rows moved."""
	return json.loads(ledger.counts or "{}")


def homes_of(leads: Sequence[str]) -> dict[str, str]:
	"""Lead that was merged away → the lead that it is part of now, over any number of merges. One query.

	The ledger's own link to its primary moves along when that is merged in its turn.
	"""
	if not leads:
		return {}
	record, ledger = frappe.qb.DocType(RECORD), frappe.qb.DocType(DOCTYPE)
	return dict(
		frappe.qb.from_(record)
		.inner_join(ledger)
		.on((record.parent == ledger.name) & (record.parenttype == DOCTYPE))
		.select(record.lead, ledger.primary)
		.where(record.lead.isin(list(leads)) & (ledger.status == ACTIVE))
		.orderby(ledger.creation)
		.run()
	)


def ledger_of(primary: str, duplicates: Sequence[str]) -> str | None:
	"""The latest standing merge of a lead that took in one of the duplicates."""
	record, ledger = frappe.qb.DocType(RECORD), frappe.qb.DocType(DOCTYPE)
	found = (
		frappe.qb.from_(record)
		.inner_join(ledger)
		.on((record.parent == ledger.name) & (record.parenttype == DOCTYPE))
		.select(ledger.name)
		.where((ledger.primary == primary) & (ledger.status == ACTIVE) & record.lead.isin(list(duplicates)))
		.orderby(ledger.creation, order=frappe.qb.desc)
		.limit(1)
		.run(pluck=True)
	)
	return found[0] if found else None


def standing(primary: str) -> list[str]:
	"""Merges into a lead that were not undone, the latest first."""
	return frappe.get_all(
		DOCTYPE,
		filters={"primary": primary, "status": ACTIVE},
		pluck="name",
		order_by="merged_on desc, creation desc",
		limit=0,
	)


def forget_content(leads: Sequence[str]) -> int:
	"""Erase what the ledger keeps of a person: the content of leads merged into these. Their merges cannot be undone then.

	Args:
		leads: names of leads that stay.

	Returns:
		How many merges were concerned.
	"""
	names = frappe.get_all(DOCTYPE, filters={"primary": ("in", list(leads))}, pluck="name", limit=0)
	if names:
		ledger, record = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType(RECORD)
		frappe.qb.update(ledger).set(ledger.changes, None).set(ledger.moved, None).set(
			ledger.undoable, 0
		).where(ledger.name.isin(names)).run()
		frappe.qb.update(record).set(record.snapshot, None).set(record.title, record.lead).where(
			(record.parenttype == DOCTYPE) & record.parent.isin(names)
		).run()
	return len(names)


def _dump(value: Any) -> str:
	return json.dumps(value, default=str, ensure_ascii=False)
