"""What a role gets of the fields that have a level of their own when it gets rights to the document itself.

The framework's page of role permissions gives rights row by row, at level 0 as a rule. Money, phone numbers and the like
have other levels: they go along, unless they are kept back from somebody. Those wait for the page Field Access.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from skycrm.domain import field_access as rule
from skycrm.domain.field_access import Access, Right
from skycrm.services import audit

PAGE = "sky-field-access"
# Names of fields in a message; the page has all of them.
NAMED = 6


def rights_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Right, ...]:
	"""Rows of permissions as the rule takes them. Who makes a document fills in its fields."""
	return tuple(
		Right(
			row["role"],
			row.get("permlevel") or 0,
			bool(row.get("read")),
			bool(row.get("write") or (row.get("create") and not row.get("permlevel"))),
		)
		for row in rows
	)


def may(doctype: str, role: str, without: str = "") -> Access:
	"""What a role may do with the document.

	Args:
		without: name of a row that does not count.
	"""
	rights = rights_of(row for row in _rows(doctype) if row.name != without)
	return rule.natural(rights).get(role, Access.HIDE)


def follow(doctype: str, role: str, could: Access) -> None:
	"""Bring a role's levels to what it may do with the document now, and say what it does not get along.

	Args:
		doctype: one of ours, with rights of its own.
		could: what the role could do with the document before.
	"""
	rows = _rows(doctype)
	rights = rights_of(rows)
	can = rule.natural(rights).get(role, Access.HIDE)
	if can <= could:
		return
	left: list[str] = []
	for level, labels in sorted(_labels(doctype).items()):
		own = [row for row in rows if row.role == role and row.permlevel == level]
		now = dict(rule.signature_at(level, rights)).get(role, Access.HIDE)
		access = rule.followed(now, could, rule.newcomer(level, rights, role), bool(own))
		if access > now:
			_write(doctype, role, level, own, access)
		if access < can:
			left += labels
	if left and audit.is_on():
		_tell(doctype, role, left)


def _rows(doctype: str) -> list[frappe._dict]:
	"""The rows that are in force, from the tables."""
	fields = ["name", "role", "permlevel", "read", "write", "create"]
	for table in ("Custom DocPerm", "DocPerm"):
		if rows := frappe.get_all(table, filters={"parent": doctype}, fields=fields, limit=0):
			return rows
	return []


def _labels(doctype: str) -> dict[int, list[str]]:
	"""Level → the fields at it, of the DocType and its tables, as people know them."""
	meta = frappe.get_meta(doctype)
	tables = {df.options: _(df.label) for df in meta.get_table_fields()}
	found = defaultdict(list)
	for owner in (meta, *(frappe.get_meta(table) for table in tables)):
		for df in owner.fields:
			if df.permlevel:
				names = [_(df.label or df.fieldname)]
				if owner is not meta:
					names.insert(0, tables[owner.name])
				found[df.permlevel] += [] if df.hidden else [" · ".join(names)]
	return found


def _write(doctype: str, role: str, level: int, own: list[frappe._dict], access: Access) -> None:
	rights = {"read": 1, "write": int(access is Access.SHOW)}
	if own:
		row = frappe.get_doc("Custom DocPerm", own[0].name)
	else:
		row = frappe.new_doc("Custom DocPerm")
		row.update({"parent": doctype, "parenttype": "DocType", "parentfield": "permissions"})
		row.update({"role": role, "permlevel": level, "export": 0})
	row.update(rights)
	# Whoever gave the right to the document was asked for theirs; this goes along with it.
	row.save(ignore_permissions=True)


def _tell(doctype: str, role: str, left: list[str]) -> None:
	names = ", ".join(escape_html(name) for name in left[:NAMED])
	page = f'<a href="/app/{PAGE}/{escape_html(doctype)}">{frappe.bold(_("Field Access"))}</a>'
	frappe.msgprint(
		_(
			"{0} does not get all fields of {1} along, because some roles do not get them either: {2}. Choose on the page {3}."
		).format(
			frappe.bold(escape_html(_(role))),
			frappe.bold(_(doctype)),
			f"{names} …" if len(left) > NAMED else names,
			page,
		),
		title=_("Field Access"),
		indicator="orange",
		alert=True,
	)
