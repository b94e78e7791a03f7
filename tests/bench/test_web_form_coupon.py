"""The coupon for filling in a form: shown to everybody alike, mailed and noted once per person, never when not valid."""

import pytest
from factories import make_item, unique
from web_form_records import MADE, Visitor, committed, forget_counts, make_form, person, submissions

import frappe
from frappe.utils import add_days, nowdate

from skycrm.jobs import web_forms
from skycrm.services import form_coupon

pytestmark = pytest.mark.commits
THANK_YOU = "web_forms.thank_you"


def make_coupon(**values):
	rule = frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": unique("Giảm"),
			"apply_on": "Item Code",
			"items": [{"item_code": make_item()}],
			"selling": 1,
			"rate_or_discount": "Discount Percentage",
			"discount_percentage": 5,
			"coupon_code_based": 1,
			"company": frappe.get_all("Company", pluck="name", limit=1)[0],
			"currency": "VND",
		}
	).insert()
	code = f"QUA{frappe.generate_hash(length=6).upper()}"
	return frappe.get_doc(
		{
			"doctype": "Coupon Code",
			"coupon_name": code,
			"coupon_code": code,
			"coupon_type": "Promotional",
			"pricing_rule": rule.name,
			**values,
		}
	).insert()


@pytest.fixture
def visitor(site):
	forget_counts()
	with committed((*MADE, "Coupon Code", "Pricing Rule", "Email Queue")):
		client = Visitor(site.port, site.name)
		yield client
		client.close()


@pytest.fixture
def account():
	"""An account to send from; the queue is not worked on while tests run."""
	if not frappe.db.exists("Email Account", {"default_outgoing": 1}):
		frappe.get_doc(
			{
				"doctype": "Email Account",
				"email_account_name": "Form Test",
				"email_id": "form-test@example.com",
				"enable_outgoing": 1,
				"default_outgoing": 1,
				"smtp_server": "127.0.0.1",
				"no_smtp_authentication": 1,
			}
		).db_insert()
		frappe.db.commit()
	yield
	frappe.db.delete("Email Account", {"email_account_name": "Form Test"})
	frappe.db.commit()


def mails_to(address):
	frappe.db.rollback()
	return frappe.get_all("Email Queue Recipient", {"recipient": address}, pluck="parent")


def settle(form):
	"""Run the job of each mail that waits, as a worker would, and once more."""
	for _ in range(2):
		for row in submissions(form):
			form_coupon.send_mail(row.name)
		frappe.db.commit()


def test_known_and_new_people_see_the_same_and_get_one_mail(visitor, account):
	coupon = make_coupon(valid_upto=add_days(nowdate(), 30))
	form = make_form(coupon=coupon.name, coupon_by_email=1, coupon_text_vi="Quà <cho> bạn")
	frappe.db.commit()
	someone = person()
	answers = []
	for _ in range(3):
		reference = visitor.message("leads.capture", form=form.name, fields=someone, lang="vi")["reference"]
		answers.append(visitor.message(THANK_YOU, form=form.name, reference=reference, lang="vi"))
	assert answers[0] == answers[1] == answers[2]
	assert answers[0]["coupon"]["code"] == coupon.coupon_code
	assert answers[0]["coupon"]["text"] == "Quà <cho> bạn"
	settle(form.name)
	rows = submissions(form.name)
	assert [row.coupon for row in rows] == [coupon.name, None, None]
	assert [row.coupon_mail for row in rows] == ["Queued", "Sent Before", "Sent Before"]
	(mail,) = mails_to(someone["email_id"])
	text = frappe.db.get_value("Email Queue", mail, "message")
	assert coupon.coupon_code in text
	# Somebody else gets one of their own
	other = person()
	visitor.message("leads.capture", form=form.name, fields=other)
	settle(form.name)
	assert len(mails_to(other["email_id"])) == 1


def test_the_code_is_for_those_who_have_sent_the_form(visitor):
	coupon = make_coupon()
	form, other = (
		make_form(coupon=coupon.name, redirect_url="https://shop.example/xong"),
		make_form(coupon=coupon.name),
	)
	frappe.db.commit()
	reference = visitor.message("leads.capture", form=form.name, fields=person())["reference"]
	assert visitor.message(THANK_YOU, form=form.name, reference=reference)["coupon"]["code"]
	for asked, name in (("F-AAAA-BBBB-CCCC", form.name), ("", form.name), (reference, other.name)):
		answer = visitor.message(THANK_YOU, form=name, reference=asked)
		assert answer["coupon"] is None and answer["text"]
	frappe.db.set_value(
		"Sky Form Submission", reference, "creation", add_days(nowdate(), -1), update_modified=False
	)
	frappe.db.commit()
	assert visitor.message(THANK_YOU, form=form.name, reference=reference)["coupon"] is None
	assert (
		visitor.message(THANK_YOU, form=form.name, reference=reference)["redirect_url"]
		== "https://shop.example/xong"
	)
	assert coupon.coupon_code not in visitor.call("web_forms.definition", form=form.name).text


@pytest.mark.parametrize(
	"values",
	[
		{"valid_upto": add_days(nowdate(), -1)},
		{"valid_from": add_days(nowdate(), 2)},
		{"maximum_use": 3, "used": 3},
	],
)
def test_a_coupon_that_is_not_valid_is_neither_chosen_nor_shown(visitor, values):
	coupon = make_coupon()
	form = make_form(coupon=coupon.name)
	for field, value in values.items():
		coupon.db_set(field, value)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="cannot be used now"):
		make_form(coupon=coupon.name)
	reference = visitor.message("leads.capture", form=form.name, fields=person())["reference"]
	assert visitor.message(THANK_YOU, form=form.name, reference=reference)["coupon"] is None
	assert submissions(form.name)[0].coupon is None


def test_a_gift_card_is_for_one_customer(visitor):
	from factories import make_customer

	coupon = make_coupon(coupon_type="Gift Card", customer=make_customer())
	with pytest.raises(frappe.ValidationError, match="not a promotional coupon"):
		make_form(coupon=coupon.name)


def test_no_mail_to_those_who_refuse_and_none_in_the_sandbox(visitor, account):
	coupon = make_coupon()
	form = make_form(coupon=coupon.name, coupon_by_email=1)
	refusing, without = person(), {**person(), "email_id": ""}
	frappe.get_doc(
		{
			"doctype": "Sky Suppression",
			"channel": "Email",
			"address": refusing["email_id"],
			"reason": "Complaint",
		}
	).insert()
	frappe.db.commit()
	try:
		for someone in (refusing, without):
			visitor.message("leads.capture", form=form.name, fields=someone)
		assert [row.coupon_mail for row in submissions(form.name)] == ["Refused", "No Address"]
	finally:
		frappe.db.delete("Sky Suppression", {"address": refusing["email_id"]})
	frappe.db.set_single_value("Sky CRM Settings", "sandbox_mode", 1)
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")
	frappe.db.commit()
	try:
		someone = person()
		visitor.message("leads.capture", form=form.name, fields=someone)
		settle(form.name)
		assert submissions(form.name)[-1].coupon_mail == "Sandbox"
		assert not mails_to(someone["email_id"])
	finally:
		frappe.db.set_single_value("Sky CRM Settings", "sandbox_mode", 0)
		frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")
		frappe.db.commit()


def test_a_mail_whose_job_was_lost_goes_with_the_next_hour(visitor, account):
	coupon = make_coupon()
	form = make_form(coupon=coupon.name)
	frappe.db.commit()
	someone = person()
	reference = visitor.message("leads.capture", form=form.name, fields=someone)["reference"]
	frappe.db.rollback()
	frappe.db.set_value(
		"Sky Form Submission",
		reference,
		{"coupon_mail": "Pending", "creation": frappe.utils.add_to_date(None, minutes=-30)},
		update_modified=False,
	)
	frappe.db.commit()
	web_forms.hourly()
	web_forms.hourly()
	frappe.db.rollback()
	assert frappe.db.get_value("Sky Form Submission", reference, "coupon_mail") == "Queued"
	assert len(mails_to(someone["email_id"])) == 1
