"""Status fields: users move them with the workflow, services through status.py, and nothing else does."""

import access_records as make
import pytest

import frappe
from frappe.model.workflow import WorkflowPermissionError, apply_workflow, get_transitions

from skycrm.services import status
from skycrm.services.status import ReasonMissingError, StatusOwnedByServiceError
from skycrm.services.workflow_guard import FLAG

CONVERSION_FIELDS = ("customer", "contact", "opportunity", "converted_on", "converted_by")


@pytest.fixture
def seller():
	return make.user("Sky Sales User", "Sales User")


@pytest.fixture
def lead(seller):
	return make.lead(lead_owner=seller)


def stored(doc, *fields):
	return frappe.db.get_value(doc.doctype, doc.name, fields if len(fields) > 1 else fields[0])


# Leads


def test_a_new_lead_is_new(lead):
	assert stored(lead, "status") == "New"


def test_a_user_moves_a_lead_with_the_buttons(lead, seller):
	with make.acting_as(seller):
		for action, state in (("Contact", "Contacted"), ("Nurture", "Nurturing"), ("Qualify", "Qualified")):
			apply_workflow(frappe.get_doc("Sky Lead", lead.name), action)
			assert stored(lead, "status") == state


def test_a_move_that_the_workflow_does_not_know_is_refused(lead, seller):
	frappe.db.set_value("Sky Lead", lead.name, {"status": "Unqualified", "unqualified_reason": "x"})
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Lead", lead.name)
		doc.status = "Qualified"
		with pytest.raises(WorkflowPermissionError):
			doc.save()


def test_converted_by_hand_is_refused_and_says_how_to_convert(lead, seller):
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Lead", lead.name)
		doc.status = "Converted"
		with pytest.raises(StatusOwnedByServiceError, match=r"Convert.*skycrm\.api\.v1\.leads\.convert"):
			doc.save()
		with pytest.raises(StatusOwnedByServiceError):
			apply_workflow(frappe.get_doc("Sky Lead", lead.name), "Convert")
	assert stored(lead, "status") == "New"


@pytest.mark.parametrize("user", ["Administrator", None])
@pytest.mark.parametrize("field", CONVERSION_FIELDS)
def test_the_fields_of_a_conversion_are_nobodys(lead, seller, field, user):
	values = {
		"customer": make.customer(),
		"contact": None,
		"opportunity": None,
		"converted_on": "2026-11-21 10:00:00",
		"converted_by": "Administrator",
	}
	if field == "contact":
		values["contact"] = (
			frappe.get_doc({"doctype": "Contact", "first_name": "An"}).insert(ignore_permissions=True).name
		)
	if field == "opportunity":
		values["opportunity"] = make.opportunity(customer=values["customer"]).name
	with make.acting_as(user or seller):
		doc = frappe.get_doc("Sky Lead", lead.name)
		doc.set(field, values[field])
		with pytest.raises(StatusOwnedByServiceError, match="cannot be changed by hand"):
			doc.save()
		with pytest.raises(StatusOwnedByServiceError):
			frappe.get_doc({"doctype": "Sky Lead", "lead_name": "Người Mới", field: values[field]}).insert()
	assert not stored(lead, field)


def test_flags_in_a_request_open_nothing(lead, seller):
	with make.acting_as(seller):
		doc = frappe.get_doc(
			{**frappe.get_doc("Sky Lead", lead.name).as_dict(), "status": "Converted", "flags": {FLAG: True}}
		)
		with pytest.raises(StatusOwnedByServiceError):
			doc.save()
		doc = frappe.get_doc("Sky Lead", lead.name)
		doc.update({"status": "Converted", "flags": {FLAG: True}})
		with pytest.raises(StatusOwnedByServiceError):
			doc.save()


def test_giving_up_needs_a_reason_and_reopening_clears_it(lead, seller):
	with make.acting_as(seller):
		with pytest.raises(ReasonMissingError):
			status.mark_unqualified(lead.name, " ")
		status.mark_unqualified(lead.name, "Không có ngân sách")
		assert stored(lead, "status", "unqualified_reason") == ("Unqualified", "Không có ngân sách")
		apply_workflow(frappe.get_doc("Sky Lead", lead.name), "Reopen")
		assert stored(lead, "status", "unqualified_reason") == ("New", None)


def test_the_service_converts_and_takes_back_field_for_field(lead, seller):
	before = frappe.get_doc("Sky Lead", lead.name).as_dict()
	customer = make.customer()
	opportunity = make.opportunity(customer=customer, opportunity_owner=seller).name
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Lead", lead.name)
		status.mark_converted(doc, customer=customer, opportunity=opportunity)
		assert FLAG not in doc.flags
		assert stored(lead, "status", "customer", "opportunity", "converted_by") == (
			"Converted",
			customer,
			opportunity,
			seller,
		)
		assert stored(lead, "converted_on")
		doc = frappe.get_doc("Sky Lead", lead.name)
		doc.status = "New"
		with pytest.raises(frappe.ValidationError):
			doc.save()
		status.restore_after_undo(frappe.get_doc("Sky Lead", lead.name), {"status": before.status})
	after = frappe.get_doc("Sky Lead", lead.name).as_dict()
	assert {key for key in before if before[key] != after[key]} <= {"modified", "modified_by"}


def test_a_lead_given_up_is_not_converted(lead, seller):
	with make.acting_as(seller):
		status.mark_unqualified(lead.name, "Trùng")
		with pytest.raises(frappe.ValidationError, match="Reopen"):
			status.mark_converted(frappe.get_doc("Sky Lead", lead.name), customer=make.customer())


def test_the_service_honours_the_workflow_and_the_callers_roles(lead, seller):
	marketing = make.user("Sky Marketing User")
	make.set_default_access("Sky Lead", "Public Write")
	with make.acting_as(marketing), pytest.raises(frappe.PermissionError, match="workflow"):
		status.check_can_convert(frappe.get_doc("Sky Lead", lead.name))
	workflow = frappe.get_doc("Workflow", "Sky Lead Qualification")
	workflow.transitions = [
		row for row in workflow.transitions if not (row.action == "Convert" and row.state == "New")
	]
	workflow.save()
	with make.acting_as(seller):
		with pytest.raises(frappe.PermissionError, match="workflow"):
			status.mark_converted(frappe.get_doc("Sky Lead", lead.name), customer=make.customer())
		apply_workflow(frappe.get_doc("Sky Lead", lead.name), "Qualify")
		status.check_can_convert(frappe.get_doc("Sky Lead", lead.name))


def test_with_the_workflow_switched_off_the_guard_still_holds(lead, seller):
	frappe.db.set_value("Workflow", "Sky Lead Qualification", "is_active", 0)
	frappe.cache.hdel("workflow", "Sky Lead")
	frappe.clear_cache(doctype="Sky Lead")
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Lead", lead.name)
		doc.status = "Qualified"
		doc.save()
		doc.status = "Converted"
		with pytest.raises(StatusOwnedByServiceError):
			doc.save()


def test_a_lead_asks_nobody_to_act(lead, seller):
	with make.acting_as(seller):
		apply_workflow(frappe.get_doc("Sky Lead", lead.name), "Contact")
	rows = frappe.get_all(
		"Workflow Action", filters={"reference_name": lead.name}, fields=["workflow_state", "status"]
	)
	assert {(row.workflow_state, row.status) for row in rows} == {
		("New", "Completed"),
		("Contacted", "Completed"),
	}


# Opportunities


@pytest.fixture
def opportunity(seller):
	return make.opportunity(opportunity_owner=seller)


def test_the_status_follows_the_stage(opportunity, seller):
	with make.acting_as(seller):
		doc = status.set_stage(opportunity.name, "Negotiation")
		assert (doc.status, doc.probability) == ("Open", 75)
		doc = status.set_stage(opportunity.name, "Won")
		assert (doc.status, doc.probability) == ("Won", 100)
		assert doc.won_on and not doc.lost_on
		doc = status.set_stage(opportunity.name, "Proposal")
		assert (doc.status, doc.won_on, doc.probability) == ("Open", None, 50)


def test_losing_needs_a_reason_and_reopening_clears_it(opportunity, seller):
	with make.acting_as(seller):
		with pytest.raises(ReasonMissingError):
			status.set_stage(opportunity.name, "Lost")
		doc = status.set_stage(
			opportunity.name, "Lost", lost_reason="Price Too High", lost_note="Đắt hơn 20 %"
		)
		assert (doc.status, doc.lost_reason) == ("Lost", "Price Too High")
		assert doc.lost_on
		doc = status.set_stage(opportunity.name, "Negotiation")
		assert (doc.status, doc.lost_on, doc.lost_reason, doc.lost_note) == ("Open", None, None, None)


@pytest.mark.parametrize(
	("field", "value"),
	[
		("status", "Won"),
		("won_on", "2026-01-01 00:00:00"),
		("lost_on", "2026-01-01"),
		("approved_discount_percentage", 50),
	],
)
def test_what_follows_cannot_be_written(opportunity, seller, field, value):
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Opportunity", opportunity.name)
		doc.set(field, value)
		with pytest.raises(StatusOwnedByServiceError, match="cannot be changed by hand"):
			doc.save()
	assert stored(opportunity, "status") == "Open"


def test_a_status_that_agrees_with_the_stage_is_no_contradiction(opportunity, seller):
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Opportunity", opportunity.name)
		doc.update({"stage": "Won", "status": "Won"})
		doc.save()
	assert stored(opportunity, "status") == "Won"


def test_the_system_moves_what_the_user_may_not(opportunity):
	accountant = make.user("Accounts User")
	with make.acting_as(accountant):
		with pytest.raises(frappe.PermissionError):
			status.set_stage(opportunity.name, "Won")
		assert status.set_stage(opportunity.name, "Won", as_system=True).status == "Won"


# Approval of discounts


def discounted(seller: str, percent: float):
	item = frappe.get_all("Item", filters={"disabled": 0, "has_variants": 0}, pluck="name", limit=1) or [
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": "ACCESS-ITEM",
				"item_group": frappe.get_all("Item Group", {"is_group": 0}, pluck="name", limit=1)[0],
				"stock_uom": "Nos",
				"is_stock_item": 0,
			}
		)
		.insert(ignore_permissions=True)
		.name
	]
	return make.opportunity(
		opportunity_owner=seller,
		items=[{"item_code": item[0], "qty": 1, "price_list_rate": 100_000, "discount_percentage": percent}],
	)


def set_discount(doc, percent: float):
	doc = frappe.get_doc("Sky Opportunity", doc.name)
	doc.items[0].discount_percentage = percent
	doc.items[0].rate = doc.items[0].price_list_rate * (1 - percent / 100)
	return doc.save()


@pytest.fixture
def manager(seller):
	boss = make.user("Sky Sales Manager")
	make.team(manager=boss, members=(seller,))
	return boss


def test_a_discount_over_the_threshold_waits_for_approval(seller, manager):
	with make.acting_as(seller):
		assert discounted(seller, 10).approval_status == "Not Needed"
		doc = discounted(seller, 25)
		assert (doc.approval_status, doc.max_discount_percentage) == ("Pending", 25)
		assert [row.action for row in get_transitions(frappe.get_doc("Sky Opportunity", doc.name))] == []
		doc = set_discount(doc, 5)
		assert doc.approval_status == "Not Needed"


def test_the_manager_is_asked_and_approves(seller, manager):
	with make.acting_as(seller):
		doc = discounted(seller, 25)
		doc.approval_status = "Approved"
		with pytest.raises(WorkflowPermissionError):
			doc.save()
	asked = frappe.get_all("Workflow Action", {"reference_name": doc.name, "status": "Open"}, pluck="name")
	assert len(asked) == 1
	with make.acting_as(manager):
		apply_workflow(frappe.get_doc("Sky Opportunity", doc.name), "Approve")
	assert stored(doc, "approval_status", "approved_discount_percentage") == ("Approved", 25)
	with make.acting_as(seller):
		assert set_discount(doc, 20).approval_status == "Approved"
		assert set_discount(doc, 30).approval_status == "Pending"


def test_a_refusal_holds_until_it_is_asked_again(seller, manager):
	with make.acting_as(seller):
		doc = discounted(seller, 25)
	with make.acting_as(manager):
		apply_workflow(frappe.get_doc("Sky Opportunity", doc.name), "Reject")
	with make.acting_as(seller):
		assert set_discount(doc, 24).approval_status == "Rejected"
		apply_workflow(frappe.get_doc("Sky Opportunity", doc.name), "Request Approval")
	assert stored(doc, "approval_status") == "Pending"


@pytest.mark.parametrize("wanted", ["Approved", "Not Needed", "Rejected"])
def test_nobody_gets_round_the_approval_by_writing_the_field(seller, wanted):
	with make.acting_as(seller):
		doc = frappe.get_doc("Sky Opportunity", discounted(seller, 25).name)
		doc.approval_status = wanted
		with pytest.raises(WorkflowPermissionError):
			doc.save()


def test_a_new_opportunity_cannot_bring_its_approval(seller):
	with make.acting_as(seller), pytest.raises(StatusOwnedByServiceError):
		make.opportunity(opportunity_owner=seller, approval_status="Approved")


def test_without_the_workflow_nothing_waits(seller):
	frappe.db.set_value("Workflow", "Sky Opportunity Discount Approval", "is_active", 0)
	frappe.cache.hdel("workflow", "Sky Opportunity")
	frappe.clear_cache(doctype="Sky Opportunity")
	with make.acting_as(seller):
		assert discounted(seller, 60).approval_status == "Not Needed"
