"""Mails to a lead address, fetched by the framework from a mailbox: one lead for a new person, a touch for a known one."""

from email.message import EmailMessage
from email.utils import make_msgid
from textwrap import dedent

import people
import pytest
from mail_server import Mailbox, MailServer

import frappe
from frappe.email.receive import InboundMail

from skycrm.overrides.lead_mail import LeadMail

pytestmark = pytest.mark.commits

ADDRESS = "leads@firm-under-test.example"
OTHER_ADDRESS = "sales@firm-under-test.example"
DOMAIN = "@mail-under-test.example"
COLLEAGUE = "colleague@firm-under-test.example"


def mail(
	sender: str | None = "an", subject: str = "Hỏi giá máy in", text: str = "Cho tôi xin báo giá.", **headers
):
	message = EmailMessage()
	if sender is not None:
		message["From"] = sender if "@" in sender else f"Nguyễn Văn An <{sender}{DOMAIN}>"
	message["To"] = f"Kinh doanh <{ADDRESS}>"
	message["Subject"] = subject
	message["Date"] = "Sat, 21 Nov 2026 09:00:00 +0700"
	headers.setdefault("Message-ID", make_msgid(domain="mail-under-test.example"))
	for name, value in headers.items():
		if value is not None:
			message[name.replace("_", "-")] = value
	message.set_content(text)
	return message


@pytest.fixture
def account():
	people.only(COLLEAGUE, "Sky Sales Manager", "System Manager")
	clean()
	doc = make_account("Leads Under Test", ADDRESS, "Sky Lead")
	frappe.db.commit()
	yield doc
	frappe.db.rollback()
	clean()


def make_account(name: str, address: str, append_to: str | None, **more):
	return frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": name,
			"email_id": address,
			"password": "secret",
			"enable_incoming": 1,
			"email_server": "127.0.0.1",
			"use_ssl": 0,
			"use_imap": 0,
			"append_to": append_to,
			"create_contact": 0,
			**more,
		}
	).insert()


def clean() -> None:
	frappe.set_user("Administrator")
	for lead in frappe.get_all("Sky Lead", {"email_id": ("like", f"%{DOMAIN}")}, pluck="name"):
		frappe.delete_doc("Sky Lead", lead, force=True)
	accounts = frappe.get_all(
		"Email Account", {"email_id": ("like", "%@firm-under-test.example")}, pluck="name"
	)
	for name in frappe.get_all(
		"Communication", {"email_account": ("in", [*accounts, "Leads Under Test"])}, pluck="name"
	):
		frappe.delete_doc("Communication", name, force=True)
	frappe.db.delete("Unhandled Email", {"email_account": "Leads Under Test"})
	for name in accounts:
		frappe.delete_doc("Email Account", name, force=True)
	frappe.db.commit()


def fetch(account, *messages, kind: str = "pop3", box: Mailbox | None = None) -> Mailbox:
	"""Let the framework fetch what waits, as its scheduled job does."""
	box = box or Mailbox(*[m if isinstance(m, bytes) else m.as_bytes() for m in messages])
	with MailServer(box, kind) as server:
		account = frappe.get_doc("Email Account", account.name)
		account.db_set("incoming_port", str(server.port))
		frappe.db.commit()
		account.receive()
	frappe.db.rollback()
	return box


def leads() -> list:
	rows = frappe.get_all("Sky Lead", {"email_id": ("like", f"%{DOMAIN}")}, pluck="name", order_by="creation")
	return [frappe.get_doc("Sky Lead", name) for name in rows]


def mails(**filters) -> list:
	return frappe.get_all(
		"Communication",
		{"email_account": "Leads Under Test", **filters},
		["name", "reference_doctype", "reference_name", "subject", "sender", "content"],
		order_by="creation",
	)


def touches(lead) -> list:
	return frappe.get_all("Sky Lead Touch", {"lead": lead.name}, ["*"], order_by="creation")


def test_the_sender_keeps_every_letter_of_a_vietnamese_name(account):
	fetch(account, mail(f"Đinh Thị Hạnh <an{DOMAIN}>"))
	[communication] = mails()
	assert frappe.db.get_value("Communication", communication.name, "sender_full_name") == "Đinh Thị Hạnh"


@pytest.mark.parametrize("kind", ["pop3", "imap"])
def test_a_new_person_becomes_one_lead(account, kind):
	if kind == "imap":
		account.update({"use_imap": 1, "append_to": None, "email_sync_option": "UNSEEN"})
		account.append("imap_folder", {"folder_name": "INBOX", "append_to": "Sky Lead"})
		account.save()
	message = mail(text="Chào anh,\n\nCho tôi xin báo giá.\n\nNguyễn Văn An\nĐT: 0912 345 672\n")
	message.add_attachment(b"may,so luong\r\nA,20", maintype="text", subtype="csv", filename="yêu cầu.csv")
	box = fetch(account, message, kind=kind)
	assert sum(box.fetched.values()) == 1
	[lead] = leads()
	assert (lead.lead_name, lead.last_name, lead.first_name) == ("Nguyễn Văn An", "Nguyễn", "An")
	assert (lead.email_id, lead.mobile_no, lead.source) == (f"an{DOMAIN}", "+84912345672", "Email")
	assert lead.email_subject == "Hỏi giá máy in"
	[communication] = mails()
	assert (communication.reference_doctype, communication.reference_name) == ("Sky Lead", lead.name)
	[touch] = touches(lead)
	assert (touch.door, touch.first, touch.reference_name) == ("Email", 1, account.name)
	assert touch.note.startswith("Chào anh,") and str(touch.received_on).startswith("2026-11-21")
	[file] = frappe.get_all("File", {"attached_to_name": lead.name}, ["file_name", "is_private", "file_url"])
	assert file.is_private and file.file_name.endswith(".csv")
	assert frappe.db.get_value("File", {"attached_to_name": communication.name}, "file_url") == file.file_url


def test_a_known_person_gets_a_touch_and_no_second_lead(account):
	fetch(account, mail(subject="Lần một"), mail("AN" + DOMAIN, subject="Lần hai", text="Có tin gì chưa?"))
	[lead] = leads()
	assert [touch.first for touch in touches(lead)] == [1, 0]
	assert [row.reference_name for row in mails()] == [lead.name] * 2
	assert lead.email_subject == "Lần một"


def test_answers_stay_in_their_thread(account):
	first = mail(subject="Lần một")
	fetch(account, first)
	[lead] = leads()
	answer = mail("be", subject="Chủ đề khác", **{"In-Reply-To": first["Message-ID"]})
	by_reference = mail("chi", subject="Nữa", References=f"<x@y> {first['Message-ID']}")
	fetch(account, answer, by_reference)
	assert [found.name for found in leads()] == [lead.name]
	assert [row.reference_name for row in mails()] == [lead.name] * 3
	assert len(touches(lead)) == 1


@pytest.mark.parametrize(
	"message",
	[
		mail("an", **{"Auto-Submitted": "auto-replied"}),
		mail("an", Precedence="bulk"),
		mail("an", **{"List-Unsubscribe": "<https://example.com>"}),
		mail("an", **{"Return-Path": "<>"}),
		mail("MAILER-DAEMON@mail-under-test.example"),
		mail("no-reply@mail-under-test.example"),
		mail("an", subject="Automatic reply: báo giá"),
		mail(OTHER_ADDRESS),
		mail(COLLEAGUE),
		mail(None),
		mail("an", **{"Reply-To": OTHER_ADDRESS, "X-Autoreply": "yes"}),
	],
	ids=lambda message: str(message.get("From") or "no sender"),
)
def test_what_no_person_of_outside_wrote_makes_no_lead(account, message):
	make_account("Sales Under Test", OTHER_ADDRESS, None, enable_incoming=1)
	frappe.db.commit()
	before = frappe.db.count("Sky Lead"), frappe.db.count("Sky Lead Touch")
	fetch(account, message)
	assert (frappe.db.count("Sky Lead"), frappe.db.count("Sky Lead Touch")) == before
	assert not [row for row in mails() if row.reference_name]


REPORT = dedent(
	"""\
	From: Mail Delivery <delivery@mail-under-test.example>
	To: leads@firm-under-test.example
	Subject: Could not deliver
	Message-ID: <bounce-1@mail-under-test.example>
	In-Reply-To: {0}
	Content-Type: multipart/report; report-type=delivery-status; boundary="b"
	MIME-Version: 1.0

	--b
	Content-Type: text/plain

	Your mail could not be delivered.
	--b
	Content-Type: message/delivery-status

	Final-Recipient: rfc822; an@mail-under-test.example
	Action: failed
	Status: 5.1.1

	--b--
	"""
)


def test_a_bounce_joins_its_thread_and_makes_nothing_else(account):
	first = mail()
	fetch(account, first)
	[lead] = leads()
	fetch(
		account,
		REPORT.format(first["Message-ID"]).encode(),
		REPORT.replace("bounce-1", "bounce-2").format("").encode(),
	)
	assert len(leads()) == 1 and len(touches(lead)) == 1
	assert [row.reference_name for row in mails()] == [lead.name, lead.name, None]


def test_the_same_mail_twice_is_one(account):
	message = mail()
	fetch(account, message, message)
	fetch(account, message)
	assert len(leads()) == 1 and len(mails()) == 1


def test_a_mail_without_an_id_is_known_again(account):
	message = mail(**{"Message-ID": None})
	again = mail(**{"Message-ID": None, "Received": "from another server"})
	other = mail(text="Một thư khác.", **{"Message-ID": None})
	fetch(account, message, again)
	fetch(account, message, other)
	[lead] = leads()
	assert len(mails()) == 2 and len(touches(lead)) == 2


def test_a_number_in_the_subject_counts_from_the_right_people_only(account):
	fetch(account, mail())
	[lead] = leads()
	fetch(
		account,
		mail("stranger", subject=f"Re: Báo giá (#{lead.name})"),
		mail(COLLEAGUE, subject=f"Re: Báo giá (#{lead.name})"),
		mail("an", subject=f"Báo giá #{lead.name}"),
	)
	rows = {row.sender: row.reference_name for row in mails()}
	assert rows[COLLEAGUE] == rows[f"an{DOMAIN}"] == lead.name
	assert rows[f"stranger{DOMAIN}"] != lead.name
	assert len(leads()) == 2


def test_a_form_of_a_web_site_writes_for_the_person(account):
	fetch(account, mail("WordPress <wordpress@site.example>", **{"Reply-To": f"Trần Bé <be{DOMAIN}>"}))
	[lead] = leads()
	assert (lead.lead_name, lead.email_id) == ("Trần Bé", f"be{DOMAIN}")


def test_refused_by_policy_the_mail_is_kept_alone(account):
	fetch(account, mail(subject="Một"))
	settings = frappe.get_doc("Sky CRM Settings")
	before = [row.as_dict() for row in settings.door_policies]
	settings.door_policies = []
	settings.append("door_policies", {"door": "Email", "policy": "Refuse"})
	settings.save()
	frappe.db.commit()
	try:
		fetch(account, mail(subject="Hai"))
		assert [bool(row.reference_name) for row in mails()] == [True, False]
		assert len(leads()) == 1
	finally:
		settings = frappe.get_doc("Sky CRM Settings")
		settings.door_policies = []
		for row in before:
			settings.append("door_policies", {"door": row.door, "policy": row.policy})
		settings.save()
		frappe.db.commit()


def test_scripts_in_a_mail_or_a_name_are_text(account):
	message = mail(f'"<img src=x onerror=alert(1)>" <evil{DOMAIN}>', subject="<script>alert(1)</script>")
	message.add_alternative(
		"<p>Chào</p><script>alert(1)</script><img src=x onerror=alert(1)>", subtype="html"
	)
	fetch(account, message)
	[lead] = leads()
	[row] = mails()
	assert "<script" not in row.content and "onerror" not in row.content
	from skycrm.services.lead_touches import timeline

	[card] = timeline("Sky Lead", lead.name)
	assert "<script" not in card["content"] and "<img" not in card["content"]


def test_odd_mails_are_no_end_of_the_round(account):
	odd = [
		b"From: " + b"x" * 3000 + DOMAIN.encode() + b"\r\nSubject: long\r\n\r\nx",
		b"From: =?x-unknown?B?////?= <odd1@mail-under-test.example>\r\nSubject: =?utf-8?B?!!!?=\r\n\r\n\xff\xfe",
		b"From: odd2@mail-under-test.example\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xc3\xa1",
		b"From: a@b@c\r\n\r\nx",
		b"",
	]
	fetch(account, *odd, mail("last"))
	found = {lead.email_id for lead in leads()}
	assert {f"odd1{DOMAIN}", f"odd2{DOMAIN}", f"last{DOMAIN}"} <= found


def test_a_mail_that_cannot_be_parsed_is_kept_and_the_others_come_in(account, monkeypatch):
	from skycrm.overrides import email_account

	monkeypatch.setattr(email_account, "readable", lambda raw: None if b"poison" in raw else raw)
	fetch(account, mail("an"), mail("poison"), mail("be"))
	assert sorted(lead.email_id for lead in leads()) == [f"an{DOMAIN}", f"be{DOMAIN}"]
	[kept] = frappe.get_all("Unhandled Email", {"email_account": account.name}, ["name", "raw"])
	assert f"poison{DOMAIN}" in kept.raw
	frappe.db.delete("Unhandled Email", {"email_account": account.name})
	frappe.db.commit()


def test_a_broken_file_does_not_lose_the_mail(account):
	message = mail()
	message.add_attachment(b"%PDF-1.4 broken", maintype="application", subtype="pdf", filename="<b>hỏng.pdf")
	message.add_attachment(b"a,b", maintype="text", subtype="csv", filename="good.csv")
	fetch(account, message)
	[lead] = leads()
	files = frappe.get_all("File", {"attached_to_name": lead.name}, pluck="file_name")
	assert len(files) == 1 and files[0].startswith("good")
	[comment] = frappe.get_all(
		"Comment", {"reference_name": lead.name, "comment_type": "Info"}, pluck="content"
	)
	assert "hỏng.pdf" in comment and "<b>" not in comment


def test_a_mail_that_cannot_be_handled_is_kept_for_an_admin(account, monkeypatch):
	def fail(*_arguments, **_more):
		raise RuntimeError("made to fail")

	monkeypatch.setattr("skycrm.services.intake.receive", fail)
	with pytest.raises(Exception, match="made to fail"):
		fetch(account, mail(), mail("be"))
	frappe.db.rollback()
	kept = frappe.get_all("Unhandled Email", {"email_account": account.name}, ["name", "raw", "reason"])
	assert len(kept) == 2
	assert "Cho tôi xin báo giá" in kept[0].raw or "Subject" in kept[0].raw
	assert "made to fail" in kept[0].reason
	frappe.db.delete("Unhandled Email", {"email_account": account.name})


def test_no_answer_goes_to_a_machine(account, monkeypatch):
	account.db_set("enable_auto_reply", 1)
	frappe.db.commit()
	sent = []
	monkeypatch.setattr(frappe, "sendmail", lambda **more: sent.append(more))
	fetch(account, mail("an", **{"Auto-Submitted": "auto-replied"}), mail("no-reply" + DOMAIN))
	assert not sent
	fetch(account, mail("be"))
	assert [more["recipients"] for more in sent if more.get("in_reply_to")] == [[f"be{DOMAIN}"]]


def test_accounts_that_make_no_leads_are_as_before(account):
	other = make_account("Sales Under Test", OTHER_ADDRESS, None)
	frappe.db.commit()
	raw = mail("an").as_bytes()
	assert not LeadMail.is_for(InboundMail(raw, other))
	fetch(other, raw)
	assert not leads()
	[row] = frappe.get_all("Communication", {"email_account": "Sales Under Test"}, ["name", "reference_name"])
	assert not row.reference_name
	frappe.delete_doc("Communication", row.name, force=True)


def test_every_lead_address_is_offered_to_an_account():
	from frappe.email.doctype.email_account.email_account import get_append_to

	assert ["Sky Lead"] in get_append_to(txt="Sky Lead")
