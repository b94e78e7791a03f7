"""Which fields of our DocTypes a user may not see: those at a level that none of their roles reads.

The framework takes them out of forms and lists. What it passes over asks here: filters, orders, searches, our own
reports and methods.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.meta import Meta

from skycrm.permissions.facts import per_request

MODULE = "SkyCRM"
PREFIX = "Sky "


def meta_of(doctype: str) -> Meta | None:
	"""What is known of a DocType that a request names; None if there is none. No query for one that is cached."""
	try:
		return frappe.get_meta(doctype)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None


def is_ours(doctype: str) -> bool:
	"""Whether a DocType is one of this app, child tables included; nothing is read for others."""
	if not (isinstance(doctype, str) and doctype.startswith(PREFIX)):
		return False
	meta = meta_of(doctype)
	return bool(meta) and meta.module == MODULE


def hidden(doctype: str, user: str | None = None) -> frozenset[str]:
	"""Fields of a DocType that a user may not see; asked once in a request.

	A child table goes by the rights of the DocTypes that it is part of.
	"""
	user = user or frappe.session.user
	if user == "Administrator":
		return frozenset()
	return per_request(("hidden", doctype, user), lambda: _read(doctype, user))


def _read(doctype: str, user: str) -> frozenset[str]:
	meta = frappe.get_meta(doctype)
	levels = {df.permlevel for df in meta.fields} - {0, None}
	if not levels:
		return frozenset()
	closed: set[int] = set()
	for owner in parents_of(doctype) if meta.istable else (doctype,):
		closed |= levels - set(frappe.get_meta(owner).get_permlevel_access("read", user=user))
	return frozenset(df.fieldname for df in meta.fields if df.permlevel in closed)


def parents_of(child: str) -> list[str]:
	"""The DocTypes that a child table is part of, by a field of theirs or of the site."""
	found = set()
	for table, owner in (("DocField", "parent"), ("Custom Field", "dt")):
		found.update(
			frappe.get_all(
				table, filters={"fieldtype": ("in", table_fields), "options": child}, pluck=owner, limit=0
			)
		)
	return sorted(found)


def shown(doctype: str, fields: Iterable[str]) -> list[str]:
	"""Those of the fields that the session's user may see, in their order."""
	closed = hidden(doctype)
	return [field for field in fields if field not in closed]


def shown_to_everybody(doctype: str, field: str) -> bool:
	"""Whether every role that reads the DocType sees the field: only then may its value stand in a comment."""
	meta = frappe.get_meta(doctype)
	level = meta.get_field(field).permlevel
	readers = {row.role for row in meta.permissions if row.read and not row.permlevel}
	seeing = {row.role for row in meta.permissions if row.read and row.permlevel == level}
	return readers <= seeing


def refuse_hidden(doctype: str, *fields: str) -> None:
	"""Raise frappe.PermissionError with a sentence if the session's user may not see one of the fields."""
	closed = hidden(doctype)
	for field in fields:
		if field in closed:
			frappe.throw(
				_(
					"This shows {0} of {1}, which you may not see. Ask an administrator to show you the field."
				).format(frappe.bold(_(frappe.get_meta(doctype).get_label(field))), frappe.bold(_(doctype))),
				exc=frappe.PermissionError,
				title=_("Hidden Field"),
			)


def without_hidden(doctype: str, row: Mapping[str, Any]) -> dict[str, Any]:
	"""A row of values without those that the session's user may not see."""
	closed = hidden(doctype)
	return {key: value for key, value in row.items() if key not in closed}
