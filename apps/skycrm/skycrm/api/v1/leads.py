"""HTTP methods of leads: arguments in, one service called, plain values out."""

from typing import Any

import frappe

from skycrm.api.v1._common import count_argument, limit_calls, rule_errors_as_http
from skycrm.services import duplicates


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
