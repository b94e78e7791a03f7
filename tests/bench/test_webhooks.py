"""Leads that other programs send: signed, once, mapped by rows; forged, old and repeated ones leave nothing."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import people
import pytest
import requests

import frappe
from frappe.utils.password import get_decrypted_password

from skycrm.api.v1 import webhooks
from skycrm.domain.webhook_signature import sign
from skycrm.services import inbound_event, inbound_webhook

pytestmark = pytest.mark.commits

ADMIN = "webhooks-admin@example.com"
SALES = "webhooks-sales@example.com"
METHOD = "/api/method/skycrm.api.v1.webhooks.receive"
SECRET = "a-secret-of-the-other-program-0001"
DATA = "entry[0].changes[0].value.field_data"


def facebook(email: str, name: str = "Nguyễn Văn Webhook", event: str = "1") -> dict:
	fields = {"full_name": name, "email": email, "nhu_cau": "Cần báo giá"}
	rows = [{"name": key, "values": [value]} for key, value in fields.items()]
	return {"object": "page", "entry": [{"changes": [{"value": {"leadgen_id": event, "field_data": rows}}]}]}


def counts() -> tuple[int, ...]:
	frappe.db.rollback()
	return tuple(
		frappe.db.count(doctype)
		for doctype in ("Sky Lead", "Sky Lead Touch", "Sky Inbound Event", "Error Log")
	)


@pytest.fixture
def hook():
	people.only(ADMIN, "Sky CRM Admin")
	people.only(SALES, "Sky Sales Manager", "Sky Marketing Manager")
	frappe.cache.delete_keys("skycrm_calls")
	doc = frappe.get_doc(
		{
			"doctype": "Sky Inbound Webhook",
			"title": "Facebook",
			"source": "Facebook",
			"secret": SECRET,
			"event_id_path": "entry[0].changes[0].value.leadgen_id",
			"mapping": [
				{"lead_field": "lead_name", "path": f"{DATA}[name=full_name].values[0]", "required": 1},
				{"lead_field": "email_id", "path": f"{DATA}[name=email].values[0]", "required": 1},
				{"lead_field": "note", "path": f"{DATA}[name=nhu_cau].values[0]"},
				{"lead_field": "utm_source", "fixed_value": "facebook"},
			],
		}
	).insert()
	frappe.db.commit()
	yield doc
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for lead in frappe.get_all("Sky Lead", {"email_id": ("like", "%@webhook.example.com")}, pluck="name"):
		frappe.delete_doc("Sky Lead", lead, force=True)
	frappe.db.delete("Sky Inbound Event", {"webhook": doc.name})
	frappe.delete_doc("Sky Inbound Webhook", doc.name, force=True)
	frappe.db.commit()


@pytest.fixture
def send(site, rest_as):
	guest = rest_as("Guest")

	def post(hook: str, payload, *, secret=SECRET, stamp=None, body=None, kind="application/json", **headers):
		stamp = str(int(time.time())) if stamp is None else stamp
		raw = json.dumps(payload).encode() if not isinstance(payload, bytes) else payload
		headers.setdefault("X-Signature", sign(secret, stamp, raw))
		return requests.post(
			f"{guest.base}{METHOD}?hook={hook}",
			data=raw if body is None else body,
			headers={"Host": guest.headers["Host"], "Content-Type": kind, "X-Timestamp": stamp, **headers},
			timeout=60,
		)

	return post


def test_a_signed_event_makes_one_lead_and_gives_a_reference_only(hook, send):
	before = counts()
	response = send(hook.name, facebook("one@webhook.example.com"))
	assert response.status_code == 200, response.text
	reference = response.json()["message"]["reference"]
	assert response.json() == {"message": {"reference": reference}}
	after = counts()
	assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1, 0]
	event = frappe.get_doc("Sky Inbound Event", reference)
	assert (event.outcome, event.webhook, event.event_id, event.attempts) == ("Made", hook.name, "1", 1)
	lead = frappe.get_doc("Sky Lead", event.lead)
	assert (lead.lead_name, lead.last_name, lead.source) == ("Nguyễn Văn Webhook", "Nguyễn", "Facebook")
	touch = frappe.get_doc("Sky Lead Touch", event.touch)
	assert (touch.door, touch.utm_source, touch.note, touch.first) == (
		"Webhook",
		"facebook",
		"Cần báo giá",
		1,
	)


def test_the_same_person_again_is_a_touch(hook, send):
	send(hook.name, facebook("two@webhook.example.com"))
	response = send(hook.name, facebook("TWO@webhook.example.com", event="2"))
	frappe.db.rollback()
	event = frappe.get_doc("Sky Inbound Event", response.json()["message"]["reference"])
	assert event.outcome == "Attached"
	assert frappe.db.count("Sky Lead", {"email_key": "two@webhook.example.com"}) == 1
	assert frappe.db.count("Sky Lead Touch", {"lead": event.lead}) == 2


def test_nothing_that_is_not_signed_right_leaves_a_trace_or_a_hint(hook, send):
	good, now = facebook("forged@webhook.example.com"), int(time.time())
	off = frappe.copy_doc(hook)
	off.update({"enabled": 0, "secret": SECRET})
	off.insert()
	frappe.db.commit()
	before = counts()
	answers = [
		send(hook.name, good, secret="b" * 40),
		send(hook.name, good, body=json.dumps(good).encode() + b" "),
		send(hook.name, good, stamp=str(now - 301)),
		send(hook.name, good, stamp=str(now + 400)),
		send(hook.name, good, stamp=""),
		send(hook.name, good, **{"X-Signature": ""}),
		send(hook.name, good, **{"X-Signature": "0" * 64}),
		send("no-such-hook", good),
		send("", good),
		send("'or 1=1", good),
		send(hook.name.upper() if hook.name != hook.name.upper() else "x", good),
		send(off.name, good),
	]
	assert [answer.status_code for answer in answers] == [401] * len(answers)
	texts = {re.sub(r"[0-9a-f]{56}", "an id of the message", answer.text) for answer in answers}
	assert len(texts) == 1, "one answer for every reason"
	assert counts() == before
	off.delete(force=True)


def test_a_repeated_event_is_refused(hook, send):
	payload, stamp = facebook("again@webhook.example.com", event="7"), str(int(time.time()))
	assert send(hook.name, payload, stamp=stamp).status_code == 200
	before = counts()
	for response in (
		send(hook.name, payload, stamp=stamp),
		send(hook.name, payload),
		send(hook.name, facebook("other@webhook.example.com", event="7")),
	):
		assert response.status_code == 409, response.text
	assert counts() == before


def test_the_header_names_the_event_and_without_any_id_the_signature_does(hook, send):
	payload = facebook("ids@webhook.example.com", event="8")
	assert send(hook.name, payload, **{"X-Event-Id": "abc"}).status_code == 200
	assert send(hook.name, payload, **{"X-Event-Id": "abc"}).status_code == 409
	assert send(hook.name, payload, **{"X-Event-Id": "ABC"}).status_code == 200
	hook.event_id_path = ""
	hook.save()
	frappe.db.commit()
	stamp = str(int(time.time()))
	assert send(hook.name, payload, stamp=stamp).status_code == 200
	assert send(hook.name, payload, stamp=stamp).status_code == 409


def test_twenty_at_once_make_one_lead(hook, send):
	payload = facebook("race@webhook.example.com", event="race")
	with ThreadPoolExecutor(20) as pool:
		codes = sorted(pool.map(lambda _n: send(hook.name, payload).status_code, range(20)))
	assert codes == [200] + [409] * 19
	with ThreadPoolExecutor(20) as pool:
		codes = list(
			pool.map(
				lambda n: send(hook.name, facebook("race@webhook.example.com", event=f"race{n}")).status_code,
				range(20),
			)
		)
	assert codes == [200] * 20
	frappe.db.rollback()
	[lead] = frappe.get_all("Sky Lead", {"email_key": "race@webhook.example.com"}, pluck="name")
	assert frappe.db.count("Sky Lead Touch", {"lead": lead}) == 21


def test_too_large_is_refused_before_anything_is_read(hook, send):
	before = counts()
	large = json.dumps({**facebook("large@webhook.example.com"), "x": "y" * webhooks.LARGEST}).encode()
	assert send(hook.name, large).status_code == 413
	assert send("no-such-hook", large).status_code == 413
	assert send(hook.name, b'"' + b"z" * (10 << 20) + b'"').status_code in (413, 417)
	assert counts() == before


def test_a_bad_payload_is_kept_with_its_reason_and_tried_again(hook, send, rest_as):
	payload = facebook("bad@webhook.example.com", event="bad")
	payload["entry"][0]["changes"][0]["value"]["field_data"][1]["name"] = "e-mail"
	response = send(hook.name, payload)
	assert response.status_code == 417, response.text
	answer = response.json()["message"]
	assert f"{DATA}[name=email].values[0]" in answer["reason"]
	frappe.db.rollback()
	event = frappe.get_doc("Sky Inbound Event", answer["reference"])
	assert (event.outcome, event.lead, event.error) == ("Failed", None, answer["reason"])
	assert send(hook.name, payload).status_code == 409

	client = rest_as(ADMIN)
	assert client.message("webhooks.retry", events=[event.name]) == {"done": 0, "failed": 1}
	hook.mapping[1].path = f"{DATA}[name=e-mail].values[0]"
	hook.save()
	frappe.db.commit()
	assert client.message("webhooks.retry", events=[event.name]) == {"done": 1, "failed": 0}
	assert client.message("webhooks.retry", events=[event.name]) == {"done": 0, "failed": 0}
	frappe.db.rollback()
	event.reload()
	assert (event.outcome, event.attempts, event.error) == ("Made", 3, None)
	assert frappe.db.get_value("Sky Lead", event.lead, "email_id") == "bad@webhook.example.com"


def test_forms_of_wordpress_and_lists_of_json(hook, send):
	hook.mapping = []
	hook.event_id_path = ""
	hook.append("mapping", {"lead_field": "lead_name", "path": "your-name"})
	hook.append("mapping", {"lead_field": "email_id", "path": "your-email"})
	hook.append("mapping", {"lead_field": "lead_name", "path": "[0].name"})
	hook.append("mapping", {"lead_field": "email_id", "path": "[0].email"})
	hook.save()
	frappe.db.commit()
	form = urlencode({"your-name": "Trần Thị Bé", "your-email": "wp@webhook.example.com"}).encode()
	assert send(hook.name, form, kind="application/x-www-form-urlencoded").status_code == 200
	response = send(hook.name, [{"name": "Zalo An", "email": "zalo@webhook.example.com"}])
	assert response.status_code == 200, response.text
	frappe.db.rollback()
	assert (
		frappe.db.get_value("Sky Lead", {"email_key": "wp@webhook.example.com"}, "lead_name") == "Trần Thị Bé"
	)
	assert frappe.db.exists("Sky Lead", {"email_key": "zalo@webhook.example.com"})


def test_what_is_sent_sets_no_field_of_the_system(hook, send):
	payload = {
		**facebook("mass@webhook.example.com", event="mass"),
		"status": "Converted",
		"owner": "x",
		"score": 99,
	}
	payload |= {"doctype": "User", "hook": "other", "name": "x"}
	response = send(hook.name, payload)
	assert response.status_code == 200
	frappe.db.rollback()
	lead = frappe.get_doc("Sky Lead", {"email_key": "mass@webhook.example.com"})
	assert (lead.status, lead.owner) == ("New", "Guest")


def test_two_secrets_are_valid_while_one_is_changed(hook, send, rest_as):
	secret = rest_as(ADMIN).message("webhooks.rotate_secret", hook=hook.name)["secret"]
	assert len(secret) >= 40
	frappe.db.rollback()
	assert get_decrypted_password("Sky Inbound Webhook", hook.name, "secret") == secret
	assert send(hook.name, facebook("r1@webhook.example.com", event="r1"), secret=secret).status_code == 200
	assert send(hook.name, facebook("r2@webhook.example.com", event="r2")).status_code == 200
	frappe.db.set_value("Sky Inbound Webhook", hook.name, "previous_secret_until", "2020-01-01")
	frappe.db.commit()
	assert send(hook.name, facebook("r3@webhook.example.com", event="r3")).status_code == 401
	assert send(hook.name, facebook("r3@webhook.example.com", event="r3"), secret=secret).status_code == 200
	shown = rest_as(ADMIN).get(rest_as(ADMIN).resource("Sky Inbound Webhook", hook.name)).text
	assert secret not in shown and SECRET not in shown


def test_one_webhook_has_its_own_limit_and_strangers_do_not_use_it_up(hook, send):
	hook.calls_per_minute = 2
	hook.save()
	frappe.db.commit()
	for _n in range(5):
		assert send(hook.name, facebook("x@webhook.example.com"), secret="c" * 40).status_code == 401
	codes = [
		send(hook.name, facebook("limit@webhook.example.com", event=f"l{n}")).status_code for n in range(4)
	]
	assert codes == [200, 200, 429, 429]


def test_trying_a_mapping_writes_nothing(hook, rest_as):
	before = counts()
	client = rest_as(ADMIN)
	found = client.message(
		"webhooks.try_mapping", hook=hook.name, payload=json.dumps(facebook("try@webhook.example.com"))
	)
	assert {"label": "Email", "value": "try@webhook.example.com"} in found["values"]
	assert not found["problem"]
	assert client.message("webhooks.try_mapping", hook=hook.name, payload="{")["problem"]
	assert (
		"[name=full_name]" in client.message("webhooks.try_mapping", hook=hook.name, payload="{}")["problem"]
	)
	assert counts() == before


@pytest.mark.parametrize(
	("method", "arguments"),
	[
		("webhooks.rotate_secret", {}),
		("webhooks.try_mapping", {"payload": "{}"}),
		("webhooks.retry", {"events": []}),
		("webhooks.targets", {}),
	],
)
def test_only_admins_may_look_behind(hook, rest_as, method, arguments):
	before = get_decrypted_password("Sky Inbound Webhook", hook.name, "secret")
	given = (
		{**arguments}
		if method in ("webhooks.retry", "webhooks.targets")
		else {"hook": hook.name, **arguments}
	)
	for user in ("Guest", SALES):
		assert rest_as(user).call(method, **given).status_code == 403
	frappe.db.rollback()
	assert get_decrypted_password("Sky Inbound Webhook", hook.name, "secret") == before


def test_the_fields_that_a_mapping_can_fill(hook, rest_as):
	found = rest_as(ADMIN).message("webhooks.targets")
	assert {"value": "email_id", "label": "Email"} in found
	assert not {"status", "lead_owner", "items", "score"} & {target["value"] for target in found}


def test_sales_people_read_neither_webhooks_nor_events(hook, send, rest_as):
	send(hook.name, facebook("secret@webhook.example.com", event="s"))
	for doctype in ("Sky Inbound Webhook", "Sky Inbound Event"):
		assert rest_as(SALES).get(rest_as(SALES).resource(doctype)).status_code == 403


@pytest.mark.parametrize(
	("change", "text"),
	[
		({"secret": "short"}, "24"),
		({"event_id_path": "a["}, "a["),
		({"sample_payload": "{"}, "JSON"),
		({"mapping": [{"lead_field": "status", "path": "a"}]}, "status"),
		({"mapping": [{"lead_field": "email_id"}]}, "fixed value"),
	],
)
def test_a_webhook_that_could_not_work_is_not_saved(hook, change, text):
	hook.update(change)
	with pytest.raises(frappe.ValidationError, match=re.escape(text)):
		hook.save()


def test_old_events_are_forgotten_and_a_deleted_lead_takes_its_events_along(hook, send):
	first = send(hook.name, facebook("old@webhook.example.com", event="o1")).json()["message"]["reference"]
	second = send(hook.name, facebook("old@webhook.example.com", event="o2")).json()["message"]["reference"]
	frappe.db.rollback()
	frappe.db.set_value("Sky Inbound Event", first, "received_on", "2020-01-01")
	assert inbound_event.delete_expired() == 1
	assert not frappe.db.exists("Sky Inbound Event", first)
	frappe.delete_doc("Sky Lead", frappe.db.get_value("Sky Inbound Event", second, "lead"), force=True)
	assert not frappe.db.exists("Sky Inbound Event", second)
	frappe.db.commit()


def test_refusing_by_policy_is_an_outcome_and_no_error(hook, send):
	send(hook.name, facebook("policy@webhook.example.com", event="p1"))
	hook.policy = "Refuse"
	hook.save()
	frappe.db.commit()
	response = send(hook.name, facebook("policy@webhook.example.com", event="p2"))
	assert response.status_code == 200
	frappe.db.rollback()
	event = frappe.get_doc("Sky Inbound Event", response.json()["message"]["reference"])
	assert (event.outcome, event.touch) == ("Refused", None)
	assert inbound_webhook.open_hook(hook.name)
