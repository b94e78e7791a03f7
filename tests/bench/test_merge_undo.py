"""A merge taken back: the leads return field for field; whatever stands in the way is named and nothing changes."""

from __future__ import annotations

import json

import pytest
from conversion_records import hang_everything_on, lead_row, phone, picture, seller
from factories import make_item, make_lead, make_opportunity, make_user
from people import only
from test_merge import column_of, row_in

import frappe

from skycrm.jobs.merge import collect_recent, collect_stragglers
from skycrm.services import lead_keys, merge_ledger
from skycrm.services.conversion import convert
from skycrm.services.merge import merge
from skycrm.services.merge_links import LEAD, places
from skycrm.services.merge_undo import undo
from skycrm.services.messages import BlockedError

# Written anew by every save, and by what happens to a lead.
SAVED = {"modified", "modified_by", "score", "score_detail", "score_updated_on"}


def without_times(name):
	return {key: value for key, value in lead_row(name).items() if key not in SAVED}


def full_pair():
	stays = make_lead(
		organization="Công ty Ở Lại",
		mobile_no=phone(),
		items=[{"item_code": make_item("SKY-MERGE-A"), "qty": 1}],
		notes="<p>một</p>",
	)
	goes = make_lead(
		organization="Công ty Đi",
		lead_owner=seller(),
		mobile_no=phone(),
		email_id=f"{frappe.generate_hash(length=8)}@di.example.com",
		address_line1="1 Lê Lợi",
		city="Huế",
		email_consent="Refused",
		items=[{"item_code": make_item("SKY-MERGE-B"), "qty": 3, "note": "gấp"}],
		notes="<p>hai</p>",
	)
	for lead in (stays, goes):
		hang_everything_on(lead)
		lead.reload()
	return stays, goes


class TestRestored:
	def test_field_for_field_and_row_for_row(self):
		stays, goes = full_pair()
		before = without_times(stays.name), lead_row(goes.name)
		hanging = picture(stays.name), picture(goes.name)
		keys = lead_keys.owners(lead_keys.keys_of(stays) | lead_keys.keys_of(goes))
		merge(stays.name, [goes.name], {"organization": goes.name})
		assert without_times(stays.name) != before[0]
		assert undo(stays.name) == {
			"lead": stays.name,
			"restored": [goes.name],
			"ledger": frappe.get_last_doc("Sky Lead Merge", {"primary": stays.name}).name,
		}
		assert without_times(stays.name) == before[0]
		assert lead_row(goes.name) == before[1]
		for lead, rows in zip((stays, goes), hanging, strict=True):
			now = picture(lead.name)
			assert now == rows, [doctype for doctype in rows if now[doctype] != rows[doctype]]
		assert lead_keys.owners(lead_keys.keys_of(stays) | lead_keys.keys_of(goes)) == keys
		frappe.get_doc(LEAD, goes.name).save()

	def test_every_column_that_can_point_at_a_lead(self):
		stays, goes = make_lead(), make_lead()
		made = [(place, name) for place in places()[0] if (name := row_in(place, goes.name))]
		merge(stays.name, [goes.name])
		undo(stays.name)
		assert not [place for place, name in made if column_of(place, name) != goes.name]

	def test_what_came_later_stays_with_the_lead_that_stayed(self):
		stays, goes = make_lead(), make_lead(job_title="Giám đốc")
		merge(stays.name, [goes.name])
		later = stays.add_comment("Comment", "sau khi gộp").name
		frappe.db.set_value(LEAD, stays.name, "city", "Vinh")
		undo(stays.name)
		assert frappe.db.get_value("Comment", later, "reference_name") == stays.name
		assert frappe.db.get_value(LEAD, stays.name, "city") == "Vinh"
		assert "sau khi gộp" in json.loads(frappe.db.get_value(LEAD, stays.name, "_comments"))[0]["comment"]

	def test_one_by_one_the_latest_first_by_any_of_the_old_numbers(self):
		one, two, three = make_lead(), make_lead(), make_lead()
		merge(two.name, [one.name])
		merge(three.name, [two.name])
		assert undo(three.name)["restored"] == [two.name]
		assert undo(one.name) == {
			"lead": two.name,
			"restored": [one.name],
			"ledger": frappe.get_last_doc("Sky Lead Merge", {"primary": two.name}).name,
		}
		assert all(frappe.db.exists(LEAD, lead.name) for lead in (one, two, three))

	def test_it_can_be_merged_and_undone_again(self):
		stays, goes = make_lead(), make_lead(job_title="Giám đốc")
		for _round in range(2):
			merge(stays.name, [goes.name])
			undo(stays.name)
		assert frappe.db.count("Sky Lead Merge", {"primary": stays.name, "status": "Undone"}) == 2
		ledger = frappe.get_last_doc("Sky Lead Merge", {"primary": stays.name})
		assert not ledger.moved and not ledger.changes and not ledger.duplicates[0].snapshot

	def test_an_assignment_that_was_closed_meanwhile_is_closed(self):
		stays, goes = full_pair()
		names = hang_everything_on(goes)
		merge(stays.name, [goes.name])
		for todo in frappe.get_all("ToDo", {"reference_name": stays.name, "status": "Open"}, pluck="name"):
			frappe.db.set_value("ToDo", todo, "status", "Closed")
		assert names
		undo(stays.name)
		assert not lead_row(goes.name)["_assign"]


class TestObstacles:
	def blocked(self, lead, text, **arguments):
		before = frappe.get_all(LEAD, pluck="name", order_by="name", limit=0)
		with pytest.raises(BlockedError, match=text):
			undo(getattr(lead, "name", lead), **arguments)
		assert frappe.get_all(LEAD, pluck="name", order_by="name", limit=0) == before

	def test_converted_since(self):
		stays, goes = make_lead(organization="Công ty Cản"), make_lead()
		merge(stays.name, [goes.name])
		convert(stays.name)
		self.blocked(stays, "converted since")

	def test_merged_again(self):
		stays, goes, third = make_lead(), make_lead(), make_lead()
		first = merge(stays.name, [goes.name])["merge"]["ledger"]
		second = merge(stays.name, [third.name])["merge"]["ledger"]
		self.blocked(stays, second, ledger=first)
		undo(stays.name)
		undo(stays.name, first)

	def test_a_value_of_the_merge_was_changed(self):
		stays, goes = make_lead(), make_lead(job_title="Giám đốc")
		merge(stays.name, [goes.name])
		frappe.db.set_value(LEAD, stays.name, "job_title", "Chủ tịch")
		self.blocked(stays, "Job Title")

	def test_a_moved_record_was_deleted_or_given_to_another(self):
		stays, goes, other = make_lead(), make_lead(), make_lead()
		comment = goes.add_comment("Comment", "mất").name
		deal = make_opportunity(lead=goes.name).name
		merge(stays.name, [goes.name])
		frappe.delete_doc("Comment", comment)
		self.blocked(stays, comment)
		frappe.db.set_value("Sky Opportunity", deal, "lead", other.name)
		self.blocked(stays, deal)

	def test_its_content_was_erased(self):
		stays, goes = make_lead(), make_lead()
		ledger = merge(stays.name, [goes.name])["merge"]["ledger"]
		assert merge_ledger.forget_content([stays.name]) == 1
		assert not frappe.get_doc("Sky Lead Merge", ledger).duplicates[0].snapshot
		self.blocked(stays, "erased")

	def test_there_is_nothing_to_undo(self):
		stays = make_lead()
		with pytest.raises(frappe.DoesNotExistError):
			undo(stays.name)
		# Told in the same words as a lead that one may not see.
		with pytest.raises(frappe.PermissionError, match="SKY-LEAD-0 does not exist, or"):
			undo("SKY-LEAD-0")

	def test_the_ledger_of_a_standing_merge_is_not_deleted(self):
		stays, goes = make_lead(), make_lead()
		ledger = merge(stays.name, [goes.name])["merge"]["ledger"]
		with pytest.raises(frappe.ValidationError, match="Undo the merge first"):
			frappe.delete_doc("Sky Lead Merge", ledger)


class TestRights:
	def test_who_merged_or_a_manager(self, as_user):
		user = only("seller.merge@example.com", "Sky Sales User")
		stays, goes = make_lead(lead_owner=user), make_lead(lead_owner=user)
		merge(stays.name, [goes.name])
		for who in (
			user,
			only("reader.merge@example.com", "Sky Marketing Manager"),
			"Guest",
		):
			with as_user(who), pytest.raises(frappe.PermissionError):
				undo(stays.name)
		with (
			as_user(only("manager.merge@example.com", "Sky Sales Manager")),
			pytest.raises(frappe.PermissionError),
		):
			undo(stays.name)  # of another team
		assert not frappe.db.exists(LEAD, goes.name)
		frappe.db.set_value(LEAD, stays.name, "lead_owner", make_user("manager.merge@example.com"))
		with as_user("manager.merge@example.com"):
			assert undo(stays.name)["restored"] == [goes.name]


class TestStragglers:
	def test_what_came_to_the_old_number_meanwhile_is_found_and_goes_back_with_the_undo(
		self,
	):
		stays, goes = make_lead(), make_lead()
		ledger = merge(stays.name, [goes.name])["merge"]["ledger"]
		todo = frappe.get_doc({"doctype": "ToDo", "description": "muộn"}).insert()
		frappe.db.set_value("ToDo", todo.name, {"reference_type": LEAD, "reference_name": goes.name})
		collect_recent()
		assert frappe.db.get_value("ToDo", todo.name, "reference_name") == stays.name
		assert collect_stragglers(ledger) == 0
		undo(stays.name)
		assert frappe.db.get_value("ToDo", todo.name, "reference_name") == goes.name
		assert collect_stragglers(ledger) == 0
		assert collect_stragglers("none") == 0
