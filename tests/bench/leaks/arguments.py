"""What to send to a route: each parameter filled by what its name says, so that a new route is asked without being known."""

import inspect
import json
from typing import Any

import frappe

from .routes import Route
from .world import Secret

DOCTYPE_WORDS = frozenset(
	"""doctype dt _doctype reference_doctype ref_doctype for_doctype document_type parent_doctype doc_type parenttype
	reminder_doctype attached_to_doctype source_doctype link_doctype master_doctype party_type voucher_type
	reference_type order_doctype share_doctype child_doctype""".split()
)
NAME_WORDS = frozenset(
	"""name docname dn doc_name reference_name ref_name document_name reminder_docname source_name reference_docname
	attached_to_name link_name party voucher_no primary document share_name ref_docname parent old old_name
	parent_name record communication_docname id""".split()
)
NAMES_WORDS = frozenset(
	"names docnames items source_names leads duplicates selected_items opportunities documents".split()
)
TEXT_WORDS = frozenset("txt text search_term search_value q query_text keyword search".split())
# Document types by the parameter that takes a name of theirs, whatever the record asked for.
OWN_NAMES = ("lead", "opportunity", "campaign", "segment", "issue")

# What the walk makes beside the records is called.
OWN_REPORT = "Leak Report"

# A function without parameters reads its arguments out of the request: those of a list, as the desk sends them.
OF_A_LIST: dict[str, Any] = {
	"fields": '["*"]',
	"start": 0,
	"page_length": 50,
	"order_by": "modified desc",
}

# Seldom more than a switch; a value that turns on what gives most.
SWITCHES: dict[str, Any] = {
	**OF_A_LIST,
	"as_dict": 1,
	"limit_page_length": 50,
	"ignore_permissions": 1,
	"ignore_user_permissions": 1,
	"file_type": "CSV",
	"with_comment_count": 1,
	"sort_order": "desc",
	"sort_by": "modified",
	"filter_fields": '["owner", "creation", "modified_by"]',
	"searchfield": "name",
	"ptype": "read",
	"perm_type": "read",
	"permission_to": "write",
	"read": 1,
	"write": 1,
	"share": 1,
	"like": "Yes",
	"add": "Yes",
	"tag": "%",
	"action": "Save",
	"status": "Closed",
	"value": "changed by a walk",
	"content": "changed by a walk",
	"comment": "changed by a walk",
	"description": "changed by a walk",
	"subject": "changed by a walk",
	"reason": "changed by a walk",
	"limit": 50,
	"page_len": 50,
	"limit_start": 0,
	"from_date": "2020-01-01",
	"to_date": "2099-01-01",
	"end": "2099-01-01",
	"stats": '["_user_tags", "owner", "status"]',
	"columns": "[]",
	"field_map": '{"id": "name", "start": "creation", "end": "modified", "title": "name"}',
	"comment_email": "an@example.com",
	"comment_by": "an",
	"new": "LEAK-RENAMED",
	"new_name": "LEAK-RENAMED",
	"method": "frappe.desk.search.search_link",
	"group_by": "`owner`",
	"template": "x",
}


def _shaped(target: Secret, user: str, field: str) -> dict[str, dict[str, Any]]:
	"""Arguments that no name gives away: functions that read the request, or take what a browser has put together."""
	record = {"doctype": target.doctype, "name": target.name}
	named, me = json.dumps([target.name]), json.dumps([user])
	return {
		"frappe.client.bulk_update": {"docs": json.dumps([{"doctype": target.doctype, "docname": target.name, field: "changed"}])},
		"frappe.client.insert_many": {"docs": json.dumps([{**record, field: "changed"}])},
		# The name of what is made, not of the record.
		"frappe.desk.reportview.save_report": {"name": OWN_REPORT},
		"frappe.printing.page.print_format_builder.print_format_builder.create_custom_format": {"name": OWN_REPORT},
		"frappe.desk.reportview.export_query": {"file_format_type": "CSV", "title": "x"},
		"frappe.desk.reportview.delete_items": {"items": named},
		"frappe.desk.reportview.get_filter_dashboard_data": {"stats": json.dumps([{"name": field, "type": "Data"}])},
		"frappe.desk.form.utils.get_next": {"value": target.name, "prev": 0, "sort_field": "modified"},
		"frappe.desk.form.assign_to.add": {**record, "assign_to": me, "description": "x"},
		"frappe.desk.form.assign_to.add_multiple": {"doctype": target.doctype, "name": named, "assign_to": me, "description": "x"},
		"frappe.desk.form.assign_to.remove_multiple": {"doctype": target.doctype, "names": named},
		"frappe.desk.treeview.get_children": {"parent": ""},
		"frappe.www.printview.get_html_and_style": {"doc": target.doctype, "name": target.name},
		"frappe.utils.print_format.download_multi_pdf": {"doctype": target.doctype, "name": named},
		"frappe.desk.doctype.tag.tag.add_tags": {"tags": '["leak"]', "docs": named, "dt": target.doctype, "color": "red"},
		"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs": {
			"docnames": named, "action": "update", "data": json.dumps({field: "changed"})},
		"frappe.desk.form.linked_with.get": {"linkinfo": None},
		"frappe.model.workflow.bulk_workflow_approval": {"docnames": named, "action": "Contact"},
		"frappe.core.doctype.file.file.get_attached_images": {"names": named},
	}  # fmt: skip


def filled(
	route: Route,
	target: Secret,
	user: str,
	others: dict[str, Secret],
	field: str,
	by_text: bool,
) -> dict[str, Any]:
	"""The arguments with which a route is asked for a record.

	Args:
	        route: which.
	        target: the record asked for.
	        user: who asks.
	        others: document type → record, for parameters that name one of that type.
	        field: a text field of the document type.
	        by_text: look for the record by its text; else by its name.
	"""
	filters = (
		[[target.doctype, field, "like", f"%{target.mark}%"]]
		if by_text
		else [[target.doctype, "name", "=", target.name]]
	)
	known: dict[str, Any] = {}
	if not route.parameters:
		known = {**OF_A_LIST, "filters": json.dumps(filters)}
		if not route.path.startswith(("/api/resource", "/api/v2/document", "/api/v2/doctype")):
			known["doctype"] = target.doctype
		elif route.verb in ("PUT", "PATCH", "POST"):
			known = {field: "changed by a walk"}
	for parameter in route.parameters:
		if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) or parameter.name == "self":
			continue
		value = _value(parameter, target, user, others, field, filters)
		if value is not None:
			known[parameter.name] = value
	known.update(_shaped(target, user, field).get(route.path.removeprefix("/api/method/"), {}))
	for word in route.fixed.get("RECORD_AS", ()):
		known[word] = document(target)
	known.update({key: value for key, value in route.fixed.items() if key != "RECORD_AS"})
	return {key: value for key, value in known.items() if value is not None}


def concerns_records(route: Route) -> bool:
	"""Whether a route is told anything by which it could find a record; others are asked once, not for each type."""
	words = (
		DOCTYPE_WORDS
		| NAME_WORDS
		| NAMES_WORDS
		| TEXT_WORDS
		| set(OWN_NAMES)
		| {"filters", "doc", "docs", "args"}
	)
	return not route.parameters or any(parameter.name in words for parameter in route.parameters)


def document(target: Secret) -> str:
	"""A document as a browser would send it: the name of the record, and values of whoever sends it."""
	return json.dumps(
		{
			"doctype": target.doctype,
			"name": target.name,
			"owner": "an@example.com",
			"docstatus": 0,
			"modified": frappe.utils.now(),
			"__unsaved": 1,
		}
	)


def _value(
	parameter: inspect.Parameter,
	target: Secret,
	user: str,
	others: dict[str, Secret],
	field: str,
	filters: list,
) -> Any:
	word = parameter.name
	own = "Sky " + word.title()
	if word in OWN_NAMES and own in others:
		return others[own].name if own != target.doctype else target.name
	optional = parameter.default is not parameter.empty
	if optional and word in (
		"doc",
		"docs",
		"args",
		"parent",
		"parent_doctype",
		"parenttype",
	):
		# Beside a type and a name these mean something else.
		return None
	for words, value in (
		(DOCTYPE_WORDS, target.doctype),
		(NAME_WORDS, target.name),
		(NAMES_WORDS, json.dumps([target.name])),
		(TEXT_WORDS, target.mark),
		({"doc", "docs", "docs_json"}, document(target)),
		(
			{"filters", "current_filters", "or_filters", "extra_filters"},
			json.dumps(filters),
		),
		({"field", "fieldname", "group_by_field", "based_on", "title_field"}, field),
		({"user", "owner", "user_email", "email", "person"}, user),
		({"assign_to", "users"}, json.dumps([user])),
		(
			{"args"},
			json.dumps(
				{
					"doctype": target.doctype,
					"name": target.name,
					"assign_to": [user],
					"description": "x",
				}
			),
		),
	):
		if word in words:
			return value
	if word in SWITCHES:
		return SWITCHES[word]
	if optional:
		return None
	# Asked for and unknown: something of the kind that the signature says.
	kind = str(parameter.annotation)
	if "int" in kind or "float" in kind:
		return 1
	return "[]" if "list" in kind else "{}" if "dict" in kind else "x"
