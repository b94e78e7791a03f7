"""Administrators of the CRM adapt the workflows of the CRM, and no others."""

import pytest
from people import only

import frappe

OURS = "Sky Lead Qualification"


@pytest.fixture
def foreign() -> str:
	"""A workflow of ERPNext's quotations."""
	states = frappe.get_doc("Workflow", OURS).states
	return (
		frappe.get_doc(
			{
				"doctype": "Workflow",
				"workflow_name": "Foreign Workflow",
				"document_type": "Quotation",
				"workflow_state_field": "status",
				"is_active": 0,
				"states": [{"state": states[0].state, "doc_status": "0", "allow_edit": "Sales User"}],
			}
		)
		.insert()
		.name
	)


@pytest.fixture
def admin(foreign, as_user):
	with as_user(only("workflow-admin@example.com", "Sky CRM Admin")):
		yield


def test_the_list_holds_the_workflows_of_the_crm_alone(admin):
	found = frappe.get_list("Workflow", pluck="document_type", limit=0)
	assert "Sky Lead" in found and "Quotation" not in found


def test_a_workflow_of_the_crm_is_changed(admin):
	document = frappe.get_doc("Workflow", OURS)
	document.transitions[0].allow_self_approval = 0
	document.save()


def test_a_foreign_one_is_neither_read_nor_changed(admin, foreign):
	document = frappe.get_doc("Workflow", foreign)
	assert not document.has_permission("read")
	document.states[0].allow_edit = "Sky CRM Admin"
	with pytest.raises(frappe.PermissionError):
		document.save()
	document.document_type = "Sky Lead"
	with pytest.raises(frappe.PermissionError):
		document.save()
	assert frappe.db.get_value("Workflow", foreign, "document_type") == "Quotation"


def test_a_workflow_of_the_crm_cannot_become_a_foreign_one(admin):
	document = frappe.get_doc("Workflow", OURS)
	document.document_type = "Quotation"
	with pytest.raises(frappe.PermissionError):
		document.save()


def test_none_is_made_or_deleted(admin):
	assert not frappe.has_permission("Workflow", "create")
	assert not frappe.has_permission("Workflow", "delete")


@pytest.mark.parametrize("role", ["Sky Sales Manager", "Sky Marketing Manager", "Sky Support Manager"])
def test_managers_see_none(as_user, role):
	with as_user(only("workflow-admin@example.com", role)), pytest.raises(frappe.PermissionError):
		frappe.get_list("Workflow")


def test_whoever_administers_the_site_sees_all(as_user, foreign):
	with as_user(only("workflow-admin@example.com", "System Manager")):
		assert frappe.get_doc("Workflow", foreign).has_permission("write")
		assert foreign in frappe.get_list("Workflow", pluck="name", limit=0)


def test_a_right_of_another_role_stays_whole(as_user, foreign):
	frappe.get_doc(
		{
			"doctype": "Custom DocPerm",
			"parent": "Workflow",
			"role": "Sales Manager",
			"permlevel": 0,
			"read": 1,
		}
	).insert()
	frappe.clear_cache(doctype="Workflow")
	with as_user(only("workflow-admin@example.com", "Sky CRM Admin", "Sales Manager")):
		assert frappe.get_doc("Workflow", foreign).has_permission("read")
		assert foreign in frappe.get_list("Workflow", pluck="name", limit=0)


def test_the_editor_opens_for_them_and_whoever_had_it_before(as_user):
	for role, opens in (("Sky CRM Admin", True), ("System Manager", True), ("Sky Sales Manager", False)):
		with as_user(only("workflow-admin@example.com", role)):
			assert bool(frappe.get_doc("Page", "workflow-builder").is_permitted()) is opens, role
