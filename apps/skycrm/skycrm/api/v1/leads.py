"""HTTP methods of leads: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import count_argument, limit_calls, rule_errors_as_http, text_argument
from skycrm.services import duplicates
from skycrm.services import search as lead_search


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def find_duplicates(
	email_id: str | None = None,
	mobile_no: str | None = None,
	phone: str | None = None,
	tax_id: str | None = None,
	lead_name: str | None = None,
	organization: str | None = None,
	limit: int = 10,
	exclude: str | None = None,
) -> list[dict[str, Any]]:
	"""Leads, Contacts and Customers that share a key with the values given, in any spelling.

	Args:
		limit: at most this many, 1 to 100.
		exclude: name of the Sky Lead that is being edited.

	Returns:
		[{doctype, name, title, matched_on, confidence}], the surest first; only what the caller may read.
	"""
	frappe.has_permission("Sky Lead", "read", throw=True)
	return duplicates.find_duplicates(
		email_id=email_id,
		mobile_no=mobile_no,
		phone=phone,
		tax_id=tax_id,
		lead_name=lead_name,
		organization=organization,
		limit=count_argument(limit, default=10, highest=duplicates.MAX_LIMIT),
		exclude=exclude,
	)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=600, seconds=60)
@rule_errors_as_http
def search(text: str, limit: int = 20, include_converted: bool = False) -> list[dict[str, Any]]:
	"""Leads by whatever somebody typed: phone, e-mail or tax code in any spelling, or words of a name without tone marks.

	Args:
		limit: at most this many, 1 to 500.
		include_converted: also those that are customers by now.

	Returns:
		One row per lead with the fields of services/search.py, newest change first; only what the caller may read.
	"""
	return lead_search.find_leads(
		text_argument(text, _("Text")) or "",
		count_argument(limit, default=20, highest=lead_search.MAX_RESULTS),
		include_converted,
	)
