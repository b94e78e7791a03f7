"""Lets a browser on another web site read the answers about a form, as far as the form names that site.

The framework knows one list of sites for everything (`allow_cors` in the site's configuration), with the visitor's
session; here it is per form and without a session. Runs after each request, so the first line sorts out the others.
"""

from typing import Any

import frappe

from skycrm.overrides import called_method
from skycrm.services import form_definition, form_origins

METHODS = frozenset(
	f"skycrm.api.v1.{name}"
	for name in ("leads.capture", "web_forms.capture", "web_forms.definition", "web_forms.thank_you")
)
PREFLIGHT_SECONDS = 600


def after_request(response: Any, request: Any) -> None:
	"""Hook after_request: add Access-Control-Allow-Origin for a site that the form names, never "*", never with cookies."""
	if response is None or called_method.of_request() not in METHODS:
		return
	response.headers.add("Vary", "Origin")
	# Nobody on the way may keep what was answered to one visitor.
	response.headers.setdefault("Cache-Control", "no-store")
	origin = form_origins.sent_origin()
	if not origin or _added_by_framework(origin):
		return
	if request.method == "OPTIONS":
		# The browser asks beforehand, without naming the form.
		if form_origins.is_known(origin):
			_allow(response, origin)
			response.headers["Access-Control-Allow-Methods"] = "GET, POST"
			response.headers["Access-Control-Allow-Headers"] = "Content-Type, Accept"
			response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
		return
	form = form_definition.find_form(frappe.form_dict.get("form"))
	if form and form.published and form_origins.is_allowed(form, origin):
		_allow(response, origin)


def _allow(response: Any, origin: str) -> None:
	response.headers["Access-Control-Allow-Origin"] = origin


def _added_by_framework(origin: str) -> bool:
	"""Whether the site's configuration lets this origin in already: two headers would be none."""
	allowed = frappe.conf.allow_cors
	return allowed == "*" or bool(allowed and origin in (allowed if isinstance(allowed, list) else [allowed]))
