"""How many rows a file of the framework would hold, counted by the framework's own queries as the session's user."""

import json
import re
from collections.abc import Mapping
from typing import Any

import frappe
from frappe.desk import query_report, reportview
from frappe.model.db_query import DatabaseQuery
from frappe.utils import cint

# What of a list's request decides which rows it has
KEPT = (
	"filters or_filters docstatus group_by distinct start page_length limit_start limit parent_doctype"
).split()
TABLE = re.compile(r"`tab([^`]+)`")


def of_list(form: Mapping[str, Any]) -> int:
	"""Rows of `reportview.export_query`.

	Args:
		form: the request.
	"""
	before = frappe.local.form_dict
	frappe.local.form_dict = frappe._dict(form)
	try:
		asked = reportview.get_form_params()
	finally:
		frappe.local.form_dict = before
	doctype = asked.doctype
	if selected := asked.get("selected_items"):
		# As the framework does: what is selected instead of what was filtered.
		asked["filters"] = {"name": ("in", frappe.parse_json(selected))}
	query = {key: asked[key] for key in KEPT if asked.get(key) not in (None, "")}
	# A field of a child table makes a row of each child row; its table has to be in the count.
	tables = {doctype}.union(*(TABLE.findall(str(field)) for field in asked.fields or ()))
	fields = [f"`tab{table}`.`name` as `row_{index}`" for index, table in enumerate(sorted(tables))]
	return _count(doctype, fields, query)


def of_records(doctype: str, filters: Any = None) -> int:
	"""Records of a DocType that the user may read."""
	return _count(doctype, ["`name`"], {"filters": frappe.parse_json(filters) if filters else None})


def _count(doctype: str, fields: list[str], query: Mapping[str, Any]) -> int:
	query_text = DatabaseQuery(doctype).execute(
		fields=fields, order_by=None, run=0, save_user_settings=False, limit_page_length=None, **query
	)
	count = f"select count(*) from ({query_text}) `counted`"
	# The framework's own query with its values escaped, as reportview.get_count does it.
	return cint(frappe.db.sql(count)[0][0])  # nosemgrep: frappe-using-db-sql


def of_report(form: Mapping[str, Any], limit: int) -> int:
	"""Rows of `query_report.export_query`.

	The desk says which rows it shows, and the file has no others: a report is run a second time only where that does
	not answer the question.

	Args:
		form: the request.
		limit: the most rows there may be; 0 for any number.
	"""
	visible = frappe.parse_json(form.get("visible_idx") or "[]")
	if visible and (not limit or len(visible) <= limit):
		return len(visible)
	data = query_report.run(
		form["report_name"],
		form.get("filters"),
		custom_columns=frappe.parse_json(form.get("custom_columns") or "[]"),
		are_default_filters=False,
	)
	return min(len(data.get("result") or ()), len(visible) or 10**9)


def of_prepared(report: Any) -> int:
	"""Rows of a stored report."""
	content = report.get_prepared_data()
	return len(json.loads(content).get("result") or ()) if content else 0
