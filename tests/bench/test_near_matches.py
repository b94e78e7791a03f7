"""Near names among leads, contacts and customers: found by indexes, ranked, and only what one may read."""

import pytest
from factories import make_customer, make_lead
from people import only

import frappe

from skycrm.services import duplicates, identity_index, near_matches

ORGANIZATION = "Công ty TNHH Thương mại Kỳ Hoa Dị Thảo"


def rows(**asked):
	return {
		(row["doctype"], row["name"]): row for row in duplicates.find_duplicates(**asked, near=True, limit=50)
	}


@pytest.mark.parametrize(
	"asked",
	[
		"Kỳ Hoa Dị Thả",
		"CTCP Kỳ Hoa Dị Thao Xanh",
		"ky hoa di thaoo",
		"Lý Hoa Dị Thảo",
		"Tập đoàn Kỳ Hoq Dị Thảo",
	],
)
def test_a_firm_is_found_by_a_name_that_is_nearly_its_own(asked):
	lead = make_lead(organization=ORGANIZATION).name
	customer = make_customer("CTCP Kỳ Hoa Dị Thảo")
	found = rows(organization=asked)
	assert {("Sky Lead", lead), ("Customer", customer)} <= set(found)
	row = found["Sky Lead", lead]
	assert row["matched_on"] == ["organization"] and row["near"]["organization"] >= 80
	assert row["confidence"] <= 45
	# The exact look-up knows none of it.
	exact = duplicates.find_duplicates(organization=asked, limit=50)
	assert ("Sky Lead", lead) not in {(row["doctype"], row["name"]) for row in exact}


def test_a_person_is_found_by_a_slip_and_the_surer_comes_first():
	near = make_lead(lead_name="Vương Thị Thùy Trâm").name
	same = make_lead(lead_name="Vương Thị Thùy Trang").name
	found = list(rows(lead_name="Vuong Thi Thuy Trang"))
	assert found.index(("Sky Lead", same)) == 0
	assert ("Sky Lead", near) not in found, "Trâm and Trang are two people"
	slip = rows(lead_name="Vương Thị Thùy Trangg")
	assert slip["Sky Lead", same]["near"]["lead_name"] > 90


def test_a_name_that_is_the_same_is_not_called_near():
	lead = make_lead(organization=ORGANIZATION).name
	row = rows(organization="Kỳ Hoa Dị Thảo JSC")["Sky Lead", lead]
	assert "near" not in row and row["confidence"] == 60


def test_nothing_near_is_asked_without_a_name(statements):
	duplicates.find_duplicates(email_id="a@example.com", near=True)
	assert not any("_back like" in query for query in statements)
	assert near_matches.candidates_query("", "") == ("", {})


def test_what_one_may_not_read_is_left_out(as_user):
	owner, other = (
		only("near-owner@example.com", "Sky Sales User"),
		only("near-other@example.com", "Sky Sales User"),
	)
	lead = make_lead(organization=ORGANIZATION, lead_owner=owner).name
	with as_user(owner):
		assert ("Sky Lead", lead) in rows(organization="Kỳ Hoa Dị Thả")
	with as_user(other):
		assert ("Sky Lead", lead) not in rows(organization="Kỳ Hoa Dị Thả")
	assert ("Sky Lead", lead) not in rows(organization="Kỳ Hoa Dị Thả", exclude=lead)


@pytest.mark.parametrize(
	("person", "organization", "branches"),
	[("tran thuy trang", "ky hoa di thao", 12), ("kpa hlem", "", 4), ("", "kyhoa", 4), ("an", "abc", 0)],
)
def test_every_branch_uses_an_index(person, organization, branches):
	query, values = near_matches.candidates_query(person, organization)
	if not branches:
		assert not query
		return
	plan = [
		row
		for row in frappe.db.sql(f"explain {query}", values, as_dict=True)
		if row.table and not row.table.startswith("<union")
	]
	assert len(plan) == query.count("union all") + 1 == branches
	for row in plan:
		assert row.type.split("|")[0] in ("range", "ref"), dict(row)
		assert row.key, dict(row)


@pytest.mark.parametrize(
	"asked", ["%%%%%%", "____ ____", "\\\\\\\\", "' or 1=1 --", "((((+", "\x00abcd", "🎉🎉🎉🎉"]
)
def test_signs_of_the_query_language_are_only_signs(asked):
	rows(organization=asked, lead_name=asked)


def test_the_keys_from_the_end_are_filled_in_afterwards():
	customer = make_customer("CTCP Kỳ Hoa Dị Thảo")
	lead = make_lead(lead_name="Vương Thị Trang", organization="CTCP Kỳ Hoa Dị Thảo").name
	where = {"reference_name": customer, "key_type": "Name"}
	backs = {row.key_back for row in frappe.get_all("Sky Identity Key", where, ["key_back"])}
	assert backs == {"oaht id aoh yk", "oaht id aoh yk pctc"}
	columns = ["name_key_back", "organization_key_back"]
	stored = frappe.db.get_value("Sky Lead", lead, columns)
	assert stored == ("gnart iht gnouv", "oaht id aoh yk")
	frappe.db.set_value("Sky Identity Key", where, "key_back", None)
	frappe.db.set_value("Sky Lead", lead, dict.fromkeys(columns))
	assert identity_index.without_backs(10) >= 4
	assert identity_index.fill_backs(batch=1) >= 4
	assert backs == {row.key_back for row in frappe.get_all("Sky Identity Key", where, ["key_back"])}
	assert frappe.db.get_value("Sky Lead", lead, columns) == stored
	assert identity_index.fill_backs() == 0 == identity_index.without_backs(10)


@pytest.mark.commits
def test_the_endpoint_answers_with_near_names(rest):
	lead = make_lead(organization="Công ty TNHH Kỳ Lân Bảo Ngọc").name
	frappe.db.commit()
	try:
		found = rest.message("leads.find_duplicates", organization="Kỳ Lân Bảo Ngoc Hà")
		row = next(row for row in found if row["name"] == lead)
		assert row["near"]["organization"] >= 80 and row["matched_on"] == ["organization"]
	finally:
		frappe.delete_doc("Sky Lead", lead, force=True)
		frappe.db.commit()
