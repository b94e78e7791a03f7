"""What the HTTP methods share: arguments, limits on calls, rule errors as answers."""

import pytest
from factories import make_lead, unique
from werkzeug.test import EnvironBuilder

import frappe

from skycrm.api.v1._common import (
	count_argument,
	limit_calls,
	read_document,
	rule_errors_as_http,
	text_argument,
)
from skycrm.domain.errors import Blocked, InvalidValue, KeyReused, NotAllowed, NotFound, RuleError
from skycrm.services.messages import message_for, sentences


@pytest.fixture
def request_from():
	"""Be inside an HTTP request from this address."""

	def enter(address, forwarded=None):
		frappe.local.request = EnvironBuilder(
			path="/api/method/x",
			method="POST",
			environ_base={"REMOTE_ADDR": address},
			headers={"X-Forwarded-For": forwarded} if forwarded else None,
		).get_request()
		# What the framework makes of it: the caller's own word
		frappe.local.request_ip = (forwarded or address).split(",")[0]

	yield enter
	frappe.local.request = None
	frappe.local.request_ip = None


def limited(**limits):
	"""A method that nobody has called yet."""

	def fn():
		return "done"

	fn.__qualname__ = unique("fn")
	return limit_calls(**limits)(fn)


def test_a_user_has_so_many_calls_whatever_the_address(request_from):
	fn = limited(calls=3, seconds=60)
	for n in range(3):
		request_from(f"10.0.0.{n}")
		assert fn() == "done"
	request_from("10.0.0.9")
	with pytest.raises(frappe.RateLimitExceededError) as error:
		fn()
	assert error.value.http_status_code == 429
	assert "seconds" in str(error.value)


def test_users_do_not_use_up_each_others_calls(request_from, users, as_user):
	fn = limited(calls=1, seconds=60)
	request_from("10.0.0.1")
	fn()
	with as_user(users("limit-other@example.com")):
		assert fn() == "done"


def test_guests_with_made_up_addresses_end_at_the_sum(request_from, as_user):
	fn = limited(calls=2, seconds=60, all_guests=5)
	with as_user("Guest"):
		for n in range(5):
			request_from(f"10.1.0.{n}")
			assert fn() == "done"
		request_from("10.1.0.99")
		with pytest.raises(frappe.RateLimitExceededError):
			fn()


def test_one_address_of_guests_has_its_own_limit(request_from, as_user):
	fn = limited(calls=2, seconds=60, all_guests=100)
	with as_user("Guest"):
		request_from("10.2.0.1")
		fn()
		fn()
		with pytest.raises(frappe.RateLimitExceededError):
			fn()
		request_from("10.2.0.2")
		assert fn() == "done"


def test_made_up_forwarded_addresses_are_no_new_allowance(request_from, as_user):
	fn = limited(calls=3, seconds=60, all_guests=100)
	with as_user("Guest"):
		for n in range(3):
			request_from("127.0.0.1", f"198.51.100.{n}, 203.0.113.5")
			assert fn() == "done"
		for forwarded in (
			"198.51.100.9, 203.0.113.5",
			"::1,203.0.113.5",
			" , ,203.0.113.5",
			"203.0.113.5:80",
		):
			request_from("127.0.0.1", forwarded)
			with pytest.raises(frappe.RateLimitExceededError):
				fn()
		request_from("127.0.0.1", "203.0.113.6")
		assert fn() == "done"
		# Straight from outside nobody is believed
		request_from("203.0.113.5", "198.51.100.77")
		with pytest.raises(frappe.RateLimitExceededError):
			fn()


def test_a_network_of_ipv6_addresses_is_one_caller(request_from, as_user):
	fn = limited(calls=2, seconds=60, all_guests=100)
	with as_user("Guest"):
		for n in range(2):
			request_from("127.0.0.1", f"2001:db8:1:2::{n + 1}")
			fn()
		request_from("127.0.0.1", "2001:db8:1:2:ffff::1")
		with pytest.raises(frappe.RateLimitExceededError):
			fn()
		request_from("127.0.0.1", "2001:db8:1:3::1")
		assert fn() == "done"


def test_the_window_passes(request_from):
	fn = limited(calls=1, seconds=60)
	request_from("10.0.0.1")
	fn()
	for key in frappe.cache.keys(f"*skycrm_calls:*{fn.__qualname__}*"):
		assert 0 < frappe.cache.ttl(key) <= 60
		frappe.cache.delete(key)
	assert fn() == "done"


def test_calls_within_the_server_are_not_counted():
	fn = limited(calls=1, seconds=60)
	assert [fn() for _ in range(3)] == ["done"] * 3


@pytest.mark.parametrize(
	("error", "status"),
	[
		(NotAllowed("x"), 403),
		(NotFound("x"), 404),
		(KeyReused("idempotency_key_reused"), 422),
		(InvalidValue("phone_too_short", "12"), 417),
		(Blocked("x", [("Quotation", "Q-1")]), 417),
		(RuleError("unheard_of"), 417),
	],
)
def test_rule_errors_have_their_status_and_a_sentence(error, status):
	@rule_errors_as_http
	def fn():
		raise error

	with pytest.raises(Exception) as raised:
		fn()
	assert raised.value.http_status_code == status
	assert str(raised.value).strip()


def test_every_sentence_can_be_made_with_and_without_its_parameters():
	for code in sentences():
		for params in (
			{},
			{"value": "<script>", "length": 5, "limit": 3, "address": "a@b.c", "records": ["A", "B"]},
		):
			text = message_for(RuleError(code, params), label="<b>Email</b>")
			assert "<script>" not in text and "<b>" not in text
			assert "{" not in text


@pytest.mark.parametrize("value", ["x" * 141, ["a"], 1.5])
def test_text_argument_refuses(value):
	with pytest.raises(frappe.ValidationError):
		text_argument(value, "Name")


def test_arguments():
	assert text_argument("  Nguyễn\u00a0An ", "Name") == "Nguyễn An"
	assert text_argument("", "Name") is None
	with pytest.raises(frappe.MandatoryError):
		text_argument(" ", "Name", required=True)
	assert [count_argument(value, 10, 100) for value in (None, "", 0, -1, "7", 1000, "x")] == [
		10,
		10,
		10,
		1,
		7,
		100,
		10,
	]


def test_reading_a_document(users, as_user):
	lead = make_lead().name
	assert read_document("Sky Lead", lead).name == lead
	with pytest.raises(frappe.DoesNotExistError):
		read_document("Sky Lead", "SKY-LEAD-0000-00000")
	with as_user(users("reader-none@example.com")):
		for name in (lead, "SKY-LEAD-0000-00000"):
			with pytest.raises(frappe.PermissionError):
				read_document("Sky Lead", name)
