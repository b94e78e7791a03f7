"""Mails that are made of records with the payloads of xss_payloads.py, by whatever makes mails of them."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from datetime import datetime

from xss_rows import NOW, OWNER, VALUES, insert, turned

ACCOUNT, REPORT, COUPON, RULE = (f"XSS {word}" for word in ("Account", "Report", "Coupon", "Rule"))
READER = "xss0@xss.invalid"
OTHERS = ("Email Account", "Coupon Code", "Pricing Rule")
Each = Callable[..., None]


def prepare() -> None:
	"""Make an account to send from; mails are muted on test sites."""
	import frappe

	insert(
		"Email Account",
		{
			"name": ACCOUNT,
			"email_account_name": ACCOUNT,
			"email_id": "xss@example.com",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"no_smtp_authentication": 1,
		},
	)
	frappe.local.outgoing_email_account = {}


def make(each: Each) -> list[tuple[str, str]]:
	"""Queue the mails; returns (subject, HTML) of each, as a reader's program gets it."""
	import frappe

	before = set(frappe.get_all("Email Queue", pluck="name", limit=0))
	# Notes of the bell are mailed as well, by the framework itself.
	notes = frappe.get_all(
		"Notification Log",
		{"owner": OWNER, "email_content": ("is", "set")},
		pluck="name",
		order_by="creation asc",
		limit=len(VALUES),
	)
	each("mail of a note", lambda at, text: note(text), notes)
	each("mail of reminders", lambda at, text: remind(), VALUES[:1])
	prepare_coupon()
	each("mail with a coupon", lambda at, text: coupon(at))
	each("mail of a notification", lambda at, text: notification(at))
	each("mail from the dialog", lambda at, text: dialog(at, text))
	each("mail of a workflow", lambda at, text: workflow(at), VALUES[:2])
	each("mail with a report", lambda at, text: report(text), VALUES[:1])
	each("mail of those who follow", lambda at, text: follow(at), VALUES[:3])
	return [mail for name in sorted(new("Email Queue", before)) for mail in parts(name)]


def new(doctype: str, before: set[str]) -> set[str]:
	import frappe

	return set(frappe.get_all(doctype, pluck="name", limit=0)) - before


def parts(name: str) -> Iterator[tuple[str, str]]:
	import frappe

	message = email.message_from_string(frappe.db.get_value("Email Queue", name, "message"))
	for part in message.walk():
		if part.get_content_type() == "text/html":
			yield str(message["Subject"]), part.get_payload(decode=True).decode("utf-8", "replace")


def note(name: str) -> None:
	import frappe
	from frappe.desk.doctype.notification_log.notification_log import send_notification_email

	send_notification_email(frappe.get_doc("Notification Log", name))


def remind() -> None:
	"""One mail with all of them."""
	from skycrm.services import reminder_mail
	from skycrm.services.reminder_preferences import Preference

	assert len(VALUES) <= reminder_mail.MOST_IN_MAIL
	items = [
		{
			"doctype": "Sky Lead",
			"name": f"XSS-Lead-{at}",
			"subject": text,
			"status": turned(at + 1)[0],
			"due_at": datetime.fromisoformat(NOW),
		}
		for at, text in enumerate(VALUES)
	]
	reminder_mail._send(Preference(READER, "Asia/Ho_Chi_Minh"), items)


def prepare_coupon() -> None:
	insert("Pricing Rule", {"name": RULE, "title": RULE, "selling": 1, "apply_on": "Item Code"})
	insert(
		"Coupon Code",
		{"name": COUPON, "coupon_name": COUPON, "coupon_code": "XSS", "pricing_rule": RULE},
	)


def coupon(at: int) -> None:
	import frappe

	from skycrm.services import form_coupon

	name = f"XSS-Form-Submission-{at}"
	values = {"coupon": COUPON, "coupon_mail": form_coupon.PENDING, "email_id": "a@example.com"}
	frappe.db.set_value("Sky Form Submission", name, values, update_modified=False)
	form_coupon.send_mail(name)
	assert frappe.db.get_value("Sky Form Submission", name, "coupon_mail") == form_coupon.QUEUED


def notification(at: int) -> None:
	import frappe

	lead = frappe.get_doc("Sky Lead", f"XSS-Lead-{at}")
	lead.lead_owner = READER
	chosen = frappe.get_doc("Notification", "Lead Given to Me by Email")
	chosen.send_an_email(lead, {"doc": lead, "alert": chosen, "comments": None})


def dialog(at: int, text: str) -> None:
	"""What somebody writes by hand, and with it the print of the record."""
	from frappe.core.doctype.communication.email import make as make_communication

	make_communication(
		doctype="Sky Lead",
		name=f"XSS-Lead-{at}",
		content=f"<p>Chào anh</p>{text}",
		subject=f"Re: {turned(at + 1)[0]}",
		recipients="a@example.com",
		send_email=1,
	)


def workflow(at: int) -> None:
	import frappe
	from frappe.workflow.doctype.workflow_action.workflow_action import send_workflow_action_email

	step = frappe._dict(action="Approve", allowed="System Manager", state="Draft", allow_self_approval=1)
	send_workflow_action_email(frappe.get_doc("Sky Campaign", f"XSS-Campaign-{at}"), [step])


def report(text: str) -> None:
	import frappe

	chosen = frappe.get_all(
		"Report", {"ref_doctype": "Sky Lead", "module": "SkyCRM", "disabled": 0}, pluck="name"
	)
	for name in chosen:
		frappe.get_doc(
			{
				"doctype": "Auto Email Report",
				"name": f"{REPORT} {name}",
				"report": name,
				"user": "Administrator",
				"report_type": frappe.db.get_value("Report", name, "report_type"),
				"format": "HTML",
				"email_to": "a@example.com",
				"description": text,
				"no_of_rows": 500,
				"filters": "{}",
			}
		).send()


def follow(at: int) -> None:
	"""The framework's digest of what happened to a record."""
	from frappe.desk.form import document_follow

	name = f"XSS-Lead-{at}"
	timeline = document_follow.get_version("Sky Lead", name, "Yearly", READER)
	timeline += document_follow.get_comments("Sky Lead", name, "Yearly", READER)
	about = {"reference_docname": name, "reference_doctype": "Sky Lead", "reference_url": "#"}
	document_follow.send_email_alert(READER, [about], timeline)
