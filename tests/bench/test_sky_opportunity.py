"""An opportunity on a real site: prices, sums, stages, defaults, checks, and the bulk move."""

import pytest
from factories import company, make_customer, make_item, make_lead, make_opportunity, make_user, unique
from sql_log import recorded

import frappe
from frappe.desk.doctype.kanban_board.kanban_board import update_order_for_single_card
from frappe.utils import add_days, getdate, now_datetime, nowdate

from skycrm.api.v1 import bulk, calendar
from skycrm.api.v1.opportunity_items import get_offer
from skycrm.services.status import ReasonMissingError


def price_list(currency: str = "VND") -> str:
	doc = frappe.new_doc("Price List")
	doc.update({"price_list_name": unique("Bảng giá"), "currency": currency, "selling": 1, "enabled": 1})
	return doc.insert().name


def item(rates: dict | None = None, in_list: str | None = None, **values) -> str:
	"""An item with prices per unit in a price list."""
	code = make_item(unique("SP").replace(" ", "-"), **values)
	for uom, rate in (rates or {}).items():
		frappe.get_doc(
			{
				"doctype": "Item Price",
				"item_code": code,
				"price_list": in_list,
				"uom": uom,
				"price_list_rate": rate,
			}
		).insert()
	return code


def box_of(pieces: int) -> list[dict]:
	return [{"uom": "Box", "conversion_factor": pieces}]


def opportunity(*lines: dict, **values):
	return make_opportunity(items=list(lines), **values)


def lost_reason() -> str:
	return frappe.get_doc({"doctype": "Sky Lost Reason", "reason": unique("Giá cao")}).insert().name


class TestDefaults:
	def test_what_nobody_said_comes_from_company_customer_and_site(self):
		doc = frappe.get_doc(
			{"doctype": "Sky Opportunity", "customer": make_customer("Cty Mặc Định")}
		).insert()
		assert doc.name.startswith(f"SKY-OPP-{now_datetime().year}-")
		assert (doc.title, doc.company, doc.currency, doc.conversion_rate) == (
			"Cty Mặc Định",
			company(),
			"VND",
			1,
		)
		assert (doc.stage, doc.status, doc.probability) == ("Prospecting", "Open", 10)
		assert doc.selling_price_list
		assert (doc.approval_status, doc.amount) == ("Not Needed", 0)

	def test_of_a_lead_it_takes_the_name(self):
		lead = make_lead(organization="Cty Đầu Mối")
		assert (
			frappe.get_doc({"doctype": "Sky Opportunity", "lead": lead.name}).insert().title == "Cty Đầu Mối"
		)

	def test_with_nobody_it_is_refused(self):
		with pytest.raises(frappe.MandatoryError, match="Choose who"):
			frappe.get_doc({"doctype": "Sky Opportunity", "title": "Không ai"}).insert()

	def test_the_customers_own_price_list_and_currency(self):
		own = price_list("USD")
		frappe.db.set_value("Currency", "USD", "enabled", 1)
		frappe.get_doc(
			{
				"doctype": "Currency Exchange",
				"date": nowdate(),
				"from_currency": "USD",
				"to_currency": "VND",
				"exchange_rate": 25_430,
				"for_selling": 1,
			}
		).insert()
		customer = make_customer(default_price_list=own, default_currency="USD")
		lines = [{"item_code": item(), "qty": 2, "rate": 10}]
		doc = frappe.get_doc({"doctype": "Sky Opportunity", "customer": customer, "items": lines}).insert()
		assert (doc.selling_price_list, doc.currency, doc.conversion_rate) == (own, "USD", 25_430)
		assert (doc.amount, doc.base_amount) == (20, 508_600)
		assert doc.items[0].base_amount == 508_600

	def test_what_was_said_counts_before_the_customers_own(self):
		customer = make_customer(default_price_list=price_list())
		said = {"customer": customer, "currency": "VND", "selling_price_list": "Standard Selling"}
		doc = frappe.get_doc({"doctype": "Sky Opportunity", **said}).insert()
		assert doc.selling_price_list == "Standard Selling"
		doc.selling_price_list = None
		doc.save()
		assert doc.selling_price_list == frappe.db.get_value("Customer", customer, "default_price_list")

	def test_a_currency_without_exchange_rate_is_refused(self):
		frappe.db.set_single_value("Currency Exchange Settings", "disabled", 1)
		frappe.clear_document_cache("Currency Exchange Settings", "Currency Exchange Settings")
		frappe.db.delete("Currency Exchange", {"from_currency": "CHF"})
		with pytest.raises(frappe.ValidationError, match="from CHF to VND is missing"):
			make_opportunity(currency="CHF")

	def test_the_seller_who_makes_it_owns_it(self, as_user):
		seller = make_user("opp.seller@example.com", "Sky Sales User", "Sales User")
		customer = make_customer()
		code = make_item(rate=100_000)
		with as_user(seller):
			doc = make_opportunity(customer=customer, items=[{"item_code": code, "qty": 1}])
		assert doc.opportunity_owner == seller


class TestLines:
	def test_name_unit_and_price_come_from_item_and_list(self):
		prices = price_list()
		code = item({"Nos": 120_000}, prices)
		doc = opportunity({"item_code": code, "qty": 3}, selling_price_list=prices)
		row = doc.items[0]
		assert (row.item_name, row.uom, row.price_list_rate) == (code, "Nos", 120_000)
		assert (row.discount_percentage, row.rate, row.amount) == (0, 120_000, 360_000)
		assert doc.amount == doc.base_amount == 360_000
		assert doc.weighted_amount == 36_000

	def test_one_query_for_all_prices(self):
		prices = price_list()
		codes = [item({"Nos": 1000 * number}, prices) for number in range(1, 8)]
		lines = [{"item_code": code, "qty": 1} for code in codes]
		values = {"doctype": "Sky Opportunity", "customer": make_customer(), "selling_price_list": prices}
		with recorded() as seen:
			doc = frappe.get_doc({**values, "items": lines}).insert()
		assert doc.amount == 28_000
		assert sum("`tabItem Price`" in query for query in seen) == 1
		assert sum("`tabItem`" in query and "stock_uom" in query for query in seen) == 1

	def test_a_price_in_another_unit_is_converted(self):
		prices = price_list()
		code = item({"Nos": 5_000}, prices, uoms=box_of(12))
		doc = opportunity({"item_code": code, "qty": 1, "uom": "Box"}, selling_price_list=prices)
		assert doc.items[0].price_list_rate == 60_000

	def test_the_customers_own_price_comes_first_and_old_ones_do_not_count(self):
		prices = price_list()
		customer = make_customer()
		code = item({"Nos": 100_000}, prices)
		for values in (
			{"customer": customer, "price_list_rate": 90_000},
			{"price_list_rate": 10, "valid_from": "2020-01-01", "valid_upto": "2020-12-31"},
			{"price_list_rate": 20, "valid_from": add_days(nowdate(), 30)},
		):
			frappe.get_doc(
				{"doctype": "Item Price", "item_code": code, "price_list": prices, "uom": "Nos", **values}
			).insert()
		mine = opportunity({"item_code": code, "qty": 1}, selling_price_list=prices, customer=customer)
		other = opportunity({"item_code": code, "qty": 1}, selling_price_list=prices)
		assert (mine.items[0].rate, other.items[0].rate) == (90_000, 100_000)

	def test_a_discount_cannot_be_hidden_in_the_list_price(self):
		prices = price_list()
		code = item({"Nos": 100_000}, prices)
		doc = opportunity(
			{"item_code": code, "qty": 1, "price_list_rate": 60_000, "rate": 60_000},
			selling_price_list=prices,
		)
		row = doc.items[0]
		assert (row.price_list_rate, row.rate, row.discount_percentage) == (100_000, 60_000, 40)
		assert doc.approval_status == "Pending"
		doc.items[0].price_list_rate = 61_000
		doc.save()
		assert doc.items[0].price_list_rate == 100_000

	def test_a_stored_price_stays_when_the_list_changes(self):
		prices = price_list()
		code = item({"Nos": 100_000}, prices)
		doc = opportunity({"item_code": code, "qty": 1}, selling_price_list=prices)
		frappe.db.set_value("Item Price", {"item_code": code}, "price_list_rate", 150_000)
		doc.reload()
		doc.items[0].qty = 2
		doc.save()
		assert (doc.items[0].price_list_rate, doc.amount) == (100_000, 200_000)

	def test_another_price_list_prices_anew_and_keeps_the_discount(self):
		first, second = price_list(), price_list()
		code = item({"Nos": 100_000}, first)
		frappe.get_doc(
			{
				"doctype": "Item Price",
				"item_code": code,
				"price_list": second,
				"uom": "Nos",
				"price_list_rate": 80_000,
			}
		).insert()
		doc = opportunity({"item_code": code, "qty": 1, "discount_percentage": 5}, selling_price_list=first)
		assert doc.items[0].rate == 95_000
		doc.selling_price_list = second
		doc.save()
		assert (doc.items[0].price_list_rate, doc.items[0].rate) == (80_000, 76_000)

	def test_another_item_in_the_row_starts_anew(self):
		prices = price_list()
		first, second = item({"Nos": 100_000}, prices), item({"Nos": 30_000}, prices)
		doc = opportunity({"item_code": first, "qty": 2}, selling_price_list=prices)
		doc.items[0].item_code = second
		doc.save()
		row = doc.items[0]
		assert (row.item_name, row.price_list_rate, row.rate, doc.amount) == (second, 30_000, 30_000, 60_000)

	def test_a_rate_typed_later_is_a_discount(self):
		prices = price_list()
		doc = opportunity({"item_code": item({"Nos": 200_000}, prices), "qty": 1}, selling_price_list=prices)
		doc.items[0].rate = 150_000
		doc.save()
		assert (doc.items[0].discount_percentage, doc.max_discount_percentage) == (25, 25)
		for _ in range(3):
			doc.save()
		assert doc.items[0].rate == 150_000

	def test_without_products_the_amount_is_an_estimate(self):
		doc = opportunity(amount=50_000_000, probability=40)
		assert (doc.amount, doc.base_amount, doc.weighted_amount) == (50_000_000, 50_000_000, 20_000_000)
		doc.append("items", {"item_code": make_item(rate=100_000), "qty": 1, "rate": 100_000})
		doc.save()
		assert doc.amount == 100_000

	@pytest.mark.parametrize(
		"line, said",
		[
			({"qty": 0}, "Row 2, Quantity must be above 0"),
			({"qty": -3}, "Row 2, Quantity must be above 0"),
			({"qty": 1, "discount_percentage": 101}, "between 0 and 100"),
			({"qty": 1, "discount_percentage": -5}, "between 0 and 100"),
			({"qty": 1, "rate": -1}, "Row 2, Rate must not be below 0"),
			({"qty": 1, "price_list_rate": -1}, "Row 2, Price List Rate must not be below 0"),
		],
	)
	def test_figures_that_cannot_be_sold_name_their_row(self, line, said):
		code = make_item(rate=100_000)
		with pytest.raises(frappe.ValidationError) as caught:
			opportunity({"item_code": code, "qty": 1}, {"item_code": code, **line})
		assert said in frappe.utils.strip_html(str(caught.value))

	@pytest.mark.parametrize(
		"values, said",
		[
			({"disabled": 1}, "is disabled"),
			({"is_sales_item": 0}, "not for sale"),
		],
	)
	def test_items_that_cannot_be_sold(self, values, said):
		with pytest.raises(frappe.ValidationError, match=said):
			opportunity({"item_code": item(**values), "qty": 1})

	def test_an_item_that_does_not_exist(self):
		with pytest.raises(frappe.LinkValidationError):
			opportunity({"item_code": "KHONG-CO", "qty": 1})

	def test_a_stored_line_may_keep_an_item_that_was_disabled_since(self):
		code = item()
		doc = opportunity({"item_code": code, "qty": 1, "rate": 5_000})
		frappe.db.set_value("Item", code, "disabled", 1)
		doc.reload()
		doc.next_step = "Gọi lại"
		doc.save()

	def test_a_negative_estimate(self):
		with pytest.raises(frappe.ValidationError):
			opportunity(amount=-1)


class TestStage:
	def test_status_probability_and_dates_follow(self):
		doc = make_opportunity()
		doc.stage = "Negotiation"
		doc.save()
		assert (doc.status, doc.probability, doc.weighted_amount) == ("Open", 75, 150_000)
		doc.stage = "Won"
		doc.save()
		assert (doc.status, doc.probability, doc.weighted_amount) == ("Won", 100, 200_000)
		assert doc.won_on and not doc.lost_on
		assert doc.stage_before_closing == "Negotiation"

	def test_a_typed_probability_stays_until_the_stage_changes(self):
		doc = make_opportunity()
		doc.probability = 33
		doc.save()
		assert (doc.probability, doc.weighted_amount) == (33, 66_000)
		doc.next_step = "Gửi mẫu"
		doc.save()
		assert doc.probability == 33
		doc.stage = "Proposal"
		doc.save()
		assert doc.probability == 50
		doc.stage, doc.probability = "Negotiation", 90
		doc.save()
		assert doc.probability == 90

	@pytest.mark.parametrize("probability", [-1, 101])
	def test_a_probability_out_of_range(self, probability):
		doc = make_opportunity()
		doc.probability = probability
		with pytest.raises(frappe.ValidationError, match="between 0 and 100"):
			doc.save()

	def test_lost_needs_its_reason(self):
		doc = make_opportunity()
		doc.stage = "Lost"
		with pytest.raises(ReasonMissingError):
			doc.save()
		doc.reload()
		doc.update({"stage": "Lost", "lost_reason": lost_reason(), "lost_note": "Đối thủ rẻ hơn"})
		doc.save()
		assert (doc.status, doc.probability, doc.weighted_amount) == ("Lost", 0, 0)

	@pytest.mark.parametrize(
		"field, value", [("status", "Won"), ("won_on", "2026-01-01"), ("lost_on", "2026-01-01")]
	)
	def test_what_follows_cannot_be_written(self, field, value):
		doc = make_opportunity()
		doc.set(field, value)
		with pytest.raises(frappe.ValidationError, match="another stage"):
			doc.save()

	def test_the_last_open_stage_in_use_is_where_new_ones_start(self):
		frappe.db.set_value("Sky Sales Stage", "Prospecting", "enabled", 0)
		assert make_opportunity().stage == "Needs Analysis"

	def test_a_stage_in_use_keeps_its_type_and_its_record(self):
		make_opportunity(stage="Proposal")
		stage = frappe.get_doc("Sky Sales Stage", "Proposal")
		stage.type = "Won"
		with pytest.raises(frappe.ValidationError, match="Add another stage"):
			stage.save()
		with pytest.raises(frappe.LinkExistsError):
			frappe.delete_doc("Sky Sales Stage", "Proposal")


class TestOffer:
	def test_gives_name_unit_and_price(self):
		prices = price_list()
		code = item({"Nos": 70_000}, prices)
		offer = get_offer(code, company(), price_list=prices)
		assert offer == {"item_name": code, "uom": "Nos", "price_list_rate": 70_000}

	def test_needs_the_right_to_opportunities_and_to_the_item(self, as_user):
		code = item()
		with as_user(make_user("opp.support@example.com", "Sky Support Agent")):
			with pytest.raises(frappe.PermissionError):
				get_offer(code, company())

	def test_tells_no_price_of_a_list_that_one_may_not_read(self, as_user):
		prices = price_list()
		code = item({"Nos": 70_000}, prices)
		with as_user(make_user("opp.store@example.com", "Sky Sales User", "Stock User")):
			assert get_offer(code, company())["item_name"] == code
			with pytest.raises(frappe.PermissionError):
				get_offer(code, company(), price_list=prices)


class TestBulkMove:
	def test_moves_those_that_can_be_moved(self):
		names = [make_opportunity().name for _ in range(3)]
		answer = bulk.move_stage([*names, "SKY-OPP-KHONG-CO"], "Negotiation")
		assert [row["done"] for row in answer["outcomes"]] == [True, True, True, False]
		assert set(frappe.get_all("Sky Opportunity", {"name": ("in", names)}, pluck="stage")) == {
			"Negotiation"
		}

	def test_lost_without_a_reason_moves_none_and_says_why(self):
		doc = make_opportunity()
		answer = bulk.move_stage([doc.name], "Lost")
		assert answer["outcomes"][0]["done"] is False
		assert "reason" in answer["outcomes"][0]["message"].lower()
		answer = bulk.move_stage([doc.name], "Lost", lost_reason())
		assert answer["outcomes"][0] == {"name": doc.name, "title": doc.title, "done": True, "message": ""}

	def test_marketing_may_not(self, as_user):
		doc = make_opportunity()
		with as_user(make_user("opp.marketing@example.com", "Sky Marketing User")):
			with pytest.raises(frappe.PermissionError):
				bulk.move_stage([doc.name], "Proposal")


class TestCalendar:
	def test_shows_closings_and_moves_them(self):
		day = getdate(add_days(nowdate(), 3))
		doc = make_opportunity(expected_closing=day)
		rows = {row.name: row for row in calendar.get_closings(str(add_days(day, -5)), str(add_days(day, 5)))}
		assert doc.title in rows[doc.name].title
		assert rows[doc.name].all_day == 1
		calendar.move(
			{
				"doctype": "Sky Opportunity",
				"name": doc.name,
				"expected_closing": f"{add_days(day, 2)} 00:00:00",
			}
		)
		assert frappe.db.get_value("Sky Opportunity", doc.name, "expected_closing") == getdate(
			add_days(day, 2)
		)


class TestBoard:
	def test_a_card_moved_on_the_board_moves_the_stage_with_every_check(self):
		doc = make_opportunity()
		board = frappe.get_doc(
			{
				"doctype": "Kanban Board",
				"kanban_board_name": unique("Bảng"),
				"reference_doctype": "Sky Opportunity",
				"field_name": "stage",
				"columns": [{"column_name": name} for name in ("Prospecting", "Proposal", "Lost")],
			}
		).insert()
		place = frappe.parse_json(board.columns[0].order).index(doc.name)
		update_order_for_single_card(board.name, doc.name, "Prospecting", "Proposal", place, 0)
		doc.reload()
		assert (doc.stage, doc.probability) == ("Proposal", 50)
		with pytest.raises(ReasonMissingError):
			update_order_for_single_card(board.name, doc.name, "Proposal", "Lost", 0, 0)
