"""What a change of rights is, in whichever document of the framework, of ERPNext or of this app it is made.

Each document is compared with how it was before the save, which the framework has read anyway.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.permissions import rights as ALL_RIGHTS

from skycrm.domain.audit import Action, changes, permission_changes, row_changes
from skycrm.services import audit


@dataclass(frozen=True)
class Watched:
	"""Which fields of a DocType are about rights.

	Attributes:
		fields: plain fields.
		tables: table field → the columns that make a row what it is.
		only: whose documents count; everybody's if None.
	"""

	fields: tuple[str, ...] = ()
	tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# Properties of a field that decide who sees it or what it opens
FIELD_PROPERTIES = frozenset({"permlevel", "ignore_user_permissions"})

WATCHED: dict[str, Watched] = {
	"Role": Watched(fields=("disabled", "desk_access", "two_factor_auth")),
	"User": Watched(
		fields=("enabled", "user_type", "role_profile_name", "module_profile"),
		tables={"roles": ("role",), "role_profiles": ("role_profile",), "block_modules": ("module",)},
	),
	"Role Profile": Watched(tables={"roles": ("role",)}),
	"Module Profile": Watched(tables={"block_modules": ("module",)}),
	"User Permission": Watched(
		fields=(
			"user",
			"allow",
			"for_value",
			"apply_to_all_doctypes",
			"applicable_for",
			"hide_descendants",
		)
	),
	"Custom Role": Watched(fields=("report", "page"), tables={"roles": ("role",)}),
	"Workflow": Watched(
		fields=("is_active",),
		tables={
			"states": ("state", "allow_edit"),
			"transitions": ("state", "action", "next_state", "allowed", "allow_self_approval"),
		},
	),
	"Sky Team": Watched(fields=("manager", "parent_sky_team"), tables={"members": ("user", "role_in_team")}),
	"Sky Absence": Watched(fields=("user", "deputy", "from_date", "to_date")),
	"Sky Sharing Rule": Watched(
		fields=(
			"enabled",
			"document_type",
			"access",
			"share_from_type",
			"share_from",
			"share_to_type",
			"share_to",
		),
		tables={"filters": ("field_name", "operator", "value")},
	),
	"Sky CRM Settings": Watched(
		fields=("pool_access", "max_export_rows"),
		tables={
			"access_defaults": ("document_type", "access"),
			"merge_roles": ("role",),
			"recorded_views": ("document_type",),
		},
	),
}


@contextmanager
def muted() -> Iterator[None]:
	"""Documents saved inside are part of a change that is written as a whole afterwards."""
	before = frappe.flags.sky_rights_muted
	frappe.flags.sky_rights_muted = True
	try:
		yield
	finally:
		frappe.flags.sky_rights_muted = before


def is_heard() -> bool:
	"""Whether a document's own events are to be written."""
	return audit.is_on() and not frappe.flags.sky_rights_muted


def note_saved(doc: Document) -> None:
	"""A document of WATCHED was made or changed; nothing is written when nothing about rights is in it."""
	watched = WATCHED[doc.doctype]
	before = doc.get_doc_before_save()
	old = before.as_dict() if before else {}
	new = doc.as_dict()
	found = {
		"fields": [one._asdict() for one in changes(old, new, watched.fields)],
		"tables": [one._asdict() for one in row_changes(old, new, watched.tables)],
	}
	if found["fields"] or found["tables"]:
		_write(doc.doctype, doc.name, "Made" if before is None else "Changed", found)


def note_gone(doc: Document) -> None:
	"""A document of WATCHED was deleted: what it had given is taken."""
	watched = WATCHED[doc.doctype]
	old = doc.as_dict()
	found = {
		"fields": [one._asdict() for one in changes(old, {}, watched.fields)],
		"tables": [one._asdict() for one in row_changes(old, {}, watched.tables)],
	}
	_write(doc.doctype, doc.name, "Deleted", found)


def note_permission_row(doc: Document, gone: bool) -> None:
	"""A Custom DocPerm was saved or deleted as a document, by whichever page or program.

	The framework copies the rows of a DocType before the first one is changed; a copy changes nothing.
	"""
	before = doc.get_doc_before_save()
	old = [before.as_dict()] if before else []
	if gone:
		old = [doc.as_dict()]
	elif not before:
		old = standard_rows(doc.parent, doc.role, doc.permlevel, doc.if_owner)
	write_permissions(doc.parent, old, [] if gone else [doc.as_dict()])


def write_permissions(doctype: str, before: list[Mapping], after: list[Mapping]) -> None:
	"""One line for what changed between the permission rows of a DocType."""
	found = permission_changes(before, after, ALL_RIGHTS)
	if found:
		_write("DocType", doctype, "Permissions", {"permissions": found})


def write_field_properties(doctype: str, before: Mapping, after: Mapping) -> None:
	"""One line for what changed in the levels of a DocType's fields: {(field, property): value} each."""
	found = [
		{"field": name, "property": prop, "before": old, "after": new}
		for (name, prop) in sorted({*before, *after})
		if (old := before.get((name, prop))) != (new := after.get((name, prop)))
	]
	if found:
		_write("DocType", doctype, "Field Levels", {"properties": found})


def standard_rows(doctype: str, role: str, level: int, if_owner: int) -> list[frappe._dict]:
	"""The permission rows that a DocType brings along, for one role and level."""
	return frappe.get_all(
		"DocPerm",
		filters={"parent": doctype, "role": role, "permlevel": level or 0, "if_owner": if_owner or 0},
		fields=["*"],
	)


def permission_rows(doctype: str) -> list[frappe._dict]:
	"""The permission rows of a DocType that are in force, from the tables."""
	for source in ("Custom DocPerm", "DocPerm"):
		if rows := frappe.get_all(source, filters={"parent": doctype}, fields=["*"]):
			return rows
	return []


def field_properties(doctype: str) -> dict[tuple[str, str], int]:
	"""(field, property) → value of the fields of a DocType that are not as an ordinary field's, from the tables."""
	return {
		(df.fieldname, prop): int(df.get(prop) or 0)
		for df in frappe.get_meta(doctype, cached=False).fields
		for prop in sorted(FIELD_PROPERTIES)
		if df.get(prop)
	}


def _write(doctype: str, name: str, channel: str, details: dict[str, Any]) -> None:
	audit.write(Action.RIGHTS_CHANGED, doctype, name, channel=channel, details=details)
