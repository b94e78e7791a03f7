"""The thanks for filling in a form: a coupon code, shown to everybody who sends it, mailed and noted once per person."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, escape_html, formatdate, now_datetime

from skycrm.domain import markup
from skycrm.domain.email_address import email_key
from skycrm.integrations.erpnext.coupon import read_coupon
from skycrm.services import form_definition
from skycrm.services.identity import quiet

SUBMISSION = "Sky Form Submission"
PENDING, QUEUED, FAILED = "Pending", "Queued", "Failed"
# A thank-you page is looked at once, right after sending.
SHOWN_MINUTES = 60


def grant(submission: Document, form: Document, email: str | None) -> None:
	"""Note on a submission that its person gets the coupon, and whether it is mailed. In place, before the insert.

	Held by the lock of the person's keys that the intake took, so that two submissions at once give one coupon.
	"""
	coupon = read_coupon(form.coupon)
	if not coupon or not coupon.valid:
		return
	if submission.lead and frappe.db.exists(SUBMISSION, {"lead": submission.lead, "coupon": coupon.name}):
		submission.coupon_mail = "Sent Before" if form.coupon_by_email else ""
		return
	submission.coupon = coupon.name
	if form.coupon_by_email:
		submission.coupon_mail = _mail_state(submission, email)


def thank_you(form: Document, reference: str, language: str) -> dict[str, Any]:
	"""What a visitor reads after sending: the same for new and for known people.

	Args:
		reference: number of a submission to this form in the last hour; without one there is no coupon.

	Returns:
		{text, redirect_url, coupon: null or {code, text, valid_upto}}
	"""
	answer: dict[str, Any] = {
		"text": form_definition.text(form, "thank_you", language)
		or _("Thank you. We will be in touch soon.", lang=language),
		# Checked when it is saved; a visitor's browser would run any other that got there.
		"redirect_url": form.redirect_url if markup.is_web_address(form.redirect_url or "") else "",
		"coupon": None,
	}
	coupon = read_coupon(form.coupon)
	if coupon and coupon.valid and _is_fresh(form.name, reference):
		answer["coupon"] = {
			"code": coupon.code,
			"text": form_definition.text(form, "coupon_text", language),
			"valid_upto": formatdate(coupon.valid_upto, "dd/mm/yyyy") if coupon.valid_upto else "",
		}
	return answer


def send_mail(name: str) -> None:
	"""Put the mail with the coupon into the queue; does nothing unless the submission waits for it.

	The state changes in the transaction that holds the queue's row, so a job that is killed and run again sends once.
	"""
	submission = frappe.get_doc(SUBMISSION, name, for_update=True)
	if submission.coupon_mail != PENDING:
		return
	form = frappe.get_cached_doc(form_definition.FORM, submission.form)
	coupon = read_coupon(submission.coupon)
	if not coupon or not coupon.valid:
		_set_state(name, FAILED)
		return
	values = {
		"coupon_code": coupon.code,
		"lead_name": escape_html(submission.full_name or ""),
		"valid_upto": formatdate(coupon.valid_upto, "dd/mm/yyyy") if coupon.valid_upto else "",
	}
	with form_definition.speaking(submission.language or form_definition.VIETNAMESE):
		subject, message = _letter(form, submission, values)
	if frappe.get_cached_doc("Sky CRM Settings").sandbox_mode:
		_set_state(name, "Sandbox")
		return
	frappe.sendmail(
		recipients=[submission.email_id],
		subject=subject,
		message=message,
		reference_doctype="Sky Lead" if submission.lead else None,
		reference_name=submission.lead or None,
		delayed=True,
	)
	_set_state(name, QUEUED)


def waiting(minutes: int) -> list[str]:
	"""Submissions whose mail should have gone this many minutes ago: their job was lost."""
	return frappe.get_all(
		SUBMISSION,
		filters={
			"coupon_mail": PENDING,
			"creation": ("<", add_to_date(now_datetime(), minutes=-minutes)),
		},
		pluck="name",
		limit=500,
	)


def _letter(form: Document, submission: Document, values: dict[str, str]) -> tuple[str, str]:
	if form.coupon_email_template:
		template = frappe.get_cached_doc("Email Template", form.coupon_email_template)
		made = template.get_formatted_email(values)
		return made["subject"], made["message"]
	words = form_definition.text(form, "coupon_text", submission.language or form_definition.VIETNAMESE)
	lines = [
		_("Dear {0},").format(values["lead_name"]) if values["lead_name"] else _("Hello,"),
		escape_html(words) or _("Thank you for filling in our form. Here is your code:"),
		f"<strong>{escape_html(values['coupon_code'])}</strong>",
	]
	if values["valid_upto"]:
		lines.append(_("Valid until {0}").format(values["valid_upto"]))
	return _("Your code {0}").format(values["coupon_code"]), "".join(f"<p>{line}</p>" for line in lines)


def _mail_state(submission: Document, email: str | None) -> str:
	key = quiet(email_key, email)
	if not key:
		return "No Address"
	refused = frappe.db.exists("Sky Suppression", {"channel": "Email", "address": key})
	if refused or (
		submission.lead and frappe.db.get_value("Sky Lead", submission.lead, "email_consent") == "Refused"
	):
		return "Refused"
	return PENDING


def _is_fresh(form: str, reference: str) -> bool:
	row = (
		frappe.db.get_value(SUBMISSION, reference, ["form", "creation"], as_dict=True) if reference else None
	)
	return bool(
		row and row.form == form and row.creation > add_to_date(now_datetime(), minutes=-SHOWN_MINUTES)
	)


def _set_state(name: str, state: str) -> None:
	frappe.db.set_value(SUBMISSION, name, "coupon_mail", state, update_modified=False)
