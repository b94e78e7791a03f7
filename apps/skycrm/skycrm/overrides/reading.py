"""The framework's ways to look up a record that pass over who may see it; closed for the document types of this app.

Each calls the framework's own method; for other document types nothing changes. Found on Frappe 15.101: a search that
ignores user permissions ignores every permission, a link is confirmed for records that one may not open, and so is
the title of a link.
"""

from typing import Any

import frappe
from frappe import client
from frappe.desk import search
from frappe.utils import cint

from skycrm.services.stored_markup import strictly_cleaned

MODULE = "SkyCRM"


@frappe.whitelist(methods=["GET", "POST"])
def search_link(
	doctype: str,
	txt: str,
	query: str | None = None,
	filters: str | dict | list | None = None,
	page_length: int = 10,
	searchfield: str | None = None,
	reference_doctype: str | None = None,
	ignore_user_permissions: bool | int | str = False,
) -> list[dict[str, Any]]:
	"""`frappe.desk.search.search_link`: only what the user may see, as the text that the desk takes for HTML."""
	found = search.search_link(
		doctype,
		txt,
		query=query,
		filters=filters,
		page_length=cint(page_length),
		searchfield=searchfield,
		reference_doctype=reference_doctype,
		ignore_user_permissions=bool(cint(ignore_user_permissions)) and not _is_ours(doctype),
	)
	for row in found:
		for part in ("description", "label"):
			if "<" in (row.get(part) or ""):
				row[part] = strictly_cleaned(row[part])
	return found


@frappe.whitelist(methods=["GET", "POST"])
def search_widget(
	doctype: str,
	txt: str,
	query: str | None = None,
	searchfield: str | None = None,
	start: int = 0,
	page_length: int = 10,
	filters: str | dict | list | None = None,
	filter_fields: str | None = None,
	as_dict: bool | int | str = False,
	reference_doctype: str | None = None,
	ignore_user_permissions: bool | int | str = False,
) -> Any:
	"""`frappe.desk.search.search_widget`: only what the user may see."""
	return search.search_widget(
		doctype,
		txt,
		query=query,
		searchfield=searchfield,
		start=cint(start),
		page_length=cint(page_length),
		filters=filters,
		filter_fields=filter_fields,
		as_dict=bool(cint(as_dict)),
		reference_doctype=reference_doctype,
		ignore_user_permissions=bool(cint(ignore_user_permissions)) and not _is_ours(doctype),
	)


@frappe.whitelist(methods=["GET", "POST"])
def validate_link(doctype: str, docname: str, fields: str | list | None = None) -> dict[str, Any]:
	"""`frappe.client.validate_link`: a record that one may not see is answered as one that does not exist."""
	if _is_ours(doctype) and not _may_see(doctype, docname):
		return frappe._dict(name=None)
	return client.validate_link(doctype, docname, fields)


@frappe.whitelist(methods=["GET", "POST"])
def get_link_title(doctype: str, docname: str) -> str | None:
	"""`frappe.desk.search.get_link_title`: the name where one may not see the record."""
	if _is_ours(doctype) and not _may_see(doctype, docname):
		return docname
	return search.get_link_title(doctype, docname)


def _is_ours(doctype: str) -> bool:
	meta = frappe.get_meta(doctype)
	return meta.module == MODULE and not meta.istable and not meta.issingle


def _may_see(doctype: str, name: str) -> bool:
	"""Whether the record is in the user's list.

	Raises:
		frappe.PermissionError: no role of theirs reads this document type at all.
	"""
	return bool(frappe.get_list(doctype, filters={"name": name}, limit=1, order_by=None))
