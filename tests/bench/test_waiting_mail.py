"""A refusal that comes while a mail waits: that person gets nothing any more, everybody else does, and it can be seen why.

Mail is really sent: by a process of its own to a mail server of this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from factories import make_lead, unique
from mail_server import MailSink

import frappe

from skycrm.services import consent, sending_guard

pytestmark = pytest.mark.commits

SUBJECT = "Ưu đãi tháng này"
# The queue as the scheduler sends it; only the rows of the test, for others of the site are somebody else's.
CHILD = """
import sys, frappe
from frappe.email import queue
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
frappe.local.conf.mute_emails = 0
queue.get_queue = lambda: [frappe._dict(name=name) for name in sys.argv[2:]]
queue.flush()
frappe.db.commit()
"""


def flush(*names: str) -> None:
	subprocess.run([sys.executable, "-c", CHILD, frappe.local.site, *names], cwd=os.getcwd(), check=True)
	frappe.db.rollback()


class Post:
	"""An outgoing account at a mail server of this test, and what was queued for it."""

	def __init__(self, sink: MailSink) -> None:
		self.sink = sink
		self.leads: list[str] = []
		self.queued: list[str] = []
		self.address = f"{frappe.generate_hash(length=10)}@example.com"
		self.account = frappe.get_doc(
			{
				"doctype": "Email Account",
				"name": unique("Waiting"),
				"email_account_name": unique("Waiting"),
				"email_id": self.address,
				"enable_outgoing": 1,
				"smtp_server": "127.0.0.1",
				"smtp_port": sink.port,
				"no_smtp_authentication": 1,
			}
		)
		self.account.db_insert()
		frappe.db.commit()

	def lead(self, **values):
		doc = make_lead(
			email_id=f"{frappe.generate_hash(length=10)}@example.com",
			**{"email_consent": "Granted", **values},
		)
		self.leads.append(doc.name)
		frappe.db.commit()
		return doc

	def queue(self, *leads, **values) -> str:
		"""Queue one mail for all of these; returns the name of its row."""
		mail = {"reference_doctype": "Newsletter", "reference_name": "X", **values}
		queue = frappe.sendmail(
			recipients=[lead.email_id for lead in leads],
			sender=self.address,
			subject=SUBJECT,
			message="Chào anh chị",
			delayed=True,
			add_unsubscribe_link=0,
			**mail,
		)
		self.queued.append(queue.name)
		frappe.db.commit()
		return queue.name

	def write(self, lead) -> str:
		"""Queue a letter of one person to one person; returns the name of its row."""
		letter = frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Sent",
				"reference_doctype": "Sky Lead",
				"reference_name": lead.name,
				"content": "x",
				"subject": SUBJECT,
			}
		).insert(ignore_permissions=True)
		return self.queue(
			lead, communication=letter.name, reference_doctype="Sky Lead", reference_name=lead.name
		)

	def clean(self) -> None:
		frappe.db.rollback()
		for name in self.queued:
			frappe.db.delete("Email Queue Recipient", {"parent": name})
			frappe.db.delete("Email Queue", {"name": name})
		frappe.db.delete("Communication", {"reference_name": ("in", self.leads or [""])})
		for name in self.leads:
			frappe.delete_doc("Sky Lead", name, force=True)
		frappe.db.delete("Sky Consent Record", {"reference_name": ("in", self.queued or [""])})
		frappe.db.delete("Sky Suppression", {"note": ("in", self.leads or [""])})
		frappe.db.delete("Email Account", {"name": self.account.name})
		frappe.db.commit()


@pytest.fixture
def post(monkeypatch) -> Iterator[Post]:
	monkeypatch.setattr(frappe.flags, "mute_emails", False)
	with MailSink() as sink:
		post = Post(sink)
		yield post
		post.clean()


def refuse(lead) -> None:
	consent.record(lead.name, SimpleNamespace(channel="email", answer="Refused", how="", wording=""), "Email")


def states(name: str) -> dict[str, tuple]:
	return {
		row.recipient: (row.status, row.sky_consent or "", bool(row.error))
		for row in frappe.get_all(
			"Email Queue Recipient", {"parent": name}, ["recipient", "status", "sky_consent", "error"]
		)
	}


def order_of(name: str) -> list[str]:
	"""The framework puts the recipients of a mail into an order of its own."""
	return frappe.get_all("Email Queue Recipient", {"parent": name}, pluck="recipient", order_by="idx")


def row_of(name: str) -> frappe._dict:
	return frappe.db.get_value("Email Queue", name, ["status", "error"], as_dict=True)


def noted(lead) -> list[tuple]:
	return [
		tuple(row)
		for row in frappe.get_all(
			"Sky Consent Record",
			{"lead": lead.name, "answer": "Left Out"},
			["channel", "wording", "reference_doctype", "reference_name"],
			as_list=True,
		)
	]


def test_who_refuses_between_queue_and_sending_gets_nothing_and_the_others_do(post):
	first, refusing, last = (post.lead() for _ in range(3))
	name = post.queue(first, refusing, last)
	refuse(refusing)
	frappe.db.commit()
	flush(name)
	assert sorted(post.sink.got()) == sorted([first.email_id, last.email_id])
	assert states(name) == {
		first.email_id: ("Sent", "", False),
		refusing.email_id: ("Not Sent", "Left Out", True),
		last.email_id: ("Sent", "", False),
	}
	found = row_of(name)
	assert found.status == "Sent" and "1 of 3 recipients" in found.error
	reason = frappe.db.get_value(
		"Email Queue Recipient", {"parent": name, "recipient": refusing.email_id}, "error"
	)
	assert reason == "This person refused to be written to (Email)."
	assert noted(refusing) == [("Email", SUBJECT, "Email Queue", name)]
	assert noted(first) == noted(last) == []
	flush(name)
	assert len(post.sink.taken) == 2 and len(noted(refusing)) == 1


def test_a_refusal_in_the_middle_of_the_sending_is_in_time_for_whoever_comes_after_it(post, rest):
	"""The row is in the memory of the process that sends it; the refusal comes over HTTP from elsewhere."""
	leads = {lead.email_id: lead for lead in (post.lead() for _ in range(3))}
	name = post.queue(*leads.values())
	order = order_of(name)
	answers = []

	def refuse_the_next(recipients: list[str]) -> None:
		if recipients == order[:1]:
			answers.append(
				rest.put(f"/api/resource/Sky Lead/{leads[order[1]].name}", json={"email_consent": "Refused"})
			)

	post.sink.after = refuse_the_next
	flush(name)
	assert [answer.status_code for answer in answers] == [200]
	assert post.sink.got() == [order[0], order[2]]
	assert states(name)[order[1]] == ("Not Sent", "Left Out", True)
	assert len(noted(leads[order[1]])) == 1


def _suppress(lead) -> None:
	frappe.get_doc(
		{
			"doctype": "Sky Suppression",
			"channel": "Email",
			"address": lead.email_id,
			"reason": "Manual",
			"note": lead.name,
		}
	).insert()


def _unsubscribe(lead) -> None:
	frappe.get_doc({"doctype": "Email Unsubscribe", "email": lead.email_id, "global_unsubscribe": 1}).insert()


def _save(lead) -> None:
	lead.reload()
	lead.update({"email_consent": "Refused"}).save()


@pytest.mark.parametrize("door", [_suppress, _unsubscribe, _save])
def test_through_whichever_door_it_comes(post, door: Callable):
	refusing, other = post.lead(), post.lead()
	name = post.queue(refusing, other)
	door(refusing)
	frappe.db.commit()
	flush(name)
	assert post.sink.got() == [other.email_id]
	assert len(noted(refusing)) == 1
	frappe.db.delete("Email Unsubscribe", {"email": refusing.email_id})


def test_what_nobody_can_refuse_is_sent(post):
	lead = post.lead()
	name = post.queue(lead, reference_doctype=None, reference_name=None)
	refuse(lead)
	frappe.db.commit()
	flush(name)
	assert post.sink.got() == [lead.email_id]
	assert (row_of(name).status, row_of(name).error, noted(lead)) == ("Sent", None, [])


def test_a_letter_of_a_person_waits_for_the_same_rule(post):
	asked, refusing = post.lead(email_consent="Unknown"), post.lead(email_consent="Unknown")
	names = [post.write(lead) for lead in (asked, refusing)]
	refuse(refusing)
	frappe.db.commit()
	flush(*names)
	assert post.sink.got() == [asked.email_id], "a personal letter needs no yes"
	found = row_of(names[1])
	assert found.status == "Error" and "1 of 1" in found.error
	letter = frappe.db.get_value("Email Queue", names[1], "communication")
	assert frappe.db.get_value("Communication", letter, "delivery_status") == "Error"


def test_who_was_insisted_on_gets_the_letter(post):
	lead = post.lead(email_consent="Refused")
	sending_guard.insist([lead.email_id], "email", "Sky Lead", lead.name)
	name = post.write(lead)
	assert states(name) == {lead.email_id: ("Not Sent", "Insisted", False)}
	frappe.cache.delete_value(sending_guard._override_key(lead.email_id, "email"))
	flush(name)
	assert post.sink.got() == [lead.email_id]
	assert row_of(name).status == "Sent"


def test_a_mail_that_nobody_is_left_for_says_so_and_goes_when_they_agree_again(post):
	lead = post.lead()
	name = post.queue(lead)
	refuse(lead)
	frappe.db.commit()
	flush(name)
	assert post.sink.taken == []
	found = row_of(name)
	assert found.status == "Error" and "1 of 1 recipients" in found.error

	def again() -> None:
		frappe.get_doc("Email Queue", name).retry_sending()
		frappe.db.commit()
		flush(name)

	again()
	assert post.sink.taken == [] and row_of(name) == found and len(noted(lead)) == 1
	consent.record(lead.name, SimpleNamespace(channel="email", answer="Granted", how="", wording=""), "Email")
	again()
	assert post.sink.got() == [lead.email_id]
	assert states(name) == {lead.email_id: ("Sent", "", False)}


def test_a_server_that_turns_somebody_away_does_not_make_the_note_twice(post):
	leads = {lead.email_id: lead for lead in (post.lead(), post.lead())}
	name = post.queue(*leads.values())
	refusing, slow = (leads[recipient] for recipient in order_of(name))
	refuse(refusing)
	frappe.db.commit()
	post.sink.refuses = {slow.email_id}
	flush(name)
	assert post.sink.taken == [] and row_of(name).status == "Not Sent"
	assert "451" in row_of(name).error and "1 of 2 recipients" in row_of(name).error
	post.sink.refuses = set()
	flush(name)
	assert post.sink.got() == [slow.email_id]
	assert row_of(name).status == "Sent" and len(noted(refusing)) == 1


def test_a_contact_of_its_own_has_it_in_its_history_and_that_of_a_lead_has_it_once(post):
	lead = post.lead()
	contact = (
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": unique("Lan"),
				"email_ids": [{"email_id": lead.email_id, "is_primary": 1}],
			}
		)
		.insert()
		.name
	)
	frappe.db.commit()
	name = post.queue(lead)
	refuse(lead)
	frappe.db.commit()
	flush(name)
	rows = frappe.get_all("Sky Consent Record", {"reference_name": name}, ["lead", "contact"])
	frappe.delete_doc("Contact", contact, force=True)
	assert sorted((row.lead or "", row.contact or "") for row in rows) == [("", contact), (lead.name, "")]


def test_a_mail_to_nobody_that_can_refuse_costs_no_question(post, statements):
	lead = post.lead()
	name = post.queue(lead, reference_doctype=None, reference_name=None)
	queue = frappe.get_doc("Email Queue", name)
	statements.clear()
	queue.send(force_send=True)
	assert not [text for text in statements if "Suppression" in text or "tabSky Lead" in text]
