"""What a link field to a lead, or to a record with a hidden field, offers while somebody types."""

from typing import Any

import frappe

from skycrm.permissions.hidden_fields import shown
from skycrm.services.search import find_leads

# Shown under the number of the lead.
DESCRIPTION_FIELDS = ("lead_name", "organization", "mobile_no", "status")


@frappe.whitelist(methods=["GET", "POST"])
@frappe.validate_and_sanitize_search_inputs
def search_leads(
	doctype: str,
	txt: str,
	searchfield: str,
	start: int,
	page_len: int,
	filters: dict | list | str | None = None,
	as_dict: bool = False,
) -> list[Any]:
	"""Hook standard_queries: leads by name without tone marks, phone in any spelling, email, tax code or number.

	Converted leads are customers by now and are left out, unless the filters of the field speak about the status.
	Only leads that the user may read, as in every list.

	Returns:
		(name, lead_name, organization, mobile_no, status) per lead without what is hidden, newest change first.
	"""
	conditions = [list(condition) for condition in _as_list(frappe.parse_json(filters))]
	names_status = any("status" in condition[:2] for condition in conditions)
	if not names_status:
		conditions.append(["Sky Lead", "status", "!=", "Converted"])
	arguments: dict[str, Any] = {
		"fields": ["name", *shown("Sky Lead", DESCRIPTION_FIELDS)],
		"order_by": "modified desc",
		"limit_start": start,
		"limit_page_length": page_len,
		"as_list": not as_dict,
	}
	text = (txt or "").strip()
	if text:
		found = [lead["name"] for lead in find_leads(text, limit=200, include_converted=names_status)]
		conditions.append(["Sky Lead", "name", "in", [*found, text.upper()]])
	return frappe.get_list("Sky Lead", filters=conditions, **arguments)


@frappe.whitelist(methods=["GET", "POST"])
@frappe.validate_and_sanitize_search_inputs
def search_shown(
	doctype: str,
	txt: str,
	searchfield: str,
	start: int,
	page_len: int,
	filters: dict | list | str | None = None,
	as_dict: bool = False,
) -> list[Any]:
	"""What a link field offers where one of the fields that it is searched by is hidden from the user.

	As the framework's own search, by and with the fields that the user may see.
	"""
	meta = frappe.get_meta(doctype)
	names = dict.fromkeys(["name", meta.title_field or "name", *meta.get_search_fields()])
	fields = shown(doctype, names)
	return frappe.get_list(
		doctype,
		fields=fields,
		filters=frappe.parse_json(filters) or [],
		or_filters=[[doctype, field, "like", f"%{txt}%"] for field in fields] if txt else [],
		order_by="modified desc",
		limit_start=start,
		limit_page_length=page_len,
		as_list=not as_dict,
	)


def _as_list(filters: dict | list | None) -> list[list[Any]]:
	"""The framework's two ways to write filters as one: [DocType, field, operator, value]."""
	if not filters:
		return []
	if isinstance(filters, list):
		return [condition if len(condition) > 3 else ["Sky Lead", *condition] for condition in filters]
	return [
		["Sky Lead", field, *value] if isinstance(value, list | tuple) else ["Sky Lead", field, "=", value]
		for field, value in filters.items()
	]
