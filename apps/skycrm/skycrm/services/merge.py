"""Two or more leads of one person become one: one call, one transaction, everything linked hangs on the lead that stays.

Order of work: lock the rows of all leads, then their identity keys; answer if they are merged already; check rights and
the plan (domain/merge.py); write down what the duplicates are; move what hangs on them; delete them; save the lead that
stays; write the ledger. The duplicates go before the save, so that their keys are free for it. A step that fails takes all
others back, to the savepoint set before the first of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form

from skycrm.domain.audit import Action
from skycrm.domain.errors import RuleError
from skycrm.domain.merge import (
	CONSENT_FIELDS,
	Plan,
	check_conversions,
	check_group,
	dropped,
	fields_changed,
	make_plan,
)
from skycrm.permissions.hidden_fields import shown_to_everybody
from skycrm.services import (
	audit,
	conversion_facts,
	lead_keys,
	merge_claims,
	merge_fields,
	merge_ledger,
	person_lock,
	status,
)
from skycrm.services.conversion_lock import lock_keys, lock_leads
from skycrm.services.merge_links import LEAD, places, rows_pointing_at, singles_pointing_at
from skycrm.services.merge_messages import throw, throw_elsewhere, throw_unknown
from skycrm.services.merge_move import hidden_columns, move
from skycrm.services.merge_rights import check_may_at_all, check_may_merge

SAVEPOINT = "sky_merge"
STRAGGLERS = "skycrm.jobs.merge.collect_stragglers"


def merge(
	primary: str, duplicates: Sequence[str], choices: Mapping[str, str] | None = None
) -> dict[str, Any]:
	"""Merge leads as the session's user. Call it as the first write of a transaction.

	Args:
		primary: name of the Sky Lead that stays.
		duplicates: names of those that become part of it.
		choices: field → name of the lead whose value is wanted; without one the rules of domain/merge.py hold.

	Returns:
		The merged lead as a mapping of its fields, with `merge`: {ledger, duplicates, moved, undoable}. For leads that are
		merged already the answer of that merge, whatever was chosen.

	Raises:
		frappe.DoesNotExistError: no such lead.
		frappe.PermissionError: see services/merge_rights.py.
		frappe.ValidationError: the leads or the choices do not fit; the message says which and why.
		ConflictError: one of the leads was merged into another one meanwhile, or is converted.
		ConversionBusyError, frappe.QueryDeadlockError: as services.conversion.convert.
	"""
	check_may_at_all()
	try:
		names = check_group(primary, duplicates)
		rows = lock_group([primary, *names])
		left = still_there(primary, names, rows)
		if not left:
			frappe.has_permission(LEAD, "read", doc=primary, throw=True)
			return answer(primary, merge_ledger.ledger_of(primary, names))
		documents = [frappe.get_doc(LEAD, name) for name in (primary, *left)]
		check_may_merge(documents)
		plan = plan_of(documents, choices)
	except RuleError as error:
		throw(error)
	frappe.db.savepoint(SAVEPOINT)
	try:
		ledger = _carry_out(documents, plan, rows)
	except Exception as error:
		for document in documents:
			frappe.clear_document_cache(LEAD, document.name)
		if not isinstance(error, frappe.QueryDeadlockError):
			# After a deadlock the server has taken the whole transaction back, savepoint and all.
			frappe.db.rollback(save_point=SAVEPOINT)
		raise
	return answer(primary, ledger.name)


def lock_group(names: Sequence[str]) -> dict[str, frappe._dict]:
	"""Lock the people, then the leads, then their identity keys; nothing may be read plainly before all are held.

	The people first, as services/intake.py does it: who comes in meanwhile waits, and finds the lead that stays.

	Returns:
		Name → row with all columns, of those that are there.
	"""
	for doctype in (LEAD, "Sky CRM Settings"):
		# Fills the caches now, so that no read of them falls between the locks.
		frappe.get_meta(doctype)
	frappe.get_cached_doc("Sky CRM Settings")
	person_lock.hold(_people(names))
	rows = {row.name: row for row in lock_leads(names)}
	pairs: list[tuple[str, str]] = []
	for row in rows.values():
		keys, _invalid = conversion_facts.lead_identity(row)
		pairs += conversion_facts.lock_pairs(row, keys)
	lock_keys(pairs)
	return rows


def _people(names: Sequence[str]) -> dict[str, set[str]]:
	"""Kind of key → keys of these leads. One query."""
	columns = [column for _kind, column in lead_keys.COLUMNS]
	rows = frappe.get_all(LEAD, filters={"name": ("in", list(names))}, fields=columns, limit=0)
	people: dict[str, set[str]] = {}
	for kind, column in lead_keys.COLUMNS:
		people.setdefault(kind, set()).update(row[column] for row in rows if row[column])
	return people


def still_there(primary: str, duplicates: Sequence[str], rows: Mapping[str, Any]) -> list[str]:
	"""The duplicates that are still to be merged; those that are part of the primary already need nothing.

	Raises:
		ConflictError: merged into another lead.
		frappe.DoesNotExistError: never there, or deleted.
	"""
	gone = [name for name in (primary, *duplicates) if name not in rows]
	homes = merge_ledger.homes_of(gone)
	for name in gone:
		home = homes.get(name)
		if not home:
			throw_unknown(name)
		if home != primary:
			throw_elsewhere(name, home)
	return [name for name in duplicates if name in rows]


def plan_of(documents: Sequence[Document], choices: Mapping[str, str] | None) -> Plan:
	"""The plan for these leads, the one that stays first, with the choices that the session's user may make."""
	records = [document.as_dict() for document in documents]
	check_conversions(records)
	allowed = set(merge_fields.may_choose(documents[0]))
	wanted = {field: record for field, record in (choices or {}).items() if record}
	for field in wanted:
		if field in merge_fields.value_fields() and field not in CONSENT_FIELDS and field not in allowed:
			frappe.throw(
				_("You may not change {0} of this lead. Leave it out of the choices.").format(
					frappe.bold(_(documents[0].meta.get_label(field)))
				),
				exc=frappe.PermissionError,
				title=_("Cannot merge"),
			)
	return make_plan(records, merge_fields.value_fields(), wanted, merge_fields.compared_columns())


def answer(primary: str, ledger: str | None) -> dict[str, Any]:
	"""The merged lead as its reader may see it, and what is known of the merge."""
	lead = frappe.get_doc(LEAD, primary)
	lead.apply_fieldlevel_read_permissions()
	values = {key: value for key, value in lead.as_dict().items() if not key.startswith("_")}
	values["merge"] = None
	if ledger:
		record = frappe.get_doc(merge_ledger.DOCTYPE, ledger)
		values["merge"] = {
			"ledger": record.name,
			"duplicates": [row.lead for row in record.duplicates],
			"moved": merge_ledger.counts_of(record),
			"undoable": bool(record.undoable),
		}
	return values


def _carry_out(documents: Sequence[Document], plan: Plan, rows: Mapping[str, frappe._dict]) -> Document:
	primary, duplicates = documents[0], documents[1:]
	names = [duplicate.name for duplicate in duplicates]
	snapshots = {duplicate.name: _snapshot(duplicate, rows[duplicate.name]) for duplicate in duplicates}
	in_tables, in_singles = places()
	moved = move(rows_pointing_at(names, in_tables), singles_pointing_at(names, in_singles), primary.name)
	_delete(names)
	for duplicate in duplicates:
		lead_keys.forget(duplicate)
	records = [document.as_dict() for document in documents]
	changes = _save_primary(primary, plan, rows[primary.name], names)
	moved.changed += merge_claims.settle(primary)
	ledger = merge_ledger.write(primary.name, snapshots, changes, moved)
	_tell(primary, ledger, dropped(records, plan))
	frappe.enqueue(
		STRAGGLERS,
		queue="short",
		enqueue_after_commit=True,
		job_id=f"sky_merge_{ledger.name}",
		ledger=ledger.name,
	)
	return ledger


def _snapshot(lead: Document, row: Mapping[str, Any]) -> dict[str, Any]:
	"""A lead as it stands in the tables: every column, the framework's hidden ones too, and its child rows."""
	children = {}
	for df in lead.meta.get_table_fields():
		table = frappe.qb.DocType(df.options)
		found = (
			frappe.qb.from_(table)
			.select("*")
			.where(
				(table.parenttype == LEAD) & (table.parent == lead.name) & (table.parentfield == df.fieldname)
			)
			.orderby(table.idx)
			.run(as_dict=True)
		)
		children.setdefault(df.options, []).extend(found)
	return {"row": dict(row), "children": {doctype: found for doctype, found in children.items() if found}}


def _delete(names: Sequence[str]) -> None:
	"""Take merged leads out of their tables. Not through delete_doc, which would give the number of the last one away
	again and drop what hangs on them, and which asks for rights that were checked above."""
	for df in frappe.get_meta(LEAD).get_table_fields():
		frappe.db.delete(df.options, {"parenttype": LEAD, "parent": ("in", list(names))})
	frappe.db.delete(LEAD, {"name": ("in", list(names))})
	for name in names:
		audit.write_one_for_all(Action.DELETED, LEAD, name, channel="Merge")
		frappe.clear_document_cache(LEAD, name)


def _save_primary(
	primary: Document, plan: Plan, row: Mapping[str, Any], merged: Sequence[str]
) -> dict[str, Any]:
	"""Write the plan into the lead that stays; returns what changed, for the ledger."""
	fields = fields_changed(primary.as_dict(), plan.values)
	for name, (_before, value) in fields.items():
		df = primary.meta.get_field(name)
		if df.fieldtype == "Link" and df.options == LEAD and value in (primary.name, *merged):
			fields[name][1] = None
		primary.set(name, fields[name][1])
	columns = merge_fields.compared_columns()
	added = []
	for table, rows in plan.rows.items():
		for _record, values in rows:
			added.append(primary.append(table, {column: values.get(column) for column in columns[table]}))
	if fields or added:
		status.write_merged(primary)
	new_rows: dict[str, list[str]] = {}
	for child in added:
		new_rows.setdefault(child.doctype, []).append(child.name)
	hidden = {
		column: [row.get(column), value]
		for column, value in hidden_columns(primary.name).items()
		if (row.get(column) or None) != value
	}
	if hidden:
		values = {column: value for column, (_before, value) in hidden.items()}
		frappe.db.set_value(LEAD, primary.name, values, update_modified=False)
	# As they were saved: the rules of a lead may have tidied them.
	changed = {name: [before, primary.get(name)] for name, (before, _value) in fields.items()}
	return {"fields": changed, "rows": new_rows, "hidden": hidden, "status": row.get("status")}


def _tell(primary: Document, ledger: Document, lost: Mapping[str, Sequence[str]]) -> None:
	"""A line in the timeline of the lead that stays: what became part of it, what it did not take, a way to the ledger."""
	who = ", ".join(
		escape_html(f"{row.title} ({row.lead})" if row.title != row.lead else row.lead)
		for row in ledger.duplicates
	)
	link = get_link_to_form(merge_ledger.DOCTYPE, ledger.name, _("what was merged"))
	text = _("merged {0} into this lead ({1})").format(who, link)
	fields = [
		df for df in primary.meta.fields if df.fieldname in lost and shown_to_everybody(LEAD, df.fieldname)
	]
	if fields:
		values = "; ".join(
			f"{_(df.label)}: {escape_html(', '.join(value[:140] for value in lost[df.fieldname]))}"
			for df in fields
		)
		text += "<br>" + _("Not taken over: {0}").format(values)
	primary.add_comment("Info", text)


def home_for_reader(lead: str) -> str | None:
	"""The lead that a merged-away one is part of now, if the session's user may read that; else None."""
	if not frappe.has_permission(LEAD, "read") or frappe.db.exists(LEAD, lead):
		return None
	home = merge_ledger.homes_of([lead]).get(lead)
	return home if home and frappe.get_list(LEAD, filters={"name": home}, limit=1) else None


def standing_merges(lead: str) -> list[dict[str, Any]]:
	"""Merges into a lead that were not undone, the latest first. The caller has checked the right to the lead."""
	ledgers = frappe.get_all(
		merge_ledger.DOCTYPE,
		filters={"primary": lead, "status": merge_ledger.ACTIVE},
		fields=["name as ledger", "merged_on", "merged_by", "undoable"],
		order_by="merged_on desc, creation desc",
		limit=0,
	)
	rows = frappe.get_all(
		merge_ledger.RECORD,
		filters={"parenttype": merge_ledger.DOCTYPE, "parent": ("in", [row.ledger for row in ledgers])},
		fields=["parent", "lead", "title"],
		order_by="idx",
		limit=0,
	)
	for ledger in ledgers:
		ledger["leads"] = [
			{"name": row.lead, "title": row.title} for row in rows if row.parent == ledger.ledger
		]
		ledger["merged_by"] = frappe.utils.get_fullname(ledger.merged_by)
	return ledgers
