"""How much a form takes: per visitor, per form, for the whole site, and in size."""

from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint
from frappe.utils.caching import site_cache

from skycrm.services import client_address, form_counters
from skycrm.services.call_limit import over_limit

SETTINGS = "Sky CRM Settings"
MINUTE, HOUR = 60, 60 * 60
DEFAULT_KILOBYTES = 32
WORDS_SECONDS = 10 * 60


class TooLargeError(frappe.ValidationError):
	"""More was sent than the form takes: answered as 413."""

	http_status_code = 413


def check_size(form: Document) -> None:
	"""Refuse a request that is larger than the form takes.

	Raises:
		TooLargeError (413): says what is allowed.
	"""
	request = getattr(frappe.local, "request", None)
	limit = cint(form.max_kilobytes) or DEFAULT_KILOBYTES
	# Read in whole by the framework already, so its length is at hand even when the header is missing or wrong.
	if request and len(request.get_data()) > limit * 1024:
		form_counters.note_blocked(form.name)
		frappe.throw(
			_("This is too much to send: at most {0} kB fit. Shorten your text.").format(limit), TooLargeError
		)


def check_calls(form: Document) -> None:
	"""Count this call against every allowance, the narrowest first: who is over one uses up nothing of the next.

	Counted by the form's own name, never by what the request calls it, and by the address that a caller cannot make up.

	Raises:
		frappe.RateLimitExceededError (429): says how long to wait.
	"""
	settings = frappe.get_cached_doc(SETTINGS)
	visitor, everybody = f"address:{client_address.current_key()}", "everybody"
	this_form, all_forms = f"web_form:{form.name}", "web_forms"
	for what, who, calls, seconds in (
		(f"{this_form}:minute", visitor, form.address_calls_per_minute, MINUTE),
		(f"{this_form}:hour", visitor, form.address_calls_per_hour, HOUR),
		(f"{this_form}:minute", everybody, form.form_calls_per_minute, MINUTE),
		(f"{this_form}:hour", everybody, form.form_calls_per_hour, HOUR),
		(f"{all_forms}:minute", everybody, settings.web_form_calls_per_minute, MINUTE),
		(f"{all_forms}:hour", everybody, settings.web_form_calls_per_hour, HOUR),
	):
		# None: a setting that was never stored. A form has every number, its own check sees to it.
		if calls is not None and (wait := over_limit(what, who, cint(calls), seconds)):
			_refuse(form, wait)


def _refuse(form: Document, wait: int) -> NoReturn:
	form_counters.note_blocked(form.name)
	sentence, title = _words(frappe.local.lang)
	frappe.throw(sentence.format(wait), frappe.RateLimitExceededError, title=title)
	raise AssertionError  # pragma: no cover - frappe.throw has raised


@site_cache(ttl=WORDS_SECONDS)
def _words(language: str) -> tuple[str, str]:
	"""Kept by each process: a flood must not read all texts of a language with every call that it refuses."""
	return (
		_("This form was sent too often. Wait {0} seconds, then try again.", lang=language),
		_("Too Many Requests", lang=language),
	)
