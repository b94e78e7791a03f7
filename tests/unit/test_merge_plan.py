"""Which value the merged lead has, field by field, and which leads belong together."""

import pytest

from skycrm.domain.errors import Conflict, InvalidValue
from skycrm.domain.merge import (
	MOST,
	best_primary,
	check_conversions,
	check_group,
	dropped,
	fields_changed,
	make_plan,
	sure_groups,
)

FIELDS = {
	"lead_name": "Data",
	"last_name": "Data",
	"middle_name": "Data",
	"first_name": "Data",
	"organization": "Data",
	"job_title": "Data",
	"mobile_no": "Data",
	"phone": "Data",
	"email_id": "Data",
	"status": "Select",
	"unqualified_reason": "Small Text",
	"lead_owner": "Link",
	"team": "Link",
	"address_line1": "Data",
	"city": "Data",
	"state": "Data",
	"country": "Link",
	"notes": "Text Editor",
	"vip": "Check",
	"email_consent": "Select",
	"email_consent_on": "Datetime",
	"email_consent_how": "Data",
	"score": "Int",
	"customer": "Link",
}


def lead(name, **values):
	return {"name": name, "status": "New", **values}


def plan(*records, choices=None, tables=None):
	return make_plan(records, FIELDS, choices, tables)


class TestValues:
	def test_the_primary_keeps_its_values_and_gets_what_it_lacks(self):
		found = plan(
			lead("P", organization="Sao Mai", job_title=""),
			lead("A", organization="Khác", job_title=None),
			lead("B", job_title="Giám đốc"),
		)
		assert found.values["organization"] == "Sao Mai"
		assert (found.values["job_title"], found.sources["job_title"]) == (
			"Giám đốc",
			"B",
		)
		assert "organization" in found.differing and "job_title" in found.differing
		assert "email_id" not in found.differing

	def test_a_choice_is_followed_even_when_it_is_empty(self):
		found = plan(
			lead("P", organization="Sao Mai", email_id="a@example.com"),
			lead("A", organization="Khác"),
			choices={"organization": "A", "email_id": "A"},
		)
		assert found.values["organization"] == "Khác"
		assert found.values["email_id"] is None

	def test_a_name_brings_its_parts(self):
		parts = {"last_name": "Nguyễn", "middle_name": "Văn", "first_name": "An"}
		found = plan(
			lead("P", lead_name="An", first_name="An", middle_name="Sai"),
			lead("A", lead_name="Nguyễn Văn An", **parts),
			choices={"lead_name": "A"},
		)
		assert {name: found.values[name] for name in parts} == parts
		assert plan(lead("P", lead_name="An"), lead("A", **parts)).values["last_name"] is None

	def test_an_address_comes_from_one_record(self):
		found = plan(
			lead("P", city="Huế", country="Vietnam"),
			lead("A", address_line1="1 Lê Lợi", city="Hà Nội", country="Vietnam"),
		)
		assert (found.values["address_line1"], found.values["city"]) == (None, "Huế")
		found = plan(
			lead("P", country="Vietnam"),
			lead("A", address_line1="1 Rue", city="Paris", country="France"),
		)
		assert [found.values[name] for name in ("address_line1", "city", "country")] == [
			"1 Rue",
			"Paris",
			"France",
		]

	def test_the_owner_brings_the_team(self):
		found = plan(lead("P", team="Bắc"), lead("A", lead_owner="an@example.com", team="Nam"))
		assert (found.values["lead_owner"], found.values["team"]) == (
			"an@example.com",
			"Nam",
		)

	def test_notes_are_kept_of_all_unless_one_is_chosen(self):
		records = (
			lead("P", notes="<p>một</p>"),
			lead("A", notes="<p>hai</p>"),
			lead("B", notes="<p>một</p>"),
		)
		assert plan(*records).values["notes"] == "<p>một</p><hr><p>hai</p>"
		assert plan(*records, choices={"notes": "A"}).values["notes"] == "<p>hai</p>"

	def test_a_second_number_goes_where_there_is_room(self):
		found = plan(lead("P", mobile_no="0912 345 678"), lead("A", mobile_no="0987654321"))
		assert found.values["phone"] == "0987654321"
		same = plan(lead("P", mobile_no="0912 345 678"), lead("A", mobile_no="+84912345678"))
		assert not same.values["phone"]
		full = plan(
			lead("P", mobile_no="0912345678", phone="1"),
			lead("A", mobile_no="0987654321"),
		)
		assert full.values["phone"] == "1"

	def test_not_ticked_is_an_answer(self):
		assert plan(lead("P", vip=0), lead("A", vip=1)).values["vip"] == 0
		assert plan(lead("P", vip=0), lead("A", vip=1), choices={"vip": "A"}).values["vip"] == 1

	def test_what_other_rules_write_is_not_decided(self):
		assert not {"score", "customer"} & set(plan(lead("P", score=1), lead("A", score=9)).values)

	def test_what_was_not_taken_over_is_known(self):
		records = (
			lead("P", organization="Sao Mai", email_id="a@example.com"),
			lead("A", organization="Sao Mai", email_id="b@example.com"),
		)
		assert dropped(records, make_plan(records, FIELDS)) == {"email_id": ["b@example.com"]}


class TestConsents:
	@pytest.mark.parametrize("order", [("P", "A", "B"), ("B", "A", "P")])
	def test_a_refusal_always_wins_and_the_latest_of_them(self, order):
		records = {
			"P": lead("P", email_consent="Granted", email_consent_on="2026-03-01 10:00:00"),
			"A": lead("A", email_consent="Refused", email_consent_on="2026-01-01 10:00:00"),
			"B": lead(
				"B",
				email_consent="Refused",
				email_consent_on="2026-02-01 10:00:00",
				email_consent_how="thư",
			),
		}
		found = plan(*(records[name] for name in order)).values
		assert found["email_consent"] == "Refused"
		assert (found["email_consent_on"], found["email_consent_how"]) == (
			"2026-02-01 10:00:00",
			"thư",
		)

	def test_a_consent_is_better_than_none(self):
		found = plan(
			lead("P", email_consent="Unknown"),
			lead("A", email_consent="Granted", email_consent_on="2026-01-01 10:00:00"),
		)
		assert (found.values["email_consent"], found.sources["email_consent"]) == (
			"Granted",
			"A",
		)

	def test_it_cannot_be_chosen(self):
		with pytest.raises(InvalidValue) as error:
			plan(lead("P"), lead("A"), choices={"email_consent": "P"})
		assert error.value.code == "merge_choice_field"


class TestTables:
	def test_rows_are_put_together_without_doubles(self):
		found = plan(
			lead("P", items=[{"item_code": "A", "qty": 1}]),
			lead("A", items=[{"item_code": "A", "qty": 1}, {"item_code": "B", "qty": 2}]),
			lead("B", items=[{"item_code": "B", "qty": 2}, {"item_code": "A", "qty": 3}]),
			tables={"items": ("item_code", "qty")},
		)
		assert [(name, row["item_code"], row["qty"]) for name, row in found.rows["items"]] == [
			("A", "B", 2),
			("B", "A", 3),
		]
		assert found.doubles == {"items": 2}


class TestConverted:
	def test_a_converted_lead_keeps_its_values_but_hears_a_refusal(self):
		found = plan(
			lead("P", status="Converted", job_title=""),
			lead("A", job_title="Giám đốc", email_consent="Refused"),
			tables={"items": ("item_code",)},
		)
		assert found.values["job_title"] == ""
		assert found.values["email_consent"] == "Refused"
		assert found.rows == {"items": []}

	def test_it_takes_no_choice_from_another(self):
		with pytest.raises(InvalidValue) as error:
			plan(
				lead("P", status="Converted"),
				lead("A", job_title="x"),
				choices={"job_title": "A"},
			)
		assert error.value.code == "merge_choice_converted"

	@pytest.mark.parametrize(
		("statuses", "code"),
		[
			(("New", "Converted"), "merge_converted_duplicate"),
			(("Converted", "Converted"), "merge_converted_twice"),
		],
	)
	def test_at_most_the_primary_is_converted(self, statuses, code):
		with pytest.raises(Conflict) as error:
			check_conversions([lead(str(number), status=status) for number, status in enumerate(statuses)])
		assert error.value.code == code
		check_conversions([lead("P", status="Converted"), lead("A")])


class TestChecks:
	@pytest.mark.parametrize(
		("duplicates", "code"),
		[
			([], "merge_nothing"),
			([""], "merge_nothing"),
			(["P"], "merge_with_itself"),
			([str(number) for number in range(MOST)], "merge_too_many"),
		],
	)
	def test_groups(self, duplicates, code):
		with pytest.raises(InvalidValue) as error:
			check_group("P", duplicates)
		assert error.value.code == code

	def test_each_duplicate_counts_once(self):
		assert check_group("P", ["A", "B", "A"]) == ["A", "B"]

	@pytest.mark.parametrize(
		("choices", "code"),
		[
			({"nonsense": "A"}, "merge_choice_field"),
			({"name": "A"}, "merge_choice_field"),
			({"score": "A"}, "merge_choice_field"),
			({"customer": "A"}, "merge_choice_field"),
			({"job_title": "X"}, "merge_choice_record"),
		],
	)
	def test_choices(self, choices, code):
		with pytest.raises(InvalidValue) as error:
			plan(lead("P"), lead("A"), choices=choices)
		assert error.value.code == code


def test_only_what_changes_is_written():
	assert fields_changed({"a": None, "b": "x", "c": 0}, {"a": "", "b": "y", "c": None}) == {"b": ["x", "y"]}


def test_who_agrees_with_one_agrees_with_all():
	assert sure_groups([("b", "a"), ("c", "d"), ("b", "e"), ("d", "c")]) == [
		["a", "b", "e"],
		["c", "d"],
	]


def test_the_best_lead_to_stay_is_converted_or_furthest_and_fullest_and_oldest():
	old, new = {"creation": "2026-01-01"}, {"creation": "2026-02-01"}
	assert best_primary([lead("B", **new), lead("A", **old)], FIELDS) == "A"
	assert best_primary([lead("A", **old), lead("B", city="Huế", **new)], FIELDS) == "B"
	furthest = lead("C", status="Qualified")
	furthest["status"] = "Qualified"
	assert best_primary([lead("A", city="Huế", **old), furthest], FIELDS) == "C"
	converted = {**lead("D", **new), "status": "Converted"}
	assert best_primary([furthest, converted], FIELDS) == "D"
