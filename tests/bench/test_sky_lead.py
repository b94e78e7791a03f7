"""A lead on a real site: what is filled in, what is refused, what stays as it is, and what an insert costs."""

import json

import pytest
from factories import leaf, make_item, make_lead, make_user, mobile, unique

import frappe
from frappe.utils import add_days, now_datetime

from skycrm.api.v1 import bulk, calendar
from skycrm.services import status
from skycrm.services.status import ReasonMissingError

SELLER = "lead.seller@example.com"


@pytest.fixture
def team():
	seller = make_user(SELLER, "Sky Sales User")
	doc = frappe.new_doc("Sky Team")
	doc.update({"team_name": unique("Nhóm bán hàng"), "members": [{"user": seller}]})
	return doc.insert().name


def converted_lead(**values):
	"""A lead as a conversion leaves it, without the records that it would have made."""
	lead = make_lead(organization="Cty Đã Chuyển Đổi", **values)
	customer = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": unique("Đã chuyển đổi"),
			"customer_group": leaf("Customer Group"),
			"territory": leaf("Territory"),
		}
	).insert()
	return status.mark_converted(lead, customer=customer.name)


class TestNew:
	def test_name_number_and_status(self):
		lead = make_lead(lead_name="Nguyễn Văn An")
		assert lead.name.startswith(f"SKY-LEAD-{now_datetime().year}-")
		assert len(lead.name.rsplit("-", 1)[1]) == 5
		assert (lead.status, lead.country) == ("New", "Vietnam")

	def test_the_seller_who_makes_it_owns_it_and_the_team_follows(self, as_user, team):
		with as_user(SELLER):
			lead = make_lead()
		assert (lead.lead_owner, lead.team) == (SELLER, team)

	def test_nobody_owns_what_an_administrator_or_an_import_makes(self, as_user, team):
		assert make_lead().lead_owner is None
		frappe.flags.in_import = True
		try:
			with as_user(SELLER):
				assert make_lead().lead_owner is None
		finally:
			frappe.flags.in_import = False

	def test_a_chosen_owner_and_a_chosen_team_stay(self, as_user, team):
		other = make_user("lead.other@example.com", "Sky Sales User")
		mine = frappe.get_doc({"doctype": "Sky Team", "team_name": unique("Khác")}).insert().name
		with as_user(SELLER):
			lead = make_lead(lead_owner=other, team=mine)
		assert (lead.lead_owner, lead.team) == (other, mine)

	def test_a_lead_that_changes_hands_goes_to_the_new_owners_team(self, team):
		lead = make_lead()
		lead.lead_owner = SELLER
		lead.save()
		assert lead.team == team
		lead.lead_owner = None
		lead.save()
		assert lead.team == team

	def test_a_list_of_products(self):
		item = make_item(rate=50_000)
		lead = make_lead(items=[{"item_code": item, "qty": 3, "note": "giao tháng 5"}])
		assert (lead.items[0].item_name, lead.items[0].qty) == (item, 3)

	def test_the_first_contact_is_planned_when_the_settings_say_so(self):
		assert make_lead().next_contact_on is None
		settings = frappe.get_doc("Sky CRM Settings")
		settings.default_next_contact_days = 2
		settings.save()
		planned = make_lead().next_contact_on
		assert abs((planned - add_days(now_datetime(), 2)).total_seconds()) < 60
		typed = add_days(now_datetime(), 9)
		assert make_lead(next_contact_on=typed).next_contact_on == typed

	def test_a_consent_notes_its_moment_and_forgets_it_with_the_answer(self):
		lead = make_lead(email_consent="Granted", email_consent_how="Hội chợ 2026")
		first = lead.email_consent_on
		assert first and not lead.sms_consent_on
		lead.email_consent = "Refused"
		lead.save()
		assert lead.email_consent_on >= first
		lead.email_consent = "Unknown"
		lead.save()
		assert (lead.email_consent_on, lead.email_consent_how) == (None, None)

	def test_a_consent_given_earlier_keeps_the_moment_that_was_typed(self):
		moment = add_days(now_datetime(), -30)
		assert make_lead(sms_consent="Granted", sms_consent_on=moment).sms_consent_on == moment


class TestRefused:
	@pytest.mark.parametrize(
		"values",
		[
			{"status": "Dormant"},
			{"rating": "Lukewarm"},
			{"source": "Không có nguồn này"},
			{"lead_owner": "nobody@example.com"},
			{"items": [{"item_code": "KHONG-CO", "qty": 1}]},
		],
	)
	def test_values_that_do_not_exist(self, values):
		with pytest.raises((frappe.ValidationError, frappe.LinkValidationError)):
			make_lead(**values)

	def test_given_up_without_a_reason(self):
		lead = make_lead()
		lead.status = "Unqualified"
		with pytest.raises(ReasonMissingError):
			lead.save()

	@pytest.mark.parametrize("field", ["customer", "contact", "opportunity", "converted_on", "converted_by"])
	def test_conversion_fields_by_hand(self, field):
		values = {
			"customer": frappe.db.get_value("Customer", {}) or converted_lead().customer,
			"contact": frappe.db.get_value("Contact", {}),
			"opportunity": "SKY-OPP-0000",
			"converted_on": now_datetime(),
			"converted_by": "Administrator",
		}
		lead = make_lead()
		lead.set(field, values[field] or "KHONG-CO")
		with pytest.raises(frappe.ValidationError):
			lead.save()

	def test_converted_by_hand(self):
		lead = make_lead()
		lead.status = "Converted"
		with pytest.raises(frappe.ValidationError, match=r"choose Convert"):
			lead.save()


class TestConverted:
	@pytest.mark.parametrize(
		"change",
		[
			{"organization": "Tên khác"},
			{"mobile_no": "0987654321"},
			{"email_consent": "Granted"},
			{"items": []},
			{"next_contact_on": "2027-01-01 09:00:00"},
		],
	)
	def test_its_substance_no_longer_changes(self, change):
		lead = frappe.get_doc("Sky Lead", converted_lead(items=[{"item_code": make_item(), "qty": 1}]).name)
		lead.update(change)
		with pytest.raises(frappe.ValidationError, match="undo the conversion first"):
			lead.save()

	def test_the_sentence_names_field_lead_and_customer(self):
		lead = frappe.get_doc("Sky Lead", converted_lead().name)
		lead.city = "Huế"
		with pytest.raises(frappe.ValidationError) as caught:
			lead.save()
		for part in ("District or City", lead.lead_name, lead.customer):
			assert part in str(caught.value)

	def test_comments_tags_and_a_save_without_change_are_fine(self):
		lead = frappe.get_doc("Sky Lead", converted_lead().name)
		lead.add_comment("Comment", "Khách quay lại")
		lead.add_tag("VIP")
		lead.save()
		assert "VIP" in lead.get_tags()

	def test_the_same_values_as_text_are_no_change(self):
		lead = converted_lead(birth_date="1990-02-01", items=[{"item_code": make_item(), "qty": 2}])
		sent = json.loads(frappe.as_json(frappe.get_doc("Sky Lead", lead.name)))
		frappe.get_doc(sent).save()

	def test_it_may_change_hands(self):
		seller = make_user(SELLER, "Sky Sales User")
		lead = frappe.get_doc("Sky Lead", converted_lead().name)
		lead.lead_owner = seller
		lead.save()
		assert frappe.db.get_value("Sky Lead", lead.name, "lead_owner") == seller


class TestRights:
	def test_a_seller_makes_and_changes_but_does_not_delete_export_or_import(self, as_user, team):
		with as_user(SELLER):
			lead = make_lead()
			lead.city = "Đà Nẵng"
			lead.save()
			for kind in ("delete", "export", "import"):
				assert not frappe.has_permission("Sky Lead", kind)
			with pytest.raises(frappe.PermissionError):
				frappe.delete_doc("Sky Lead", lead.name)

	@pytest.mark.parametrize("role", ["Sky Sales Manager", "Sky CRM Admin"])
	def test_a_manager_does_all_of_it(self, role, as_user):
		with as_user(make_user(f"lead.{frappe.scrub(role)}@example.com", role)):
			assert all(frappe.has_permission("Sky Lead", kind) for kind in ("delete", "export", "import"))

	def test_marketing_reads_and_does_not_write(self, as_user):
		with as_user(make_user("lead.marketing@example.com", "Sky Marketing User")):
			assert frappe.has_permission("Sky Lead", "read")
			with pytest.raises(frappe.PermissionError):
				make_lead()

	def test_support_has_no_leads(self, as_user):
		with as_user(make_user("lead.support@example.com", "Sky Support Agent")):
			assert not frappe.has_permission("Sky Lead", "read")


class TestBulk:
	def test_many_are_given_up_for_one_reason(self):
		leads = [make_lead().name for _ in range(3)]
		answer = bulk.mark_unqualified(leads, "Không có ngân sách")
		assert answer["queued"] is False
		assert [row["done"] for row in answer["outcomes"]] == [True] * 3
		rows = frappe.get_all("Sky Lead", {"name": ("in", leads)}, ["status", "unqualified_reason"])
		assert {(row.status, row.unqualified_reason) for row in rows} == {
			("Unqualified", "Không có ngân sách")
		}

	def test_each_that_cannot_says_why_and_holds_up_none(self):
		good, converted = make_lead(), converted_lead()
		answer = bulk.mark_unqualified(
			[converted.name, good.name, "SKY-LEAD-KHONG-CO"], "Không liên lạc được"
		)
		outcomes = {row["name"]: row for row in answer["outcomes"]}
		assert outcomes[good.name]["done"] and not outcomes[good.name]["message"]
		assert "keeps that status" in outcomes[converted.name]["message"]
		assert "may not see it" in outcomes["SKY-LEAD-KHONG-CO"]["message"]
		assert frappe.get_message_log() == []
		assert frappe.db.get_value("Sky Lead", converted.name, "status") == "Converted"

	def test_no_reason_or_nothing_selected(self):
		for leads, reason in (([make_lead().name], "  "), ([], "Lý do")):
			with pytest.raises(frappe.ValidationError):
				bulk.mark_unqualified(leads, reason)

	def test_marketing_may_not(self, as_user):
		lead = make_lead()
		with as_user(make_user("lead.marketing@example.com", "Sky Marketing User")):
			with pytest.raises(frappe.PermissionError):
				bulk.mark_unqualified([lead.name], "Lý do")

	def test_more_than_a_request_should_wait_for_goes_to_a_job(self, monkeypatch):
		queued = {}
		monkeypatch.setattr(
			frappe, "enqueue", lambda method, **kwargs: queued.update(method=method, **kwargs)
		)
		leads = [make_lead().name for _ in range(51)]
		assert bulk.mark_unqualified(json.dumps(leads), "Hết nhu cầu") == {"queued": True, "outcomes": []}
		assert queued["names"] == leads
		run = frappe.get_attr(queued["method"])
		run(*(queued[key] for key in ("step", "doctype", "names", "arguments")))
		assert frappe.db.count("Sky Lead", {"name": ("in", leads), "status": "Unqualified"}) == 51
		note = frappe.get_last_doc("Notification Log", {"document_type": "Sky Lead"})
		assert note.subject == "51 of 51 records were changed."


class TestCalendar:
	def test_shows_next_contacts_of_the_span_without_converted_leads(self):
		moment = now_datetime().replace(microsecond=0)
		lead = make_lead(next_contact_on=moment, organization="Cty Lịch")
		later = make_lead(next_contact_on=add_days(moment, 60))
		rows = {
			row.name: row
			for row in calendar.get_lead_contacts(str(add_days(moment, -1)), str(add_days(moment, 1)), "[]")
		}
		assert lead.name in rows and later.name not in rows
		assert "Cty Lịch" in rows[lead.name].title

	def test_dragging_plans_anew_with_every_check(self, as_user):
		lead = make_lead(next_contact_on=now_datetime())
		calendar.move({"doctype": "Sky Lead", "name": lead.name, "next_contact_on": "2027-03-04 10:30:00"})
		assert str(frappe.db.get_value("Sky Lead", lead.name, "next_contact_on")) == "2027-03-04 10:30:00"
		with as_user(make_user("lead.marketing@example.com", "Sky Marketing User")):
			with pytest.raises(frappe.PermissionError):
				calendar.move(
					json.dumps(
						{"doctype": "Sky Lead", "name": lead.name, "next_contact_on": "2027-03-05 10:30:00"}
					)
				)

	def test_moves_nothing_else(self):
		with pytest.raises(frappe.ValidationError):
			calendar.move({"doctype": "User", "name": "Administrator", "creation": "2027-03-05"})


class TestCost:
	def insert(self):
		number = frappe.generate_hash(length=6)
		return frappe.get_doc(
			{
				"doctype": "Sky Lead",
				"lead_name": f"Trần Thị {number}",
				"email_id": f"{number}@example.com",
				"mobile_no": mobile(),
				"organization": f"Cty {number}",
				"source": frappe.db.get_value("Sky Lead Source", {"enabled": 1}),
			}
		).insert()

	def test_an_insert_takes_at_most_14_statements(self, statements):
		self.insert()
		# A request of its own starts without looked-up values.
		frappe.db.value_cache.clear()
		statements.clear()
		self.insert()
		assert len(statements) <= 14, "\n".join(statements)

	def test_with_a_product_owner_and_team_still(self, statements, as_user, team):
		item = make_item()
		with as_user(SELLER):
			make_lead(items=[{"item_code": item, "qty": 1}])
			statements.clear()
			make_lead(items=[{"item_code": item, "qty": 1}])
		assert len(statements) <= 18, "\n".join(statements)

	def test_filters_of_lists_have_their_indexes(self):
		indexes = {
			row.Column_name
			for row in frappe.db.sql("show index from `tabSky Lead`", as_dict=True)
			if row.Seq_in_index == 1
		}
		assert indexes >= {
			"status",
			"lead_owner",
			"team",
			"next_contact_on",
			"email_key",
			"phone_key",
			"phone_key_2",
			"tax_key",
			"name_key",
			"source",
			"campaign",
			"customer",
			"opportunity",
		}
