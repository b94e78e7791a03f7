"""HTTP methods of the page that shows and hides fields: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, only_for_admins, rule_errors_as_http, text_argument
from skycrm.domain.query_words import loaded
from skycrm.services import field_access
from skycrm.services.record_checks import refuse


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=120, seconds=60)
def doctypes() -> list[dict[str, str]]:
	"""The document types whose fields can be shown and hidden: [{value, label}]."""
	_only_admins()
	return field_access.doctypes()


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=120, seconds=60)
def read(doctype: str) -> dict[str, Any]:
	"""Which role sees and changes which field of a document type.

	Returns:
		See services/field_access.py, read.
	"""
	_only_admins()
	return field_access.read(_doctype(doctype))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def preview(doctype: str, changes: list[dict[str, str]] | str) -> dict[str, Any]:
	"""What saving these changes would do, in sentences. Writes nothing.

	Args:
		changes: [{doctype: of the field, fieldname, role, access: "Show" | "Read Only" | "Hide"}].
	"""
	_only_admins()
	return field_access.preview(_doctype(doctype), _changes(changes))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def save(doctype: str, changes: list[dict[str, str]] | str, token: str) -> dict[str, Any]:
	"""Write the changes, all of them or none; 409 if somebody else changed the same document type meanwhile.

	Args:
		changes: as `preview`.
		token: of the answer of `read` that the changes were made in.

	Returns:
		The table as it is then, see `read`.
	"""
	_only_admins()
	return field_access.save(_doctype(doctype), _changes(changes), _token(token))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def reset(doctype: str, token: str) -> dict[str, Any]:
	"""Show every field to every role that reads the document type, as the app came.

	Returns:
		The table as it is then, see `read`.
	"""
	_only_admins()
	return field_access.reset(_doctype(doctype), _token(token))


def _doctype(doctype: str) -> str:
	return text_argument(doctype, _("Document Type"), required=True) or ""


def _token(token: str) -> str:
	return text_argument(token, "token", required=True) or ""


def _changes(changes: list[dict[str, str]] | str) -> list[dict[str, str]]:
	found = loaded(changes)
	if not isinstance(found, list) or not all(
		isinstance(change, dict) and all(isinstance(value, str) for value in change.values())
		for change in found
	):
		refuse(_("Send the changes as a list of objects with doctype, fieldname, role and access."))
	return found


def _only_admins() -> None:
	only_for_admins(
		_(
			"Only administrators of the CRM may show and hide fields. Ask one of them, or to be given the role {0}."
		)
	)
