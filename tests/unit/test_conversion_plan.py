"""The rules of a conversion on plain values: who a lead is, what is written, what stands in the way."""

import pytest

from skycrm.domain.conversion import (
	SKIP,
	Target,
	Wish,
	check_undo,
	check_wish,
	make_plan,
	merge_tags,
	problems,
)
from skycrm.domain.conversion_match import (
	CHOSEN,
	CREATE,
	REUSE,
	Candidate,
	Keys,
	choose_contact,
	choose_customer,
	keys_of,
	names_agree,
)
from skycrm.domain.conversion_values import (
	Defaults,
	address_values,
	contact_channels,
	contact_values,
	customer_fills,
	customer_values,
	opportunity_values,
)
from skycrm.domain.errors import Blocked, InvalidValue, NotPossible

DEFAULTS = Defaults("Commercial", "Vietnam", "Vietnam", True)
LEAD = {
	"name": "SKY-LEAD-2026-00001",
	"lead_name": "Nguyễn Văn An",
	"first_name": "An",
	"middle_name": "Văn",
	"last_name": "Nguyễn",
	"organization": "Công ty TNHH Phúc Long",
	"tax_id": "0100109106",
	"email_id": "an@phuclong.example",
	"mobile_no": "0912345678",
	"phone": "02838223344",
	"job_title": "Giám đốc",
	"address_line1": "12 Lê Lợi",
	"city": "Huế",
	"country": "Vietnam",
	"source": "Website",
	"lead_owner": "seller@example.com",
	"team": "North",
	"items": [{"item_code": "GIAY-A4", "qty": 5, "item_name": "Giấy A4"}],
}
KEYS = keys_of(LEAD, "an@phuclong.example", ["+84912345678", "+842838223344"], "0100109106")


def customer(name, *matched, **values):
	return Candidate(
		name=name,
		title=values.pop("title", name),
		name_key=values.pop("key", "khac"),
		matched_on=frozenset(matched),
		**values,
	)


def contact(name, *matched, key="nguyen van an", **values):
	return Candidate(name=name, title=name, name_key=key, matched_on=frozenset(matched), **values)


class TestWhoItIs:
	def test_nothing_known_makes_everything_new(self):
		plan = make_plan(LEAD, KEYS, Wish(), DEFAULTS)
		assert [part.action for part in plan.parts()] == [CREATE] * 4
		assert plan.customer.reason == "none_found"

	def test_same_tax_code_is_the_same_customer_even_under_another_name(self):
		choice = choose_customer(KEYS, [customer("C1", "tax", tax_key="0100109106")])
		assert (choice.name, choice.action, choice.reason) == ("C1", REUSE, "tax")

	def test_another_tax_code_rules_a_customer_out_whatever_else_agrees(self):
		other = customer("C1", "name", "phone", key=KEYS.organization, tax_key="0301442989")
		choice = choose_customer(KEYS, [other])
		assert choice.name is None
		assert choice.verdicts[0].reason == "tax_differs"

	def test_same_organization_name_is_taken_when_no_tax_code_speaks_against_it(self):
		choice = choose_customer(KEYS, [customer("C1", "name", key=KEYS.organization)])
		assert (choice.name, choice.reason) == ("C1", "name")

	def test_near_organization_name_needs_the_person_or_the_phone_as_well(self):
		near = {"key": "cty phuc long"}
		assert choose_customer(KEYS, [customer("C1", **near)]).name is None
		assert choose_customer(KEYS, [customer("C1", "phone", **near)]).name == "C1"
		known = choose_contact(KEYS, [contact("P1", "email", customers=("C1",))]).verdicts
		assert choose_customer(KEYS, [customer("C1", **near)], known).name == "C1"

	def test_a_person_who_moved_to_another_firm_does_not_take_the_old_firm_along(self):
		known = choose_contact(KEYS, [contact("P1", "phone", customers=("C1",))]).verdicts
		choice = choose_customer(KEYS, [customer("C1", key="cong ty cu")], known)
		assert choice.name is None
		assert choice.reason == "none_certain"

	def test_a_person_alone_is_the_customer_of_their_contact(self):
		keys = Keys(phones=("+84912345678",), person="nguyen van an")
		known = choose_contact(keys, [contact("P1", "phone", customers=("C1",))]).verdicts
		assert choose_customer(keys, [customer("C1")], known).name == "C1"

	def test_a_persons_name_alone_is_no_evidence(self):
		keys = Keys(person="nguyen van an")
		choice = choose_customer(keys, [customer("C1", "name", key="nguyen van an")])
		assert choice.name is None
		assert choice.verdicts[0].reason == "name_alone"

	def test_two_equally_good_take_the_oldest_and_say_so(self):
		choice = choose_customer(
			KEYS,
			[
				customer("C2", "tax", tax_key=KEYS.tax, created="2026-02-01"),
				customer("C1", "tax", tax_key=KEYS.tax, created="2026-01-01"),
			],
		)
		assert choice.name == "C1"
		assert choice.ambiguous
		assert [verdict.candidate.name for verdict in choice.verdicts] == ["C1", "C2"]

	def test_disabled_customers_are_shown_and_not_used(self):
		choice = choose_customer(KEYS, [customer("C1", "tax", tax_key=KEYS.tax, usable=False)])
		assert choice.name is None
		assert choice.verdicts[0].reason == "disabled"

	def test_colleagues_behind_one_switchboard_stay_two_people(self):
		choice = choose_contact(KEYS, [contact("P1", "phone", key="tran thi binh")])
		assert choice.name is None
		assert choice.verdicts[0].reason == "name_differs"

	def test_email_weighs_more_than_phone_and_the_chosen_customers_own_contact_goes_first(self):
		by_email, by_phone = contact("P1", "email"), contact("P2", "phone")
		assert choose_contact(KEYS, [by_phone, by_email]).name == "P1"
		of_customer = contact("P3", "email", customers=("C1",))
		assert choose_contact(KEYS, [by_email, of_customer], customer="C1").name == "P3"

	def test_a_contact_linked_to_the_lead_needs_no_other_evidence(self):
		choice = choose_contact(KEYS, [contact("P1", "linked", key="ai do")])
		assert (choice.name, choice.reason) == ("P1", "linked")

	def test_what_was_chosen_wins_over_all_evidence(self):
		choice = choose_customer(KEYS, [customer("C1", "tax", tax_key=KEYS.tax)], wish="C9")
		assert (choice.name, choice.action) == ("C9", CHOSEN)

	def test_a_chosen_contact_brings_its_customer(self):
		keys = Keys(person="le thi hoa")
		plan = make_plan(
			{"name": "L", "lead_name": "Lê Thị Hoa"},
			keys,
			Wish(contact="P1"),
			DEFAULTS,
			customers=[customer("C1")],
			contacts=[contact("P1", key="mot nguoi khac", customers=("C1",))],
		)
		assert plan.customer.name == "C1"
		assert plan.contact.action == CHOSEN

	@pytest.mark.parametrize(
		("one", "other", "agree"),
		[
			("nguyen van an", "nguyen van an", True),
			("an", "nguyen van an", True),
			("nguyen van an", "an nguyen", True),
			("", "nguyen van an", True),
			("nguyen van an", "nguyen van binh", False),
			("tran binh", "nguyen van an", False),
		],
	)
	def test_names_agree(self, one, other, agree):
		assert names_agree(one, other) is agree
		assert names_agree(other, one) is agree


class TestWhatIsWritten:
	def test_an_organization_becomes_a_company(self):
		values = customer_values(LEAD, DEFAULTS)
		assert values["customer_name"] == "Công ty TNHH Phúc Long"
		assert values["customer_type"] == "Company"
		assert values["tax_id"] == "0100109106"
		assert values["territory"] == "Vietnam"
		# These two would make ERPNext create a contact of its own, or touch its own Lead.
		assert not {"email_id", "mobile_no", "first_name", "lead_name", "opportunity_name"} & set(values)

	def test_a_person_becomes_an_individual(self):
		values = customer_values({"lead_name": "Lê Thị Hoa", "gender": "Female"}, DEFAULTS)
		assert values["customer_name"] == "Lê Thị Hoa"
		assert values["customer_type"] == "Individual"
		assert values["gender"] == "Female"

	def test_a_known_customer_keeps_what_it_has(self):
		fills = customer_fills(
			{"tax_id": "0100109106", "industry": "Retail"}, {"tax_id": "0301442989", "industry": ""}
		)
		assert fills == {"industry": "Retail"}

	def test_the_contact_keeps_the_parts_and_the_order_of_the_name(self):
		values = contact_values(LEAD, DEFAULTS)
		assert (values["first_name"], values["middle_name"], values["last_name"]) == ("An", "Văn", "Nguyễn")
		assert values["sky_family_name_first"] == 1
		assert values["designation"] == "Giám đốc"

	def test_a_western_name_keeps_its_own_order_on_a_vietnamese_site(self):
		values = contact_values(
			{"lead_name": "John Smith", "first_name": "John", "last_name": "Smith"}, DEFAULTS
		)
		assert values["sky_family_name_first"] == 0

	def test_parts_are_found_when_the_lead_has_none(self):
		values = contact_values({"lead_name": "Trần Thị Bình"}, DEFAULTS)
		assert (values["first_name"], values["last_name"]) == ("Bình", "Trần")

	def test_a_firm_without_a_person_still_leaves_one_contact(self):
		values = contact_values({"organization": "Phúc Long", "phone": "02838223344"}, DEFAULTS)
		assert values["company_name"] == "Phúc Long"
		assert "first_name" not in values
		assert values["phone_nos"] == [
			{"phone": "02838223344", "is_primary_phone": 1, "is_primary_mobile_no": 0}
		]

	def test_beside_a_known_customer_nothing_new_is_primary(self):
		known = customer("C1", "tax", tax_key=KEYS.tax)
		for customers, primary in (([], 1), ([known], 0)):
			plan = make_plan(LEAD, KEYS, Wish(), DEFAULTS, customers=customers)
			assert plan.contact.values["is_primary_contact"] == primary
			assert plan.address.values["is_primary_address"] == primary

	def test_one_number_in_both_fields_is_one_row(self):
		rows = contact_channels({"mobile_no": "0912345678", "phone": "0912345678"})["phone_nos"]
		assert rows == [{"phone": "0912345678", "is_primary_mobile_no": 1, "is_primary_phone": 1}]

	def test_an_address_needs_a_place(self):
		assert address_values({"country": "Vietnam", "state": "Huế"}, DEFAULTS) == {}
		plan = make_plan({"lead_name": "An"}, Keys(person="an"), Wish(), DEFAULTS)
		assert (plan.address.action, plan.address.reason) == (SKIP, "no_place")

	@pytest.mark.parametrize(
		("given", "line", "city"),
		[
			({"address_line1": "12 Lê Lợi", "city": "Huế"}, "12 Lê Lợi", "Huế"),
			({"address_line1": "12 Lê Lợi"}, "12 Lê Lợi", "Vietnam"),
			({"address_line1": "12 Lê Lợi", "state": "Thừa Thiên Huế"}, "12 Lê Lợi", "Thừa Thiên Huế"),
			({"city": "Huế"}, "Huế", "Huế"),
		],
	)
	def test_the_next_larger_place_stands_in(self, given, line, city):
		values = address_values({"lead_name": "An", **given}, DEFAULTS)
		assert (values["address_line1"], values["city"], values["country"]) == (line, city, "Vietnam")

	def test_an_address_of_the_lead_is_reused(self):
		plan = make_plan(LEAD, KEYS, Wish(), DEFAULTS, addresses=["A1", "A2"])
		assert (plan.address.action, plan.address.name, plan.address.ambiguous) == (REUSE, "A1", True)

	def test_products_become_lines(self):
		values = opportunity_values(LEAD, {})
		assert values["items"] == [{"item_code": "GIAY-A4", "item_name": "Giấy A4", "qty": 5.0}]
		assert values["opportunity_owner"] == "seller@example.com"
		assert values["lead"] == LEAD["name"]
		priced = opportunity_values(LEAD, {"GIAY-A4": {"price_list_rate": 68000.0, "uom": "Ream"}})
		assert priced["items"][0]["price_list_rate"] == 68000.0

	def test_no_opportunity_when_none_is_wanted_and_the_chosen_one_when_one_is_chosen(self):
		assert make_plan(LEAD, KEYS, Wish(False), DEFAULTS).opportunity.action == SKIP
		target = Target("O1", "C1")
		part = make_plan(LEAD, KEYS, Wish(opportunity="O1"), DEFAULTS, target=target).opportunity
		assert (part.action, part.name, part.values) == (CHOSEN, "O1", {})

	def test_a_deal_begun_for_the_lead_goes_on(self):
		deals = [Target("O1", "C9"), Target("O2"), Target("O3")]
		part = make_plan(LEAD, KEYS, Wish(), DEFAULTS, own_deals=deals).opportunity
		assert (part.action, part.name, part.reason, part.ambiguous) == (REUSE, "O2", "linked", True)
		assert make_plan(LEAD, KEYS, Wish(False), DEFAULTS, own_deals=deals).opportunity.action == SKIP

	def test_tags_are_merged_once_each(self):
		assert merge_tags(",vip,hà nội", ",VIP,mới") == ",vip,hà nội,mới"
		assert merge_tags(None, "") == ""


class TestWhatIsRefused:
	def test_a_lead_without_any_name(self):
		assert [error.code for error in problems({"email_id": "a@b.vn"})] == ["conversion_name_missing"]

	def test_every_wrong_value_is_listed_with_its_field(self):
		found = problems(
			{"lead_name": "An", "items": [{"item_code": "X", "qty": -1}]},
			[
				("email_id", InvalidValue("email_no_at", "abc")),
				("tax_id", InvalidValue("tax_code_length", "1")),
			],
		)
		assert [(error.code, error.params["field"]) for error in found] == [
			("conversion_value_invalid", "email_id"),
			("conversion_value_invalid", "tax_id"),
			("conversion_qty_negative", "items"),
		]

	def test_a_good_lead_has_no_problem(self):
		assert problems(LEAD) == []

	@pytest.mark.parametrize(
		("wish", "customers", "target", "code"),
		[
			(Wish(False, opportunity="O1"), (), None, "conversion_opportunity_unwanted"),
			(Wish(opportunity="O1"), (), Target("O1", "C1", "Won"), "conversion_opportunity_closed"),
			(
				Wish(customer="C2", opportunity="O1"),
				(),
				Target("O1", "C1"),
				"conversion_opportunity_other_customer",
			),
			(Wish(customer="C2", contact="P1"), ("C1",), None, "conversion_contact_other_customer"),
			(
				Wish(contact="P1", opportunity="O1"),
				("C2",),
				Target("O1", "C1"),
				"conversion_contact_other_customer",
			),
		],
	)
	def test_chosen_records_that_do_not_fit(self, wish, customers, target, code):
		with pytest.raises(NotPossible) as refused:
			check_wish(wish, customers, target)
		assert refused.value.code == code

	def test_a_deal_brings_its_customer_and_a_free_contact_fits_everywhere(self):
		assert check_wish(Wish(opportunity="O1"), (), Target("O1", "C1")).customer == "C1"
		assert check_wish(Wish(customer="C1", contact="P1"), ()).contact == "P1"

	def test_undo(self):
		check_undo("Converted", True, [])
		with pytest.raises(NotPossible, match="conversion_not_converted"):
			check_undo("New", False, [])
		with pytest.raises(NotPossible, match="conversion_not_recorded"):
			check_undo("Converted", False, [])
		with pytest.raises(Blocked) as refused:
			check_undo("Converted", True, [("Quotation", "Q1")], 2)
		assert refused.value.blockers == [("Quotation", "Q1")]
		assert refused.value.params["hidden"] == 2
