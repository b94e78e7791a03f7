"""Moves what hangs on the duplicates of a lead to the lead that stays, set by set, and back again.

What moves is noted as {DocType: {column: {lead: [names of rows]}}}. A row that would stand there twice after the move,
the same tag for example, is not moved but taken out, with all its columns in the notes.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import frappe

from skycrm.services.merge_links import LEAD, NAMES_PER_STATEMENT, Place, Row, unique_columns

# Who moved it, when, at which place of a table: two rows that differ in these alone say the same.
SYSTEM = frozenset({"name", "owner", "creation", "modified", "modified_by", "idx", "docstatus"})
# DocTypes of rows that say one thing about a record, and the columns that say it.
SAID_ONCE: dict[str, tuple[str, ...]] = {
	"Communication Link": ("parent", "link_doctype"),
	"DocShare": ("user", "everyone"),
	"Document Follow": ("user",),
	# Not the title, which repeats the name.
	"Dynamic Link": ("parenttype", "parent", "parentfield", "link_doctype"),
	"Email Unsubscribe": ("email", "global_unsubscribe"),
	"Event Participants": ("parenttype", "parent", "parentfield", "reference_doctype"),
	"Tag Link": ("tag",),
	"User Permission": ("user", "allow", "applicable_for", "apply_to_all_doctypes"),
}
SHARE_RIGHTS = ("read", "write", "share", "submit")


@dataclass
class Moved:
	"""Notes of a move.

	Attributes:
		rows: DocType → column → lead it was moved from → names of rows.
		singles: [DocType, field, lead] of settings that pointed at a lead.
		removed: DocType → whole rows that were taken out, as they were.
		changed: [DocType, name, column, before, after] of rows of the lead that stays.
	"""

	rows: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
	singles: list[list[str]] = field(default_factory=list)
	removed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
	changed: list[list[Any]] = field(default_factory=list)

	def counts(self) -> dict[str, int]:
		"""DocType → rows moved or found double, the most first."""
		found = {
			doctype: sum(len(names) for leads in columns.values() for names in leads.values())
			for doctype, columns in self.rows.items()
		}
		for doctype, rows in self.removed.items():
			found[doctype] = found.get(doctype, 0) + len(rows)
		for doctype, *_rest in self.singles:
			found[doctype] = found.get(doctype, 0) + 1
		return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def move(rows: Iterable[Row], singles: Iterable[Row], primary: str) -> Moved:
	"""Point rows at the lead that stays. Statements: a few per column that is concerned, however many rows.

	Args:
		rows, singles: as found by merge_links.
		primary: the lead that stays.
	"""
	notes = Moved()
	by_place: dict[Place, list[Row]] = defaultdict(list)
	for row in rows:
		by_place[row.place].append(row)
	unique = unique_columns({place.doctype for place in by_place})
	for place, found in by_place.items():
		found = _take_out_doubles(place, found, primary, unique.get(place.doctype, []), notes)
		_point_at(place, [row.name for row in found], primary)
		for row in found:
			columns = notes.rows.setdefault(place.doctype, {})
			columns.setdefault(place.column, {}).setdefault(row.lead, []).append(row.name)
	for row in singles:
		frappe.db.set_single_value(row.place.doctype, row.place.column, primary, update_modified=False)
		notes.singles.append([row.place.doctype, row.place.column, row.lead])
	forget_caches(notes)
	return notes


def move_back(notes: Moved, primary: str) -> None:
	"""Point moved rows at their old leads again and put back what was taken out or changed."""
	for doctype, columns in notes.rows.items():
		for column, leads in columns.items():
			for lead, names in leads.items():
				_point_at(Place(doctype, column), names, lead, only_from=primary)
	for doctype, fieldname, lead in notes.singles:
		if frappe.db.get_single_value(doctype, fieldname, cache=False) == primary:
			frappe.db.set_single_value(doctype, fieldname, lead, update_modified=False)
	for doctype, name, column, before, _after in notes.changed:
		frappe.db.set_value(doctype, name, column, before, update_modified=False)
	for doctype, rows in notes.removed.items():
		insert_rows(doctype, rows)
	forget_caches(notes)


def insert_rows(doctype: str, rows: Sequence[Mapping[str, Any]]) -> None:
	"""Write rows as they were, every column that the table still has; the names must be free."""
	if not rows:
		return
	columns = [column for column in frappe.db.get_table_columns(doctype) if column in rows[0]]
	table = frappe.qb.DocType(doctype)
	query = frappe.qb.into(table).columns(*columns)
	for row in rows:
		query = query.insert(*(row.get(column) for column in columns))
	query.run()


def forget_caches(notes: Moved) -> None:
	"""Let no cached document say what was true before."""
	for doctype, columns in notes.rows.items():
		if frappe.get_meta(doctype).istable:
			continue
		for leads in columns.values():
			for names in leads.values():
				for name in names:
					frappe.clear_document_cache(doctype, name)
	for doctype, *_rest in notes.singles:
		frappe.clear_document_cache(doctype, doctype)


def hidden_columns(lead: str) -> dict[str, str | None]:
	"""The framework's own columns of a lead, made anew from the rows that they repeat. Three queries."""
	assigned = frappe.get_all(
		"ToDo",
		filters={
			"reference_type": LEAD,
			"reference_name": lead,
			"status": ("not in", ("Cancelled", "Closed")),
			"allocated_to": ("is", "set"),
		},
		pluck="allocated_to",
		order_by="creation",
		limit=0,
	)
	tags = frappe.get_all(
		"Tag Link",
		filters={"document_type": LEAD, "document_name": lead},
		pluck="tag",
		order_by="creation",
		limit=0,
	)
	comments = frappe.get_all(
		"Comment",
		filters={"reference_doctype": LEAD, "reference_name": lead, "comment_type": "Comment"},
		fields=["name", "content", "comment_email", "owner"],
		order_by="creation",
		limit=0,
	)
	return {
		"_assign": json.dumps(list(dict.fromkeys(assigned))) if assigned else None,
		# As the framework writes them: each with a comma before it.
		"_user_tags": "".join(f",{tag}" for tag in dict.fromkeys(tags)) or None,
		"_comments": json.dumps(
			[
				{"comment": _short(row.content), "by": row.comment_email or row.owner, "name": row.name}
				for row in comments[-100:]
			]
		)
		if comments
		else None,
	}


def _short(content: str | None) -> str:
	text = content or ""
	return text[:97] + "..." if len(text) > 100 else text


def _take_out_doubles(
	place: Place, rows: list[Row], primary: str, unique: list[tuple[str, ...]], notes: Moved
) -> list[Row]:
	"""Delete the rows that say what the lead that stays, or a row before, says already; returns the others."""
	doctype = place.doctype
	once = SAID_ONCE.get(doctype)
	if not once and frappe.get_meta(doctype).istable:
		once = tuple(
			column
			for column in frappe.db.get_table_columns(doctype)
			if column not in SYSTEM and column != place.column and not column.startswith("_")
		)
	keys = [once] if once else []
	keys += [
		tuple(column for column in columns if column != place.column)
		for columns in unique
		if place.column in columns
	]
	if not keys:
		return rows
	stored = {str(row["name"]): row for row in _load(doctype, [row.name for row in rows])}
	seen: dict[tuple[int, tuple[str, ...]], dict[str, Any]] = {}
	for row in _load_of(place, primary):
		seen.update(dict.fromkeys(_keys(row, keys), row))
	stay, gone = [], []
	for row in rows:
		values = stored[row.name]
		mine = _keys(values, keys)
		double = next((seen[key] for key in mine if key in seen), None)
		if double is None:
			seen.update(dict.fromkeys(mine, values))
			stay.append(row)
			continue
		gone.append(values)
		if doctype == "DocShare":
			_widen_share(double, values, notes)
	if gone:
		notes.removed.setdefault(doctype, []).extend(gone)
		frappe.db.delete(doctype, {"name": ("in", [row["name"] for row in gone])})
	return stay


def _widen_share(share: dict[str, Any], other: Mapping[str, Any], notes: Moved) -> None:
	"""Somebody who had more rights to a duplicate keeps them."""
	for right in SHARE_RIGHTS:
		if other.get(right) and not share.get(right):
			notes.changed.append(["DocShare", share["name"], right, share.get(right), 1])
			frappe.db.set_value("DocShare", share["name"], right, 1, update_modified=False)
			share[right] = 1


def _keys(row: Mapping[str, Any], keys: Sequence[tuple[str, ...]]) -> list[tuple[int, tuple[str, ...]]]:
	"""What a row says, once for each set of columns; nothing for a set in which it says nothing."""
	found = []
	for number, columns in enumerate(keys):
		said = tuple(
			"" if row.get(column) in (None, 0) else str(row.get(column)).lower() for column in columns
		)
		if any(said) or not columns:
			found.append((number, said))
	return found


def _load(doctype: str, names: Sequence[str]) -> list[dict[str, Any]]:
	table = frappe.qb.DocType(doctype)
	return [
		row
		for part in _parts(names)
		for row in frappe.qb.from_(table).select("*").where(table.name.isin(part)).run(as_dict=True)
	]


def _load_of(place: Place, lead: str) -> list[dict[str, Any]]:
	table = frappe.qb.DocType(place.doctype)
	query = frappe.qb.from_(table).select("*").where(table[place.column] == lead)
	if place.type_column:
		query = query.where(table[place.type_column] == LEAD)
	return query.run(as_dict=True)


def _point_at(place: Place, names: Sequence[str], lead: str, only_from: str | None = None) -> None:
	table = frappe.qb.DocType(place.doctype)
	for part in _parts(names):
		# By primary key, so that no gap of an index is locked.
		query = frappe.qb.update(table).set(table[place.column], lead).where(table.name.isin(part))
		if only_from:
			query = query.where(table[place.column] == only_from)
		query.run()


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
	for start in range(0, len(names), NAMES_PER_STATEMENT):
		yield names[start : start + NAMES_PER_STATEMENT]
