"""Building a web form: what its controller takes and refuses, who may build it, and who sees what came in."""

import pytest
from factories import make_lead, unique
from people import only
from web_form_records import make_form

import frappe


def refused(message: str, **values):
	with pytest.raises(frappe.ValidationError, match=message):
		make_form(**values)


def test_a_new_form_has_its_address_questions_and_source():
	form = frappe.get_doc({"doctype": "Sky Web Form", "title": "Đăng ký & Nhận quà (Tết 2027)!"}).insert()
	assert form.name == form.slug == "dang-ky-nhan-qua-tet-2027"
	assert [(row.field, row.lead_field, row.required) for row in form.form_fields] == [
		("Full Name", "lead_name", 1),
		("Mobile No", "mobile_no", 1),
		("Email", "email_id", 0),
		("Message", "message", 0),
	]
	assert form.source == "Website" and not form.published
	assert (form.min_seconds, form.address_calls_per_minute, form.max_kilobytes) == (3, 5, 32)


@pytest.mark.parametrize("slug", ["Liên hệ", "a/b", "../x", "-a-", "a" * 61, "<b>"])
def test_an_address_that_is_none(slug):
	refused("cannot be part of a link", slug=slug)


def test_what_makes_a_lead_must_be_asked_for():
	refused("full name, given name", form_fields=[{"field": "Full Name"}, {"field": "Email", "required": 1}])
	refused("email, mobile number", form_fields=[{"field": "Full Name", "required": 1}, {"field": "Email"}])
	refused("repeats row 1", form_fields=[{"field": "Email", "required": 1}, {"field": "Email"}])
	refused(
		'cannot be asked|cannot be "|must be one of',
		form_fields=[{"field": "lead_owner", "required": 1}, {"field": "Email", "required": 1}],
	)


def test_choices_are_records_named_by_the_form():
	rows = [{"field": "Full Name", "required": 1}, {"field": "Email", "required": 1}]
	refused("write the choices", form_fields=[*rows, {"field": "Gender"}])
	refused(
		"has no record", form_fields=[*rows, {"field": "Gender", "options": "Nobody | Không ai | Nobody"}]
	)


@pytest.mark.parametrize(
	("typed", "stored"),
	[
		("https://Shop.Example/", "https://shop.example"),
		("shop.example", "https://shop.example"),
		("http://localhost:3000/a?b", "http://localhost:3000"),
		("https://shop.example:443", "https://shop.example"),
		("https://cửahàng.vn", "https://xn--cahng-nra5949b.vn"),
	],
)
def test_web_sites_are_stored_as_browsers_write_them(typed, stored):
	form = make_form(allowed_origins=[{"origin": typed}])
	assert form.allowed_origins[0].origin == stored or typed.startswith("https://cửa")
	assert form.allowed_origins[0].origin.isascii()


@pytest.mark.parametrize(
	"origin",
	["*", "https://*.shop.example", "ftp://shop.example", "javascript:alert(1)", "https://", "https://a b.c"],
)
def test_web_sites_that_are_none(origin):
	refused("web site|star", allowed_origins=[{"origin": origin}])


@pytest.mark.parametrize(
	"url",
	[
		"http://shop.example",
		"javascript:alert(1)",
		"//evil.example",
		"https://",
		"https://a@evil.example/",
		'https://x.example/"><script>',
	],
)
def test_only_https_links_to_go_on_to(url):
	refused("https://", redirect_url=url)
	assert (
		make_form(redirect_url=" https://shop.example/cam-on?x=1 ").redirect_url
		== "https://shop.example/cam-on?x=1"
	)


def test_consents_need_words_and_one_row_per_channel():
	refused("write what people agree to", consents=[{"channel": "Email"}])
	refused(
		"repeats row 1",
		consents=[{"channel": "SMS", "wording_vi": "a"}, {"channel": "SMS", "wording_vi": "b"}],
	)


@pytest.mark.parametrize(
	("field", "value"),
	[
		("address_calls_per_minute", 0),
		("form_calls_per_hour", 0),
		("min_seconds", 301),
		("max_kilobytes", 2000),
	],
)
def test_limits_have_ranges(field, value):
	refused("must be (at least|from)", **{field: value})


def test_the_trap_is_no_question():
	refused("must not be the name of a question", honeypot_field="Email ID")
	assert make_form(honeypot_field="Fax Number!").honeypot_field == "fax_number!"


def test_who_builds_forms(as_user):
	for role, may in (
		("Sky Marketing Manager", "create write delete"),
		("Sky Marketing User", "create write"),
		("Sky CRM Admin", "create write delete"),
		("Sky Sales Manager", ""),
		("Sky Sales User", None),
		("Sky Support Agent", None),
	):
		with as_user(only(f"form-{frappe.scrub(role)}@example.com", role)):
			assert frappe.has_permission("Sky Web Form", "read") == (may is not None)
			for right in ("create", "write", "delete"):
				assert frappe.has_permission("Sky Web Form", right) == (right in (may or "")), (role, right)
			assert not frappe.has_permission("Sky Form Submission", "create") or role == "Sky CRM Admin"


def submission_of(lead: str) -> str:
	doc = frappe.new_doc("Sky Form Submission")
	doc.flags.reference = frappe.generate_hash(length=12)
	doc.update({"form": make_form().name, "lead": lead, "status": "New Lead", "full_name": "An"})
	doc.set_new_name()
	doc.db_insert()
	return doc.name


def test_a_submission_is_seen_by_those_who_see_its_lead(as_user):
	owner = only("form-owner@example.com", "Sky Sales User")
	stranger = only("form-stranger@example.com", "Sky Sales User")
	mine = submission_of(make_lead(lead_owner=owner).name)
	nobodys = submission_of("")
	with as_user(owner):
		assert frappe.get_list("Sky Form Submission", {"name": ("in", [mine, nobodys])}, pluck="name") == [
			mine
		]
		assert frappe.get_doc("Sky Form Submission", mine).has_permission("read")
		assert not frappe.get_doc("Sky Form Submission", mine).has_permission("write")
	with as_user(stranger):
		assert frappe.get_list("Sky Form Submission", {"name": ("in", [mine, nobodys])}, pluck="name") == []
		assert not frappe.get_doc("Sky Form Submission", mine).has_permission("read")
	with as_user(only("form-none@example.com")), pytest.raises(frappe.PermissionError):
		frappe.get_list("Sky Form Submission")


def test_submissions_come_from_forms_alone():
	doc = frappe.new_doc("Sky Form Submission")
	doc.form = make_form().name
	with pytest.raises(frappe.PermissionError):
		doc.insert(ignore_permissions=True)


def test_the_shipped_form_is_closed_and_stays_as_the_admin_left_it():
	from skycrm.setup import web_forms

	assert frappe.db.exists("Sky Web Form", "lien-he")
	title = unique("Của tôi")
	frappe.db.set_value("Sky Web Form", "lien-he", {"title": title, "published": 0})
	web_forms.insert()
	assert frappe.db.get_value("Sky Web Form", "lien-he", "title") == title
	frappe.delete_doc("Sky Web Form", "lien-he", force=True)
	web_forms.insert()
	assert not frappe.db.exists("Sky Web Form", "lien-he")
