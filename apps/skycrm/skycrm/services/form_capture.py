"""What comes in through a web form: looked at in order of cost, then handed to the intake of leads.

A guest learns a reference and nothing else: not whether the person is known, not what became of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from skycrm.domain import form_token
from skycrm.domain.errors import RuleError
from skycrm.domain.intake import WEB_FORM, Arrival, Consent
from skycrm.domain.web_form import MESSAGE, Asked, check_answers, read_utm
from skycrm.domain.web_origin import page_address
from skycrm.services import (
	client_address,
	form_counters,
	form_coupon,
	form_definition,
	form_limits,
	form_origins,
	intake,
)
from skycrm.services.idempotency import run_once
from skycrm.services.messages import ConflictError, message_for

SUBMISSION = "Sky Form Submission"
STATUS = {"Made": "New Lead", "Attached": "Known Person", "Refused": "Refused"}
# Letters and digits that nobody mixes up when reading a number over the phone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# Trouble between requests: tried again by whoever called, nothing is wrong with what was sent.
_TRY_AGAIN = (frappe.QueryDeadlockError, frappe.QueryTimeoutError, ConflictError)


class AnswersRefused(Exception):
	"""Answers that are not right: fieldname (or "consent_<channel>") → sentence in the visitor's language."""

	def __init__(self, messages: dict[str, str]) -> None:
		self.messages = messages
		super().__init__("; ".join(messages.values()))


@dataclass(frozen=True)
class Sent:
	"""What a visitor sends, none of it to be trusted."""

	answers: Mapping[str, Any]
	consents: Mapping[str, Any] = field(default_factory=dict)
	utm: Mapping[str, Any] = field(default_factory=dict)
	token: str | None = None
	honeypot: str | None = None
	page: str | None = None
	language: str | None = None


@dataclass(frozen=True)
class Checked:
	"""What is left of it after all checks."""

	form: Document
	language: str
	values: dict[str, str]
	content: dict[str, str]
	consents: tuple[Consent, ...]
	utm: dict[str, str]
	page: str = ""
	origin: str = ""
	sender: str = ""


def check(name: str, sent: Sent, asked: list[Asked] | None = None) -> Checked | None:
	"""Everything that can be said against a submission, the cheapest first. Writes nothing but counters.

	Args:
		name: the form as the request calls it.
		sent: what came.
		asked: the questions, when they are not those of the form (the framework's own page asks a few of its own).

	Returns:
		What is to be kept, or None for a robot in the trap: to be thanked and forgotten.

	Raises:
		frappe.DoesNotExistError (404): not published. frappe.PermissionError (403): from another site.
		TooLargeError (413). frappe.RateLimitExceededError (429).
		frappe.ValidationError (417): shown too short a time ago, or too long.
		AnswersRefused: which boxes are not right.
	"""
	form = form_definition.open_form(name)
	language = form_definition.language_of(form, sent.language)
	with form_definition.speaking(language):
		try:
			form_origins.check_origin(form)
		except frappe.PermissionError:
			form_counters.note_blocked(form.name)
			raise
		form_limits.check_size(form)
		form_limits.check_calls(form)
		if sent.honeypot or sent.answers.get(form.honeypot_field or "website_url"):
			form_counters.note_blocked(form.name)
			return None
		_check_token(form, sent.token)
		return _checked_answers(form, language, sent, asked or form_definition.asked(form, language))


def keep(checked: Checked, idempotency_key: str | None = None) -> str:
	"""Store a submission and hand it to the intake; returns its reference.

	Must be the first to write in its transaction: it holds the person's locks before anything is read.
	"""
	submission = frappe.new_doc(SUBMISSION)
	prepare(submission, checked)

	def work() -> dict[str, str]:
		# The door has made its checks; guests have no right of their own to any record.
		submission.insert(ignore_permissions=True)
		return {"reference": submission.name}

	form = checked.form.name
	payload = [form, checked.values, [consent.channel for consent in checked.consents], checked.utm]
	key = f"{form}:{idempotency_key}" if idempotency_key else None
	return run_once(key, "leads.capture", payload, work)["reference"]


def prepare(submission: Document, checked: Checked) -> None:
	"""Fill a new submission and hold its person until the transaction ends. In place, before anything is written."""
	form, values = checked.form, checked.values
	source, campaign = _attribution(form, checked.utm)
	family_and_given = " ".join(values[part] for part in ("last_name", "first_name") if values.get(part))
	submission.update(
		{
			"form": form.name,
			"language": checked.language,
			"full_name": values.get("lead_name") or family_and_given or values.get("organization"),
			"organization": values.get("organization"),
			"mobile_no": values.get("mobile_no") or values.get("phone"),
			"email_id": values.get("email_id"),
			"message": values.get(MESSAGE),
			"content": json.dumps(checked.content, ensure_ascii=False),
			"source": source,
			"campaign": campaign,
			"page": checked.page,
			"origin": checked.origin[:140],
			"sender_hash": checked.sender,
			"email_agreed": int(any(consent.channel == "email" for consent in checked.consents)),
			**checked.utm,
		}
	)
	reference = new_reference()
	submission.flags.reference = reference
	submission.flags.arrival = Arrival(
		values={key: value for key, value in values.items() if key != MESSAGE},
		door=WEB_FORM,
		reference_doctype=SUBMISSION,
		reference_name=reference,
		source=source,
		campaign=campaign,
		note=values.get(MESSAGE, ""),
		content=checked.content,
		utm=checked.utm,
		consents=checked.consents,
	)
	intake.lock(submission.flags.arrival)


def hand_in(submission: Document) -> None:
	"""Give a stored submission to the intake and write down what became of it.

	What the intake cannot take (a field that an admin made required meanwhile, a campaign that is gone) stays with the
	reason, so that no visitor is lost; it is there for a colleague to see and type in.
	"""
	shown = len(frappe.local.message_log)
	frappe.db.savepoint("web_form")
	try:
		received = intake.receive(submission.flags.arrival)
		outcome = {"status": STATUS[received.action], "lead": received.lead, "touch": received.touch}
	except _TRY_AGAIN:
		raise
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point="web_form")
		outcome = {"status": "Failed", "error": frappe.utils.strip_html(unescape(str(error)))[:1000]}
	# What the intake has to say (known people, warnings) is for colleagues, not for guests.
	del frappe.local.message_log[shown:]
	submission.update(outcome)
	form = frappe.get_cached_doc(form_definition.FORM, submission.form)
	form_coupon.grant(submission, form, submission.email_id)
	stored = {key: submission.get(key) for key in (*outcome, "coupon", "coupon_mail")}
	frappe.db.set_value(SUBMISSION, submission.name, stored, update_modified=False)


def new_reference() -> str:
	"""A number that tells a visitor nothing about how many there are, and that nobody can guess: "F-7K2M-9QXD-4RTB"."""
	digits = [_ALPHABET[byte % len(_ALPHABET)] for byte in bytes.fromhex(frappe.generate_hash(length=24))]
	letters = "".join(digits)
	return f"F-{letters[:4]}-{letters[4:8]}-{letters[8:12]}"


def _check_token(form: Document, token: str | None) -> None:
	if not form.min_seconds:
		return
	reading = form_definition.read_token(form, token)
	if reading.verdict is form_token.Verdict.GOOD:
		return
	form_counters.note_blocked(form.name)
	frappe.local.response["new_token"] = form_definition.new_token(form.name)
	if reading.verdict is form_token.Verdict.TOO_SOON:
		frappe.throw(
			_("That was very fast. Wait {0} seconds, then send the form again.").format(reading.wait)
		)
	if reading.verdict is form_token.Verdict.EXPIRED:
		frappe.throw(_("This form was open for too long. Load the page again, then send it."))
	frappe.throw(_("This form was not shown by this site. Load the page again, then fill it in."))


def _checked_answers(form: Document, language: str, sent: Sent, asked: list[Asked]) -> Checked:
	answers = check_answers(asked, sent.answers, getdate(nowdate()))
	labels = {question.fieldname: question.label for question in asked}
	messages = {name: _sentence(error, labels[name]) for name, error in answers.errors.items()}
	consents = []
	for row in form.consents:
		name = form_definition.consent_key(row.channel)
		wording = form_definition.text(row, "wording", language)
		if sent.consents.get(name) in (True, 1, "1", "true", "on"):
			how = _("Ticked on the web form {0}", lang=language).format(form.title)[:140]
			consents.append(Consent(channel=name, answer="Granted", how=how, wording=wording))
		elif row.required:
			messages[f"consent_{name}"] = _("Please tick this box to go on.")
	if messages:
		raise AnswersRefused(messages)
	content = {
		labels[name]: form_definition.answer_shown(form, name, value, language)
		for name, value in answers.values.items()
	}
	return Checked(
		form=form,
		language=language,
		values=answers.values,
		content=content,
		consents=tuple(consents),
		utm=read_utm(sent.utm),
		page=page_address(sent.page),
		origin=form_origins.sent_origin(),
		sender=form_token.fingerprint(form_definition.secret(), client_address.current()),
	)


def _sentence(error: RuleError, label: str) -> str:
	# Sentences are made for HTML; the page shows plain text.
	return unescape(message_for(error, label))


def _attribution(form: Document, utm: Mapping[str, str]) -> tuple[str | None, str | None]:
	"""Source and campaign of the lead: what the page's utm_* name, else what the form says."""
	source, campaign = form.source, form.campaign
	if utm.get("utm_source"):
		source = (
			frappe.db.get_value("Sky Lead Source", {"name": utm["utm_source"], "enabled": 1}, "name")
			or source
		)
	if utm.get("utm_campaign"):
		known = frappe.get_all(
			"Sky Campaign",
			or_filters={"name": utm["utm_campaign"], "campaign_name": utm["utm_campaign"]},
			order_by="creation desc",
			limit=1,
			pluck="name",
		)
		campaign = known[0] if known else campaign
	return source, campaign
