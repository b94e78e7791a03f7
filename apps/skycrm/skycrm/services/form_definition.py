"""A Sky Web Form as others see it: what it asks in one language, and what a page needs to show it."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from frappe.utils.password import get_encryption_key

from skycrm.domain import form_token
from skycrm.domain.web_form import KINDS, SELECT, Asked, Choice, known_slug, read_choices

FORM = "Sky Web Form"
VIETNAMESE, ENGLISH = "vi", "en"
# A page may lie open over night; the script of the form asks for a new token after that.
TOKEN_SECONDS = 12 * 60 * 60


def open_form(name: str) -> Document:
	"""The published form of this name, from the cache; its own `name` is the one spelling to go by.

	Raises:
		frappe.DoesNotExistError (404): no such form, or it is not published.
	"""
	form = find_form(name)
	if not form or not form.published:
		frappe.throw(
			_("This form is not open. Ask the company for another way to reach it."), frappe.DoesNotExistError
		)
	return form


def find_form(name: str | None) -> Document | None:
	"""The form of this name in any case, published or not, from the cache; None when there is none."""
	slug = known_slug(name)
	if not slug:
		return None
	messages = len(frappe.local.message_log)
	try:
		return frappe.get_cached_doc(FORM, slug)
	except frappe.DoesNotExistError:
		del frappe.local.message_log[messages:]
		return None


def language_of(form: Document, wanted: str | None = None) -> str:
	"""The language to answer in: the form's own, else the one that the page or browser asks for, else Vietnamese."""
	if form.language == "English":
		return ENGLISH
	if form.language == "Vietnamese":
		return VIETNAMESE
	return ENGLISH if (wanted or "").strip().lower().startswith(ENGLISH) else VIETNAMESE


@contextmanager
def speaking(language: str) -> Iterator[None]:
	"""Messages inside are in this language."""
	before = frappe.local.lang
	frappe.local.lang = language
	try:
		yield
	finally:
		frappe.local.lang = before


def text(doc: Document, field: str, language: str) -> str:
	"""A text that a form holds in both languages; the other one when this one is empty."""
	other = ENGLISH if language == VIETNAMESE else VIETNAMESE
	# The framework stores "<" as an entity; pages show plain text.
	return unescape(doc.get(f"{field}_{language}") or doc.get(f"{field}_{other}") or "")


def label(row: Document, language: str) -> str:
	"""What a question is called: the form's own words, else the name of the field."""
	return unescape(row.get(f"label_{language}") or _(row.field, lang=language))


def choices(row: Document, language: str) -> list[dict[str, str]]:
	"""What may be chosen, for a page."""
	return [
		{"value": choice.value, "label": _shown(choice, language)} for choice in read_choices(row.options)
	]


def asked(form: Document, language: str) -> list[Asked]:
	"""The questions of a form for the rule that checks the answers."""
	return [
		Asked(
			fieldname=KINDS[row.field].fieldname,
			input=KINDS[row.field].input,
			longest=KINDS[row.field].longest,
			label=label(row, language),
			required=bool(row.required),
			choices=tuple(choice.value for choice in read_choices(row.options)),
		)
		for row in form.form_fields
	]


def answer_shown(form: Document, fieldname: str, value: str, language: str) -> str:
	"""An answer as the visitor saw it: the words of a choice rather than the record behind it."""
	for row in form.form_fields:
		if KINDS[row.field].fieldname == fieldname and KINDS[row.field].input == SELECT:
			return next((_shown(c, language) for c in read_choices(row.options) if c.value == value), value)
	return value


def consent_key(channel: str) -> str:
	"""The name under which the tick for a channel is sent: "email", "sms" or "call"."""
	return channel.lower()


def describe(form: Document, language: str) -> dict[str, Any]:
	"""Everything that the script of a form needs; nothing of it is secret.

	The coupon is not in it: that is for those who send the form (services/form_coupon.py).
	"""
	return {
		"form": form.name,
		"language": language,
		"heading": text(form, "heading", language),
		"intro": text(form, "intro", language),
		"button": text(form, "button", language) or _("Send", lang=language),
		"accent_color": form.accent_color or "",
		"fields": [_question(row, language) for row in form.form_fields],
		"consents": [
			{
				"name": consent_key(row.channel),
				"wording": text(row, "wording", language),
				"required": bool(row.required),
			}
			for row in form.consents
		],
		"honeypot": form.honeypot_field or "website_url",
		"min_seconds": cint(form.min_seconds),
		"token": new_token(form.name),
		"texts": page_texts(language),
	}


def new_token(form: str) -> str:
	"""A token for a form that is shown now."""
	return form_token.stamp(secret(), form, time.time(), frappe.generate_hash(length=12))


def read_token(form: Document, token: str | None) -> form_token.Reading:
	"""What a token is worth for this form now."""
	return form_token.read(
		secret(), token, form.name, time.time(), least=cint(form.min_seconds), longest=TOKEN_SECONDS
	)


def secret() -> str:
	"""The key of the site; only keys derived from it for one purpose are used."""
	return get_encryption_key()


def page_texts(language: str) -> Mapping[str, str]:
	"""What the script of a form says by itself."""
	return {
		"required": _("required", lang=language),
		"choose": _("Choose…", lang=language),
		"sending": _("Sending…", lang=language),
		"fill_in": _("Please fill in this box.", lang=language),
		"tick": _("Please tick this box to go on.", lang=language),
		"check": _("Please check the boxes marked in red.", lang=language),
		"unreachable": _("The form could not be sent. Check your connection, then try again.", lang=language),
		"coupon": _("Your code", lang=language),
		"coupon_until": _("Valid until {0}", lang=language),
		"copy": _("Copy", lang=language),
		"copied": _("Copied", lang=language),
		"preview": _("Preview: nothing is sent from here.", lang=language),
		"go_on": _("Continue", lang=language),
		"trap": _("Leave this box empty", lang=language),
	}


def _question(row: Document, language: str) -> dict[str, Any]:
	kind = KINDS[row.field]
	return {
		"name": kind.fieldname,
		"input": kind.input,
		"label": label(row, language),
		"help": unescape(row.get(f"help_{language}") or ""),
		"placeholder": unescape(row.get(f"placeholder_{language}") or ""),
		"required": bool(row.required),
		"maxlength": kind.longest,
		"autocomplete": kind.autocomplete,
		"options": choices(row, language) if kind.input == SELECT else [],
	}


def _shown(choice: Choice, language: str) -> str:
	return choice.vietnamese if language == VIETNAMESE else choice.english
