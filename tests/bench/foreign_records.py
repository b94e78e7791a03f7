"""A seller with records of their own, and records of somebody whom they have nothing to do with; what is stored of them."""

from __future__ import annotations

from typing import Any

import access_records as make
from factories import make_item

import frappe


def rows(doctype: str, name: str) -> dict[str, Any]:
	"""Everything the database has about a record: its row, its children, and what hangs on it."""
	frappe.db.rollback()
	found: dict[str, Any] = {
		"row": frappe.db.sql(f"select * from `tab{doctype}` where name = %s", name, as_dict=True)
	}
	for table in frappe.get_meta(doctype).get_table_fields():
		found[table.fieldname] = frappe.db.sql(
			f"select * from `tab{table.options}` where parent = %s order by name", name, as_dict=True
		)
	for other, kind, field in (
		("Comment", "reference_doctype", "reference_name"),
		("Communication", "reference_doctype", "reference_name"),
		("Version", "ref_doctype", "docname"),
		("ToDo", "reference_type", "reference_name"),
		("DocShare", "share_doctype", "share_name"),
		("File", "attached_to_doctype", "attached_to_name"),
		("Tag Link", "document_type", "document_name"),
		("Document Follow", "ref_doctype", "ref_docname"),
		("Workflow Action", "reference_doctype", "reference_name"),
	):
		found[other] = frappe.db.sql(
			f"select * from `tab{other}` where {kind} = %s and {field} = %s order by name",
			(doctype, name),
			as_dict=True,
		)
	return found


class Firm:
	"""A seller with records of their own, and records of somebody whom they have nothing to do with."""

	def __init__(self) -> None:
		item = make_item("MASS-ITEM", rate=100_000)
		self.person, self.other = make.user("Sky Sales User"), make.user("Sky Sales User")
		self.team = make.team(members=(self.other,))
		self.customer = make.customer()
		self.own, self.foreign = {}, {}
		for records, whose, team in ((self.own, self.person, None), (self.foreign, self.other, self.team)):
			lead = make.lead(lead_owner=whose, items=[{"item_code": item, "qty": 2, "note": "Bản gốc"}])
			deal = make.opportunity(
				opportunity_owner=whose,
				customer=self.customer,
				items=[{"item_code": item, "qty": 2, "rate": 100_000}],
			)
			for doc in (lead, deal):
				values = {"owner": whose, "team": team}
				frappe.db.set_value(doc.doctype, doc.name, values, update_modified=False)
				records[doc.doctype] = doc.name
		frappe.db.commit()

	def remove(self) -> None:
		frappe.db.rollback()
		for records in (self.own, self.foreign):
			for doctype, name in records.items():
				frappe.delete_doc(doctype, name, force=True, ignore_missing=True)
		frappe.delete_doc("Sky Team", self.team, force=True)
		frappe.delete_doc("Customer", self.customer, force=True)
		make.remove_users(self.person, self.other)
