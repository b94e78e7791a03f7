"""What an opportunity shows: its documents as far as the user may read them, live stock, and a customer's history."""

import chain_records as chain
import pytest
from sql_log import recorded

import frappe

from skycrm.api.v1 import opportunities as api


def test_connections_show_state_amount_and_totals():
	name = chain.opportunity().name
	draft = chain.quotation(name, submit=False)
	quotation = chain.quotation(name)
	order = chain.order(quotation.name)
	invoice = chain.invoice(order.name)
	shown = api.connections(name)
	by_name = {row.name: row for row in shown["documents"]["Quotation"]}
	assert by_name[draft.name].status == "Draft"
	assert by_name[quotation.name].status == "Ordered"
	assert by_name[quotation.name].net_total == 200_000
	assert by_name[quotation.name].currency == "VND"
	assert [row.name for row in shown["documents"]["Sales Order"]] == [order.name]
	assert shown["documents"]["Sales Order"][0].per_billed == 100
	assert [row.name for row in shown["documents"]["Sales Invoice"]] == [invoice.name]
	assert shown["documents"]["Delivery Note"] == []
	assert shown["totals"]["Quotation"] == shown["totals"]["Sales Order"] == shown["revenue"] == 200_000
	assert shown["currency"] == "VND"


def test_connections_of_another_opportunity_stay_out():
	one, other = chain.opportunity().name, chain.opportunity().name
	quotation = chain.quotation(one)
	assert [row.name for row in api.connections(one)["documents"]["Quotation"]] == [quotation.name]
	assert api.connections(other)["documents"]["Quotation"] == []


def test_connections_hold_only_what_the_user_may_read():
	person = chain.user("reader", "Sky Sales User")
	name = chain.opportunity(opportunity_owner=person).name
	chain.invoice(chain.order(chain.quotation(name).name).name)
	frappe.set_user(person)
	shown = api.connections(name)
	assert (shown["documents"], shown["totals"], shown["revenue"]) == ({}, {}, None)
	frappe.set_user("Administrator")
	frappe.set_user(chain.user("outsider", "Sales User", "Accounts User"))
	with pytest.raises(frappe.PermissionError):
		api.connections(name)


def test_connections_cost_one_statement_per_doctype():
	name = chain.opportunity().name
	for _number in range(3):
		chain.quotation(name)
	api.connections(name)
	with recorded() as few:
		api.connections(name)
	for _number in range(5):
		chain.quotation(name)
	with recorded() as many:
		api.connections(name)
	assert len(many) == len(few) <= 14


def receive(code: str, qty: float, warehouse: str) -> None:
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": chain.company(),
			"items": [{"item_code": code, "qty": qty, "t_warehouse": warehouse, "basic_rate": 1_000}],
		}
	).insert().submit()


def test_stock_is_what_bin_says_this_moment():
	stocked = chain.item("CHAIN-BIN", stock=True, boxes_of=12)
	never = chain.item("CHAIN-NEVER", stock=True)
	name = chain.opportunity(
		items=[
			{"item_code": stocked, "qty": 2, "uom": "Box", "price_list_rate": 10_000, "rate": 10_000},
			{"item_code": stocked, "qty": 1, "uom": "Nos", "price_list_rate": 1_000, "rate": 1_000},
			{"item_code": never, "qty": 4, "price_list_rate": 10_000, "rate": 10_000},
		]
	).name
	assert [(row["item_code"], row["warehouse"], row["actual_qty"]) for row in api.stock(name)] == [
		(stocked, None, 0),
		(never, None, 0),
	]
	receive(stocked, 30, chain.warehouse())
	receive(stocked, 7, chain.warehouse("Finished Goods"))
	rows = {(row["item_code"], row["warehouse"]): row for row in api.stock(name)}
	assert set(rows) == {
		(stocked, chain.warehouse()),
		(stocked, chain.warehouse("Finished Goods")),
		(never, None),
	}
	assert rows[stocked, chain.warehouse()]["actual_qty"] == 30
	assert rows[stocked, chain.warehouse()]["wanted_qty"] == 25
	assert rows[never, None]["wanted_qty"] == 4

	order = chain.order(chain.quotation(name).name, submit=False)
	for row in order.items:
		row.warehouse = chain.warehouse()
	order.save()
	order.submit()
	row = next(
		row
		for row in api.stock(name)
		if row["warehouse"] == chain.warehouse() and row["item_code"] == stocked
	)
	bin_row = frappe.db.get_value(
		"Bin",
		{"item_code": stocked, "warehouse": chain.warehouse()},
		["actual_qty", "reserved_qty", "ordered_qty", "projected_qty"],
		as_dict=True,
	)
	assert {key: row[key] for key in bin_row} == bin_row
	assert (row["reserved_qty"], row["projected_qty"]) == (25, 5)


def test_stock_needs_the_right_to_see_stock():
	person = chain.user("no-stock", "Sky Sales User")
	code = chain.item("CHAIN-BIN", stock=True, boxes_of=12)
	name = chain.opportunity(
		opportunity_owner=person, items=[{"item_code": code, "qty": 1, "price_list_rate": 1, "rate": 1}]
	).name
	receive(code, 3, chain.warehouse())
	assert api.stock(name)
	frappe.set_user(person)
	assert api.stock(name) == []


def test_purchase_history_of_a_customer():
	customer = chain.customer("Chain Regular")
	code = chain.item("CHAIN-SERVICE")
	for qty in (2, 3):
		name = chain.opportunity(
			customer=customer,
			items=[{"item_code": code, "qty": qty, "price_list_rate": 10_000, "rate": 10_000}],
		).name
		chain.invoice(chain.order(chain.quotation(name).name).name)
	history = api.purchase_history(customer)
	assert len(history["invoices"]) == 2
	assert [(row.item_code, row.qty, row.times, row.base_net_amount) for row in history["items"]] == [
		(code, 5, 2, 50_000)
	]
	assert history["revenue"] == {chain.company(): 50_000}
	assert len(api.purchase_history(customer, 1)["invoices"]) == 1
	frappe.set_user(chain.user("nobody", "Sky Support Agent"))
	with pytest.raises(frappe.PermissionError):
		api.purchase_history(customer)
