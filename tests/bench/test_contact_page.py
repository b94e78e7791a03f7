"""The framework's own Web Form page /sky-contact: same checks, same intake, nothing given back but a number."""

import json
import re

import pytest
from web_form_records import MADE, Visitor, committed, forget_counts, make_form, person, submissions, token_of

import frappe

pytestmark = pytest.mark.commits
SETTINGS = "Sky CRM Settings"
ACCEPT = "/api/method/frappe.website.doctype.web_form.web_form.accept"


@pytest.fixture
def visitor(site):
	forget_counts()
	for key in frappe.cache.keys("*rl:*"):
		frappe.cache.delete(key)
	client = Visitor(site.port, site.name)
	yield client
	client.close()


@pytest.fixture
def form():
	before = frappe.db.get_single_value(SETTINGS, "contact_page_form")
	with committed(MADE):
		made = make_form(min_seconds=2)
		point_to(made.name)
		yield made
		point_to(before)


def point_to(name):
	frappe.db.set_single_value(SETTINGS, "contact_page_form", name)
	frappe.db.commit()
	frappe.clear_document_cache(SETTINGS, SETTINGS)


def as_page(someone, form, **more):
	return {
		"full_name": someone["lead_name"],
		"mobile_no": someone["mobile_no"],
		"email_id": someone["email_id"],
		"message": "Xin báo giá",
		"form_token": token_of(form.name),
		**more,
	}


def accept(visitor, data, **headers):
	return visitor.post(ACCEPT, data={"web_form": "sky-contact", "data": json.dumps(data)}, headers=headers)


def test_the_page_is_there_while_its_form_is_open(visitor, form):
	answer = visitor.get("/sky-contact/new", headers={"Accept": "text/html"})
	assert answer.status_code == 200
	assert re.search(r'form_token = "\d+\.\w+\.[\w-]+"', answer.text)
	frappe.db.set_value("Sky Web Form", form.name, "published", 0)
	frappe.db.commit()
	assert visitor.get("/sky-contact/new", headers={"Accept": "text/html"}).status_code == 404
	assert accept(visitor, as_page(person(), form)).status_code == 404
	assert not submissions(form.name)


def test_it_makes_a_lead_and_gives_back_a_number_only(visitor, form):
	someone = person()
	first = accept(visitor, as_page(someone, form, email_agreed=1, utm_source="zalo"))
	again = accept(visitor, as_page(someone, form))
	for answer in (first, again):
		assert answer.status_code == 200, answer.text
		assert set(answer.json()) == {"message"}
		assert set(answer.json()["message"]) == {"doctype", "name"}
	frappe.db.rollback()
	(lead,) = frappe.get_all(
		"Sky Lead", {"lead_name": someone["lead_name"]}, ["name", "email_consent", "source"]
	)
	assert (lead.email_consent, lead.source) == ("Granted", "Zalo")
	rows = submissions(form.name)
	assert [row.status for row in rows] == ["New Lead", "Known Person"]
	assert rows[0].name == first.json()["message"]["name"]
	assert not rows[0].form_token and not rows[0].website_url


@pytest.mark.parametrize(
	("more", "said"),
	[
		({"full_name": ""}, "Full Name"),
		({"mobile_no": "12"}, "Mobile No"),
		({"email_id": "x@"}, "Email"),
		({"form_token": ""}, "not shown by this site"),
		({"form_token": "1.2.3"}, "not shown by this site"),
		({"message": "x" * 3000}, "characters"),
		({"full_name": ["x"]}, "text"),
	],
)
def test_what_is_not_right_is_refused(visitor, form, more, said):
	answer = accept(visitor, as_page(person(), form, **more), **{"Accept-Language": "en"})
	assert answer.status_code == 417 and said in answer.text
	assert not submissions(form.name)


def test_a_robot_in_the_trap_leaves_nothing(visitor, form):
	answer = accept(visitor, as_page(person(), form, website_url="http://spam.example"))
	assert answer.status_code == 200 and set(answer.json()["message"]) == {"doctype", "name"}
	assert not submissions(form.name)


def test_records_of_others_are_out_of_reach(visitor, form):
	someone = person()
	name = accept(visitor, as_page(someone, form)).json()["message"]["name"]
	stolen = accept(visitor, {**as_page(person(), form), "name": name})
	assert stolen.status_code in (403, 404, 417) and someone["mobile_no"] not in stolen.text
	for path in (
		f"/sky-contact/{name}",
		f"/sky-contact/{name}/edit",
		"/sky-contact/list",
		f"/api/resource/Sky Form Submission/{name}",
		"/api/resource/Sky Form Submission",
		"/api/method/frappe.website.doctype.web_form.web_form.get_form_data"
		f"?doctype=Sky Form Submission&docname={name}&web_form_name=sky-contact",
	):
		answer = visitor.get(path)
		assert someone["mobile_no"] not in answer.text and someone["lead_name"] not in answer.text, path
	# Fields that the page does not have are not written
	accept(visitor, as_page(person(), form, lead="SKY-LEAD-X", status="Failed", coupon="X", sender_hash="x"))
	assert submissions(form.name)[-1].status == "New Lead"


def test_its_limit_counts_true_addresses_and_the_form_by_its_own_name(visitor, form):
	"""The framework's limit falls to a made-up address and to another spelling of the form (10 in 60 s there)."""
	frappe.db.set_value("Sky Web Form", form.name, "address_calls_per_hour", 4)
	frappe.db.commit()
	codes = []
	for number in range(12):
		spelled = ("sky-contact", "SKY-CONTACT", "Sky-Contact")[number % 3]
		codes.append(
			visitor.post(
				ACCEPT,
				data={"web_form": spelled, "data": json.dumps(as_page(person(), form))},
				headers={"X-Forwarded-For": f"198.51.100.{number}"},
			).status_code
		)
	assert codes.count(200) == 4 and set(codes[4:]) == {429}
	assert len(submissions(form.name)) == 4
