"""The fields on ERPNext's DocTypes: declared once, tagged, indexed, made again without change, removed without trace."""

import pytest

import frappe

from skycrm.setup import custom_fields

CHAIN = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "Purchase Order")


@pytest.mark.parametrize("doctype", CHAIN)
def test_the_chain_has_both_links_indexed_copied_and_tagged(doctype):
	meta = frappe.get_meta(doctype)
	for fieldname, target in (("sky_opportunity", "Sky Opportunity"), ("sky_campaign", "Sky Campaign")):
		field = meta.get_field(fieldname)
		assert (field.fieldtype, field.options) == ("Link", target)
		assert field.search_index and field.print_hide and not field.no_copy
		assert frappe.db.get_value("Custom Field", f"{doctype}-{fieldname}", "module") == "SkyCRM"
		indexed = frappe.db.sql(
			f"show index from `tab{doctype}` where column_name = %s and seq_in_index = 1", fieldname
		)
		assert indexed, fieldname


@pytest.mark.parametrize("doctype", [*CHAIN, "Material Request", "Contact"])
def test_each_field_stands_after_a_field_of_the_form(doctype):
	names = [field.fieldname for field in frappe.get_meta(doctype).fields]
	for field in custom_fields.CUSTOM_FIELDS[doctype]:
		assert names.index(field["fieldname"]) == names.index(field["insert_after"]) + 1


def test_nothing_of_the_app_is_declared_outside_the_data():
	declared = {
		(doctype, field["fieldname"])
		for doctype, fields in custom_fields.CUSTOM_FIELDS.items()
		for field in fields
	}
	stored = frappe.get_all(
		"Custom Field", {"fieldname": ("like", "sky_%")}, ["dt", "fieldname"], as_list=True
	)
	assert {tuple(row) for row in stored} == declared


def test_making_them_again_changes_nothing_and_keeps_an_admins_label():
	frappe.db.set_value("Custom Field", "Quotation-sky_opportunity", "label", "Cơ hội của tôi")
	before = frappe.get_all("Custom Field", fields=["*"], order_by="name")
	custom_fields.create()
	assert frappe.get_all("Custom Field", fields=["*"], order_by="name") == before


def test_the_opportunities_of_a_customer_are_found_through_the_index():
	plan = frappe.db.sql(
		"explain select name from `tabSales Invoice` where sky_opportunity = 'SKY-OPP-2026-00001' and docstatus = 1",
		as_dict=True,
	)
	assert plan[0].key.startswith("sky_opportunity")


@pytest.mark.commits
def test_removed_without_trace_and_made_again():
	"""Altering a table commits, so this one makes again what it has removed."""
	try:
		custom_fields.remove()
		for doctype, fields in custom_fields.CUSTOM_FIELDS.items():
			columns = set(frappe.db.get_table_columns(doctype))
			for field in fields:
				assert not frappe.db.exists("Custom Field", {"dt": doctype, "fieldname": field["fieldname"]})
				assert field["fieldname"] not in columns
	finally:
		custom_fields.create()
		frappe.db.commit()
	for doctype, fields in custom_fields.CUSTOM_FIELDS.items():
		assert {field["fieldname"] for field in fields} <= set(frappe.db.get_table_columns(doctype))
