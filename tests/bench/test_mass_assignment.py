"""What a request may carry besides what a form sends: values of others, of services, of the framework; records of others.

Over HTTP as a plain sales user. R21 of the reliability page: all refused or ignored, the stored row unchanged.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from foreign_records import Firm, rows
from rest_client import RestClient

import frappe

LATER = "2030-01-01 10:00:00"
SECOND = "Sky Lead Item"


@pytest.fixture(scope="module")
def firm():
	# Commits of its own: the connection's commit is switched off for tests that do not ask for it.
	frappe.set_user("Administrator")
	made = Firm()
	yield made
	frappe.set_user("Administrator")
	made.remove()


@pytest.fixture
def seller(rest_as, firm) -> RestClient:
	return rest_as(firm.person)


def stored(doctype: str, name: str, *fields: str) -> Any:
	frappe.db.rollback()
	return frappe.db.get_value(doctype, name, fields if len(fields) > 1 else fields[0])


def put(client: RestClient, doctype: str, name: str, values: dict[str, Any]) -> Any:
	return client.put(client.resource(doctype, name), json=values)


# Fields that nobody may write by hand
# ------------------------------------

FRAMEWORK_FIELDS = {
	"owner": "Administrator",
	"creation": LATER,
	"docstatus": 1,
	"idx": 77,
	"_assign": '["Administrator"]',
	"_user_tags": ",x",
	"_liked_by": '["Administrator"]',
	"_comments": "[]",
}
# Written by a service: field → what somebody would like to have there
LEAD_FIELDS = {
	"status": "Converted",
	"score": 100,
	"score_detail": '[["x", 100, "x"]]',
	"score_updated_on": LATER,
	"score_override_by": "Administrator",
	"held_until": LATER,
	"converted_on": LATER,
	"converted_by": "Administrator",
	"customer": None,  # the firm's customer
	"email_key": "x@example.com",
	"phone_key": "+84900000000",
	"phone_key_2": "+84900000000",
	"tax_key": "0100109106",
	"name_key": "x",
	"organization_key": "x",
	"name_key_back": "x",
	"organization_key_back": "x",
	"search_text": "x",
	"data_issues": "[]",
	"email_subject": "x",
}
OPPORTUNITY_FIELDS = {
	"status": "Won",
	"won_on": LATER,
	"lost_on": LATER,
	"approval_status": "Approved",
	"approved_discount_percentage": 90,
	"max_discount_percentage": 90,
	"amount": 1,
	"base_amount": 1,
	"weighted_amount": 1,
	"stage_before_closing": "Closed Won",
}
OWN_FIELDS = [
	*(("Sky Lead", field, value) for field, value in {**FRAMEWORK_FIELDS, **LEAD_FIELDS}.items()),
	*(
		("Sky Opportunity", field, value)
		for field, value in {**FRAMEWORK_FIELDS, **OPPORTUNITY_FIELDS}.items()
	),
]


def by_put(client: RestClient, doctype: str, name: str, values: dict[str, Any]) -> Any:
	return put(client, doctype, name, values)


def by_set_value(client: RestClient, doctype: str, name: str, values: dict[str, Any]) -> Any:
	"""CVE-2026-62315: the check of protected fields looks at the name of one field, not into a mapping of several."""
	return client.call("frappe.client.set_value", doctype=doctype, name=name, fieldname=values)


def by_bulk_update(client: RestClient, doctype: str, name: str, values: dict[str, Any]) -> Any:
	docs = json.dumps([{"doctype": doctype, "docname": name, **values}])
	return client.call("frappe.client.bulk_update", docs=docs)


def by_save(client: RestClient, doctype: str, name: str, values: dict[str, Any]) -> Any:
	doc = client.get(client.resource(doctype, name)).json().get("data") or {"doctype": doctype, "name": name}
	return client.call("frappe.client.save", doc={**doc, **values})


def by_savedocs(client: RestClient, doctype: str, name: str, values: dict[str, Any]) -> Any:
	doc = client.get(client.resource(doctype, name)).json().get("data") or {"doctype": doctype, "name": name}
	return client.call("frappe.desk.form.save.savedocs", doc=json.dumps({**doc, **values}), action="Save")


DOORS = (by_put, by_set_value, by_bulk_update, by_save, by_savedocs)


@pytest.mark.commits
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize(("doctype", "field", "value"), OWN_FIELDS, ids=lambda value: str(value)[:24])
def test_no_door_writes_what_belongs_to_a_service_or_the_framework(firm, seller, door, doctype, field, value):
	name = firm.own[doctype]
	value = firm.customer if field == "customer" else value
	before = stored(doctype, name, field)
	door(seller, doctype, name, {field: value})
	assert stored(doctype, name, field) == before
	assert stored(doctype, name, "owner") == firm.person


@pytest.mark.commits
@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
def test_who_changed_it_and_its_name_are_the_frameworks(firm, seller, doctype):
	name = firm.own[doctype]
	for door in DOORS:
		door(
			seller, doctype, name, {"modified_by": "Administrator", "next_contact_on": "2026-12-24 10:00:00"}
		)
		assert stored(doctype, name, "modified_by") == firm.person or door is by_save
		door(seller, doctype, name, {"name": "SKY-OTHER-1"})
		assert frappe.db.exists(doctype, name) and not frappe.db.exists(doctype, "SKY-OTHER-1")


@pytest.mark.commits
def test_a_new_record_brings_nothing_of_its_own(firm, seller):
	given = {**FRAMEWORK_FIELDS, "modified_by": "Administrator", "modified": LATER, "name": "SKY-LEAD-MINE"}
	answers = [
		seller.post("/api/resource/Sky Lead", json={"lead_name": "Người Mới Một", **given}),
		seller.call(
			"frappe.client.insert", doc={"doctype": "Sky Lead", "lead_name": "Người Mới Hai", **given}
		),
		seller.call(
			"frappe.client.insert_many", docs=[{"doctype": "Sky Lead", "lead_name": "Người Mới Ba", **given}]
		),
		seller.call(
			"frappe.desk.form.save.savedocs",
			doc=json.dumps(
				{
					"doctype": "Sky Lead",
					"lead_name": "Người Mới Bốn",
					"__islocal": 1,
					"__newname": "SKY-LEAD-MINE",
					**given,
				}
			),
			action="Save",
		),
	]
	assert all(answer.status_code == 200 or answer.status_code >= 400 for answer in answers)
	frappe.db.rollback()
	made = frappe.get_all(
		"Sky Lead",
		{"lead_name": ("like", "Người Mới %"), "modified_by": ("in", [firm.person, "Administrator"])},
		["name", "owner", "modified_by", "creation", "docstatus", "_assign", "_user_tags", "_liked_by"],
	)
	for lead in made:
		assert lead.owner == lead.modified_by == firm.person
		assert lead.name != "SKY-LEAD-MINE" and lead.docstatus == 0 and lead.creation.year < 2030
		assert not (lead._assign or lead._user_tags or lead._liked_by)
		frappe.delete_doc("Sky Lead", lead.name, force=True)
	frappe.db.commit()
	# The same values at the start of a record that a service closes.
	for field, value in LEAD_FIELDS.items():
		value = firm.customer if field == "customer" else value
		answer = seller.post("/api/resource/Sky Lead", json={"lead_name": "Người Mới Năm", field: value})
		if answer.status_code == 200:
			name = answer.json()["data"]["name"]
			assert str(stored("Sky Lead", name, field)) != str(value), field
			frappe.delete_doc("Sky Lead", name, force=True)
			frappe.db.commit()


# Rows of somebody else's record
# ------------------------------


@pytest.mark.commits
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
def test_a_row_of_a_foreign_record_is_not_moved_into_one_s_own(firm, seller, door, doctype):
	foreign, own = firm.foreign[doctype], firm.own[doctype]
	before = rows(doctype, foreign)
	taken = before["items"][0]
	row = {"doctype": frappe.get_meta(doctype).get_field("items").options, "name": taken["name"]}
	row |= {"item_code": "MASS-ITEM", "qty": 99, "rate": 1}
	door(seller, doctype, own, {"items": [row]})
	assert rows(doctype, foreign) == before
	door(
		seller,
		doctype,
		own,
		{"items": [{**row, "parent": own, "parenttype": doctype, "parentfield": "items", "__islocal": 0}]},
	)
	assert rows(doctype, foreign) == before
	door(seller, doctype, own, {"items": [{**row, "owner": "Administrator", "docstatus": 2, "idx": -1}]})
	assert rows(doctype, foreign) == before
	assert len(rows(doctype, own)["items"]) <= 1


@pytest.mark.commits
def test_a_row_by_itself_is_neither_read_nor_written_nor_made(firm, seller):
	before = rows("Sky Lead", firm.foreign["Sky Lead"])
	row, parent = before["items"][0]["name"], firm.foreign["Sky Lead"]
	new = {
		"doctype": SECOND,
		"parent": parent,
		"parenttype": "Sky Lead",
		"parentfield": "items",
		"item_code": "MASS-ITEM",
		"qty": 5,
	}
	# A row that says that it belongs to one's own record.
	lie = {**new, "parent": firm.own["Sky Lead"]}
	answer = seller.get(f"/api/resource/{SECOND}/{row}")
	assert answer.status_code == 403, answer.text
	for asked in (
		{"doctype": SECOND, "parent": "Sky Lead", "filters": {"parent": parent}, "fields": ["*"]},
		{"doctype": SECOND, "parent": "Sky Lead", "fields": ["name", "note"], "limit_page_length": 0},
	):
		answer = seller.call("frappe.client.get_list", **asked)
		assert row not in answer.text and answer.status_code in (200, 403), answer.text
		answer = seller.call("frappe.desk.reportview.get", **asked, parent_doctype="Sky Lead")
		assert row not in answer.text, answer.text
	own = rows("Sky Lead", firm.own["Sky Lead"])["items"]
	if own:
		assert seller.get(f"/api/resource/{SECOND}/{own[0]['name']}").status_code == 200
	for answer in (
		put(seller, SECOND, row, {"qty": 99}),
		put(seller, SECOND, row, {**lie, "qty": 99}),
		seller.delete(f"/api/resource/{SECOND}/{row}"),
		seller.post(f"/api/resource/{SECOND}", json=new),
		seller.call("frappe.client.insert", doc=new),
		seller.call("frappe.client.insert_many", docs=[new]),
		seller.call("frappe.client.save", doc={**new, "name": row}),
		seller.call("frappe.client.save", doc={**lie, "name": row}),
		seller.call("frappe.client.set_value", doctype=SECOND, name=row, fieldname="qty", value=99),
		seller.call(
			"frappe.client.set_value", doctype=SECOND, name=row, fieldname={"parent": firm.own["Sky Lead"]}
		),
		seller.call("frappe.client.delete", doctype=SECOND, name=row),
		seller.call(
			"frappe.client.bulk_update", docs=json.dumps([{"doctype": SECOND, "docname": row, **lie}])
		),
	):
		assert answer.status_code >= 400 or "failed_docs" in answer.text, answer.text[:300]
		assert rows("Sky Lead", parent) == before


# Somebody else's record by every door
# ------------------------------------


def attacks(firm: Firm, doctype: str, name: str) -> dict[str, Any]:
	"""Name of the attack → the call; `client` is the seller who may not even see the record."""
	own = firm.own[doctype]
	values = {"next_contact_on": "2026-12-24 10:00:00"}
	whole = {
		"doctype": doctype,
		"name": name,
		"owner": firm.person,
		"lead_name": "Của tôi",
		"title": "Của tôi",
	}
	whole |= {
		"lead_owner": firm.person,
		"opportunity_owner": firm.person,
		"customer": firm.customer,
		"stage": "Prospecting",
	}
	local = {**whole, "__islocal": 1, "__unsaved": 1}
	about = {"reference_doctype": doctype, "reference_name": name}
	file = base64.b64encode(b"x").decode()
	found = {door.__name__: (lambda client, door=door: door(client, doctype, name, values)) for door in DOORS}
	calls: dict[str, tuple[str, dict[str, Any]]] = {
		"save of a whole forged record": ("frappe.client.save", {"doc": whole}),
		"submit": ("frappe.client.submit", {"doc": whole}),
		"cancel": ("frappe.client.cancel", {"doctype": doctype, "name": name}),
		"delete": ("frappe.client.delete", {"doctype": doctype, "name": name}),
		"insert with its name": ("frappe.client.insert", {"doc": local}),
		"insert many with its name": ("frappe.client.insert_many", {"docs": [local]}),
		"savedocs of a forged record": (
			"frappe.desk.form.save.savedocs",
			{"doc": json.dumps(whole), "action": "Save"},
		),
		"savedocs as new": (
			"frappe.desk.form.save.savedocs",
			{"doc": json.dumps({**local, "__newname": name}), "action": "Save"},
		),
		"savedocs as submit": (
			"frappe.desk.form.save.savedocs",
			{"doc": json.dumps(whole), "action": "Submit"},
		),
		"savedocs as amendment": (
			"frappe.desk.form.save.savedocs",
			{"doc": json.dumps({**local, "amended_from": name}), "action": "Save"},
		),
		"cancel in the form": ("frappe.desk.form.save.cancel", {"doctype": doctype, "name": name}),
		"rename": (
			"frappe.client.rename_doc",
			{"doctype": doctype, "old_name": name, "new_name": "SKY-MINE"},
		),
		"rename and merge": (
			"frappe.client.rename_doc",
			{"doctype": doctype, "old_name": name, "new_name": own, "merge": True},
		),
		"merge one's own into it": (
			"frappe.client.rename_doc",
			{"doctype": doctype, "old_name": own, "new_name": name, "merge": True},
		),
		"title in the form": (
			"frappe.model.rename_doc.update_document_title",
			{"doctype": doctype, "docname": name, "title": "Của tôi", "name": "SKY-MINE"},
		),
		"bulk delete": (
			"frappe.desk.reportview.delete_items",
			{"doctype": doctype, "items": json.dumps([name])},
		),
		"bulk edit": (
			"frappe.desk.doctype.bulk_update.bulk_update.submit_cancel_or_update_docs",
			{
				"doctype": doctype,
				"docnames": json.dumps([name]),
				"action": "update",
				"data": json.dumps(values),
			},
		),
		"bulk workflow": (
			"frappe.model.workflow.bulk_workflow_approval",
			{"docnames": json.dumps([name]), "doctype": doctype, "action": "Contact"},
		),
		"workflow": ("frappe.model.workflow.apply_workflow", {"doc": json.dumps(whole), "action": "Contact"}),
		"assign": (
			"frappe.desk.form.assign_to.add",
			{"doctype": doctype, "name": name, "assign_to": json.dumps([firm.person]), "description": "x"},
		),
		"assign many": (
			"frappe.desk.form.assign_to.add_multiple",
			{
				"doctype": doctype,
				"name": json.dumps([name]),
				"assign_to": json.dumps([firm.person]),
				"description": "x",
			},
		),
		"assign past the checks": (
			"frappe.desk.form.assign_to.add",
			{
				"doctype": doctype,
				"name": name,
				"assign_to": json.dumps([firm.person]),
				"ignore_permissions": 1,
			},
		),
		"apply assignment rules": (
			"frappe.automation.doctype.assignment_rule.assignment_rule.bulk_apply",
			{"doctype": doctype, "docnames": json.dumps([name])},
		),
		"take an assignment away": (
			"frappe.desk.form.assign_to.remove",
			{"doctype": doctype, "name": name, "assign_to": firm.other},
		),
		"a task about it": (
			"frappe.client.insert",
			{
				"doc": {
					"doctype": "ToDo",
					"description": "x",
					"allocated_to": firm.person,
					"reference_type": doctype,
					"reference_name": name,
				}
			},
		),
		"share": (
			"frappe.share.add",
			{"doctype": doctype, "name": name, "user": firm.person, "read": 1, "write": 1},
		),
		"share, one right": (
			"frappe.share.set_permission",
			{"doctype": doctype, "name": name, "user": firm.person, "permission_to": "write", "value": 1},
		),
		"a share by hand": (
			"frappe.client.insert",
			{
				"doc": {
					"doctype": "DocShare",
					"share_doctype": doctype,
					"share_name": name,
					"user": firm.person,
					"read": 1,
				}
			},
		),
		"tag": ("frappe.desk.doctype.tag.tag.add_tag", {"tag": "x", "dt": doctype, "dn": name}),
		"tags": ("frappe.desk.doctype.tag.tag.add_tags", {"tags": ["x"], "dt": doctype, "docs": [name]}),
		"tag away": ("frappe.desk.doctype.tag.tag.remove_tag", {"tag": "x", "dt": doctype, "dn": name}),
		"like": ("frappe.desk.like.toggle_like", {"doctype": doctype, "name": name, "add": "Yes"}),
		"follow": (
			"frappe.desk.form.document_follow.follow_document",
			{"doctype": doctype, "doc_name": name, "user": firm.person},
		),
		"comment": (
			"frappe.desk.form.utils.add_comment",
			{**about, "content": "x", "comment_email": firm.person, "comment_by": "x"},
		),
		"comment by REST": (
			"frappe.client.insert",
			{"doc": {"doctype": "Comment", "comment_type": "Comment", "content": "x", **about}},
		),
		"mail about it": (
			"frappe.core.doctype.communication.email.make",
			{"doctype": doctype, "name": name, "content": "x", "subject": "x", "send_email": 0},
		),
		"mail by REST": (
			"frappe.client.insert",
			{
				"doc": {
					"doctype": "Communication",
					"subject": "x",
					"content": "x",
					"sent_or_received": "Sent",
					**about,
				}
			},
		),
		"attach": (
			"frappe.client.attach_file",
			{
				"filename": "x.txt",
				"filedata": file,
				"doctype": doctype,
				"docname": name,
				"decode_base64": True,
			},
		),
		"a file by REST": (
			"frappe.client.insert",
			{
				"doc": {
					"doctype": "File",
					"file_name": "x.txt",
					"content": "x",
					"is_private": 1,
					"attached_to_doctype": doctype,
					"attached_to_name": name,
				}
			},
		),
		"a version by hand": (
			"frappe.client.insert",
			{"doc": {"doctype": "Version", "ref_doctype": doctype, "docname": name, "data": "{}"}},
		),
		"a workflow action by hand": (
			"frappe.client.insert",
			{"doc": {"doctype": "Workflow Action", **about, "status": "Open"}},
		),
		"a property of its DocType": (
			"frappe.client.make_property_setter"
			if hasattr(frappe.client, "make_property_setter")
			else "frappe.custom.doctype.property_setter.property_setter.make_property_setter",
			{
				"doctype": doctype,
				"fieldname": "title",
				"property": "hidden",
				"value": "1",
				"property_type": "Check",
			},
		),
		"mapped into a Quotation": (
			"frappe.model.mapper.make_mapped_doc",
			{
				"method": "skycrm.api.v1.opportunities.make_quotation",
				"source_name": name,
				"selected_children": "{}",
			},
		),
		"the board": (
			"frappe.desk.doctype.kanban_board.kanban_board.update_order_for_single_card",
			{
				"board_name": "Sky Opportunities by Stage"
				if doctype == "Sky Opportunity"
				else "Sky Leads by Status",
				"docname": name,
				"from_colname": "Prospecting",
				"to_colname": "Proposal",
				"old_index": 0,
				"new_index": 0,
			},
		),
		"a method on a forged document": (
			"run_doc_method",
			{"docs": json.dumps({**whole, "doctype": doctype}), "method": "save", "args": "{}"},
		),
		"a method on the record": (
			"run_doc_method",
			{"dt": doctype, "dn": name, "method": "add_comment", "args": '{"text": "x"}'},
		),
		"a method that writes": (
			"run_doc_method",
			{"dt": doctype, "dn": name, "method": "db_set", "args": '{"title": "x"}'},
		),
		"an import": (
			"frappe.client.insert",
			{
				"doc": {
					"doctype": "Data Import",
					"reference_doctype": doctype,
					"import_type": "Update Existing Records",
				}
			},
		),
		"a shared print key": (
			"frappe.client.insert",
			{"doc": {"doctype": "Document Share Key", **about, "key": "x" * 32}},
		),
		"seen": ("frappe.client.insert", {"doc": {"doctype": "View Log", **about, "viewed_by": firm.person}}),
	}
	for label, (method, arguments) in calls.items():
		found[label] = lambda client, method=method, arguments=arguments: client.post(
			f"/api/method/{method}", json=arguments
		)
	found["DELETE"] = lambda client: client.delete(client.resource(doctype, name))
	found["PUT with another DocType"] = lambda client: put(
		client,
		"Sky Lead" if doctype != "Sky Lead" else "Sky Opportunity",
		own,
		{"doctype": doctype, "name": name, **values},
	)
	found["PUT on one's own that names it"] = lambda client: put(
		client, doctype, own, {"doctype": doctype, "name": name, **values}
	)
	found["POST run_method"] = lambda client: client.post(
		client.resource(doctype, name), data={"run_method": "save"}
	)
	found["upload"] = lambda client: client.post(
		"/api/method/upload_file",
		data={"doctype": doctype, "docname": name, "is_private": 1, "fieldname": "image"},
		files={"file": ("x.txt", b"x")},
	)
	found["v2"] = lambda client: client.patch(f"/api/v2/document/{doctype}/{name}", json=values)
	found["v2 delete"] = lambda client: client.delete(f"/api/v2/document/{doctype}/{name}")
	found["v2 method"] = lambda client: client.post(f"/api/v2/document/{doctype}/{name}/method/save", json={})
	return found


@pytest.mark.commits
@pytest.mark.parametrize("doctype", ["Sky Lead", "Sky Opportunity"])
def test_a_foreign_record_stays_as_it_is_whatever_is_tried(firm, seller, doctype):
	name, own = firm.foreign[doctype], firm.own[doctype]
	before, failed = rows(doctype, name), []
	for label, attack in attacks(firm, doctype, name).items():
		answer = attack(seller)
		after = rows(doctype, name)
		if after != before:
			changed = [key for key in after if after[key] != before[key]]
			failed.append(f"{label}: {changed} {answer.status_code} {answer.text[:200]}")
			before = after
		if not frappe.db.exists(doctype, own):
			failed.append(f"{label}: one's own is gone")
	assert not failed, "\n".join(failed)
