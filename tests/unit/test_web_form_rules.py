"""What a web form may ask and what counts as an answer; addresses of other web sites."""

from datetime import date

import pytest

from skycrm.domain.errors import InvalidValue
from skycrm.domain.web_form import (
	DATE,
	EMAIL,
	KINDS,
	SELECT,
	TEL,
	TEXT,
	TEXTAREA,
	Asked,
	check_answers,
	known_slug,
	read_choices,
	read_utm,
	slug_of,
)
from skycrm.domain.web_origin import is_same_site, normal_origin, page_address, safe_link

TODAY = date(2026, 11, 21)
NAME = Asked("lead_name", TEXT, 140, "Họ và tên", required=True)


def answer(field, value):
	found = check_answers([field], {field.fieldname: value}, TODAY)
	return found.errors[field.fieldname].code if found.errors else found.values.get(field.fieldname, "")


@pytest.mark.parametrize(
	("field", "value", "expected"),
	[
		(NAME, "  Nguyễn \u200b Văn  An ", "Nguyễn Văn An"),
		(NAME, "", "form_field_missing"),
		(NAME, None, "form_field_missing"),
		(NAME, " \u200b ", "form_field_missing"),
		(NAME, "x" * 141, "value_too_long"),
		(NAME, {"a": 1}, "value_not_text"),
		(NAME, [], "value_not_text"),
		(NAME, True, "value_not_text"),
		(Asked("email_id", EMAIL, 140, "Email"), "AN@Example.com", "AN@Example.com"),
		(Asked("email_id", EMAIL, 140, "Email"), "an@", "email_bad_domain"),
		(Asked("mobile_no", TEL, 40, "Di động"), "+84 912.345.678", "+84 912.345.678"),
		(Asked("mobile_no", TEL, 40, "Di động"), 912345678, "912345678"),
		(Asked("mobile_no", TEL, 40, "Di động"), "12", "phone_too_short"),
		(Asked("birth_date", DATE, 10, "Ngày sinh"), "31/12/1990", "1990-12-31"),
		(Asked("birth_date", DATE, 10, "Ngày sinh"), "1990-12-31", "1990-12-31"),
		(Asked("birth_date", DATE, 10, "Ngày sinh"), "2030-01-01", "form_date_invalid"),
		(Asked("birth_date", DATE, 10, "Ngày sinh"), "30/02/1990", "form_date_invalid"),
		(Asked("gender", SELECT, 140, "Giới tính", choices=("Nam",)), "Nam", "Nam"),
		(Asked("gender", SELECT, 140, "Giới tính", choices=("Nam",)), "nam", "form_choice_unknown"),
		(Asked("message", TEXTAREA, 20, "Lời nhắn"), "một\r\n  hai  \n\nba\x00", "một\nhai\n\nba"),
		(Asked("message", TEXTAREA, 20, "Lời nhắn"), "x" * 21, "value_too_long"),
		(Asked("message", TEXTAREA, 20, "Lời nhắn"), "x" * 10**6, "value_too_long"),
		(Asked("message", TEXTAREA, 20, "Lời nhắn"), 5, "value_not_text"),
		(Asked("tax_id", TEXT, 30, "MST"), "123", "tax_code_length"),
	],
)
def test_one_answer(field, value, expected):
	assert answer(field, value) == expected


def test_only_what_is_asked_for_is_taken():
	found = check_answers([NAME], {"lead_name": "An", "status": "Converted", "owner": "x"}, TODAY)
	assert found.values == {"lead_name": "An"} and not found.errors


def test_no_form_can_ask_for_what_is_the_systems():
	fields = {kind.fieldname for kind in KINDS.values()}
	assert not fields & {
		"status",
		"score",
		"lead_owner",
		"team",
		"customer",
		"email_key",
		"source",
		"campaign",
		"notes",
	}


@pytest.mark.parametrize(
	("title", "slug"),
	[
		("Liên hệ tư vấn", "lien-he-tu-van"),
		("ĐĂNG KÝ!", "dang-ky"),
		("  ", ""),
		("数", ""),
		("a" * 100, "a" * 60),
	],
)
def test_slugs_of_titles(title, slug):
	assert slug_of(title) == slug


@pytest.mark.parametrize(
	("asked", "slug"),
	[
		("Lien-He", "lien-he"),
		(" LIEN-HE ", "lien-he"),
		# What MariaDB would take for the same name
		("lién-he", ""),
		("lien-he\u00ad", ""),
		("ｌien-he", ""),
		("lien--he", ""),
		("../lien-he", ""),
		(None, ""),
		(5, ""),
		(["lien-he"], ""),
		("K\u212a", ""),
	],
)
def test_names_that_requests_use(asked, slug):
	assert known_slug(asked) == slug


def test_choices_out_of_lines():
	found = read_choices("Nam | Anh | Mr\n\n Nữ |\nKhác")
	assert [(c.value, c.vietnamese, c.english) for c in found] == [
		("Nam", "Anh", "Mr"),
		("Nữ", "Nữ", "Nữ"),
		("Khác", "Khác", "Khác"),
	]


def test_utm_values():
	assert read_utm({"utm_source": " fb\u200b ", "utm_medium": ["x"], "utm_term": "", "other": "x"}) == {
		"utm_source": "fb"
	}
	assert len(read_utm({"utm_content": "x" * 9999})["utm_content"]) == 140
	assert read_utm(None) == {}


@pytest.mark.parametrize(
	("typed", "origin"),
	[
		("https://Shop.Example", "https://shop.example"),
		("HTTPS://shop.example:443/a?b#c", "https://shop.example"),
		("shop.example:8443", "https://shop.example:8443"),
		("http://localhost:3000", "http://localhost:3000"),
	],
)
def test_origins(typed, origin):
	assert normal_origin(typed) == origin
	assert normal_origin(origin) == origin


@pytest.mark.parametrize(
	"typed", ["", "*", "https://*.a.b", "ftp://a.b", "https://a b", "https://u:p@a.b", "https://a.b:99999"]
)
def test_no_origins(typed):
	with pytest.raises(InvalidValue):
		normal_origin(typed)


def test_the_own_site():
	assert is_same_site("http://crm.example:8000", "crm.example:8000")
	assert is_same_site("https://CRM.example", "crm.example")
	for origin in ("null", "", "https://crm.example.evil.example", "https://evil.example/crm.example"):
		assert not is_same_site(origin, "crm.example")


def test_links_to_go_on_to():
	assert safe_link(" https://a.example/b?c=d ") == "https://a.example/b?c=d"
	for link in (
		"",
		"http://a.b",
		"javascript:1",
		"//a.b",
		"https:///x",
		"https://a.b/\\evil",
		"https://a.b/" + "x" * 600,
	):
		with pytest.raises(InvalidValue):
			safe_link(link)


def test_addresses_of_pages_without_what_is_private():
	assert page_address("https://a.example:8443/b/c?token=1#x") == "https://a.example:8443/b/c"
	for text in (None, 5, "", "javascript:alert(1)", "https://[", "x" * 3000):
		assert page_address(text) == ""
