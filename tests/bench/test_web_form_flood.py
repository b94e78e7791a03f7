"""Floods of the web form door: so many answers are taken as the form says, to the very number, whatever is made up."""

import http.client
import json
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import scratch
from stack import web  # after scratch, which knows where the tools are
from web_form_records import MADE, Visitor, committed, forget_counts, make_form, person, submissions

import frappe

from skycrm.services import form_counters

pytestmark = [pytest.mark.commits, pytest.mark.slow]
SETTINGS = "Sky CRM Settings"
# The caps of an hour are tried: on a busy machine a flood may take longer than a minute.
SITE_LIMITS = ("web_form_calls_per_minute", "web_form_calls_per_hour", "trusted_proxy_hops")


class BareServer(http.client.HTTPConnection):
	"""The site's server without the proxy in front: headers arrive as a proxy would have written them."""

	def __init__(self) -> None:
		super().__init__("localhost", timeout=60)

	def connect(self) -> None:
		self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
		self.sock.settimeout(60)
		self.sock.connect(str(web.run_socket(scratch.context(), "web")))


@pytest.fixture
def limits():
	"""Set limits of the whole site for a test."""
	before = {field: frappe.db.get_single_value(SETTINGS, field) for field in SITE_LIMITS}

	def write(**values):
		for field, value in values.items():
			frappe.db.set_single_value(SETTINGS, field, value)
		frappe.db.commit()
		frappe.clear_document_cache(SETTINGS, SETTINGS)

	write(web_form_calls_per_minute=5000, web_form_calls_per_hour=50_000, trusted_proxy_hops=1)
	forget_counts()
	yield write
	write(**before)
	forget_counts()


def spelled(name: str, number: int) -> str:
	"""The same name with other letters in capitals each time."""
	return "".join(c.upper() if number >> (i % 12) & 1 else c for i, c in enumerate(name))


def flood(times: int, workers: int, post) -> tuple[Counter, float]:
	"""Run post(0..times-1) from so many threads; how often each status came, and calls per second."""
	start = time.perf_counter()
	with ThreadPoolExecutor(workers) as pool:
		codes = Counter(pool.map(post, range(times)))
	return codes, times / (time.perf_counter() - start)


def test_one_address_gets_its_allowance_whatever_it_claims(site, limits):
	with committed(MADE):
		form = make_form(address_calls_per_hour=20)
		frappe.db.commit()
		clients = [Visitor(site.port, site.name) for _ in range(32)]

		def post(number):
			client = clients[number % len(clients)]
			fake = f"198.51.{number // 250}.{number % 250}"
			answer = client.post(
				"/api/method/skycrm.api.v1.leads.capture",
				json={"form": spelled(form.name, number), "fields": person(), "extra": "x" * 100},
				headers={"X-Forwarded-For": f"{fake}, {fake}", "X-Real-Ip": fake, "Forwarded": f"for={fake}"},
			)
			assert answer.status_code != 200 or set(answer.json()["message"]) == {"reference"}
			return answer.status_code

		codes, rate = flood(400, 32, post)
		for client in clients:
			client.close()
		print(f"{rate:.0f} calls a second")  # tests/load/web_form_flood.py says what they cost the desk
		assert codes == {200: 20, 429: 380}
		assert len(submissions(form.name)) == 20
		assert (
			frappe.db.count("Sky Lead", {"name": ("in", [row.lead for row in submissions(form.name)])}) == 20
		)
		assert form_counters.blocked_since(form.name) == 380


def over_the_socket(form: str, forwarded: str, fields: dict) -> int:
	connection = BareServer()
	try:
		connection.request(
			"POST",
			"/api/method/skycrm.api.v1.leads.capture",
			body=json.dumps({"form": form, "fields": fields}),
			headers={
				"Host": frappe.local.site,
				"X-Frappe-Site-Name": frappe.local.site,
				"Content-Type": "application/json",
				"Accept": "application/json",
				"X-Forwarded-For": forwarded,
			},
		)
		answer = connection.getresponse()
		answer.read()
		return answer.status
	finally:
		connection.close()


def test_a_proxy_that_appends_is_read_from_the_right(site, limits):
	"""The same attack where the proxy keeps the caller's header and adds what it saw."""
	site_name = site.name
	with committed(MADE):
		form = make_form(address_calls_per_hour=3)
		frappe.db.commit()
		local_site = frappe.local.site
		assert local_site == site_name
		codes = Counter(
			over_the_socket(form.name, f"198.51.100.{number}, 203.0.113.5", person()) for number in range(12)
		)
		assert codes == {200: 3, 429: 9}
		assert over_the_socket(form.name, "198.51.100.1, 203.0.113.6", person()) == 200


def test_many_true_addresses_end_at_the_caps_of_form_and_site(site, limits):
	with committed(MADE):
		form, other = make_form(form_calls_per_hour=60), make_form()
		frappe.db.commit()
		limits(web_form_calls_per_hour=80)
		codes = Counter(
			over_the_socket(form.name, f"203.0.{number // 100}.{number % 100 + 1}", person())
			for number in range(90)
		)
		assert codes == {200: 60, 429: 30}
		codes = Counter(
			over_the_socket(other.name, f"192.0.{number // 100}.{number % 100 + 1}", person())
			for number in range(40)
		)
		assert codes == {200: 20, 429: 20}, "80 for the whole site, 60 of them used by the other form"
		assert (len(submissions(form.name)), len(submissions(other.name))) == (60, 20)


def test_who_is_over_the_own_allowance_does_not_use_up_that_of_others(site, limits):
	with committed(MADE):
		form = make_form(address_calls_per_hour=2, form_calls_per_hour=6)
		frappe.db.commit()
		codes = Counter(over_the_socket(form.name, "203.0.113.5", person()) for _ in range(30))
		assert codes == {200: 2, 429: 28}
		codes = Counter(over_the_socket(form.name, f"203.0.113.{n}", person()) for n in range(10, 20))
		assert codes == {200: 4, 429: 6}


def test_the_hour_has_a_cap_of_its_own(site, limits):
	with committed(MADE):
		form = make_form(address_calls_per_minute=3, address_calls_per_hour=5)
		frappe.db.commit()
		assert [over_the_socket(form.name, "203.0.113.7", person()) for _ in range(4)] == [200, 200, 200, 429]
		for key in frappe.cache.keys("*skycrm_calls:*minute:address*"):
			frappe.cache.delete(key)
		assert [over_the_socket(form.name, "203.0.113.7", person()) for _ in range(3)] == [200, 200, 429]


def test_five_megabytes_are_refused(site, limits):
	with committed(MADE):
		form = make_form(max_kilobytes=16)
		frappe.db.commit()
		visitor = Visitor(site.port, site.name)
		answer = visitor.submit(form.name, person(message="x" * 5 * 1024 * 1024))
		assert answer.status_code == 413
		assert "16" in answer.text and "Traceback" not in answer.text
		assert visitor.submit(form.name, person(), extra="x" * 20_000).status_code == 413
		assert not submissions(form.name)
		assert visitor.submit(form.name, person(message="x" * 900)).ok
		visitor.close()


def test_what_was_turned_away_is_written_into_the_form_once_an_hour(site, limits):
	from skycrm.jobs import web_forms

	with committed(MADE):
		form = make_form(address_calls_per_hour=2)
		frappe.db.commit()
		someone = person()
		for fields in (someone, someone, person(), person(), person()):
			over_the_socket(form.name, "203.0.113.8", fields)
		frappe.db.rollback()
		web_forms.hourly()
		frappe.db.commit()
		stored = frappe.db.get_value(
			"Sky Web Form", form.name, ["submissions", "leads_made", "leads_attached", "blocked"]
		)
		assert stored == (2, 1, 1, 3)
		assert form_counters.blocked_since(form.name) == 0
		web_forms.hourly()
		assert frappe.db.get_value("Sky Web Form", form.name, "blocked") == 3
