"""The web form door over HTTP, as a page on another web site uses it: leads.capture and what stands around it."""

import json

import pytest
from factories import unique
from web_form_records import MADE, Visitor, committed, forget_counts, make_form, person, submissions, token_of

import frappe

pytestmark = pytest.mark.commits
# The contract's name leads.capture is this function: web_forms.capture
ONLY_A_REFERENCE = {"message"}


@pytest.fixture
def visitor(site):
	forget_counts()
	client = Visitor(site.port, site.name)
	yield client
	client.close()


@pytest.fixture
def form():
	with committed(MADE):
		made = make_form()
		frappe.db.commit()
		yield made


def leads_of(someone):
	frappe.db.rollback()
	return frappe.get_all("Sky Lead", {"lead_name": someone["lead_name"]}, ["*"])


def test_a_form_becomes_a_lead_and_the_visitor_learns_a_reference_only(visitor, form):
	someone = person(message="Gọi tôi sau 17 giờ\n\nnhé", organization="Công ty Mẫu")
	answer = visitor.submit(
		form.name,
		someone,
		consents={"email": True},
		utm={"utm_source": "facebook-ads", "utm_campaign": "tet", "utm_other": "x"},
		page="https://shop.example/lien-he?secret=1#top",
		lang="vi",
	)
	assert answer.status_code == 200
	assert set(answer.json()) == ONLY_A_REFERENCE
	assert set(answer.json()["message"]) == {"reference"}
	(lead,) = leads_of(someone)
	assert lead.source == form.source
	assert (lead.email_consent, lead.lead_owner, lead.status) == ("Granted", None, "New")
	(kept,) = submissions(form.name)
	assert kept.name == answer.json()["message"]["reference"]
	assert (kept.status, kept.lead, kept.language) == ("New Lead", lead.name, "vi")
	assert kept.page == "https://shop.example/lien-he"
	assert (kept.utm_source, kept.utm_campaign) == ("facebook-ads", "tet")
	assert kept.content["Tin nhắn" if "Tin nhắn" in kept.content else "Lời nhắn"].startswith(
		"Gọi tôi sau 17 giờ"
	)
	assert "127.0.0.1" not in json.dumps(kept, default=str) and len(kept.sender_hash) == 32
	(consent,) = frappe.get_all("Sky Consent Record", {"lead": lead.name}, ["*"])
	assert consent.wording == "Tôi đồng ý nhận tin qua email."
	assert (consent.reference_doctype, consent.reference_name) == ("Sky Form Submission", kept.name)
	(touch,) = frappe.get_all("Sky Lead Touch", {"lead": lead.name}, ["*"])
	assert (touch.door, touch.first, touch.utm_source) == ("Web Form", 1, "facebook-ads")


def test_the_same_person_again_is_an_activity_and_nobody_can_tell(visitor, form):
	someone = person()
	first = visitor.submit(form.name, someone)
	spelled = {**someone, "mobile_no": f"+84 {someone['mobile_no'][1:4]}.{someone['mobile_no'][4:]}"}
	again = visitor.submit(form.name, {**spelled, "message": "Tôi hỏi lần nữa"})
	assert first.status_code == again.status_code == 200
	assert list(first.json()) == list(again.json())
	assert list(first.json()["message"]) == list(again.json()["message"])
	assert first.json()["message"] != again.json()["message"]
	(lead,) = leads_of(someone)
	assert [row.status for row in submissions(form.name)] == ["New Lead", "Known Person"]
	assert {row.lead for row in submissions(form.name)} == {lead.name}
	assert frappe.db.count("Sky Lead Touch", {"lead": lead.name}) == 2
	for answer in (first, again):
		assert {name.lower() for name in answer.headers} == {name.lower() for name in first.headers}


def test_source_and_campaign_of_the_page_count_when_they_are_known(visitor, form):
	campaign = frappe.get_doc(
		{"doctype": "Sky Campaign", "campaign_name": unique("Xuân"), "channel": "Email", "kind": "Promotion"}
	).insert()
	frappe.db.commit()
	someone, other = person(), person()
	assert visitor.submit(
		form.name, someone, utm={"utm_campaign": campaign.campaign_name.upper(), "utm_source": "zalo"}
	).ok
	assert visitor.submit(
		form.name, other, utm={"utm_campaign": "nobody knows it", "utm_source": "' or 1=1"}
	).ok
	assert leads_of(someone)[0].campaign == campaign.name
	assert leads_of(someone)[0].source == "Zalo"
	assert (leads_of(other)[0].campaign, leads_of(other)[0].source) == (None, form.source)


def test_what_is_not_asked_for_is_ignored(visitor, form):
	someone = person(
		lead_owner="Administrator",
		status="Converted",
		score=100,
		owner="Administrator",
		customer="x",
		source="Phone Call",
	)
	someone |= {
		"name": "SKY-LEAD-X",
		"doctype": "User",
		"docstatus": 1,
		"email_key": "stolen",
		"__islocal": 0,
	}
	assert visitor.submit(form.name, someone).ok
	(lead,) = leads_of(someone)
	assert (lead.lead_owner, lead.status, lead.customer, lead.docstatus, lead.owner) == (
		None,
		"New",
		None,
		0,
		"Guest",
	)
	assert lead.source == form.source and lead.email_key == someone["email_id"]


@pytest.mark.parametrize(
	("fields", "wrong"),
	[
		({"lead_name": ""}, "lead_name"),
		({"mobile_no": "0912"}, "mobile_no"),
		({"mobile_no": None}, "mobile_no"),
		({"email_id": "an@"}, "email_id"),
		({"lead_name": "x" * 500}, "lead_name"),
		({"message": "x" * 5000}, "message"),
		({"lead_name": {"$ne": 1}}, "lead_name"),
		({"lead_name": ["a"]}, "lead_name"),
		({"mobile_no": True}, "mobile_no"),
		({"email_id": 1.5}, "email_id"),
	],
)
@pytest.mark.parametrize(("lang", "word"), [("vi", "Họ"), ("en", "Full Name")])
def test_answers_that_are_not_right_are_named_in_the_visitors_language(
	visitor, form, fields, wrong, lang, word
):
	answer = visitor.submit(form.name, {**person(), **fields}, lang=lang)
	assert answer.status_code == 417
	errors = answer.json()["field_errors"]
	assert set(errors) == {wrong}
	if wrong == "lead_name":
		assert word in errors[wrong]
	assert "Traceback" not in answer.text and "skycrm/" not in answer.text
	assert not submissions(form.name)


@pytest.mark.parametrize("fields", ["not json", "[1]", "17", '"text"'])
def test_answers_of_a_wrong_shape_are_refused(visitor, form, fields):
	assert visitor.submit(form.name, fields).status_code == 417
	assert not submissions(form.name)


@pytest.mark.parametrize(
	"arguments",
	[{"form": ["x"]}, {"fields": [1]}, {"token": {"a": 1}}, {"idempotency_key": ["k"]}, {"utm": [1]}],
)
def test_arguments_of_a_wrong_type_are_refused(visitor, form, arguments):
	answer = visitor.call("leads.capture", **{"form": form.name, "fields": person(), **arguments})
	assert answer.status_code == 417
	assert not submissions(form.name)


def test_a_form_that_is_closed_or_not_there_takes_nothing(visitor, form):
	for name in ("no-such-form", "", "../../etc", "lien hệ", "x" * 500):
		assert visitor.submit(name).status_code == 404
	frappe.db.set_value("Sky Web Form", form.name, "published", 0)
	frappe.db.commit()
	assert visitor.submit(form.name).status_code == 404
	assert visitor.call("web_forms.definition", form=form.name).status_code == 404
	assert visitor.call("web_forms.thank_you", form=form.name, reference="x").status_code == 404
	assert not submissions(form.name)


def test_a_robot_in_the_trap_is_thanked_and_forgotten(visitor, form):
	someone = person()
	for more in ({"honeypot": "http://spam.example"}, {"fields": {**someone, "website_url": "x"}}):
		answer = visitor.call("leads.capture", **{"form": form.name, "fields": someone, **more})
		assert answer.status_code == 200
		assert set(answer.json()) == ONLY_A_REFERENCE
		assert answer.json()["message"]["reference"].startswith("F-")
	assert not submissions(form.name) and not leads_of(someone)


def test_the_token_says_when_and_for_which_form(visitor):
	with committed(MADE):
		form, other = make_form(min_seconds=4), make_form(min_seconds=4)
		frappe.db.commit()
		for token in (
			None,
			"",
			"x",
			"1.2.3",
			"é" * 30,
			token_of(other.name),
			token_of(form.name)[:-2] + "AA",
			token_of(form.name, 1),
			token_of(form.name, 13 * 3600),
			token_of(form.name, -60),
		):
			answer = visitor.submit(form.name, token=token)
			assert answer.status_code == 417, token
			assert answer.json()["new_token"]
		assert not submissions(form.name)
		assert visitor.submit(form.name, token=token_of(form.name, 5)).ok
		assert len(submissions(form.name)) == 1


def test_a_box_that_must_be_ticked(visitor):
	with committed(MADE):
		form = make_form(consents=[{"channel": "SMS", "required": 1, "wording_vi": "Đồng ý nhận SMS"}])
		frappe.db.commit()
		for ticked in ({}, {"sms": False}, {"sms": "no"}, {"email": True}):
			answer = visitor.submit(form.name, consents=ticked)
			assert answer.status_code == 417 and set(answer.json()["field_errors"]) == {"consent_sms"}
		someone = person()
		assert visitor.submit(form.name, someone, consents={"sms": "1", "call": True}).ok
		(lead,) = leads_of(someone)
		assert (lead.sms_consent, lead.call_consent, lead.email_consent) == ("Granted", "Unknown", "Unknown")


def test_the_same_key_again_gives_the_first_answer(visitor, form):
	someone, key = person(), frappe.generate_hash()
	answers = [visitor.submit(form.name, someone, idempotency_key=key) for _ in range(3)]
	assert {answer.text for answer in answers} == {answers[0].text}
	assert len(submissions(form.name)) == 1
	assert visitor.submit(form.name, person(), idempotency_key=key).status_code in (409, 422)
	assert len(submissions(form.name)) == 1


def test_nobody_is_lost_when_the_lead_cannot_be_made(visitor, form):
	"""An admin makes a field of the lead required that no form asks for."""
	frappe.make_property_setter(
		{
			"doctype": "Sky Lead",
			"fieldname": "job_title",
			"property": "reqd",
			"value": "1",
			"property_type": "Check",
		}
	)
	frappe.db.commit()
	try:
		someone = person()
		answer = visitor.submit(form.name, someone)
		assert answer.status_code == 200 and set(answer.json()) == ONLY_A_REFERENCE
		(kept,) = submissions(form.name)
		assert (kept.status, kept.lead, kept.full_name) == ("Failed", None, someone["lead_name"])
		assert kept.error and not leads_of(someone)
	finally:
		frappe.db.delete(
			"Property Setter", {"doc_type": "Sky Lead", "property": "reqd", "field_name": "job_title"}
		)
		frappe.db.commit()
		frappe.clear_cache(doctype="Sky Lead")


def test_a_signed_in_session_cannot_be_abused_and_is_a_visitor_like_others(site, form, users):
	user = users("form-desk@example.com", "Sky Sales User")
	doc = frappe.get_doc("User", user)
	doc.new_password = "Bieu-Mau-2026!"
	doc.save()
	frappe.db.commit()
	client = Visitor(site.port, site.name)
	assert client.sign_in(user, "Bieu-Mau-2026!").ok
	# The desk hands out the token that a strange page does not have
	assert client.get("/app").status_code == 200
	someone = person()
	answer = client.submit(form.name, someone)
	assert answer.status_code == 400
	assert not leads_of(someone) and not submissions(form.name)
	client.close()


def test_the_definition_holds_no_secret_and_no_list_of_records(visitor):
	with committed(MADE):
		gender = frappe.get_all("Gender", pluck="name", limit=1)[0]
		form = make_form(
			form_fields=[
				{"field": "Full Name", "required": 1, "label_en": "Your <b>name</b>"},
				{"field": "Email", "required": 1},
				{"field": "Gender", "options": f"{gender} | Tôi là | I am"},
			],
			allowed_origins=[{"origin": "https://shop.example"}],
		)
		frappe.db.commit()
		answer = visitor.call("web_forms.definition", form=form.name.upper(), lang="en").json()["message"]
		assert answer["form"] == form.name
		assert [field["label"] for field in answer["fields"]] == ["Your <b>name</b>", "Email", "Gender"]
		assert answer["fields"][2]["options"] == [{"value": gender, "label": "I am"}]
		assert not {"coupon", "campaign", "source", "allowed_origins", "redirect_url"} & set(answer)
		assert visitor.submit(form.name, {**person(), "gender": "Anything"}).status_code == 417
		someone = person(gender=gender)
		assert visitor.submit(form.name, someone, lang="vi").ok
		assert leads_of(someone)[0].gender == gender
		assert "Tôi là" in submissions(form.name)[0].content.values()


def test_twenty_at_once_with_one_person_make_one_lead(site, form):
	from concurrent.futures import ThreadPoolExecutor

	forget_counts()
	someone = person()

	def post(number):
		client = Visitor(site.port, site.name)
		try:
			return client.submit(form.name, {**someone, "message": f"Lần {number}"}).status_code
		finally:
			client.close()

	with ThreadPoolExecutor(20) as pool:
		codes = list(pool.map(post, range(20)))
	assert codes == [200] * 20
	(lead,) = leads_of(someone)
	rows = submissions(form.name)
	assert len(rows) == 20 and {row.lead for row in rows} == {lead.name}
	assert sorted(row.status for row in rows) == ["Known Person"] * 19 + ["New Lead"]
	assert frappe.db.count("Sky Lead Touch", {"lead": lead.name}) == 20
