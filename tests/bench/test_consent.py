"""Consent on a site: every answer is written down, a refusal is respected wherever something is sent."""

from contextlib import contextmanager
from types import SimpleNamespace

import access_records as make
import pytest
from factories import make_customer, make_lead, mobile, unique
from people import only
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

import frappe
from frappe.utils import now_datetime

from skycrm.domain.consent import PERSONAL, joined_fields
from skycrm.services import consent, conversion, conversion_undo, sending_guard
from skycrm.services.may_contact import (
	erased_address,
	may_contact,
	may_contact_many,
	opt_in_needed,
	sentence,
)


def said(channel: str, answer: str, how: str = "on the phone", wording: str = "") -> SimpleNamespace:
	return SimpleNamespace(channel=channel, answer=answer, how=how, wording=wording)


def address() -> str:
	return f"a{frappe.generate_hash(length=10)}@example.com"


def ledger(**filters) -> list[tuple]:
	return [
		tuple(row)
		for row in frappe.get_all(
			"Sky Consent Record",
			filters,
			["channel", "answer", "door", "how"],
			order_by="creation",
			as_list=True,
		)
	]


@contextmanager
def in_a_request(path: str = "/app/sky-lead", **form):
	before = getattr(frappe.local, "request", None)
	frappe.local.request = Request(EnvironBuilder(path, method="POST").get_environ())
	try:
		yield
	finally:
		frappe.local.request = before


# The ledger
# ----------


def test_every_change_of_an_answer_is_a_row(statements):
	lead = make_lead(email_id=address())
	assert ledger(lead=lead.name) == []
	lead.update({"email_consent": "Granted", "email_consent_how": "trade fair"}).save()
	lead.update({"email_consent": "Refused", "email_consent_how": "called us"}).save()
	lead.update({"email_consent": "Unknown"}).save()
	assert [row[1] for row in ledger(lead=lead.name)] == ["Granted", "Withdrawn", "Cleared"]
	assert ledger(lead=lead.name)[0][3] == "trade fair"
	statements.clear()
	lead.reload()
	lead.update({"city": "Huế"}).save()
	assert not [text for text in statements if "Consent Record" in text]


def test_a_new_lead_without_answers_costs_nothing(statements):
	statements.clear()
	make_lead(email_id=address())
	assert not [text for text in statements if "Consent Record" in text]


def test_a_new_lead_with_answers_tells_the_door():
	lead = make_lead(email_id=address(), sms_consent="Granted", call_consent="Refused")
	assert {row[:3] for row in ledger(lead=lead.name)} == {
		("SMS", "Granted", "Job"),
		("Call", "Refused", "Job"),
	}
	with in_a_request("/api/resource/Sky Lead"):
		other = make_lead(email_consent="Granted")
	with in_a_request("/api/method/frappe.desk.form.save.savedocs"):
		third = make_lead(email_consent="Granted")
	assert ledger(lead=other.name)[0][2] == "REST"
	assert ledger(lead=third.name)[0][2] == "Desk"


def test_record_writes_ledger_lead_and_time_of_change():
	lead = make_lead(email_id=address())
	before = lead.modified
	consent.record(
		lead.name,
		said("email", "Granted", "web form", "Tôi đồng ý nhận tin"),
		"Web Form",
		"Sky Lead",
		lead.name,
	)
	consent.record(lead, said("email", "Refused"), "Email")
	assert [row[:3] for row in ledger(lead=lead.name)] == [
		("Email", "Granted", "Web Form"),
		("Email", "Withdrawn", "Email"),
	]
	assert (lead.email_consent, lead.email_consent_how) == ("Refused", "on the phone")
	assert lead.email_consent_on
	assert str(lead.modified) > str(before), "an open form must not write the old answer back"
	row = frappe.get_last_doc("Sky Consent Record", {"lead": lead.name, "answer": "Granted"})
	assert (row.wording, row.reference_name, row.given_by) == (
		"Tôi đồng ý nhận tin",
		lead.name,
		"Administrator",
	)


def test_record_prepares_a_lead_that_is_not_stored_yet():
	lead = frappe.new_doc("Sky Lead")
	lead.lead_name = unique("Trần Thị")
	consent.record(lead, said("sms", "Granted", "form", "wording"), "Web Form")
	assert lead.sms_consent == "Granted"
	lead.insert()
	assert ledger(lead=lead.name) == [("SMS", "Granted", "Web Form", "form")]
	assert frappe.db.get_value("Sky Consent Record", {"lead": lead.name}, "wording") == "wording"
	lead.update({"city": "Vinh"}).save()
	assert len(ledger(lead=lead.name)) == 1


def test_record_many_is_set_by_set(statements):
	leads = [make_lead(email_id=address()).name for _ in range(12)]
	entries = [(name, said("email", "Granted", "import")) for name in leads]
	statements.clear()
	assert consent.record_many(entries, "File Import") == 12
	assert len(statements) <= 4
	assert set(frappe.get_all("Sky Lead", {"name": ("in", leads)}, pluck="email_consent")) == {"Granted"}


def test_the_ledger_is_never_changed_nor_deleted():
	lead = make_lead(email_consent="Granted")
	row = frappe.get_last_doc("Sky Consent Record", {"lead": lead.name})
	row.answer = "Refused"
	with pytest.raises(frappe.ValidationError):
		row.save(ignore_permissions=True)
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Sky Consent Record", row.name, ignore_permissions=True)
	assert frappe.db.get_value("Sky Consent Record", row.name, "answer") == "Granted"


def test_the_ledger_is_seen_by_whoever_sees_the_lead(as_user):
	owner, stranger = make.user("Sky Sales User"), make.user("Sky Sales User")
	make.set_default_access("Sky Lead", "Private")
	lead = make.lead(lead_owner=owner, email_consent="Refused")
	row = frappe.get_last_doc("Sky Consent Record", {"lead": lead.name})
	for user, seen in ((owner, 1), (stranger, 0)):
		with as_user(user):
			assert len(frappe.get_list("Sky Consent Record", {"lead": lead.name})) == seen
			assert bool(row.has_permission("read")) == bool(seen)
			assert not row.has_permission("write")
			assert not frappe.has_permission("Sky Consent Record", "create")


def test_a_deleted_lead_takes_neither_its_refusal_nor_its_history_along():
	mail, phone = address(), mobile()
	lead = make_lead(email_id=mail, mobile_no=phone, email_consent="Refused", sms_consent="Granted")
	frappe.delete_doc("Sky Lead", lead.name)
	assert ledger(lead=lead.name) == [], "the next lead may get the same number"
	again = make_lead(email_id=mail, mobile_no=phone, email_consent="Granted")
	assert may_contact(again, "email", PERSONAL) == (False, "suppressed")
	assert may_contact(again, "sms", PERSONAL).allowed
	assert not frappe.db.exists("Sky Suppression", {"address": mail})


# Conversion and merging
# ----------------------


def test_conversion_carries_answers_and_undo_takes_them_back():
	lead = make_lead(email_id=address(), mobile_no=mobile(), email_consent="Refused", sms_consent="Granted")
	made = conversion.convert(lead.name)
	contact = frappe.get_doc("Contact", made["contact"])
	assert (contact.sky_email_consent, contact.sky_sms_consent, contact.sky_call_consent) == (
		"Refused",
		"Granted",
		"Unknown",
	)
	assert {row[:3] for row in ledger(contact=contact.name)} == {
		("Email", "Refused", "Conversion"),
		("SMS", "Granted", "Conversion"),
	}
	assert not may_contact(contact, "email", PERSONAL).allowed
	conversion_undo.undo(lead.name)
	assert not frappe.db.exists("Contact", contact.name)
	assert ledger(contact=contact.name) == []
	assert frappe.db.get_value("Sky Lead", lead.name, "email_consent") == "Refused"


def test_a_known_contact_keeps_its_refusal_and_gets_it_back_after_the_undo():
	mail = address()
	customer = make_customer()
	known = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": "An",
			"last_name": "Nguyễn Văn",
			"sky_email_consent": "Refused",
			"email_ids": [{"email_id": mail, "is_primary": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	).insert()
	lead = make_lead(email_id=mail, email_consent="Granted", sms_consent="Refused")
	conversion.convert(lead.name, conversion.Wish(True, customer, known.name, None))
	known.reload()
	assert (known.sky_email_consent, known.sky_sms_consent) == ("Refused", "Refused")
	conversion_undo.undo(lead.name)
	known.reload()
	assert (known.sky_email_consent, known.sky_sms_consent) == ("Refused", "Unknown")


def test_the_answer_on_a_contact_is_written_down_too():
	contact = frappe.get_doc({"doctype": "Contact", "first_name": unique("Bình")}).insert()
	contact.update({"sky_call_consent": "Refused"}).save()
	assert [row[:2] for row in ledger(contact=contact.name)] == [("Call", "Refused")]


def test_a_later_answer_reaches_the_contact_of_a_converted_lead():
	lead = make_lead(email_id=address(), email_consent="Granted")
	made = conversion.convert(lead.name)
	consent.record(lead.name, said("email", "Refused"), "Email")
	assert frappe.db.get_value("Contact", made["contact"], "sky_email_consent") == "Refused"
	conversion_undo.undo(lead.name)  # an answer given since does not stand in the way
	assert frappe.db.get_value("Sky Lead", lead.name, "email_consent") == "Refused"


def test_a_merge_keeps_the_refusal():
	one = make_lead(email_consent="Granted", email_consent_how="form")
	other = make_lead(email_consent="Refused", email_consent_how="phone")
	one.flags.sky_door = "Merge"
	one.update(joined_fields([one.as_dict(), other.as_dict()])).save()
	assert (one.email_consent, one.email_consent_how) == ("Refused", "phone")
	assert ledger(lead=one.name)[-1][:3] == ("Email", "Withdrawn", "Merge")


# May this person be written to?
# ------------------------------


def test_unknown_is_as_the_settings_say():
	mail = address()
	make_lead(email_id=mail)
	assert may_contact(mail, "Email") == (False, "not_asked")
	assert may_contact(mail, "Email", PERSONAL) == (True, "not_needed")
	settings = frappe.get_doc("Sky CRM Settings")
	settings.email_opt_in = 0
	settings.save()
	assert not opt_in_needed("email") and opt_in_needed("sms")
	assert may_contact(mail, "email") == (True, "not_needed")


@pytest.mark.parametrize("where", ["lead", "second phone", "contact", "suppression", "erased"])
def test_a_refusal_anywhere_under_any_spelling_wins(where):
	phone = mobile()
	make_lead(mobile_no=phone, sms_consent="Granted")
	assert may_contact(phone, "sms") == (True, "granted")
	spelled = f"+84 {phone[1:4]} {phone[4:7]} {phone[7:]}"
	if where == "lead":
		make_lead(mobile_no=spelled, sms_consent="Refused")
	elif where == "second phone":
		make_lead(mobile_no=mobile(), phone=spelled, sms_consent="Refused")
	elif where == "contact":
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": unique("Cường"),
				"sky_sms_consent": "Refused",
				"phone_nos": [{"phone": spelled, "is_primary_mobile_no": 1}],
			}
		).insert()
	elif where == "suppression":
		frappe.get_doc({"doctype": "Sky Suppression", "channel": "SMS", "address": spelled}).insert()
	else:
		row = frappe.get_doc(
			{"doctype": "Sky Suppression", "channel": "SMS", "address": erased_address(f"+84{phone[1:]}")}
		)
		row.insert()
	answer = may_contact(phone, "SMS", PERSONAL)
	assert not answer.allowed
	assert answer.reason == ("suppressed" if where in ("suppression", "erased") else "refused")
	assert "SMS" in sentence(answer, "sms")


def test_the_frameworks_own_unsubscribe_counts():
	mail = address()
	make_lead(email_id=mail, email_consent="Granted")
	frappe.get_doc({"doctype": "Email Unsubscribe", "email": mail, "global_unsubscribe": 1}).insert()
	assert may_contact(mail.upper(), "email") == (False, "refused")


def test_a_thousand_addresses_are_one_query(statements):
	addresses = [address() for _ in range(1000)]
	assert opt_in_needed("email")  # the settings come into the cache
	statements.clear()
	answers = may_contact_many(addresses, "email")
	assert len(answers) == 1000 and len(statements) <= 1
	assert may_contact("no address", "email") == (False, "no_address")


def test_each_source_of_the_question_has_its_index():
	with_plan = frappe.db.sql(
		"""explain select email_key from `tabSky Lead` where email_key in ('a@b.vn', 'c@d.vn')
		and email_consent in ('Granted', 'Refused')""",
		as_dict=True,
	)
	assert with_plan[0].key == "email_key"


# Sending
# -------


def write_to(lead, *recipients: str) -> None:
	from frappe.core.doctype.communication.email import make as make_mail

	make_mail(
		doctype="Sky Lead",
		name=lead.name,
		content="Chào anh",
		subject="Báo giá",
		recipients=", ".join(recipients or (lead.email_id,)),
		send_email=True,
	)


def queued_for(mail: str) -> int:
	return frappe.db.count("Email Queue Recipient", {"recipient": ("like", f"%{mail}%")})


@pytest.fixture
def account(monkeypatch):
	monkeypatch.setattr(frappe.flags, "mute_emails", False)
	db = frappe.db
	db.savepoint("account")
	db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": unique("Consent"),
			"email_id": address(),
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"smtp_port": 1,
			"no_smtp_authentication": 1,
		}
	).db_insert()
	frappe.cache.delete_value("outgoing_email_account")
	frappe.local.outgoing_email_account = {}
	yield
	frappe.local.outgoing_email_account = {}


def test_a_letter_to_somebody_who_refused_asks_first_and_the_override_is_written_down(account, as_user):
	user = make.user("Sky Sales User")
	lead = make.lead(lead_owner=user, email_id=address(), email_consent="Refused")
	with as_user(user), in_a_request():
		with pytest.raises(sending_guard.ContactRefusedError):
			write_to(lead)
		assert queued_for(lead.email_id) == 0
		action = frappe.parse_json(frappe.message_log[-1])["primary_action"]
		frappe.get_attr(action["server_action"])(action["args"])
		write_to(lead)
	assert queued_for(lead.email_id) == 1
	row = frappe.get_last_doc("Sky Consent Record", {"lead": lead.name, "answer": "Overridden"})
	assert (row.given_by, row.wording) == (user, lead.email_id)


def test_letters_to_others_and_notices_of_the_site_are_not_touched(account, statements):
	lead = make_lead(email_id=address())
	with in_a_request():
		write_to(lead)
	assert queued_for(lead.email_id) == 1
	refused = make_lead(email_id=address(), email_consent="Refused")
	statements.clear()
	frappe.sendmail(recipients=[refused.email_id], subject="Your password", message="x", delayed=True)
	assert queued_for(refused.email_id) == 1, "what the person needs is no advertising"
	assert not [text for text in statements if "tabSky Lead" in text]


def test_in_a_job_nobody_can_be_asked_so_the_refusing_are_left_out(account):
	refused = make_lead(email_id=address(), email_consent="Refused")
	other = make_lead(email_id=address())
	write_to(other, refused.email_id, other.email_id)
	assert (queued_for(refused.email_id), queued_for(other.email_id)) == (0, 1)


@pytest.mark.parametrize("kind", ["Newsletter", "Email Campaign"])
def test_advertising_leaves_out_who_refused_or_never_agreed(account, kind):
	agreed, refused, unknown = (
		make_lead(email_id=address(), email_consent=state) for state in ("Granted", "Refused", "Unknown")
	)
	mails = [lead.email_id for lead in (agreed, refused, unknown)]
	values = {"subject": "Khuyến mãi", "message": "x", "delayed": True, "add_unsubscribe_link": 0}
	for mail in mails:
		if kind == "Newsletter":
			frappe.sendmail(recipients=[mail], reference_doctype=kind, reference_name="X", **values)
		else:
			letter = frappe.get_doc(
				{
					"doctype": "Communication",
					"communication_type": "Communication",
					"sent_or_received": "Sent",
					"reference_doctype": kind,
					"reference_name": "X",
					"content": "x",
					"subject": "x",
				}
			)
			letter.name = frappe.generate_hash(length=10)
			letter.db_insert()
			frappe.sendmail(recipients=[mail], communication=letter.name, **values)
	assert [queued_for(mail) for mail in mails] == [1, 0, 0]
	stopped = frappe.get_all(
		"Email Queue", {"status": "Error", "error": ("like", "%left out%")}, pluck="name"
	)
	assert len(stopped) >= 2


def test_an_sms_to_somebody_who_refused_is_not_sent(as_user):
	from skycrm.api.v1 import consent as api

	user = make.user("Sky Sales User")
	phone = mobile()
	make.lead(lead_owner=user, mobile_no=phone, sms_consent="Refused")
	assert frappe.override_whitelisted_method("frappe.core.doctype.sms_settings.sms_settings.send_sms") == (
		"skycrm.api.v1.consent.send_sms"
	)
	with as_user(user), pytest.raises(sending_guard.ContactRefusedError):
		api.send_sms([phone], "Chào anh")
	assert not frappe.db.exists("SMS Log", {"requested_numbers": ("like", f"%{phone[1:]}%")})


def test_the_sms_center_leaves_out_who_refused():
	agreed, refused = mobile(), mobile()
	make_lead(mobile_no=agreed, sms_consent="Granted")
	make_lead(mobile_no=refused, sms_consent="Refused")
	center = frappe.get_doc(
		{
			"doctype": "SMS Center",
			"send_to": "All Contact",
			"receiver_list": f"An - {agreed}\nBa - {refused}\n",
		}
	)
	assert center.get_receiver_nos() == [agreed]
	center.send_to = "All Employee (Active)"
	assert center.get_receiver_nos() == [agreed, refused]


# HTTP
# ----


@pytest.mark.commits
def test_override_over_http_is_for_those_who_may_write_to_the_lead(rest_as):
	seller, stranger = (
		only("consent-seller@example.com", "Sky Sales User"),
		only("consent-other@example.com", "Sky Support Agent"),
	)
	lead = make_lead(lead_owner=seller, email_id=address(), email_consent="Refused")
	frappe.db.commit()
	args = {
		"addresses": [lead.email_id],
		"channel": "email",
		"reference_doctype": "Sky Lead",
		"reference_name": lead.name,
	}
	try:
		for user in ("Guest", stranger):
			assert rest_as(user).call("consent.override", args=args).status_code == 403
			assert rest_as(user).call("consent.send_sms", receiver_list=[], msg="x").status_code in (403, 417)
		assert rest_as(seller).call("consent.override", args={**args, "addresses": []}).status_code == 417
		frappe.db.rollback()
		assert len(ledger(lead=lead.name)) == 1
		assert rest_as(seller).call("consent.override", args=args).status_code == 200
		frappe.db.rollback()
		assert [row[1] for row in ledger(lead=lead.name)] == ["Refused", "Overridden"]
	finally:
		frappe.db.delete("Sky Consent Record", {"lead": lead.name})
		frappe.delete_doc("Sky Lead", lead.name, force=True)
		frappe.db.commit()


def test_the_time_of_an_answer_can_be_that_of_a_paper_form():
	lead = make_lead(email_consent="Granted", email_consent_on="2026-05-06 07:08:09")
	row = frappe.get_last_doc("Sky Consent Record", {"lead": lead.name})
	assert str(row.given_on) == "2026-05-06 07:08:09"
	assert row.creation.date() == now_datetime().date()
