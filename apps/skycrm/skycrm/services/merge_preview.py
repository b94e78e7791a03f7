"""What a merge would do, for the dialog: every field side by side, what moves, and whether it can be undone. Writes nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, strip_html
from frappe.utils.formatters import format_value

from skycrm.domain.errors import RuleError
from skycrm.domain.merge import CONSENT_FIELDS, Plan, best_primary, check_group
from skycrm.services import merge_fields, merge_ledger
from skycrm.services.conversion import error_text
from skycrm.services.merge import plan_of
from skycrm.services.merge_links import LEAD, places, rows_pointing_at
from skycrm.services.merge_messages import sentence_for
from skycrm.services.merge_messages import throw as throw_merge_error
from skycrm.services.merge_rights import check_may_merge

# Shown to nobody as things that move, for nobody made them.
BEHIND_THE_SCENES = frozenset({"Notification Log", "View Log", "Workflow Action"})


def preview(
	primary: str | None, leads: Sequence[str], choices: Mapping[str, str] | None = None
) -> dict[str, Any]:
	"""What merging these leads would do.

	Args:
		primary: the lead that would stay; the best of them when left out.
		leads: all of them, with or without the primary.
		choices: as services.merge.merge.

	Returns:
		{primary, records: [{name, title, status, status_label, owner, modified, creation}], fields: [{fieldname, label,
		values: {lead: text}, chosen, choosable, differs, note}], tables: [{label, own, added, doubles}], moves: [{doctype,
		label, count}], undoable, ready, problems: [sentences]}

	Raises:
		frappe.DoesNotExistError, frappe.PermissionError: a lead that is not there or that the user may not read.
		frappe.ValidationError: too few leads, or too many.
	"""
	frappe.has_permission(LEAD, "read", throw=True)
	names = list(dict.fromkeys([*([primary] if primary else []), *leads]))
	try:
		check_group(names[0] if names else "", names[1:])
	except RuleError as error:
		throw_merge_error(error)
	documents = {name: frappe.get_doc(LEAD, name) for name in names}
	for document in documents.values():
		document.check_permission("read")
	if not primary:
		primary = best_primary(list(documents.values()), merge_fields.value_fields())
	ordered = [documents[primary], *(documents[name] for name in names if name != primary)]

	problems: list[str] = []
	plan = None
	try:
		plan = plan_of(ordered, choices)
	except RuleError as error:
		problems.append(sentence_for(error))
	messages = len(frappe.local.message_log)
	try:
		check_may_merge(ordered)
	except frappe.PermissionError as error:
		problems.append(error_text(error))
		# What the framework noted besides belongs into no dialog of its own.
		del frappe.local.message_log[messages:]
	others = [document.name for document in ordered[1:]]
	in_tables, _singles = places()
	moves = Counter(row.place.doctype for row in rows_pointing_at(others, in_tables))
	return {
		"primary": primary,
		"records": [_record(document) for document in ordered],
		"fields": _fields(ordered, plan) if plan else [],
		"tables": _tables(ordered, plan) if plan else [],
		"moves": [
			{"doctype": doctype, "label": _(doctype), "count": count}
			for doctype, count in moves.most_common()
			if doctype not in BEHIND_THE_SCENES
		],
		"undoable": sum(moves.values()) <= merge_ledger.MOST_ROWS,
		"ready": not problems,
		"problems": problems,
	}


def _record(lead: Document) -> dict[str, Any]:
	return {
		"name": lead.name,
		"title": lead.lead_name or lead.organization or lead.name,
		"status": lead.status,
		"status_label": _(lead.status),
		"owner": frappe.utils.get_fullname(lead.lead_owner) if lead.lead_owner else "",
		"creation": lead.creation,
		"modified": lead.modified,
	}


def _fields(documents: Sequence[Document], plan: Plan) -> list[dict[str, Any]]:
	"""The fields that hold something in one of the leads, those that differ first, in the order of the form."""
	meta = documents[0].meta
	readable = set.intersection(*(merge_fields.may_see(document) for document in documents))
	writable = set(merge_fields.may_choose(documents[0]))
	converted = documents[0].status == "Converted"
	rows = []
	for name in merge_fields.value_fields():
		if name not in readable or name not in plan.values:
			continue
		values = {document.name: _text(document, name) for document in documents}
		if not any(values.values()):
			continue
		consent = name in CONSENT_FIELDS
		rows.append(
			{
				"fieldname": name,
				"label": _(meta.get_label(name)),
				"values": values,
				"chosen": plan.sources[name],
				"choosable": name in writable and not consent and not converted,
				"differs": name in plan.differing,
				"note": _note(name, plan, consent, converted),
			}
		)
	return sorted(rows, key=lambda row: not row["differs"])


def _note(name: str, plan: Plan, consent: bool, converted: bool) -> str:
	if consent:
		return _("A refusal always wins, else the latest answer.")
	if converted:
		return _("A converted lead keeps its values.")
	if plan.sources[name] == "" and plan.values[name]:
		return _("Kept of all, one below the other, unless you choose one.")
	return ""


def _text(lead: Document, name: str) -> str:
	value = lead.get(name)
	if value in (None, "", 0):
		return ""
	df = lead.meta.get_field(name)
	if df.fieldtype == "Link" and df.options == "User":
		return frappe.utils.get_fullname(value)
	if df.fieldtype in ("Select", "Link"):
		return _(cstr(value))
	return strip_html(cstr(format_value(value, df, lead)))[:300]


def _tables(documents: Sequence[Document], plan: Plan) -> list[dict[str, Any]]:
	return [
		{
			"label": _(documents[0].meta.get_label(table)),
			"own": len(documents[0].get(table) or ()),
			"added": len(rows),
			"doubles": plan.doubles[table],
		}
		for table, rows in plan.rows.items()
		if rows or plan.doubles[table] or documents[0].get(table)
	]
