"""The one way in: what a first and a later arrival leave behind, in process."""

from datetime import datetime

import pytest
from factories import make_customer, make_lead, mobile, unique
from people import only

import frappe

from skycrm.domain.intake import Arrival, Consent
from skycrm.services import intake, lead_keys

WEB, REST = "Web Form", "REST"


def arrive(door=WEB, policy=None, more=None, **values):
	values.setdefault("lead_name", "Nguyễn Văn An")
	return intake.receive(Arrival(values, door, **(more or {})), policy)


def touches(lead):
	return frappe.get_all("Sky Lead Touch", {"lead": lead}, ["*"], order_by="creation, first desc")


def address():
	return f"{frappe.generate_hash(length=10)}@example.com"


def test_the_first_arrival_makes_the_lead_and_is_its_first_touch():
	email = address()
	received = arrive(
		more={
			"reference_doctype": "ToDo",
			"reference_name": "form-1",
			"note": "Gọi tôi <b>chiều nay</b>",
			"content": {"Lời nhắn": "<script>x</script>"},
			"utm": {"utm_source": "fb", "utm_campaign": "tet"},
			"received_on": datetime(2026, 5, 1, 8, 0),
		},
		email_id=email,
	)
	assert received.action == "Made"
	lead = frappe.get_doc("Sky Lead", received.lead)
	assert (lead.lead_name, lead.email_key, lead.status) == ("Nguyễn Văn An", email, "New")
	(touch,) = touches(received.lead)
	assert touch.name == received.touch and touch.first == 1 and touch.door == WEB
	assert (touch.reference_doctype, touch.reference_name) == ("ToDo", "form-1")
	assert (touch.utm_source, touch.utm_campaign) == ("fb", "tet")
	assert touch.received_on == datetime(2026, 5, 1, 8, 0)
	(item,) = timeline(received.lead)
	assert "<script>" not in item["content"] and "&lt;b&gt;chiều nay" in item["content"]
	assert "fb" in item["content"] and item["creation"] == "2026-05-01 08:00:00"


def timeline(lead):
	from frappe.desk.form.load import get_additional_timeline_content

	return get_additional_timeline_content("Sky Lead", lead)


def test_the_same_person_again_is_a_touch_and_fills_only_what_is_empty():
	email = address()
	first = arrive(email_id=email, job_title="Giám đốc")
	again = arrive(email_id=f"  {email.upper()} ", organization="An Phát", job_title="Kế toán", city="Huế")
	assert (again.action, again.lead) == ("Attached", first.lead)
	lead = frappe.get_doc("Sky Lead", first.lead)
	assert (lead.organization, lead.city, lead.job_title) == ("An Phát", "Huế", "Giám đốc")
	_, touch = touches(first.lead)
	assert touch.matched_on == "email_id" and not touch.first
	assert frappe.parse_json(touch.differing) == {"Job Title": "Kế toán"}
	assert set(frappe.parse_json(touch.filled)) == {"Organization", "District or City"}


def test_other_people_at_one_switchboard_or_firm_are_leads_of_their_own():
	landline, tax = "024 3825 0001", "0100109106"
	leads = {
		arrive(lead_name=name, phone=landline, tax_id=tax).lead
		for name in ("Nguyễn Văn Một", "Trần Thị Hai", "Lê Ba")
	}
	assert len(leads) == 3
	assert arrive(lead_name="Chị Hai", phone=landline).lead in leads


def test_a_converted_lead_stays_as_it_is_and_its_owner_is_told_once():
	owner = only("intake-owner@example.com", "Sky Sales User")
	email = address()
	lead = make_lead(email_id=email, lead_owner=owner)
	frappe.db.set_value("Sky Lead", lead.name, {"status": "Converted", "customer": make_customer()})
	for _ in range(2):
		received = arrive(email_id=email, organization="Mới")
		assert (received.action, received.lead) == ("Attached", lead.name)
	assert not frappe.db.get_value("Sky Lead", lead.name, "organization")
	assert frappe.parse_json(touches(lead.name)[0].differing)["Organization"] == "Mới"
	notes = frappe.get_all("Notification Log", {"for_user": owner, "document_name": lead.name}, ["subject"])
	assert len(notes) == 1 and "converted" in notes[0].subject


def test_a_lead_given_up_stays_so_and_its_owner_is_told():
	owner = only("intake-owner@example.com", "Sky Sales User")
	email = address()
	lead = make_lead(email_id=email, lead_owner=owner)
	frappe.db.set_value("Sky Lead", lead.name, {"status": "Unqualified", "unqualified_reason": "Xa"})
	assert arrive(email_id=email).lead == lead.name
	assert frappe.db.get_value("Sky Lead", lead.name, "status") == "Unqualified"
	(note,) = frappe.get_all("Notification Log", {"for_user": owner, "document_name": lead.name}, ["subject"])
	assert "given up" in note.subject


def test_an_open_lead_is_preferred_to_a_closed_one():
	email = address()
	closed = make_lead(email_id=email)
	frappe.db.set_value("Sky Lead", closed.name, "status", "Unqualified")
	open_one = make_lead(email_id=email)
	assert arrive(email_id=email).lead == open_one.name


def test_a_known_contact_without_a_lead_gets_one_with_the_hint():
	email = address()
	contact = frappe.get_doc(
		{"doctype": "Contact", "first_name": "An", "email_ids": [{"email_id": email, "is_primary": 1}]}
	).insert()
	received = arrive(email_id=email)
	assert received.action == "Made"
	assert ("Contact", contact.name) in {(row["doctype"], row["name"]) for row in received.duplicates}


def test_policies_of_a_door():
	email = address()
	first = arrive(email_id=email)
	refused = arrive(email_id=email, policy="Refuse")
	assert (refused.action, refused.lead, refused.touch) == ("Refused", first.lead, None)
	warned = arrive(email_id=email, policy="Warn")
	assert warned.action == "Made" and warned.lead != first.lead
	assert first.lead in {row["name"] for row in warned.duplicates}
	# The settings say it for a door; the desk has its own.
	settings = frappe.get_doc("Sky CRM Settings")
	assert {row.door: row.policy for row in settings.door_policies} == {
		"REST": "Warn",
		"Web Form": "Attach",
		"File Import": "Attach",
		"Email": "Attach",
		"Webhook": "Attach",
	}
	next(row for row in settings.door_policies if row.door == WEB).policy = "Refuse"
	settings.save()
	assert arrive(email_id=email).action == "Refused"
	settings.append("door_policies", {"door": WEB, "policy": "Warn"})
	with pytest.raises(frappe.ValidationError, match="repeats"):
		settings.save()


def test_the_same_message_again_is_the_same_arrival():
	email = address()
	more = {
		"external_id": "<m1@example.com>",
		"reference_doctype": "Email Account",
		"reference_name": "Sales",
	}
	first = arrive("Email", more=more, email_id=email)
	again = arrive("Email", more=more, email_id=email)
	assert (again.lead, again.touch, again.action, again.repeated) == (first.lead, first.touch, "Made", True)
	assert len(touches(first.lead)) == 1
	other = arrive("Email", more={**more, "reference_name": "Support"}, email_id=email)
	assert other.action == "Attached" and not other.repeated


def test_a_lead_is_not_lost_for_a_bad_value_where_nobody_can_correct_it():
	received = arrive(
		email_id="kein-at-zeichen",
		source="No such source",
		birth_date="31.02.1990",
		city="x" * 500,
		rating="Boiling",
		items=[{"item_code": "NO-SUCH-ITEM"}, "x"],
	)
	lead = frappe.get_doc("Sky Lead", received.lead)
	assert lead.data_issues and not lead.email_key and not lead.source and not lead.birth_date
	assert len(lead.city) == 140 and not lead.items and not lead.rating
	content = frappe.parse_json(touches(lead.name)[0].content)
	assert content["Date of Birth"] == "31.02.1990"
	with pytest.raises(frappe.ValidationError):
		arrive(REST, email_id="kein-at-zeichen")
	email = address()
	known = arrive(email_id=email).lead
	with pytest.raises(frappe.ValidationError):
		arrive(REST, policy="Attach", email_id=email, mobile_no="12")
	arrive(email_id=email, mobile_no="12")
	assert frappe.db.get_value("Sky Lead", known, "mobile_no") == "12"


def test_consents_follow_the_latest_refusal():
	email = address()
	yes, no = Consent("email", "Granted", "Form", "Vâng"), Consent("email", "Refused", "Form")
	first = arrive(more={"consents": (yes,)}, email_id=email)
	assert frappe.db.get_value("Sky Lead", first.lead, "email_consent") == "Granted"
	arrive(more={"consents": (no,)}, email_id=email)
	assert frappe.db.get_value("Sky Lead", first.lead, "email_consent") == "Refused"
	arrive(more={"consents": (yes,)}, email_id=email)
	assert frappe.db.get_value("Sky Lead", first.lead, "email_consent") == "Refused"
	assert "Email Consent" in frappe.parse_json(touches(first.lead)[-1].differing)


def test_a_lead_written_past_the_locks_is_joined(monkeypatch):
	"""Somebody at the desk saves the same person between our look and our insert: the unique row tells."""
	email = address()
	known = make_lead(email_id=email, lead_name="Nguyễn Văn An")
	look = intake.duplicates.matches_of
	monkeypatch.setattr(intake.duplicates, "matches_of", lambda *a, **k: [])
	before = frappe.db.count("Sky Lead")
	received = arrive(email_id=email)
	monkeypatch.setattr(intake.duplicates, "matches_of", look)
	assert (received.action, received.lead) == ("Attached", known.name)
	assert frappe.db.count("Sky Lead") == before


# Keys


def held(lead):
	return {
		(row.key_type, row.key_value)
		for row in frappe.get_all("Sky Lead Key", {"lead": lead}, ["key_type", "key_value"])
	}


def test_keys_follow_the_lead_and_are_handed_over():
	email, phone, other = address(), mobile(), address()
	first = make_lead(email_id=email, mobile_no=phone)
	second = make_lead(email_id=email, phone=phone)
	assert held(first.name) == lead_keys.keys_of(first) and len(held(first.name)) == 2
	assert held(second.name) == set()
	first.email_id = other
	first.save()
	assert ("Email", other) in held(first.name) and held(second.name) == {("Email", email)}
	frappe.delete_doc("Sky Lead", first.name)
	assert held(second.name) == {("Email", email), ("Phone", second.phone_key)}
	assert not frappe.db.exists("Sky Lead Key", {"lead": first.name})


def test_a_lead_can_be_deleted_with_its_touches_and_keys():
	received = arrive(email_id=address())
	frappe.delete_doc("Sky Lead", received.lead)
	for doctype in ("Sky Lead Key", "Sky Lead Touch"):
		assert not frappe.db.exists(doctype, {"lead": received.lead})


def test_the_backfill_finds_what_is_missing_and_only_that():
	email = address()
	first, second = make_lead(email_id=email), make_lead(email_id=email, mobile_no=mobile())
	for lead in (first, second):
		frappe.db.delete("Sky Lead Key", {"lead": lead.name})
	gone = make_lead(email_id=address())
	frappe.db.delete("Sky Lead", {"name": gone.name})
	assert set(lead_keys.missing(1000)) >= {first.name, second.name}
	lead_keys.backfill(batch=1)
	assert held(first.name) == {("Email", email)} and held(second.name) == {("Phone", second.phone_key)}
	assert held(gone.name) == set()
	assert lead_keys.missing(10) == [] and lead_keys.backfill() == 0


def test_names_that_the_database_takes_for_equal_have_keys_of_their_own():
	one, other = make_lead(email_id="nguyễn.kh@example.com"), make_lead(email_id="nguyen.kh@example.com")
	assert held(one.name) and held(other.name)
	lead_keys.rebuild([one.name, other.name])
	assert held(one.name) and held(other.name) and lead_keys.missing(10) == []


def test_a_key_is_one_statement_of_a_new_lead_and_none_of_a_change(statements):
	lead = make_lead(email_id=address(), mobile_no=mobile())
	assert sum("insert ignore into `tabSky Lead Key`" in query for query in statements) == 1
	statements.clear()
	lead.job_title = "Trưởng phòng"
	lead.save()
	assert not any("tabSky Lead Key" in query for query in statements)


def test_an_arrival_costs_few_statements(statements):
	email = address()
	arrive(email_id=address())
	frappe.db.value_cache.clear()
	statements.clear()
	arrive(email_id=email)
	assert len(statements) <= 18, "\n".join(statements)
	statements.clear()
	arrive(email_id=email)
	assert len(statements) <= 10, "\n".join(statements)


# Who may read a touch


def test_a_touch_is_read_by_whoever_may_read_its_lead(as_user):
	owner, other = (
		only("intake-owner@example.com", "Sky Sales User"),
		only("intake-other@example.com", "Sky Sales User"),
	)
	stranger = only("intake-stranger@example.com", "Sky Support Agent")
	email = address()
	lead = make_lead(email_id=email, lead_owner=owner, lead_name=unique("Trần"))
	touch = arrive(email_id=email).touch
	seen = {}
	for user in (owner, other, stranger):
		with as_user(user):
			doc = frappe.get_doc("Sky Lead Touch", touch)
			try:
				listed = bool(frappe.get_list("Sky Lead Touch", {"lead": lead.name}))
			except frappe.PermissionError:
				listed = False
			seen[user] = (doc.has_permission("read"), listed)
	assert seen == {owner: (True, True), other: (False, False), stranger: (False, False)}
	with as_user(owner), pytest.raises(frappe.PermissionError):
		frappe.get_doc({"doctype": "Sky Lead Touch", "lead": lead.name, "door": "Desk"}).insert()
