"""The framework's ways to look up a record that pass over who may see it; closed for the document types of this app.

Each calls the framework's own method; for other document types nothing changes. Found on Frappe 15.101: a search that
ignores user permissions ignores every permission, a link is confirmed for records that one may not open, and so is
the title of a link.
"""

from typing import Any

import frappe
from frappe import client
from frappe.desk import search
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.tag import tag as framework_tags
from frappe.utils import cint
from frappe.utils import global_search as framework_global_search

from skycrm.domain import access, markup
from skycrm.permissions.hidden_fields import hidden, is_ours
from skycrm.services.stored_markup import strictly_cleaned


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
	"""`frappe.desk.search.search_link`: only what the user may see, found by it, without markup that runs."""
	query = query or _own_search(doctype)
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
	"""`frappe.desk.search.search_widget`: only what the user may see, found by what they may see."""
	query = query or _own_search(doctype)
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


@frappe.whitelist(methods=["GET", "POST"])
def get_tagged_docs(doctype: str, tag: str) -> list[tuple[str]]:
	"""`frappe.desk.doctype.tag.tag.get_tagged_docs`: of the records with a tag those that the user may see."""
	if not _is_ours(doctype):
		return framework_tags.get_tagged_docs(doctype, tag)
	return frappe.get_list(
		doctype, filters={"_user_tags": ("like", tag)}, fields=["name"], as_list=True, limit_page_length=0
	)


@frappe.whitelist(methods=["GET", "POST"])
def get_documents_for_tag(tag: str) -> list[dict[str, Any]]:
	"""`frappe.desk.doctype.tag.tag.get_documents_for_tag`: the search bar puts names and titles into the page as HTML."""
	return [_shown_as_text(row) for row in framework_tags.get_documents_for_tag(tag)]


@frappe.whitelist(methods=["GET", "POST"])
def global_search(
	text: str, start: int | str = 0, limit: int | str = 20, doctype: str = ""
) -> list[dict[str, Any]]:
	"""`frappe.utils.global_search.search`: of our records those that the user may see, and their texts as text.

	The framework asks for the DocType alone, and the search bar puts what it is told into the page as HTML.
	"""
	found = framework_global_search.search(text, start=cint(start), limit=cint(limit), doctype=doctype)
	ours = {row["doctype"] for row in found if _is_ours(row["doctype"])}
	seen = {kind: _seen_of(kind, {row["name"] for row in found if row["doctype"] == kind}) for kind in ours}
	return [
		_shown_as_text(row)
		for row in found
		if row["doctype"] not in seen or row["name"] in seen[row["doctype"]]
	]


@frappe.whitelist(methods=["GET", "POST"])
def chart(
	chart_name: str | None = None,
	chart: str | dict | None = None,
	no_cache: bool | int | str | None = None,
	filters: str | list | dict | None = None,
	from_date: str | None = None,
	to_date: str | None = None,
	timespan: str | None = None,
	time_interval: str | None = None,
	heatmap_year: str | int | None = None,
	refresh: bool | int | str | None = None,
) -> dict[str, Any] | None:
	"""`frappe.desk.doctype.dashboard_chart.dashboard_chart.get`: a heatmap counts what the user may not see: no more.

	The framework reads the other kinds of charts as a list is read.
	"""
	asked = frappe.get_doc("Dashboard Chart", chart_name) if chart_name else frappe.parse_json(chart or "{}")
	if asked.get("type") == "Heatmap" and _is_ours(asked.get("document_type") or "") and not _sees_all():
		return {"labels": [], "dataPoints": {}}
	return dashboard_chart.get(
		chart_name=chart_name,
		chart=chart,
		no_cache=no_cache,
		filters=filters,
		from_date=from_date,
		to_date=to_date,
		timespan=timespan,
		time_interval=time_interval,
		heatmap_year=heatmap_year,
		refresh=refresh,
	)


def _shown_as_text(row: dict[str, Any]) -> dict[str, Any]:
	"""A row for the search bar without markup, if it is a record of ours. In place."""
	if not _is_ours(row["doctype"]):
		return row
	for part in ("name", "content"):
		row[part] = (row.get(part) or "").replace("<", "&lt;").replace(">", "&gt;")
	if row.get("image") and not markup.is_file_address(row["image"]):
		row["image"] = None
	return row


def _seen_of(doctype: str, names: set[str]) -> set[str]:
	return set(
		frappe.get_list(
			doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0, order_by=None
		)
	)


def _sees_all() -> bool:
	return access.sees_all(frappe.session.user, frappe.get_roles())


def _own_search(doctype: str) -> str | None:
	"""Our search, where the framework's would look into a field that is hidden from the user."""
	if not _is_ours(doctype) or not hidden(doctype).intersection(
		frappe.get_meta(doctype).get_search_fields()
	):
		return None
	if doctype in (frappe.get_hooks("standard_queries") or {}):
		return None
	return "skycrm.services.link_search.search_shown"


def _is_ours(doctype: str) -> bool:
	if not is_ours(doctype):
		return False
	meta = frappe.get_meta(doctype)
	return not meta.istable and not meta.issingle


def _may_see(doctype: str, name: str) -> bool:
	"""Whether the record is in the user's list.

	Raises:
		frappe.PermissionError: no role of theirs reads this document type at all.
	"""
	return bool(frappe.get_list(doctype, filters={"name": name}, limit=1, order_by=None))
