"""HTTP methods behind web forms, open to guests: how a form looks, sending it, and what is said afterwards.

Other web sites may call them as far as a form names those sites (overrides/form_cors.py).
"""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, rule_errors_as_http
from skycrm.api.v1._retry import with_retry
from skycrm.services import form_capture, form_coupon, form_definition, form_origins


@frappe.whitelist(methods=["GET", "POST"], allow_guest=True)
@limit_calls(calls=240, seconds=60, all_guests=12000)
@rule_errors_as_http
def definition(form: str, lang: str | None = None) -> dict[str, Any]:
	"""What a page needs to show a published form: texts, questions, boxes to tick, and a token that says when.

	Args:
		form: the last part of the form's link.
		lang: "vi" or "en", for forms that speak both.
	"""
	found = form_definition.open_form(form)
	form_origins.check_origin(found)
	return form_definition.describe(found, form_definition.language_of(found, lang))


@frappe.whitelist(methods=["POST"], allow_guest=True)
@limit_calls(calls=1200, seconds=60, all_guests=12000)
@rule_errors_as_http
def capture(
	form: str,
	fields: dict | str | None = None,
	idempotency_key: str | None = None,
	honeypot: str | None = None,
	token: str | None = None,
	utm: dict | str | None = None,
	consents: dict | str | None = None,
	page: str | None = None,
	lang: str | None = None,
) -> dict[str, str]:
	"""Take in what somebody filled into a web form.

	Who is signed in does not count: everybody is a visitor here.

	Args:
		form: the last part of the form's link.
		fields: fieldname → answer; what the form does not ask for is ignored.
		idempotency_key: the same key again gives the first answer; make it a random one.
		honeypot: what stands in the box that people do not see.
		token: as `definition` gave it when the form was shown.
		utm: utm_source, utm_medium, utm_campaign, utm_term, utm_content of the page.
		consents: "email", "sms", "call" → true where the box is ticked.
		page: address of the page that shows the form.
		lang: "vi" or "en", for forms that speak both.

	Returns:
		{reference}, the same for new and for known people. 417 with `field_errors` ({fieldname: sentence}) when answers
		are not right, 403 from a web site that the form does not name, 404 for no form, 413 too large, 429 too often.
	"""
	# A stranger gets sentences, never the inside of the program.
	frappe.local.flags.disable_traceback = True
	sent = form_capture.Sent(
		answers=_mapping(fields),
		consents=_mapping(consents),
		utm=_mapping(utm),
		token=token,
		honeypot=honeypot,
		page=page,
		language=lang,
	)
	try:
		checked = form_capture.check(form, sent)
	except form_capture.AnswersRefused as refused:
		_show_refused(refused)
	if not checked:
		return {"reference": form_capture.new_reference()}
	with form_definition.speaking(checked.language):
		return {"reference": with_retry(lambda: form_capture.keep(checked, idempotency_key))}


@frappe.whitelist(methods=["GET", "POST"], allow_guest=True)
@limit_calls(calls=240, seconds=60, all_guests=12000)
@rule_errors_as_http
def thank_you(form: str, reference: str, lang: str | None = None) -> dict[str, Any]:
	"""What is shown after sending: the form's text, a page to go on to, its coupon; the same for new and known people.

	Args:
		form: the last part of the form's link.
		reference: as `capture` gave it, at most an hour ago; without a true one there is no coupon.
		lang: "vi" or "en", for forms that speak both.

	Returns:
		{text, redirect_url, coupon: null or {code, text, valid_upto}}
	"""
	found = form_definition.open_form(form)
	return form_coupon.thank_you(found, reference, form_definition.language_of(found, lang))


def _mapping(value: dict | str | None) -> dict[str, Any]:
	"""An argument as a mapping; a form that is sent without a script's help has it as JSON text."""
	if isinstance(value, str) and value.strip():
		try:
			value = frappe.parse_json(value)
		except ValueError:
			value = None
		if not isinstance(value, dict):
			frappe.throw(_("The answers must be sent as a JSON object of fields and values."))
	return value or {}


def _show_refused(refused: form_capture.AnswersRefused) -> None:
	frappe.local.response["field_errors"] = refused.messages
	messages = [frappe.utils.escape_html(message) for message in refused.messages.values()]
	frappe.throw(messages if len(messages) > 1 else messages[0], as_list=len(messages) > 1)
