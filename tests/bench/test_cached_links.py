"""Links of a lead to masters: known ones cost no query, everything else is checked as ever."""

import pytest
from factories import make_lead, unique

import frappe


@pytest.fixture
def source() -> str:
	return (
		frappe.get_doc({"doctype": "Sky Lead Source", "source_name": unique("Nguồn"), "enabled": 1})
		.insert()
		.name
	)


def asked_for(statements: list[str], table: str) -> list[str]:
	return [text for text in statements if f"`tab{table}`" in text]


def test_a_known_master_is_not_asked_for_again(source: str, statements: list[str]):
	make_lead(source=source, country="Vietnam")
	frappe.db.value_cache.clear()
	statements.clear()
	lead = make_lead(source=source, country="Vietnam")
	assert not asked_for(statements, "Country")
	assert not asked_for(statements, "Sky Lead Source")
	assert (lead.source, lead.country) == (source, "Vietnam")
	assert frappe.db.get_value("Sky Lead", lead.name, ["source", "country"]) == (source, "Vietnam")


def test_one_that_does_not_exist_is_refused_by_its_field():
	with pytest.raises(frappe.LinkValidationError, match="Source: Nowhere"):
		make_lead(source="Nowhere")


def test_one_that_was_deleted_is_refused(source: str):
	make_lead(source=source).delete()
	frappe.delete_doc("Sky Lead Source", source)
	with pytest.raises(frappe.LinkValidationError):
		make_lead(source=source)


def test_the_case_of_the_record_counts_as_before():
	assert make_lead(country="vietnam").country == "Vietnam"


def test_what_an_admin_fetches_along_is_fetched():
	meta = frappe.get_meta("Sky Lead")
	field = frappe.copy_doc(meta.get_field("city"))
	field.fetch_from = "country.code"
	meta.fields.append(field)
	try:
		assert make_lead(country="Vietnam").city == "vn"
	finally:
		meta.fields.remove(field)
