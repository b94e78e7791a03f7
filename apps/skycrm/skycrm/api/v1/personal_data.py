"""HTTP methods of requests about one person's data; for administrators of the CRM alone."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, rule_errors_as_http, text_argument
from skycrm.services.personal_data import requests


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=30, seconds=60)
@rule_errors_as_http
def preview(request: str) -> dict[str, Any]:
	"""Find everything kept about the person of a request and list it there.

	Returns:
		{name, status, records}: how many rows the list has.
	"""
	frappe.only_for(requests.ADMIN)
	doc = requests.preview(text_argument(request, _("Request"), required=True) or "")
	return {"name": doc.name, "status": doc.status, "records": len(doc.records)}


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=10, seconds=60)
@rule_errors_as_http
def start(request: str, typed: str) -> dict[str, str]:
	"""Carry a request out in the background; an erasure cannot be taken back.

	Args:
		typed: the number of the request, as the administrator typed it to confirm.

	Returns:
		{name, status}.
	"""
	frappe.only_for(requests.ADMIN)
	doc = requests.start(text_argument(request, _("Request"), required=True) or "", typed)
	return {"name": doc.name, "status": doc.status}
