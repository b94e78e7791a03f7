"""Notes, after a request, that it answered with one record: the desk's form, REST of both versions, `frappe.client.get`.

The framework's View Log knows the desk's form alone, and has no event. Every request passes here, so the first lines
sort out the others.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from werkzeug.exceptions import HTTPException

import frappe
from frappe.model.document import Document

from skycrm.overrides import called_method
from skycrm.services import audit_views
from skycrm.services.audit_print import called

FORM = "frappe.desk.form.load.getdoc"
CLIENT = "frappe.client.get"


def after_request(response: Any, request: Any) -> None:
	"""Hook after_request; an error in here is logged by the framework and changes no answer."""
	if response is None or response.status_code != 200 or not getattr(frappe.local, "session", None):
		return
	opened, channel = _opened(request)
	if isinstance(opened, Mapping | Document) and opened.get("doctype") and opened.get("name"):
		audit_views.note(opened.get("doctype"), str(opened.get("name")), channel)


def _opened(request: Any) -> tuple[Any, str]:
	"""The record that was answered, and by which way."""
	path = request.path
	if not called_method.of_request() and ("/resource/" in path or "/document/" in path):
		return (frappe.response.get("data"), "API") if _is_read(request) else (None, "")
	method = called()
	if method == FORM:
		return (frappe.response.get("docs") or [None])[0], "Form"
	if method == CLIENT:
		# Version 2 of the API answers in "data".
		return frappe.response.get("message") or frappe.response.get("data"), "API"
	return None, ""


def _is_read(request: Any) -> bool:
	"""Whether the path means one record to the framework's own map of paths."""
	if request.method != "GET":
		return False
	from frappe.api import API_URL_MAP

	with suppress(HTTPException):
		endpoint, _arguments = API_URL_MAP.bind_to_environ(request.environ).match()
		return endpoint.__name__ == "read_doc"
	return False
