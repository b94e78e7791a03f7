"""Taken back field for field while nothing later depends on it; otherwise every document in the way is named."""

from __future__ import annotations

import pytest
from conversion_records import (
	NOT_COMPARED,
	STRANGER,
	full_lead,
	hang_everything_on,
	lead_row,
	picture,
	seller,
	table_counts,
	tax_code,
)
from factories import make_customer, make_lead, make_opportunity, make_user

import frappe

from skycrm.domain.conversion import Wish
from skycrm.services import conversion_undo
from skycrm.services.conversion import convert
from skycrm.services.conversion_undo import undo
from skycrm.services.messages import BlockedError

# Written anew by every save.
SAVED = {"modified", "modified_by"}


def row_without_times(name):
	return {key: value for key, value in lead_row(name).items() if key not in SAVED}


def counts():
	rows = {table: rows for table, rows in table_counts().items() if table not in NOT_COMPARED}
	# The framework itself writes one comment of this type for each record that goes.
	rows["tabComment"] -= frappe.db.count("Comment", {"comment_type": "Deleted"})
	return rows


def quotation(opportunity):
	return frappe.get_doc(
		{
			"doctype": "Quotation",
			"quotation_to": "Customer",
			"party_name": opportunity.customer,
			"company": opportunity.company,
			"items": [{"item_code": "SKY-CONV-A", "qty": 1, "rate": 1}],
		}
	)


class TestRestored:
	@pytest.mark.parametrize("create_opportunity", [True, False])
	def test_every_table_and_every_row_of_the_lead(self, create_opportunity):
		lead = full_lead(status="New")
		hang_everything_on(lead)
		before, row, hanging = counts(), row_without_times(lead.name), picture(lead.name)
		answer = convert(lead.name, Wish(create_opportunity=create_opportunity))
		assert picture(lead.name) != hanging

		undone = undo(lead.name)
		assert undone == {"lead": lead.name, "status": "New", "removed": answer}
		assert row_without_times(lead.name) == row
		assert picture(lead.name) == hanging
		assert counts() == before
		for key, doctype in (
			("customer", "Customer"),
			("contact", "Contact"),
			("address", "Address"),
			("opportunity", "Sky Opportunity"),
		):
			assert not (answer[key] and frappe.db.exists(doctype, answer[key]))

	def test_records_that_were_there_before_are_as_they_were(self):
		customer = make_customer(tax_id=None)
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Mai",
				"phone_nos": [{"phone": "02838223344", "is_primary_phone": 1}],
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		).insert()
		deal = make_opportunity(customer=customer, lead=None, contact_person=None)
		deal.add_tag("Cũ")
		lead = full_lead()
		hang_everything_on(lead)

		def fields(doctype, name):
			doc = frappe.get_doc(doctype, name).as_dict(no_default_fields=True)
			for key in [key for key in doc if key.startswith("_")]:
				doc.pop(key)
			return frappe.as_json(doc)

		hidden = ["_user_tags", "_comments", "_assign"]
		watched = [("Customer", customer), ("Contact", contact.name), ("Sky Opportunity", deal.name)]
		before = [fields(*one) for one in watched]
		columns = frappe.db.get_value("Sky Opportunity", deal.name, hidden)
		convert(lead.name, Wish(customer=customer, contact=contact.name, opportunity=deal.name))
		assert [fields(*one) for one in watched] != before
		assert frappe.db.get_value("Sky Opportunity", deal.name, hidden) != columns

		assert undo(lead.name)["removed"] == {
			"customer": None,
			"contact": None,
			"address": undo_address(lead),
			"opportunity": None,
		}
		assert [fields(*one) for one in watched] == before
		assert frappe.db.get_value("Sky Opportunity", deal.name, hidden) == columns

	def test_it_can_be_converted_again_and_undone_again(self):
		lead = full_lead()
		first = convert(lead.name)
		undo(lead.name)
		second = convert(lead.name)
		assert all(second.values()) and second["customer"] == first["customer"]
		undo(lead.name)
		assert frappe.db.get_value("Sky Lead", lead.name, "status") == "New"
		assert frappe.db.count("Sky Lead Conversion", {"lead": lead.name, "status": "Undone"}) == 2

	def test_a_lead_whose_conversion_was_undone_can_be_deleted(self):
		lead = full_lead()
		convert(lead.name)
		undo(lead.name)
		frappe.delete_doc("Sky Lead", lead.name)

	def test_a_new_owner_of_the_lead_stays_the_owner(self):
		lead = full_lead()
		convert(lead.name)
		lead.reload()
		lead.lead_owner = seller()
		lead.save()
		undo(lead.name)
		assert frappe.db.get_value("Sky Lead", lead.name, "lead_owner") == seller()

	def test_a_fault_half_way_changes_nothing(self, monkeypatch):
		lead = full_lead()
		hang_everything_on(lead)
		convert(lead.name)
		for step in ("move_back", "delete_rows", "restore_changes", "delete_records"):
			real = getattr(conversion_undo, step)

			def break_after(*args, real=real, step=step):
				real(*args)
				raise RuntimeError(step)

			before, row = table_counts(), lead_row(lead.name)
			monkeypatch.setattr(conversion_undo, step, break_after)
			with pytest.raises(RuntimeError, match=step):
				undo(lead.name)
			assert table_counts() == before
			assert lead_row(lead.name) == row
			monkeypatch.undo()


def undo_address(lead):
	return frappe.db.get_value(
		"Deleted Document", {"deleted_doctype": "Address"}, "deleted_name", order_by="creation desc"
	)


class TestBlocked:
	def blocked(self, lead, *words, count=None):
		before, row = table_counts(), lead_row(lead.name)
		with pytest.raises(BlockedError) as refused:
			undo(lead.name)
		message = str(refused.value)
		for word in words:
			assert word in message, message
		if count is not None:
			assert message.count("<li>") == count, message
		assert table_counts() == before
		assert lead_row(lead.name) == row
		return message

	@pytest.fixture
	def converted(self):
		lead = full_lead()
		answer = convert(lead.name)
		return frappe._dict(
			lead=lead, **answer, deal=frappe.get_doc("Sky Opportunity", answer["opportunity"])
		)

	def test_by_a_quotation_to_the_customer(self, converted):
		doc = quotation(converted.deal).insert()
		self.blocked(converted.lead, "Quotation", doc.name)

	def test_by_another_lead_of_the_same_firm(self, converted):
		other = full_lead(organization=converted.lead.organization, tax_id=converted.lead.tax_id)
		convert(other.name)
		self.blocked(converted.lead, other.name)

	def test_by_another_opportunity_of_the_customer(self, converted):
		other = make_opportunity(customer=converted.customer)
		self.blocked(converted.lead, other.name)

	def test_by_another_contact_of_the_customer(self, converted):
		other = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Kế toán",
				"links": [{"link_doctype": "Customer", "link_name": converted.customer}],
			}
		).insert()
		self.blocked(converted.lead, other.name)

	def test_by_a_change_of_the_opportunity(self, converted):
		converted.deal.next_step = "Gọi lại"
		converted.deal.save()
		self.blocked(converted.lead, converted.deal.name, count=1)

	def test_by_what_was_said_and_planned_on_the_new_records(self, converted):
		converted.deal.add_comment("Comment", "Ghi chú mới")
		letter = frappe.get_doc(
			{
				"doctype": "Communication",
				"subject": "Trả lời",
				"communication_medium": "Email",
				"content": "x",
				"sender": "a@example.com",
				"reference_doctype": "Customer",
				"reference_name": converted.customer,
			}
		).insert(ignore_permissions=True)
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{frappe.generate_hash(length=8)}.txt",
				"content": frappe.generate_hash(length=20),
				"attached_to_doctype": "Contact",
				"attached_to_name": converted.contact,
			}
		).insert(ignore_permissions=True)
		self.blocked(converted.lead, "Comment", letter.name, file.name, count=3)

	def test_all_of_them_are_named_and_those_one_may_not_read_are_counted(self, converted, as_user):
		doc = quotation(converted.deal).insert()
		other = make_opportunity(customer=converted.customer, opportunity_owner="Administrator")
		frappe.db.set_value("Sky Lead Conversion", {"lead": converted.lead.name}, "converted_by", seller())
		frappe.db.set_value("Sky Lead", converted.lead.name, "lead_owner", seller())
		with as_user(seller()):
			message = self.blocked(converted.lead, doc.name, "1 more")
		assert other.name not in message

	def test_when_the_obstacle_is_gone_it_works(self, converted):
		doc = quotation(converted.deal).insert()
		self.blocked(converted.lead, doc.name)
		frappe.delete_doc("Quotation", doc.name)
		assert undo(converted.lead.name)["status"] == "New"

	def test_a_lead_that_is_not_converted(self):
		lead = make_lead(lead_name="An")
		with pytest.raises(frappe.ValidationError, match="not converted"):
			undo(lead.name)

	def test_later_use_of_a_record_that_was_there_before_is_no_obstacle(self):
		code = tax_code()
		customer = make_customer(tax_id=code)
		lead = full_lead(tax_id=code)
		answer = convert(lead.name)
		assert answer["customer"] == customer
		make_opportunity(customer=customer)
		assert undo(lead.name)["removed"]["customer"] is None


class TestWhoMay:
	def test_the_converter_without_any_right_to_delete(self, as_user):
		with as_user(seller()):
			lead = full_lead()
			convert(lead.name)
			assert not frappe.has_permission("Customer", "delete")
			assert undo(lead.name)["status"] == "New"

	def test_a_colleague_who_may_write_the_lead_but_did_not_convert_it(self, as_user):
		with as_user(seller()):
			lead = full_lead()
			convert(lead.name)
		colleague = make_user(STRANGER, "Sky Sales User", "Sales User")
		frappe.share.add("Sky Lead", lead.name, colleague, read=1, write=1)
		before, row = table_counts(), lead_row(lead.name)
		with as_user(colleague), pytest.raises(frappe.PermissionError, match="Sky Sales Manager"):
			undo(lead.name)
		assert table_counts() == before and lead_row(lead.name) == row

	@pytest.mark.parametrize("user", ["Guest", "nobody.convert@example.com", STRANGER])
	def test_others(self, as_user, user):
		with as_user(seller()):
			lead = full_lead()
			convert(lead.name)
		if user != "Guest":
			make_user(user, *(("Sky Sales User", "Sales User") if user == STRANGER else ()))
		before, row = table_counts(), lead_row(lead.name)
		with as_user(user), pytest.raises(frappe.PermissionError):
			undo(lead.name)
		assert table_counts() == before and lead_row(lead.name) == row
