"""One person at many doors at once, over HTTP through the server's own processes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import make_lead, make_user, mobile
from rest_client import api_token

import frappe

pytestmark = pytest.mark.commits

CREATE = "leads.create"


@pytest.fixture
def policies():
	"""Set the policies of the doors and of the desk for the served site; put back afterwards."""
	before = frappe.get_doc("Sky CRM Settings")
	rest = next(row.policy for row in before.door_policies if row.door == "REST")
	kept = (before.duplicate_policy, rest)

	def choose(desk: str | None = None, door: str | None = None) -> None:
		doc = frappe.get_doc("Sky CRM Settings")
		doc.duplicate_policy = desk or doc.duplicate_policy
		for row in doc.door_policies:
			if row.door == "REST" and door:
				row.policy = door
		doc.save()
		frappe.db.commit()

	yield choose
	frappe.db.rollback()
	choose(*kept)


@pytest.fixture
def person():
	"""An e-mail address and a number of nobody; whatever was made with them is deleted afterwards."""
	token = frappe.generate_hash(length=10)
	found = {"email": f"{token}@example.com", "mobile": mobile()}
	yield found
	frappe.db.rollback()
	for name in leads_of(found):
		frappe.delete_doc("Sky Lead", name, force=True)
	frappe.db.delete("Sky Idempotency Key", {"idempotency_key": ("like", f"{token}%")})
	frappe.db.commit()


def leads_of(person):
	names = frappe.get_all("Sky Lead", {"email_key": ("like", f"%{person['email']}")}, pluck="name")
	mobile = "+84" + person["mobile"][1:]
	return sorted({*names, *frappe.get_all("Sky Lead", {"phone_key": mobile}, pluck="name")})


def at_once(jobs, threads=20):
	with ThreadPoolExecutor(threads) as pool:
		return [future.result() for future in [pool.submit(job) for job in jobs]]


def codes(answers):
	return Counter(answer.status_code for answer in answers)


def spellings(email):
	local, domain = email.split("@")
	return [email, f" {email.upper()} ", f"{local.title()}@{domain}", f"\u200b{local}@{domain.upper()}"]


def test_twenty_posts_of_one_person_are_one_lead_and_twenty_touches(policies, person, rest):
	policies(door="Attach")
	typed = spellings(person["email"])
	answers = at_once(
		[
			lambda n=n: rest.call(
				CREATE, fields={"lead_name": "Nguyễn Văn An", "email_id": typed[n % len(typed)]}
			)
			for n in range(20)
		]
	)
	assert codes(answers) == {200: 20}, [a.text[:400] for a in answers if a.status_code != 200][:2]
	frappe.db.rollback()
	((lead,),) = frappe.db.sql("select name from `tabSky Lead` where email_key = %s", person["email"])
	assert {answer.json()["message"]["lead"] for answer in answers} == {lead}
	assert Counter(answer.json()["message"]["action"] for answer in answers) == {"Made": 1, "Attached": 19}
	touches = frappe.db.sql("select count(*), sum(first) from `tabSky Lead Touch` where `lead` = %s", lead)
	assert touches == ((20, 1),)
	keys = frappe.db.sql("select `lead` from `tabSky Lead Key` where key_value = %s", person["email"])
	assert keys == ((lead,),)
	# +tag is part of the address: mail goes to it as it was given, and so does the rule.
	local, domain = person["email"].split("@")
	tagged = rest.message(CREATE, fields={"lead_name": "An", "email_id": f"{local}+web@{domain}"})
	assert tagged["action"] == "Made" and tagged["lead"] != lead
	frappe.db.rollback()
	frappe.delete_doc("Sky Lead", tagged["lead"], force=True)


def test_twenty_posts_by_phone_and_by_both_are_one_lead(policies, person, rest):
	policies(door="Attach")
	mobile = person["mobile"]
	typed = [mobile, f"+84 {mobile[1:4]}.{mobile[4:]}", f"0084{mobile[1:]}", f"{mobile[:4]} {mobile[4:]}"]
	answers = at_once(
		[
			lambda n=n: rest.call(
				CREATE,
				fields={"lead_name": "An", "mobile_no": typed[n % 4]}
				| ({"email_id": person["email"]} if n % 2 else {}),
			)
			for n in range(20)
		]
	)
	assert codes(answers) == {200: 20}, [a.text[:400] for a in answers if a.status_code != 200][:2]
	frappe.db.rollback()
	(lead,) = leads_of(person)
	assert frappe.db.count("Sky Lead Touch", {"lead": lead}) == 20
	assert frappe.db.count("Sky Lead Key", {"lead": lead}) == 2


@pytest.mark.parametrize("field", ["email", "mobile"])
def test_where_duplicates_are_refused_one_of_twenty_is_made(policies, person, rest, field):
	policies(desk="Refuse", door="Refuse")
	name = {"email": "email_id", "mobile": "mobile_no"}[field]
	values = {"lead_name": "Nguyễn Văn An", name: person[field]}
	answers = at_once([lambda: rest.post(rest.resource("Sky Lead"), json=values) for _ in range(20)])
	assert codes(answers) == {200: 1, 409: 19}, codes(answers)
	frappe.db.rollback()
	assert len(leads_of(person)) == 1
	answer = rest.call(CREATE, fields=values)
	assert answer.status_code == 409 and leads_of(person)[0] in answer.text
	frappe.db.rollback()
	assert len(leads_of(person)) == 1


def test_desk_and_door_at_once_are_still_one_lead(policies, person, rest):
	"""The desk takes no lock where it only warns: the unique rows tell the door of it."""
	policies(desk="Refuse", door="Attach")
	values = {"lead_name": "Nguyễn Văn An", "email_id": person["email"]}
	jobs = [lambda: rest.post(rest.resource("Sky Lead"), json=values)] * 5
	jobs += [lambda: rest.call(CREATE, fields=values)] * 10
	answers = at_once(jobs)
	assert set(codes(answers)) <= {200, 409}, [
		a.text[:400] for a in answers if a.status_code not in (200, 409)
	]
	frappe.db.rollback()
	assert len(leads_of(person)) == 1
	assert all(answer.status_code == 200 for answer in answers[5:])


def test_the_same_key_twenty_times_is_one_record_and_one_answer(policies, person, rest):
	policies(door="Warn")
	key = person["email"].split("@")[0] + "-same"
	body = {"fields": {"lead_name": "Nguyễn Văn An", "email_id": person["email"]}, "idempotency_key": key}
	answers = at_once([lambda: rest.call(CREATE, **body) for _ in range(20)])
	assert codes(answers) == {200: 20}, [a.text[:400] for a in answers if a.status_code != 200][:2]
	assert len({answer.text for answer in answers}) == 1
	frappe.db.rollback()
	(lead,) = leads_of(person)
	assert answers[0].json()["message"]["lead"] == lead
	other = rest.call(CREATE, **{**body, "fields": {"lead_name": "Trần Bình"}})
	assert other.status_code == 422 and "another request" in other.text
	frappe.db.rollback()
	assert leads_of(person) == [lead]
	expires = frappe.db.get_value("Sky Idempotency Key", {"idempotency_key": key}, "expires_on")
	assert frappe.utils.time_diff_in_hours(expires, frappe.utils.now_datetime()) >= 24


def test_a_request_that_failed_may_be_sent_again(policies, person, rest):
	key = person["email"].split("@")[0] + "-again"
	bad = {"lead_name": "An", "email_id": person["email"], "country": "Nowhere"}
	for _ in range(2):
		assert rest.call(CREATE, fields=bad, idempotency_key=key).status_code == 417
	good = {"lead_name": "An", "email_id": person["email"]}
	assert rest.message(CREATE, fields=good, idempotency_key=key)["action"] == "Made"


def test_guest_wrong_user_and_right_user(policies, person, rest_as):
	policies(door="Warn")
	seller = make_user("intake-http-seller@example.com", "Sky Sales User")
	stranger = make_user("intake-http-stranger@example.com")
	owner = make_user("intake-http-owner@example.com", "Sky Sales User")
	for user in (seller, stranger, owner):
		api_token(user)
	frappe.db.commit()
	fields = {"lead_name": "Nguyễn Văn An", "email_id": person["email"]}
	assert rest_as("Guest").call(CREATE, fields=fields).status_code == 403
	assert rest_as(stranger).call(CREATE, fields=fields).status_code == 403
	frappe.db.rollback()
	assert leads_of(person) == []
	for wrong in ({**fields, "status": "Converted"}, {**fields, "customer": "X"}, {}, {"lead_name": " "}):
		assert rest_as(seller).call(CREATE, fields=wrong).status_code == 417
	for wrong in ("[1]", 5):
		assert rest_as(seller).call(CREATE, fields=wrong).status_code == 417
	frappe.db.rollback()
	assert leads_of(person) == []

	known = make_lead(**fields, lead_owner=owner)
	frappe.db.commit()
	made = rest_as(seller).message(CREATE, fields=fields, note="Xin báo giá", utm={"utm_source": "zalo"})
	# The known lead is another's: the seller gets one of their own and is not told whose the other is.
	assert made["action"] == "Made" and made["duplicates"] == []
	frappe.db.rollback()
	assert frappe.db.get_value("Sky Lead", made["lead"], ["lead_owner", "owner"]) == (seller, seller)
	again = rest_as(owner).message(CREATE, fields=fields)
	assert known.name in {row["name"] for row in again["duplicates"]}
	policies(door="Attach")
	frappe.db.set_value("Sky Lead", {"name": ("in", [made["lead"], again["lead"]])}, "status", "Unqualified")
	frappe.db.commit()
	attached = rest_as(seller).message(CREATE, fields={**fields, "city": "Huế"})
	assert attached == {"lead": None, "action": "Attached", "duplicates": []}
	frappe.db.rollback()
	assert not frappe.db.get_value("Sky Lead", known.name, "city"), (
		"filled in by somebody who may not change it"
	)


def test_the_same_number_of_the_sender_is_the_same_arrival(policies, person, rest):
	policies(door="Warn")
	fields = {"lead_name": "An", "email_id": person["email"]}
	first = rest.message(CREATE, fields=fields, external_id=person["email"])
	assert rest.message(CREATE, fields=fields, external_id=person["email"])["lead"] == first["lead"]
	frappe.db.rollback()
	assert len(leads_of(person)) == 1
