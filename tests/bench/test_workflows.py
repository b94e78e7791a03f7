"""The workflow files: what they say, and that a new version reaches only a workflow that nobody has changed."""

import json

import access_records as make
import pytest

import frappe
from frappe.model.workflow import apply_workflow, get_transitions

from skycrm.domain import approval, lead_status
from skycrm.setup import shipped, workflows

LEAD = "Sky Lead Qualification"
DISCOUNT = "Sky Opportunity Discount Approval"
FILES = {
	record["name"]: (record, records)
	for records in workflows.read_files()
	for record in records
	if record["doctype"] == "Workflow"
}


def transitions(name: str) -> dict[tuple[str, str], tuple[str, set[str]]]:
	found: dict[tuple[str, str], tuple[str, set[str]]] = {}
	for row in frappe.get_doc("Workflow", name).transitions:
		state, roles = found.setdefault((row.state, row.action), (row.next_state, set()))
		assert state == row.next_state, f"{row.action} leads from {row.state} to two states"
		roles.add(row.allowed)
	return found


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_is_on_the_site_as_it_was_written(name):
	workflow, _records = FILES[name]
	doc = frappe.get_doc("Workflow", name)
	assert doc.is_active and not doc.send_email_alert
	assert [(row.state, row.allow_edit) for row in doc.states] == [
		(row["state"], row["allow_edit"]) for row in workflow["states"]
	]
	keys = ("state", "action", "next_state", "allowed")
	assert [tuple(row.get(key) for key in keys) for row in doc.transitions] == [
		tuple(row[key] for key in keys) for row in workflow["transitions"]
	]


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_file_brings_what_it_names(name):
	workflow, records = FILES[name]
	brought = {(record["doctype"], record["name"]) for record in records}
	for row in workflow["states"]:
		assert ("Workflow State", row["state"]) in brought
	for row in workflow["transitions"]:
		assert ("Workflow State", row["state"]) in brought
		assert ("Workflow State", row["next_state"]) in brought
		assert ("Workflow Action Master", row["action"]) in brought
		assert frappe.db.exists("Role", row["allowed"])


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_states_are_the_options_of_the_field(name):
	workflow, _records = FILES[name]
	field = frappe.get_meta(workflow["document_type"]).get_field(workflow["workflow_state_field"])
	assert field and not frappe.db.exists(
		"Custom Field", {"dt": workflow["document_type"], "fieldname": field.fieldname}
	)
	assert {row["state"] for row in workflow["states"]} == set(filter(None, field.options.split("\n")))
	assert workflow["states"][0]["state"] == (field.default or field.options.split("\n")[0])


def test_the_lead_workflow_is_that_of_the_contract():
	moves = transitions(LEAD)
	ways = {(state, target) for (state, _action), (target, _roles) in moves.items()}
	for pair in (("New", "Contacted"), ("Contacted", "Nurturing"), ("Nurturing", "Qualified")):
		assert pair in ways
	for state in lead_status.OPEN:
		assert (state, "Unqualified") in ways
		assert moves[(state, "Convert")][0] == "Converted"
	assert moves[("Unqualified", "Reopen")][0] == "New"
	assert ("Unqualified", "Contacted") in ways
	assert not [pair for pair in ways if pair[0] == "Converted"]
	assert {target for _state, target in ways} <= set(lead_status.ALL)
	for _target, roles in moves.values():
		assert roles == {"Sky Sales User", "Sky Sales Manager", "Sky CRM Admin", "System Manager"}


def test_only_managers_decide_on_discounts():
	moves = transitions(DISCOUNT)
	deciders = {"Sky Sales Manager", "Sky CRM Admin", "System Manager"}
	assert moves[(approval.PENDING, "Approve")] == (approval.APPROVED, deciders)
	assert moves[(approval.PENDING, "Reject")] == (approval.REJECTED, deciders)
	assert moves[(approval.REJECTED, "Request Approval")][1] == deciders | {"Sky Sales User"}
	# The system moves into and out of these.
	assert not [key for key in moves if key[0] == approval.NOT_NEEDED]


@pytest.mark.parametrize(
	("role", "actions"),
	[
		("Sky Sales User", ["Contact", "Convert", "Mark Unqualified", "Nurture", "Qualify"]),
		("Sky Sales Manager", ["Contact", "Convert", "Mark Unqualified", "Nurture", "Qualify"]),
		("Sky Marketing User", []),
	],
)
def test_the_buttons_of_each_role(role, actions):
	make.set_default_access("Sky Lead", "Public Write")
	doc = make.lead()
	with make.acting_as(make.user(role)):
		assert sorted(row.action for row in get_transitions(frappe.get_doc("Sky Lead", doc.name))) == actions


# A new version of a file


def new_version(monkeypatch, name: str):
	"""Ship a version of the file in which Reopen leads to Contacted and one action more is there."""
	_workflow, records = FILES[name]
	records = json.loads(json.dumps(records))
	changed = next(record for record in records if record["doctype"] == "Workflow")
	changed["transitions"].append({**changed["transitions"][0], "action": "Sky Test Action"})
	records.append(
		{
			"doctype": "Workflow Action Master",
			"name": "Sky Test Action",
			"workflow_action_name": "Sky Test Action",
		}
	)
	monkeypatch.setattr(workflows, "read_files", lambda: iter([records]))
	return changed


def snapshot(name: str) -> str:
	doc = frappe.get_doc("Workflow", name)
	return frappe.as_json(
		[
			doc.is_active,
			[(row.name, row.state, row.allow_edit) for row in doc.states],
			[(row.name, row.state, row.action, row.next_state, row.allowed) for row in doc.transitions],
			str(doc.modified),
		]
	)


def test_loading_again_changes_nothing():
	before = {name: snapshot(name) for name in FILES}
	assert set(workflows.load().values()) == {"same"}
	assert {name: snapshot(name) for name in FILES} == before


def test_a_new_version_reaches_an_untouched_workflow(monkeypatch):
	changed = new_version(monkeypatch, LEAD)
	assert workflows.load() == {LEAD: "updated"}
	doc = frappe.get_doc("Workflow", LEAD)
	assert len(doc.transitions) == len(changed["transitions"])
	assert doc.transitions[-1].action == "Sky Test Action"
	assert frappe.db.count("Workflow Transition", {"parent": LEAD}) == len(changed["transitions"])
	assert workflows.load() == {LEAD: "same"}


def edit_transition(doc):
	doc.transitions = [row for row in doc.transitions if row.action != "Nurture"]


def edit_role(doc):
	doc.transitions[0].allowed = "Sales Manager"


def edit_condition(doc):
	doc.transitions[0].condition = "doc.score > 10"


def switch_off(doc):
	doc.is_active = 0


def switch_mails_on(doc):
	doc.send_email_alert = 1


@pytest.mark.parametrize("edit", [edit_transition, edit_role, edit_condition, switch_off, switch_mails_on])
def test_a_new_version_leaves_an_edited_workflow_alone(monkeypatch, edit):
	doc = frappe.get_doc("Workflow", LEAD)
	edit(doc)
	doc.save()
	before = snapshot(LEAD)
	new_version(monkeypatch, LEAD)
	assert workflows.load() == {LEAD: "edited"}
	assert snapshot(LEAD) == before


def test_opening_the_editor_is_no_edit(monkeypatch):
	doc = frappe.get_doc("Workflow", LEAD)
	doc.workflow_data = "[]"
	doc.states[0].workflow_builder_id = "1"
	doc.save()
	new_version(monkeypatch, LEAD)
	assert workflows.load() == {LEAD: "updated"}


def test_an_own_workflow_of_the_admin_stays_the_active_one(monkeypatch):
	own = frappe.copy_doc(frappe.get_doc("Workflow", LEAD))
	own.workflow_name = "Quy trình riêng"
	own.insert()
	new_version(monkeypatch, LEAD)
	assert workflows.load() == {LEAD: "edited"}
	assert frappe.db.get_value("Workflow", "Quy trình riêng", "is_active") == 1
	assert frappe.db.get_value("Workflow", LEAD, "is_active") == 0


def test_a_deleted_workflow_is_not_brought_back(monkeypatch):
	frappe.delete_doc("Workflow", LEAD)
	assert workflows.load()[LEAD] == "deleted"
	new_version(monkeypatch, LEAD)
	assert workflows.load() == {LEAD: "deleted"}
	assert not frappe.db.exists("Workflow", LEAD)


def test_a_restyled_state_stays_as_it_is():
	frappe.db.set_value("Workflow State", "Nurturing", "style", "Inverse")
	workflows.load()
	assert frappe.db.get_value("Workflow State", "Nurturing", "style") == "Inverse"


def test_states_that_the_site_had_before_are_not_ours():
	assert {"Pending", "Approved", "Rejected"}.isdisjoint(shipped.ours("Workflow State"))
	assert {"Approve", "Reject"}.isdisjoint(shipped.ours("Workflow Action Master"))
	assert {"Nurturing", "Unqualified"} <= set(shipped.ours("Workflow State"))


def test_removal_takes_ours_and_only_ours():
	frappe.get_doc(
		{
			"doctype": "Workflow",
			"workflow_name": "ToDo by hand",
			"document_type": "ToDo",
			"workflow_state_field": "status",
			"states": [{"state": "Contacted", "allow_edit": "All", "doc_status": "0"}],
			"transitions": [],
		}
	).insert()
	ours = set(shipped.ours("Workflow State"))
	others = set(frappe.get_all("Workflow State", pluck="name")) - ours
	workflows.remove()
	assert frappe.get_all("Workflow", pluck="name") == ["ToDo by hand"]
	assert set(frappe.get_all("Workflow State", pluck="name")) == others | {"Contacted"}
	assert {"Approve", "Reject"} <= set(frappe.get_all("Workflow Action Master", pluck="name"))
	assert not frappe.db.exists("Workflow Action Master", "Convert")


def test_an_admins_change_is_in_force_at_once():
	doc = frappe.get_doc("Workflow", LEAD)
	for row in doc.transitions:
		if (row.state, row.action) == ("New", "Contact"):
			row.next_state = "Nurturing"
	doc.save()
	lead = make.lead()
	with make.acting_as(make.user("Sky CRM Admin")):
		apply_workflow(frappe.get_doc("Sky Lead", lead.name), "Contact")
	assert frappe.db.get_value("Sky Lead", lead.name, "status") == "Nurturing"
