"""Writes the lines of the audit log, in the transaction of what they tell about: undone, it was never done.

Past the controller, which lets nobody write. Nothing here reads what it can be told, so that a save costs one statement
at most, and an ordinary one none.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe.utils import now

from skycrm.domain.audit import NAMES_LENGTH, Action, changes
from skycrm.services import client_address

LOG = "Sky Audit Log"
MODULE = "SkyCRM"


def is_on() -> bool:
	"""Whether people are at work; what an install, a migrate or an uninstall does, nobody did."""
	flags = frappe.flags
	return not (flags.in_install or flags.in_uninstall or flags.in_migrate or flags.in_patch)


def is_ours(doctype: str | None) -> bool:
	"""Whether records of this DocType are the CRM's; cached."""
	if not doctype:
		return False
	try:
		return frappe.get_meta(doctype).module == MODULE
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return False


def impersonator() -> str | None:
	"""Who signed in as the session's user, if somebody did."""
	session = frappe.session.data or {}
	# `audit_user` is set by whoever runs the site's servers, when they sign in as one of its users.
	return session.get("impersonated_by") or session.get("audit_user") or frappe.flags.sky_impersonated_by


def write(
	action: Action,
	doctype: str | None,
	name: str | None = None,
	*,
	rows: int = 1,
	names: Iterable[str] = (),
	channel: str = "",
	file_type: str = "",
	details: Mapping[str, Any] | None = None,
	user: str | None = None,
) -> str | None:
	"""Write one line.

	Args:
		action: what was done.
		doctype, name: to which record; no name for a list.
		rows: how many records or rows of a file.
		names: of the records where there are several.
		channel: by which way, see services/audit_words.py.
		file_type: of a file, for example "Excel".
		details: whatever the sentence of the report needs; JSON.
		user: whose doing it was, if not the session's user.

	Returns:
		The name of the line; None while the site is being installed, or reads only.
	"""
	if not is_on():
		return None
	line = frappe.get_doc(
		{
			"doctype": LOG,
			"action": action.value,
			"user": user or frappe.session.user,
			"impersonated_by": impersonator(),
			"ip_address": client_address.current(),
			"document_type": (doctype or "")[:140],
			"document_name": (name or "")[:140],
			"row_count": rows,
			"names": "\n".join(names)[:NAMES_LENGTH] or None,
			"channel": channel,
			# Sent by the caller, as everything about a file is: too long, it must not keep the line from being written.
			"file_type": file_type[:140],
			"details": json.dumps(details, ensure_ascii=False, default=str) if details else None,
		}
	)
	if frappe.flags.read_only:
		line.deferred_insert()
		return None
	line.db_insert()
	# Openings, prints and downloads are GET requests, which keep nothing unless told so.
	frappe.local.flags.commit = True
	return line.name


def write_one_for_all(action: Action, doctype: str, name: str, **more: Any) -> None:
	"""Write a line, or add this record to the line that this request or job has begun: a bulk is one line.

	The line in the table is the truth: rolled back, the next record begins another one.

	Args:
		action, doctype, name: as for `write`.
		more: as for `write`; the first record's hold.
	"""
	if not is_on():
		return
	lines = _lines_of_this_request()
	key = (action, doctype, more.get("channel", ""), frappe.session.user)
	if line := lines.get(key):
		# Counted by the database, so that a line that was rolled back meanwhile is found missing: no reading before.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			"""update `tabSky Audit Log` set `row_count` = `row_count` + 1, `modified` = %(now)s,
				`names` = if(
					char_length(ifnull(`names`, '')) < %(longest)s,
					concat(ifnull(`names`, `document_name`), '\n', %(record)s), `names`
				)
			where `name` = %(line)s""",
			{"now": now(), "longest": NAMES_LENGTH, "record": name, "line": line},
		)
		if frappe.db._cursor.rowcount:
			return
	if line := write(action, doctype, name, **more):
		lines[key] = line


def write_many(action: Action, rows: Iterable[Mapping[str, Any]]) -> None:
	"""Write many lines in one statement, for what changes many records in one.

	Args:
		rows: {doctype, name, details} each.
	"""
	rows = list(rows)
	if not rows or not is_on():
		return
	moment, user = now(), frappe.session.user
	columns = "name creation modified owner modified_by action user impersonated_by document_type document_name row_count details"
	frappe.db.bulk_insert(
		LOG,
		columns.split(),
		[
			(
				frappe.generate_hash(length=10),
				moment,
				moment,
				user,
				user,
				action.value,
				user,
				impersonator(),
				row["doctype"],
				row["name"],
				1,
				json.dumps(row["details"], ensure_ascii=False, default=str),
			)
			for row in rows
		],
	)
	frappe.local.flags.commit = True


def note_owners(doctype: str, field: str, owners: Mapping[str, tuple[str | None, str | None]]) -> None:
	"""Write another owner of many records, where they were changed in one statement past their documents.

	Args:
		doctype, field: whose owner, and where it stands.
		owners: record → (before, after).
	"""
	write_many(
		Action.OWNER_CHANGED,
		[
			{"doctype": doctype, "name": name, "details": {"fields": [one._asdict() for one in found]}}
			for name, (before, after) in owners.items()
			if (found := changes({field: before}, {field: after}, [field]))
		],
	)


def write_apart(action: Action, doctype: str | None, name: str | None = None, **more: Any) -> None:
	"""Write about something that was refused: nothing of the request stays but this line."""
	frappe.db.rollback()
	if write(action, doctype, name, **more):
		# The refusal that follows would roll the line back with the rest.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit


def _lines_of_this_request() -> dict[tuple, str]:
	"""Lines begun by this request or job; tests that run many requests in one process call `forget`."""
	if not hasattr(frappe.local, "sky_audit_lines"):
		frappe.local.sky_audit_lines = {}
	return frappe.local.sky_audit_lines


def forget() -> None:
	"""As at the begin of a request."""
	frappe.local.sky_audit_lines = {}
