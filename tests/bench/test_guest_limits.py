"""Every method open to guests has one allowance for one true address: no header and no spelling is worth another one.

G2: the framework's limiter counts by the text of the request, and the database takes ISSUES for issues.
G3: it counts by the first X-Forwarded-For, which is whatever the caller writes. tests/bench/test_web_form_flood.py has
the numbers for the form itself.
"""

import pytest
from web_form_records import MADE, committed, forget_counts, make_form, person

import frappe

from skycrm.api.v1 import web_forms, webhooks

METHODS = {
	"web_forms.definition": (web_forms.definition, {"form": "?"}),
	"web_forms.capture": (web_forms.capture, {"form": "?"}),
	"web_forms.thank_you": (web_forms.thank_you, {"form": "?", "reference": "x"}),
	"webhooks.receive": (webhooks.receive, {}),
}
FAKES = [
	{},
	{"X-Forwarded-For": "198.51.100.1"},
	{"X-Forwarded-For": "198.51.100.2, 198.51.100.3"},
	{"X-Forwarded-For": "127.0.0.1, ::1, 10.0.0.1"},
	{"X-Forwarded-For": "x" * 500},
	{"X-Forwarded-For": ""},
	{"X-Real-Ip": "198.51.100.4"},
	{"Forwarded": "for=198.51.100.5"},
	{"Client-Ip": "198.51.100.6", "True-Client-Ip": "198.51.100.6", "Cf-Connecting-Ip": "198.51.100.6"},
	{"X-Forwarded-Host": "example.com", "X-Original-Forwarded-For": "198.51.100.7"},
]


def counters(method) -> list[str]:
	pattern = frappe.cache.make_key(f"skycrm_calls:{method.__module__}.{method.__qualname__}:address:*")
	return [key.decode() for key in frappe.cache.keys(pattern.decode())] or [
		key.decode() for key in frappe.cache.execute_command("KEYS", pattern)
	]


@pytest.fixture(autouse=True)
def fresh():
	forget_counts()
	yield
	forget_counts()


@pytest.mark.commits
@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("hops", [1, 0])
def test_no_header_is_worth_another_allowance(rest_as, name, hops):
	method, arguments = METHODS[name]
	before = frappe.db.get_single_value("Sky CRM Settings", "trusted_proxy_hops")
	frappe.db.set_single_value("Sky CRM Settings", "trusted_proxy_hops", hops)
	frappe.db.commit()
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")
	try:
		guest = rest_as("Guest")
		path = f"/api/method/{method.__module__}.{method.__name__}"
		assert guest.post(path, json=arguments).status_code != 429
		keys = counters(method)
		assert len(keys) == 1, keys
		frappe.cache.execute_command("SET", keys[0], 10**6, "EX", 60)
		for fake in FAKES:
			answer = guest.post(path, json=arguments, headers=fake)
			assert answer.status_code == 429, (fake, answer.status_code, answer.text[:200])
		# The same method by another spelling of its address.
		for other in (
			f"{path}/",
			path.replace("api/method", "api/v2/method"),
			f"{path}?x=1",
			f"/api/method/{name}",
		):
			assert guest.post(other, json=arguments).status_code in (429, 403, 404, 417, 500), other
		assert counters(method) == keys
	finally:
		frappe.db.set_single_value("Sky CRM Settings", "trusted_proxy_hops", before)
		frappe.db.commit()
		frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")


@pytest.mark.commits
def test_a_form_has_one_name_and_one_allowance(rest_as):
	with committed(MADE):
		form = make_form(address_calls_per_hour=1, address_calls_per_minute=1)
		frappe.db.commit()
		guest, name = rest_as("Guest"), form.name
		letter = next(character for character in name if character.isalpha())
		spellings = [
			name,
			name.upper(),
			name.title(),
			f" {name}",
			f"{name} ",
			f"{name}\t",
			f"{name}\u0000",
			f"{name}\u200b",
			name.replace(letter, f"{letter}\u0301", 1),
			name.replace(letter, chr(ord(letter) - ord("a") + 0xFF41), 1),
			f"{name}%20",
			f"{name}/",
			f"./{name}",
			[name],
			{"name": name},
		]
		codes = []
		for spelling in spellings:
			answer = guest.post(
				"/api/method/skycrm.api.v1.web_forms.capture", json={"form": spelling, "fields": person()}
			)
			codes.append(answer.status_code)
		assert codes[0] == 200
		assert set(codes[1:]) <= {429, 404, 417}, codes
		assert frappe.db.count("Sky Form Submission", {"form": name}) == 1
