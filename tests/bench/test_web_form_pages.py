"""Pages of forms, the script for other web sites, and which of those a browser lets in."""

import json
import re

import pytest
from web_form_records import MADE, Visitor, committed, forget_counts, make_form, person, submissions

import frappe

pytestmark = pytest.mark.commits
SHOP, STRANGER = "https://shop.example", "https://evil.example"
CAPTURE = "/api/method/skycrm.api.v1.leads.capture"
DEFINITION = "/api/method/skycrm.api.v1.web_forms.definition"


@pytest.fixture
def visitor(site):
	forget_counts()
	client = Visitor(site.port, site.name)
	yield client
	client.close()


@pytest.fixture
def form():
	with committed(MADE):
		made = make_form(
			heading_vi="Nhận <b>báo giá</b>",
			heading_en="Get a quote",
			allowed_origins=[{"origin": "HTTPS://Shop.Example/lien-he"}],
		)
		frappe.db.commit()
		yield made


def test_the_page_can_be_framed_by_the_named_sites_alone(visitor, form):
	answer = visitor.get(f"/sky-form/{form.name}", headers={"Accept": "text/html", "Accept-Language": "vi"})
	assert answer.status_code == 200
	policy = answer.headers["Content-Security-Policy"]
	assert f"frame-ancestors 'self' {SHOP}" in policy and "*" not in policy
	assert answer.headers["Cache-Control"] == "no-store"
	assert '<html lang="vi"' in answer.text
	assert "Nhận <b>" not in answer.text, "texts are data, not markup"
	found = re.search(r'id="sky-form-definition">(.*?)</script>', answer.text, re.S)
	definition = json.loads(found.group(1))
	assert definition["heading"] == "Nhận <b>báo giá</b>" and definition["token"]
	assert 'lang="en"' in visitor.get(f"/sky-form/{form.name}?lang=en").text


def test_a_closed_form_has_no_page_but_a_preview_for_colleagues(visitor, form, site, users):
	frappe.db.set_value("Sky Web Form", form.name, "published", 0)
	frappe.clear_document_cache("Sky Web Form", form.name)
	frappe.db.commit()
	for name in (form.name, "nothing-here", "a/b", "%3Cscript%3E"):
		answer = visitor.get(f"/sky-form/{name}")
		assert answer.status_code == 404 and "<script>" not in answer.text.replace("<script src", "")
	from rest_client import RestClient, api_token

	marketer = RestClient(
		site.port, site.name, api_token(users("form-marketer@example.com", "Sky Marketing Manager"))
	)
	answer = marketer.get(f"/sky-form/{form.name}")
	assert answer.status_code == 200 and '"preview": true' in answer.text
	marketer.close()
	frappe.db.set_value("Sky Web Form", form.name, "published", 1)
	frappe.clear_document_cache("Sky Web Form", form.name)
	frappe.db.commit()
	assert visitor.get(f"/sky-form/{form.name}").status_code == 200, "the 404 was not remembered"


def test_the_script_is_one_file_for_any_site(visitor):
	answer = visitor.get("/sky-form.js")
	assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/javascript")
	assert answer.headers["Cache-Control"] == "public, max-age=300"
	assert "class SkyForm" in answer.text and "innerHTML" not in answer.text


@pytest.mark.parametrize(
	"origin", [STRANGER, "null", "https://shop.example.evil.example", "http://shop.example"]
)
def test_other_sites_are_refused_and_read_nothing(visitor, form, origin):
	for answer in (
		visitor.post(CAPTURE, json={"form": form.name, "fields": person()}, headers={"Origin": origin}),
		visitor.get(f"{DEFINITION}?form={form.name}", headers={"Origin": origin}),
	):
		assert answer.status_code == 403
		assert "Access-Control-Allow-Origin" not in answer.headers
		assert "token" not in answer.text
	preflight = visitor.options(CAPTURE, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
	assert "Access-Control-Allow-Origin" not in preflight.headers
	assert not submissions(form.name)


def test_the_named_site_is_let_in_without_cookies(visitor, form):
	preflight = visitor.options(
		CAPTURE,
		headers={
			"Origin": SHOP,
			"Access-Control-Request-Method": "POST",
			"Access-Control-Request-Headers": "content-type",
		},
	)
	assert preflight.status_code == 200
	assert preflight.headers["Access-Control-Allow-Origin"] == SHOP
	assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
	assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
	# As JSON, and as a plain form, which browsers send without asking beforehand
	for body in (
		{"json": {"form": form.name, "fields": person()}},
		{"data": {"form": form.name, "fields": json.dumps(person()), "consents": '{"email": true}'}},
	):
		answer = visitor.post(CAPTURE, headers={"Origin": SHOP}, **body)
		assert answer.status_code == 200, answer.text
		assert answer.headers["Access-Control-Allow-Origin"] == SHOP
		assert "Origin" in answer.headers["Vary"]
		assert "Access-Control-Allow-Credentials" not in answer.headers
	assert len(submissions(form.name)) == 2
	assert {row.origin for row in submissions(form.name)} == {SHOP}
	# What is refused can be read there as well, to be shown beside the box
	refused = visitor.post(CAPTURE, json={"form": form.name, "fields": {}}, headers={"Origin": SHOP})
	assert refused.status_code == 417 and refused.headers["Access-Control-Allow-Origin"] == SHOP


def test_the_sites_own_page_is_let_in_and_other_methods_are_not_opened(visitor, form, site):
	own = f"http://{site.name}:{site.port}"
	assert visitor.post(CAPTURE, json={"form": form.name, "fields": person()}, headers={"Origin": own}).ok
	for path in ("/api/method/ping", "/api/method/frappe.auth.get_logged_user", "/api/resource/Sky Lead"):
		assert "Access-Control-Allow-Origin" not in visitor.get(path, headers={"Origin": SHOP}).headers
	other = make_form()
	frappe.db.commit()
	answer = visitor.post(CAPTURE, json={"form": other.name, "fields": person()}, headers={"Origin": SHOP})
	assert answer.status_code == 403 and "Access-Control-Allow-Origin" not in answer.headers
