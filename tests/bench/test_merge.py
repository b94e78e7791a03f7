"""Leads that are one person become one lead: values, everything linked, who may, what is answered."""

from __future__ import annotations

import json

import pytest
from conversion_records import (
	FOLLOWER,
	hang_everything_on,
	lead_row,
	phone,
	picture,
	seller,
)
from factories import make_item, make_lead, make_user, unique
from people import only

import frappe

from skycrm.services import lead_keys, merge_ledger
from skycrm.services.conversion import convert
from skycrm.services.merge import home_for_reader, merge, standing_merges
from skycrm.services.merge_links import LEAD, places
from skycrm.services.merge_preview import preview
from skycrm.services.messages import ConflictError


def pair(primary=None, duplicate=None):
	return make_lead(**(primary or {})), make_lead(**(duplicate or {}))


def value(lead, field):
	return frappe.db.get_value(LEAD, getattr(lead, "name", lead), field)


class TestValues:
	def test_the_lead_that_stays_gets_what_it_lacks_and_the_other_is_gone(self):
		number = phone()
		stays, goes = pair(
			{"lead_name": "Trần Thị Mai", "organization": "Công ty Sao Mai"},
			{
				"lead_name": "Mai Trần",
				"mobile_no": number,
				"email_id": "mai@saomai.example.com",
				"source": "Zalo",
				"items": [{"item_code": make_item("SKY-MERGE-A"), "qty": 2}],
				"notes": "<p>thích màu xanh</p>",
			},
		)
		answer = merge(stays.name, [goes.name])
		assert answer["name"] == stays.name
		assert answer["merge"]["duplicates"] == [goes.name]
		assert not frappe.db.exists(LEAD, goes.name)
		lead = frappe.get_doc(LEAD, stays.name)
		assert lead.lead_name == "Trần Thị Mai" and lead.first_name == "Mai"
		assert (lead.mobile_no, lead.email_id, lead.source) == (
			number,
			"mai@saomai.example.com",
			"Zalo",
		)
		assert lead.phone_key and lead.email_key
		assert [(row.item_code, row.qty) for row in lead.items] == [("SKY-MERGE-A", 2)]
		assert "màu xanh" in lead.notes

	def test_choices_decide_field_by_field(self):
		stays, goes = pair(
			{"organization": "Cũ", "job_title": "Kế toán", "status": "New"},
			{"organization": "Mới", "job_title": "Giám đốc", "lead_name": "Lê Văn Bốn"},
		)
		frappe.db.set_value(LEAD, goes.name, "status", "Qualified")
		chosen = {
			"organization": goes.name,
			"lead_name": goes.name,
			"status": goes.name,
		}
		merge(stays.name, [goes.name], chosen)
		lead = frappe.get_doc(LEAD, stays.name)
		assert (lead.organization, lead.job_title, lead.status) == (
			"Mới",
			"Kế toán",
			"Qualified",
		)
		assert (lead.last_name, lead.middle_name, lead.first_name) == (
			"Lê",
			"Văn",
			"Bốn",
		)
		assert lead.organization_key

	def test_values_that_are_not_valid_do_not_stop_it_and_are_told(self):
		stays = make_lead()
		goes = frappe.new_doc(LEAD)
		goes.update({"lead_name": unique("Sai"), "email_id": "không phải thư"})
		goes.flags.keep_invalid_values = True
		goes.insert()
		merge(stays.name, [goes.name])
		assert "không phải thư" in value(stays, "data_issues")

	def test_a_refusal_of_any_of_them_holds(self):
		stays, goes = pair({"email_consent": "Granted"}, {"email_consent": "Refused"})
		merge(stays.name, [goes.name])
		assert value(stays, "email_consent") == "Refused"

	def test_the_number_of_a_merged_lead_is_not_given_again(self):
		stays, goes = pair()
		merge(stays.name, [goes.name])
		assert make_lead().name > goes.name

	def test_who_comes_back_by_the_number_that_was_not_chosen_is_known(self):
		first, second = phone(), phone()
		stays, goes = pair({"mobile_no": first}, {"mobile_no": second})
		merge(stays.name, [goes.name])
		assert set(lead_keys.owners([("Phone", "+84" + second[1:])]).values()) == {stays.name}

	def test_what_was_not_taken_over_stands_in_the_timeline_with_who_and_a_link(self):
		stays, goes = pair({"email_id": "a@hai-thu.example.com"}, {"email_id": "b@hai-thu.example.com"})
		ledger = merge(stays.name, [goes.name])["merge"]["ledger"]
		told = frappe.get_all(
			"Comment",
			filters={
				"reference_doctype": LEAD,
				"reference_name": stays.name,
				"comment_type": "Info",
			},
			pluck="content",
		)
		assert any(
			goes.name in text and ledger in text and "b@hai-thu.example.com" in text for text in told
		), told


class TestLinks:
	def test_everything_a_person_hangs_on_a_lead_moves(self):
		stays, goes = pair({}, {"lead_owner": seller()})
		hang_everything_on(goes)
		before = picture(goes.name)
		answer = merge(stays.name, [goes.name])
		after = picture(stays.name)
		for doctype, rows in before.items():
			if doctype != "Sky Lead Item":
				assert len(after[doctype]) >= len(rows) > 0, doctype
		assert not any(picture(goes.name).values())
		row = lead_row(stays.name)
		assert json.loads(row["_assign"]) == [FOLLOWER]
		assert set(row["_user_tags"].strip(",").split(",")) == {"Khách lớn", "Hà Nội"}
		assert ["báo giá gấp" in one["comment"] for one in json.loads(row["_comments"])] == [True]
		assert answer["merge"]["moved"]["Communication"] == 1
		form = frappe.get_doc(LEAD, stays.name)
		assert form.get_tags() and "Khách lớn" in form.get_tags()

	def test_every_column_that_can_point_at_a_lead(self):
		"""A row in each table of the site with a link, dynamic link or pair of names, whoever owns that DocType."""
		stays, goes = pair()
		in_tables, _singles = places()
		made = []
		for place in in_tables:
			if name := row_in(place, goes.name):
				made.append((place, name))
		doctypes = {place.doctype for place, _name in made}
		assert len(made) > 60
		assert doctypes >= {
			"Comment",
			"Communication",
			"Communication Link",
			"DocShare",
			"Document Follow",
			"Dynamic Link",
			"Email Queue",
			"Event Participants",
			"File",
			"Notification Log",
			"Sky Claim",
			"Sky Consent Record",
			"Sky Issue",
			"Sky Lead Conversion",
			"Sky Lead Merge",
			"Sky Lead Touch",
			"Sky Opportunity",
			"Tag Link",
			"ToDo",
			"Version",
			"View Log",
		}
		merge(stays.name, [goes.name])
		wrong = [place for place, name in made if column_of(place, name) != stays.name]
		assert not wrong
		left = sum(
			frappe.db.sql(
				f"select count(*) from `tab{place.doctype}` where `{place.column}` = %s"
				+ (f" and `{place.type_column}` = 'Sky Lead'" if place.type_column else ""),
				goes.name,
			)[0][0]
			for place in in_tables
		)
		assert left == 0

	def test_a_single_doctype_is_followed(self, monkeypatch):
		from skycrm.services import merge_links

		stays, goes = pair()
		place = merge_links.Place("System Settings", "app_name")
		found = places()
		monkeypatch.setattr("skycrm.services.merge.places", lambda: (found[0], [place]))
		before = frappe.db.get_single_value("System Settings", "app_name")
		frappe.db.set_single_value("System Settings", "app_name", goes.name)
		ledger = merge(stays.name, [goes.name])["merge"]["ledger"]
		assert frappe.db.get_single_value("System Settings", "app_name", cache=False) == stays.name
		assert merge_ledger.moved_of(frappe.get_doc("Sky Lead Merge", ledger)).singles == [
			["System Settings", "app_name", goes.name]
		]
		frappe.db.set_single_value("System Settings", "app_name", before)

	def test_what_would_stand_there_twice_does_not(self):
		stays, goes = pair()
		for lead in (stays, goes):
			lead.add_tag("Trùng nhau")
		goes.add_tag("Riêng")
		for lead, write in ((stays, 0), (goes, 1)):
			frappe.get_doc(
				{
					"doctype": "DocShare",
					"user": seller(),
					"share_doctype": LEAD,
					"share_name": lead.name,
					"read": 1,
					"write": write,
				}
			).insert(ignore_permissions=True)
		contact = frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": unique("Chung"),
				"links": [{"link_doctype": LEAD, "link_name": lead.name} for lead in (stays, goes)],
			}
		).insert()
		merge(stays.name, [goes.name])
		tags = frappe.get_all(
			"Tag Link",
			{"document_type": LEAD, "document_name": stays.name},
			pluck="tag",
			order_by="tag",
		)
		assert sorted(tags) == ["Riêng", "Trùng nhau"]
		shares = frappe.get_all(
			"DocShare",
			{"share_doctype": LEAD, "share_name": stays.name},
			["read", "write"],
		)
		assert [(share.read, share.write) for share in shares] == [(1, 1)]
		assert [row.link_name for row in frappe.get_doc("Contact", contact.name).links] == [stays.name]

	def test_one_claim_goes_on(self):
		owner = seller()
		stays, goes = pair({"lead_owner": owner}, {"lead_owner": make_user("other.merge@example.com")})
		frappe.db.delete("Sky Claim", {"lead": ("in", [stays.name, goes.name])})
		for lead in (stays, goes):
			frappe.get_doc(
				{
					"doctype": "Sky Claim",
					"lead": lead.name,
					"user": lead.lead_owner,
					"how": "Claimed",
					"claimed_on": frappe.utils.now(),
				}
			).insert(ignore_permissions=True)
		merge(stays.name, [goes.name])
		held = frappe.get_all(
			"Sky Claim",
			{"lead": stays.name, "ended_on": ("is", "not set")},
			pluck="user",
		)
		assert held == [owner]

	def test_statements_do_not_grow_with_what_moves(self, statements):
		def cost(comments):
			stays, goes = pair()
			for number in range(comments):
				goes.add_comment("Comment", f"số {number}")
			statements.clear()
			merge(stays.name, [goes.name])
			return len(statements)

		cost(1)
		few, many = cost(2), cost(40)
		print(f"a merge takes {few} statements, with 20 times the comments {many}")
		assert many <= few + 2
		assert few <= 45


class TestAnswers:
	def test_the_same_again_changes_nothing_and_answers_the_same(self):
		stays, goes = pair({}, {"organization": "Một"})
		first = merge(stays.name, [goes.name])
		again = merge(stays.name, [goes.name], {"organization": stays.name})
		assert frappe.as_json(again) == frappe.as_json(first)
		assert frappe.db.count("Sky Lead Merge", {"primary": stays.name}) == 1

	def test_a_third_one_joins_later(self):
		stays, goes = pair()
		third = make_lead()
		merge(stays.name, [goes.name])
		answer = merge(stays.name, [goes.name, third.name])
		assert answer["merge"]["duplicates"] == [third.name]
		assert [row["leads"][0]["name"] for row in standing_merges(stays.name)] == [
			third.name,
			goes.name,
		]

	def test_the_other_way_round_is_a_conflict_that_says_where_it_is(self):
		stays, goes = pair()
		merge(stays.name, [goes.name])
		with pytest.raises(ConflictError, match=stays.name):
			merge(goes.name, [stays.name])
		third = make_lead()
		with pytest.raises(ConflictError, match=stays.name):
			merge(third.name, [goes.name])

	@pytest.mark.parametrize("which", ["primary", "duplicate"])
	def test_unknown(self, which):
		stays = make_lead()
		arguments = {
			"primary": ("SKY-LEAD-0", [stays.name]),
			"duplicate": (stays.name, ["SKY-LEAD-0"]),
		}
		with pytest.raises(frappe.DoesNotExistError):
			merge(*arguments[which])
		assert frappe.db.exists(LEAD, stays.name)

	def test_the_old_number_leads_to_the_one_that_stays_over_any_number_of_merges(self):
		one, two = pair()
		three = make_lead()
		merge(two.name, [one.name])
		merge(three.name, [two.name])
		assert home_for_reader(one.name) == home_for_reader(two.name) == three.name
		assert home_for_reader(three.name) is None
		assert home_for_reader("SKY-LEAD-0") is None

	@pytest.mark.parametrize(
		"choices",
		[{"score": 0}, {"customer": 0}, {"nonsense": 0}, {"email_consent": 0}],
	)
	def test_a_choice_of_what_is_nobodys_choice_is_refused(self, choices):
		stays, goes = pair()
		with pytest.raises(frappe.ValidationError):
			merge(stays.name, [goes.name], dict.fromkeys(choices, goes.name))
		assert frappe.db.exists(LEAD, goes.name)


class TestConverted:
	def test_a_converted_lead_stays_and_keeps_its_values(self):
		stays, goes = pair({"organization": unique("Công ty Đã Mua")}, {"job_title": "Giám đốc"})
		goes.add_comment("Comment", "còn hỏi thêm")
		made = convert(stays.name)
		merge(stays.name, [goes.name])
		assert value(stays, "status") == "Converted"
		assert value(stays, "customer") == made["customer"]
		assert not value(stays, "job_title")
		assert frappe.db.count("Comment", {"reference_name": stays.name, "comment_type": "Comment"}) == 1

	def test_it_cannot_be_the_one_that_goes(self):
		stays, goes = pair({}, {"organization": unique("Công ty Đã Mua")})
		convert(goes.name)
		with pytest.raises(ConflictError, match="converted"):
			merge(stays.name, [goes.name])
		assert frappe.db.exists(LEAD, goes.name)

	def test_the_conversion_of_a_merged_lead_can_still_be_undone(self):
		from skycrm.services.conversion_undo import undo

		stays, goes = pair({"organization": unique("Công ty Trả Lại")})
		goes.add_comment("Comment", "vẫn còn")
		convert(stays.name)
		merge(stays.name, [goes.name])
		assert undo(stays.name)["status"] == "New"
		assert frappe.db.count("Comment", {"reference_name": stays.name, "comment_type": "Comment"}) == 1

	def test_a_merged_lead_can_be_converted_with_all_it_has(self):
		stays, goes = pair({}, {"organization": unique("Công ty Gộp")})
		goes.add_comment("Comment", "mang theo")
		merge(stays.name, [goes.name])
		made = convert(stays.name)
		assert frappe.db.exists(
			"Comment",
			{
				"reference_doctype": "Sky Opportunity",
				"reference_name": made["opportunity"],
			},
		)


class TestRights:
	def leads_of(self, user):
		return pair({"lead_owner": user}, {"lead_owner": user})

	def refused(self, stays, goes, error=frappe.PermissionError):
		before = [lead_row(lead.name) for lead in (stays, goes)]
		with pytest.raises(error):
			merge(stays.name, [goes.name])
		assert [lead_row(lead.name) for lead in (stays, goes)] == before

	def test_a_salesperson_may_not_for_want_of_the_right_to_delete(self, as_user):
		user = only("seller.merge@example.com", "Sky Sales User")
		stays, goes = self.leads_of(user)
		with as_user(user):
			self.refused(stays, goes)
			assert preview(stays.name, [goes.name])["ready"] is False

	def test_but_may_with_a_role_of_the_settings(self, as_user):
		user = only("seller.merge@example.com", "Sky Sales User")
		stays, goes = self.leads_of(user)
		settings = frappe.get_doc("Sky CRM Settings")
		settings.append("merge_roles", {"role": "Sky Sales User"})
		settings.save()
		with as_user(user):
			assert preview(stays.name, [goes.name])["ready"] is True
			assert merge(stays.name, [goes.name])["name"] == stays.name
		stranger = only("stranger.merge@example.com", "Sky Sales User")
		mine = make_lead(lead_owner=stranger)
		theirs = make_lead(lead_owner=user)
		with as_user(stranger):
			self.refused(mine, theirs)
			self.refused(theirs, mine)

	def test_a_manager_of_another_team_guests_and_those_who_only_read(self, as_user):
		stays, goes = pair()
		for user in (
			only("manager.merge@example.com", "Sky Sales Manager"),
			only("reader.merge@example.com", "Sky Marketing Manager"),
			only("nobody.merge@example.com", "Sky Support Agent"),
			"Guest",
		):
			with as_user(user):
				self.refused(stays, goes)
				with pytest.raises(frappe.PermissionError):
					preview(stays.name, [goes.name])
				assert home_for_reader(goes.name) is None

	def test_a_manager_merges_what_is_theirs(self, as_user):
		user = only("manager.merge@example.com", "Sky Sales Manager")
		stays, goes = self.leads_of(user)
		with as_user(user):
			assert merge(stays.name, [goes.name])["name"] == stays.name

	def test_the_ledger_is_read_by_those_who_read_the_lead_and_its_content_by_none_of_them(self, as_user):
		user = only("seller.merge@example.com", "Sky Sales User")
		stays, goes = self.leads_of(user)
		ledger = merge(stays.name, [goes.name])["merge"]["ledger"]
		with as_user(user):
			assert frappe.get_list("Sky Lead Merge", {"name": ledger}, pluck="name") == [ledger]
			doc = frappe.get_doc("Sky Lead Merge", ledger)
			doc.check_permission("read")
			doc.apply_fieldlevel_read_permissions()
			assert not doc.get("moved") and not doc.get("changes") and not doc.duplicates[0].get("snapshot")
			assert not doc.has_permission("write") and not doc.has_permission("delete")
		with as_user(only("stranger.merge@example.com", "Sky Sales User")):
			assert not frappe.get_list("Sky Lead Merge", {"name": ledger})
			assert not frappe.get_doc("Sky Lead Merge", ledger).has_permission("read")
			assert home_for_reader(goes.name) is None


class TestPreview:
	def test_it_shows_what_the_merge_then_does(self):
		stays, goes = pair(
			{"organization": "Cũ", "mobile_no": phone()},
			{"organization": "Mới", "job_title": "Giám đốc", "source": "Zalo"},
		)
		goes.add_comment("Comment", "một")
		before = [lead_row(lead.name) for lead in (stays, goes)]
		shown = preview(stays.name, [stays.name, goes.name])
		assert [lead_row(lead.name) for lead in (stays, goes)] == before
		assert shown["ready"] and shown["undoable"] and not shown["problems"]
		assert [record["name"] for record in shown["records"]] == [
			stays.name,
			goes.name,
		]
		fields = {row["fieldname"]: row for row in shown["fields"]}
		assert fields["organization"]["chosen"] == stays.name and fields["organization"]["differs"]
		assert fields["job_title"]["chosen"] == goes.name
		assert fields["organization"]["values"] == {stays.name: "Cũ", goes.name: "Mới"}
		differs = [row["differs"] for row in shown["fields"]]
		assert differs == sorted(differs, reverse=True)
		assert {"doctype": "Comment", "label": "Comment", "count": 1} in shown["moves"]
		merge(stays.name, [goes.name])
		lead = frappe.get_doc(LEAD, stays.name)
		assert (lead.organization, lead.job_title) == ("Cũ", "Giám đốc")

	def test_without_a_wish_the_best_one_stays(self):
		empty, full = (
			make_lead(),
			make_lead(organization="Đầy", email_id="day@example.com", source="Zalo"),
		)
		assert preview(None, [empty.name, full.name])["primary"] == full.name

	def test_it_says_why_it_cannot_be(self):
		stays, goes = pair({}, {"organization": unique("Công ty Đã Mua")})
		convert(goes.name)
		shown = preview(stays.name, [goes.name])
		assert not shown["ready"] and goes.name in shown["problems"][0]


def row_in(place, lead):
	"""Write a row that points at a lead into a table, past all rules; None where the table numbers its rows itself."""
	meta = frappe.get_meta(place.doctype)
	if meta.autoname == "autoincrement" or place.doctype == LEAD:
		return None
	name = frappe.generate_hash(length=20)
	row = {"name": name, place.column: lead}
	if place.type_column:
		row[place.type_column] = LEAD
	if meta.istable:
		row |= {"parent": name, "parenttype": "ToDo", "parentfield": "rows"}
	if place.doctype == "Sky Claim":
		row["ended_on"] = frappe.utils.now()
	table = frappe.qb.DocType(place.doctype)
	frappe.qb.into(table).columns(*row).insert(*row.values()).run()
	return name


def column_of(place, name):
	table = frappe.qb.DocType(place.doctype)
	found = frappe.qb.from_(table).select(table[place.column]).where(table.name == name).run()
	return found[0][0] if found else None
