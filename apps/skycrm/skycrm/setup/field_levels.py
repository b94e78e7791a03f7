"""The levels that this app ships for some fields (domain/field_access.py), brought to sites with rights of their own.

A DocType whose rights an admin has changed keeps them as Custom DocPerm, and those know nothing of a level that came
later: its fields would be gone for everybody. Each role gets there what it may do with the document.
"""

import frappe
from frappe.custom.doctype.property_setter.property_setter import make_property_setter

from skycrm.domain.field_access import CONSENT, HIGHEST, MARGIN, MONEY, PERSONAL
from skycrm.setup import shipped

SHIPPED = (MONEY, MARGIN, CONSENT, PERSONAL)
MODULE = "SkyCRM"


def bring() -> None:
	"""Bring each level to each DocType with rights of its own that has not got it yet; safe to run on every migrate."""
	for doctype, fields in shipped_fields().items():
		for level in sorted(set(fields.values())):
			key = f"{doctype} / level {level}"
			if shipped.was_shipped("Field Level", key):
				continue
			if frappe.db.exists("Custom DocPerm", {"parent": doctype}):
				_bring(doctype, level, [field for field, at in fields.items() if at == level])
			shipped.note_shipped("Field Level", key)


def shipped_fields() -> dict[str, dict[tuple[str, str], int]]:
	"""DocType with rights → (DocType of the field, field) → level, of the fields that the app ships above level 0."""
	found: dict[str, dict[tuple[str, str], int]] = {}
	for doctype in frappe.get_all("DocType", {"module": MODULE, "istable": 0, "custom": 0}, pluck="name"):
		tables = [df.options for df in frappe.get_meta(doctype).get_table_fields()]
		rows = frappe.get_all(
			"DocField",
			filters={"parent": ("in", [doctype, *tables]), "permlevel": ("in", SHIPPED)},
			fields=["parent", "fieldname", "permlevel"],
			limit=0,
		)
		if rows:
			found[doctype] = {(row.parent, row.fieldname): row.permlevel for row in rows}
	return found


def _bring(doctype: str, level: int, fields: list[tuple[str, str]]) -> None:
	if _is_used(doctype, level, fields):
		# The admin uses this number for something else: their meaning stays, ours moves.
		free = next((other for other in range(1, HIGHEST) if not _is_used(doctype, other, ())), 0)
		for owner, field in fields:
			make_property_setter(owner, field, "permlevel", free, "Int", validate_fields_for_doctype=False)
		level = free
	if level:
		for role, may_write in _readers(doctype).items():
			_insert(doctype, role, level, may_write)
	frappe.clear_cache(doctype=doctype)


def _is_used(doctype: str, level: int, ours: object) -> bool:
	if frappe.db.exists("Custom DocPerm", {"parent": doctype, "permlevel": level}):
		return True
	meta = frappe.get_meta(doctype)
	owners = [meta, *(frappe.get_meta(df.options) for df in meta.get_table_fields())]
	return any(
		df.permlevel == level and (owner.name, df.fieldname) not in ours
		for owner in owners
		for df in owner.fields
	)


def _insert(doctype: str, role: str, level: int, may_write: bool) -> None:
	if frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role, "permlevel": level}):
		return
	row = frappe.get_doc(
		{
			"doctype": "Custom DocPerm",
			"parent": doctype,
			"role": role,
			"permlevel": level,
			"read": 1,
			"write": int(may_write),
		}
	)
	row.flags.ignore_permissions = True  # an installer's write, no user's
	row.insert()


def _readers(doctype: str) -> dict[str, bool]:
	"""Role that reads the DocType → whether it changes or makes records."""
	found: dict[str, bool] = {}
	for row in frappe.get_all(
		"Custom DocPerm",
		filters={"parent": doctype, "permlevel": 0, "read": 1},
		fields=["role", "write", "create"],
		limit=0,
	):
		found[row.role] = found.get(row.role, False) or bool(row.write or row.create)
	return found
