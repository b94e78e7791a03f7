"""Submitting, losing and cancelling ERPNext's documents moves the opportunity, and moving it tells ERPNext."""

import chain_records as chain
import pytest
from sql_log import recorded

import frappe

from erpnext.controllers.sales_and_purchase_return import make_return_doc
from erpnext.selling.doctype.quotation.quotation import make_sales_invoice as invoice_from_quotation
from erpnext.selling.doctype.sales_order.sales_order import update_status

from skycrm.api.v1 import opportunities as api
from skycrm.services.status import ReasonMissingError


def lose_in_erpnext(name: str, reason: str | None = "Giá cao", note: str | None = None) -> None:
	"""As the dialog "Set as Lost" of ERPNext's form does it."""
	doc = frappe.get_doc("Quotation", name)
	reasons = []
	if reason:
		chain.once("Quotation Lost Reason", {"order_lost_reason": reason})
		reasons = [{"lost_reason": reason}]
	doc.declare_enquiry_lost(reasons, [], note)


def lost_reason(name: str = "Giá cao") -> str:
	return chain.once("Sky Lost Reason", {"reason": name})


# Quotation


def test_a_draft_moves_nothing_and_a_submitted_quotation_moves_to_the_proposal_stage():
	name = chain.opportunity().name
	assert chain.state(name) == ("Prospecting", "Open")
	draft = chain.quotation(name, submit=False)
	assert chain.state(name) == ("Prospecting", "Open")
	draft.submit()
	assert chain.state(name) == ("Proposal", "Open")
	assert frappe.db.get_value("Sky Opportunity", name, "probability") == 50


def test_a_quotation_never_moves_an_opportunity_backwards():
	name = chain.opportunity(stage="Negotiation").name
	chain.quotation(name)
	assert chain.state(name) == ("Negotiation", "Open")


def test_the_proposal_stage_is_the_one_that_is_marked_not_the_one_of_that_name():
	frappe.db.set_value("Sky Sales Stage", "Proposal", "is_proposal_stage", 0)
	frappe.db.set_value("Sky Sales Stage", "Needs Analysis", "is_proposal_stage", 1)
	name = chain.opportunity().name
	chain.quotation(name)
	assert chain.state(name) == ("Needs Analysis", "Open")


def test_cancelling_and_amending_a_quotation_leaves_the_stage():
	name = chain.opportunity().name
	first = chain.quotation(name)
	first.cancel()
	assert chain.state(name) == ("Proposal", "Open")
	amended = frappe.copy_doc(first)
	amended.amended_from = first.name
	amended.docstatus = 0
	amended.insert()
	assert amended.sky_opportunity == name
	amended.submit()
	assert chain.state(name) == ("Proposal", "Open")


def test_a_quotation_lost_in_erpnext_loses_the_opportunity_with_its_reason():
	name = chain.opportunity().name
	lose_in_erpnext(chain.quotation(name).name, "Giá cao", "Đối thủ rẻ hơn 8 %")
	doc = frappe.get_doc("Sky Opportunity", name)
	assert (doc.stage, doc.status) == ("Lost", "Lost")
	assert (doc.lost_reason, doc.lost_note) == ("Giá cao", "Đối thủ rẻ hơn 8 %")
	assert doc.lost_on and doc.probability == 0
	assert frappe.db.exists("Sky Lost Reason", "Giá cao")


def test_a_quotation_lost_without_a_reason_is_lost_for_another_reason():
	name = chain.opportunity().name
	lose_in_erpnext(chain.quotation(name).name, None)
	assert frappe.db.get_value("Sky Opportunity", name, ["status", "lost_reason"]) == ("Lost", "Other")


@pytest.mark.parametrize("submit", [True, False])
def test_while_another_quotation_is_alive_the_opportunity_is_not_lost(submit):
	name = chain.opportunity().name
	first, second = chain.quotation(name), chain.quotation(name, submit=submit)
	lose_in_erpnext(first.name)
	assert chain.state(name) == ("Proposal", "Open")
	if submit:
		lose_in_erpnext(second.name)
		assert chain.state(name) == ("Lost", "Lost")


def test_editing_a_lost_quotation_does_not_lose_a_reopened_opportunity_again():
	name = chain.opportunity().name
	quotation = chain.quotation(name)
	lose_in_erpnext(quotation.name)
	api.move(name, "Negotiation")
	quotation = frappe.get_doc("Quotation", quotation.name)
	quotation.order_lost_reason = "Nói thêm"
	quotation.save()
	assert chain.state(name) == ("Negotiation", "Open")


# Sales Order


def test_an_order_wins_and_cancelling_the_only_one_reopens_to_the_stage_before():
	name = chain.opportunity().name
	quotation = chain.quotation(name)
	api.move(name, "Negotiation")
	order = chain.order(quotation.name)
	doc = frappe.get_doc("Sky Opportunity", name)
	assert (doc.stage, doc.status, doc.probability) == ("Won", "Won", 100)
	assert doc.won_on
	order.cancel()
	doc.reload()
	assert (doc.stage, doc.status) == ("Negotiation", "Open")
	assert not doc.won_on and doc.probability == 75


def test_an_amended_order_wins_again():
	name = chain.opportunity().name
	order = chain.order(chain.quotation(name).name)
	order.cancel()
	amended = frappe.copy_doc(order)
	amended.amended_from = order.name
	amended.docstatus = 0
	amended.insert()
	assert chain.state(name) == ("Proposal", "Open")
	amended.submit()
	assert chain.state(name) == ("Won", "Won")


def test_partial_orders_the_first_wins_and_only_the_last_cancel_reopens():
	name = chain.opportunity().name
	quotation = chain.quotation(name)
	first = chain.order(quotation.name, qty=1)
	won_on = frappe.db.get_value("Sky Opportunity", name, "won_on")
	second = chain.order(quotation.name)
	assert second.items[0].qty == 1
	assert frappe.db.get_value("Sky Opportunity", name, "won_on") == won_on
	first.reload()
	first.cancel()
	assert chain.state(name) == ("Won", "Won")
	second.reload()
	second.cancel()
	assert chain.state(name) == ("Proposal", "Open")


def test_an_order_wins_an_opportunity_that_was_given_up():
	name = chain.opportunity().name
	quotation = chain.quotation(name)
	draft = chain.order(quotation.name, submit=False)
	frappe.db.set_value(
		"Sky Opportunity", name, {"stage": "Lost", "status": "Lost", "lost_reason": lost_reason()}
	)
	draft.submit()
	doc = frappe.get_doc("Sky Opportunity", name)
	assert (doc.status, doc.lost_reason, doc.lost_on) == ("Won", None, None)


def test_a_closed_or_held_order_stays_a_sale():
	name = chain.opportunity().name
	order = chain.order(chain.quotation(name).name)
	for status in ("On Hold", "Draft", "Closed"):
		update_status(status, order.name)
		assert chain.state(name) == ("Won", "Won")


# Sales Invoice, credit note, revenue


def test_an_invoice_straight_from_the_quotation_wins_and_its_cancel_reopens():
	name = chain.opportunity().name
	invoice = invoice_from_quotation(chain.quotation(name).name)
	invoice.insert()
	assert invoice.sky_opportunity == name
	assert chain.state(name) == ("Proposal", "Open")
	invoice.submit()
	assert chain.state(name) == ("Won", "Won")
	invoice.cancel()
	assert chain.state(name) == ("Proposal", "Open")


def test_revenue_is_submitted_invoices_minus_returns_in_company_currency():
	chain.exchange()
	customer = chain.customer("Chain Abroad")
	abroad = frappe.get_doc("Customer", customer)
	abroad.append("accounts", {"company": chain.company(), "account": _receivable("USD")})
	abroad.default_currency = "USD"
	abroad.save()
	name = chain.opportunity(
		customer=customer,
		currency="USD",
		conversion_rate=chain.USD_RATE,
		selling_price_list=chain.price_list("Chain USD", "USD"),
		items=[{"item_code": chain.item("CHAIN-SERVICE"), "qty": 4, "price_list_rate": 100, "rate": 100}],
	).name
	order = chain.order(chain.quotation(name).name)
	assert api.connections(name)["revenue"] == 0
	invoice = chain.invoice(order.name, submit=False)
	assert api.connections(name)["revenue"] == 0
	invoice.submit()
	assert api.connections(name)["revenue"] == 400 * chain.USD_RATE

	credit = make_return_doc("Sales Invoice", invoice.name)
	credit.items[0].qty = -1
	credit.insert()
	assert credit.sky_opportunity == name
	credit.submit()
	assert api.connections(name)["revenue"] == 300 * chain.USD_RATE
	assert chain.state(name) == ("Won", "Won")
	credit.cancel()
	assert api.connections(name)["revenue"] == 400 * chain.USD_RATE
	invoice.reload()
	invoice.cancel()
	assert api.connections(name)["revenue"] == 0
	assert chain.state(name) == ("Won", "Won"), "the order still stands"


def _receivable(currency: str) -> str:
	parent = frappe.db.get_value("Company", chain.company(), "default_receivable_account")
	parent = frappe.db.get_value("Account", parent, "parent_account")
	return chain.once(
		"Account",
		{"account_name": f"Debtors {currency} Chain", "company": chain.company()},
		parent_account=parent,
		account_type="Receivable",
		account_currency=currency,
	)


def test_an_invoice_over_two_orders_counts_for_each_of_their_opportunities():
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	one, other = chain.opportunity(title="One").name, chain.opportunity(title="Other").name
	first = chain.order(chain.quotation(one).name, qty=1)
	second = chain.order(chain.quotation(other).name)
	invoice = make_sales_invoice(second.name, make_sales_invoice(first.name))
	invoice.insert().submit()
	assert (api.connections(one)["revenue"], api.connections(other)["revenue"]) == (100_000, 200_000)
	for name in (one, other):
		shown = [row.name for row in api.connections(name)["documents"]["Sales Invoice"]]
		assert shown == [invoice.name]


def test_the_timeline_says_which_document_moved_it():
	name = chain.opportunity().name
	quotation = chain.quotation(name)
	order = chain.order(quotation.name)
	order.cancel()
	said = frappe.get_all(
		"Comment",
		{"reference_doctype": "Sky Opportunity", "reference_name": name, "comment_type": "Info"},
		pluck="content",
		order_by="creation",
	)
	for content, stage, document in zip(
		said, ("Proposal", "Won", "Proposal"), (quotation.name, order.name, order.name), strict=True
	):
		assert stage in content and document in content


# Moves by a person


def test_move_gives_the_new_state_and_needs_the_right():
	doc = chain.opportunity()
	answer = api.move(doc.name, "Needs Analysis")
	assert {key: answer[key] for key in ("name", "stage", "status", "probability", "amount")} == {
		"name": doc.name,
		"stage": "Needs Analysis",
		"status": "Open",
		"probability": 25,
		"amount": 200_000,
	}
	frappe.set_user(chain.user("stranger", "Sky Support Agent"))
	with pytest.raises(frappe.PermissionError):
		api.move(doc.name, "Negotiation")
	frappe.set_user("Administrator")
	assert chain.state(doc.name) == ("Needs Analysis", "Open")


def test_what_stands_in_the_way_is_named_only_to_those_who_may_open_it():
	doc = chain.opportunity()
	order = chain.order(chain.quotation(doc.name).name)
	assert chain.state(doc.name)[1] == "Won"
	seller = chain.user("no-orders", "Sky Sales User")
	frappe.db.set_value("Sky Opportunity", doc.name, "opportunity_owner", seller)
	for user, told in (("Administrator", True), (seller, False)):
		frappe.set_user(user)
		with pytest.raises(frappe.ValidationError) as refused:
			api.move(doc.name, "Negotiation")
		assert (order.name in str(refused.value)) is told
		assert ("1 that you may not open" in str(refused.value)) is not told
	frappe.set_user("Administrator")
	assert chain.state(doc.name)[1] == "Won"


def test_move_refuses_an_unknown_stage_with_those_there_are_and_a_loss_without_reason():
	name = chain.opportunity().name
	with pytest.raises(frappe.ValidationError, match="Prospecting, Needs Analysis, Proposal"):
		api.move(name, "Dreaming")
	with pytest.raises(ReasonMissingError):
		api.move(name, "Lost")
	assert chain.state(name) == ("Prospecting", "Open")
	with pytest.raises(frappe.ValidationError, match=lost_reason()):
		api.move(name, "Lost", "Nobody Knows")
	with pytest.raises(frappe.DoesNotExistError):
		api.move("SKY-OPP-1900-00001", "Won")


def test_a_lost_reason_is_taken_in_any_case_of_letters():
	name = chain.opportunity().name
	assert api.move(name, "Lost", f" {lost_reason().upper()} ")["lost_reason"] == lost_reason()


def test_moving_to_lost_declares_the_open_quotations_lost_in_erpnext():
	name = chain.opportunity().name
	first, second = chain.quotation(name), chain.quotation(name)
	draft = chain.quotation(name, submit=False)
	answer = api.move(name, "Lost", lost_reason(), "Hết ngân sách")
	assert (answer["status"], answer["lost_reason"]) == ("Lost", "Giá cao")
	for quotation in (first, second):
		quotation = frappe.get_doc("Quotation", quotation.name)
		assert (quotation.status, quotation.order_lost_reason) == ("Lost", "Hết ngân sách")
		assert [row.lost_reason for row in quotation.lost_reasons] == ["Giá cao"]
	assert frappe.db.get_value("Quotation", draft.name, "status") == "Draft"


def test_losing_by_the_form_tells_erpnext_too():
	name = chain.opportunity().name
	quotation = chain.quotation(name)
	doc = frappe.get_doc("Sky Opportunity", name)
	doc.update({"stage": "Lost", "lost_reason": lost_reason()})
	doc.save()
	assert frappe.db.get_value("Quotation", quotation.name, "status") == "Lost"


def test_a_quotation_that_the_user_may_not_change_stays_open_and_is_named():
	person = chain.user("loser", "Sky Sales User")
	name = chain.opportunity(opportunity_owner=person).name
	quotation = chain.quotation(name)
	reason = lost_reason()
	frappe.set_user(person)
	assert api.move(name, "Lost", reason)["status"] == "Lost"
	assert any(quotation.name in message["message"] for message in frappe.get_message_log())
	assert frappe.db.get_value("Quotation", quotation.name, "status") == "Open"


@pytest.mark.parametrize("stage", ["Negotiation", "Lost"])
def test_a_sale_with_a_standing_order_cannot_be_reopened_or_lost_by_any_route(stage):
	name = chain.opportunity().name
	order = chain.order(chain.quotation(name).name)
	reason = lost_reason()
	with pytest.raises(frappe.ValidationError, match=order.name):
		api.move(name, stage, reason)
	doc = frappe.get_doc("Sky Opportunity", name)
	doc.update({"stage": stage, "lost_reason": reason})
	with pytest.raises(frappe.ValidationError, match=order.name):
		doc.save()
	assert chain.state(name) == ("Won", "Won")


# What must not get in ERPNext's way


def test_an_accountant_without_any_right_to_opportunities_wins_one_by_submitting():
	name = chain.opportunity().name
	draft = chain.order(chain.quotation(name).name, submit=False)
	person = chain.user("erp-only", "Sales User", "Sales Manager", "Accounts User")
	assert not frappe.has_permission("Sky Opportunity", "read", user=person)
	frappe.set_user(person)
	frappe.get_doc("Sales Order", draft.name).submit()
	frappe.set_user("Administrator")
	assert chain.state(name) == ("Won", "Won")


def test_an_opportunity_that_cannot_be_saved_does_not_keep_an_order_from_being_submitted():
	doc = chain.opportunity()
	draft = chain.order(chain.quotation(doc.name).name, submit=False)
	frappe.db.set_value("Sky Opportunity Item", doc.items[0].name, "qty", -1)
	draft.submit()
	assert frappe.db.get_value("Sales Order", draft.name, "docstatus") == 1
	assert chain.state(doc.name) == ("Proposal", "Open")
	assert frappe.db.exists("Error Log", {"reference_doctype": "Sky Opportunity", "reference_name": doc.name})
	assert any(doc.name in message["message"] for message in frappe.get_message_log())


def test_a_document_cannot_take_the_opportunity_of_another_customer():
	name = chain.opportunity().name
	quotation = chain.quotation(name, submit=False)
	copy = frappe.copy_doc(quotation)
	copy.party_name = chain.customer("Chain Other")
	with pytest.raises(frappe.ValidationError, match="another customer"):
		copy.insert()
	copy.sky_opportunity = None
	copy.insert()
	copy.submit()
	assert chain.state(name) == ("Prospecting", "Open")


def test_a_document_linked_by_hand_takes_the_campaign_along():
	campaign = frappe.get_doc(
		{"doctype": "Sky Campaign", "campaign_name": "Tết", "channel": "Email", "kind": "Promotion"}
	).insert()
	name = chain.opportunity(campaign=campaign.name).name
	copy = frappe.copy_doc(chain.quotation(chain.opportunity().name, submit=False))
	copy.update({"sky_opportunity": name, "sky_campaign": None})
	assert copy.insert().sky_campaign == campaign.name


def test_handlers_run_no_statement_for_documents_without_an_opportunity():
	for doctype in ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice"):
		doc = frappe.new_doc(doctype)
		doc.update({"customer": chain.customer(), "party_name": chain.customer(), "status": "Lost"})
		events = [
			(event, handler)
			for event, handlers in frappe.get_hooks("doc_events", app_name="skycrm")[doctype].items()
			for handler in (handlers if isinstance(handlers, list) else [handlers])
		]
		assert events
		calls = [frappe.get_attr(handler) for _event, handler in events]
		with recorded() as seen:
			for call in calls:
				call(doc, None)
		assert seen == []
