"""The framework's own Web Form page (/sky-contact): the same checks and the same intake as every other form.

Its saving method limits by what the caller claims to be, and answers with the whole record. So the record itself asks
the form that stands behind the page (Sky CRM Settings), and shows nothing of itself (the controller's as_dict).
"""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.web_form import EMAIL, MESSAGE, TEL, TEXTAREA, UTM_KEYS, Asked
from skycrm.services import form_capture, form_definition

# Field of the page → field of the lead, kind of box, longest, required.
QUESTIONS = {
	"full_name": ("lead_name", "text", 140, True),
	"organization": ("organization", "text", 140, False),
	"mobile_no": ("mobile_no", TEL, 40, True),
	"email_id": ("email_id", EMAIL, 140, False),
	"message": (MESSAGE, TEXTAREA, 1000, False),
}
TRAP, TOKEN = "website_url", "form_token"


def form_behind() -> str:
	"""Name of the form that the page stands for, "" for none."""
	return frappe.get_cached_doc("Sky CRM Settings").get("contact_page_form") or ""


def is_open() -> bool:
	"""Whether the page takes answers."""
	form = form_definition.find_form(form_behind())
	return bool(form and form.published)


def take(submission: Document) -> None:
	"""Check what the page sent and make the submission ready for the intake. In place.

	Raises:
		frappe.ValidationError: which answers are not right; others as form_capture.check.
	"""
	frappe.local.flags.disable_traceback = True
	submission.flags.from_contact_page = True
	asked = [
		Asked(name, kind, longest, _(submission.meta.get_label(field)), required)
		for field, (name, kind, longest, required) in QUESTIONS.items()
	]
	sent = form_capture.Sent(
		answers={name: submission.get(field) for field, (name, *_rest) in QUESTIONS.items()},
		consents={"email": frappe.utils.cint(submission.email_agreed)},
		utm={key: submission.get(key) for key in UTM_KEYS},
		token=submission.get(TOKEN),
		honeypot=submission.get(TRAP),
		language=frappe.local.lang,
	)
	_empty(submission)
	try:
		checked = form_capture.check(form_behind(), sent, asked)
	except form_capture.AnswersRefused as refused:
		frappe.throw([frappe.utils.escape_html(text) for text in refused.messages.values()], as_list=True)
	if checked is None:
		_swallow(submission)
		return
	form_capture.prepare(submission, checked)


def _empty(submission: Document) -> None:
	"""Forget everything that the caller set: what is kept comes out of the checks."""
	for field in submission.meta.fields:
		submission.set(field.fieldname, None)


def _swallow(submission: Document) -> None:
	"""Let a robot believe that it was heard: there is a number, and no record stays."""
	submission.flags.swallowed = True
	submission.flags.reference = form_capture.new_reference()
	submission.flags.ignore_mandatory = True
