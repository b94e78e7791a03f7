"""Rule errors in the user's words: the one place that turns a code of domain/errors.py into a translated sentence.

A sentence names the field, the reason and the remedy. To add one, write a line into the table below; the sentence
sits in `_()` inside a function so that it is translated per request and found by the extraction of strings.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html

from skycrm.domain.errors import Blocked, Conflict, KeyReused, NotAllowed, NotFound, RuleError


class ConflictError(frappe.ValidationError):
	"""Changed meanwhile, taken already, or a key used twice: answered as 409."""

	http_status_code = 409


class KeyReusedError(ConflictError):
	"""The key of an earlier request came with another one; answered as 422, for trying again does not help."""

	http_status_code = 422


class BlockedError(frappe.ValidationError):
	"""Other records stand in the way: answered as 417 with their names."""


# A text, and the names of the parameters for {1}, {2}, ...; {0} is always the label of the field.
Sentence = tuple[Callable[[], str], tuple[str, ...]]


def sentences() -> dict[str, Sentence]:
	"""The table: code of a rule error → its sentence, in the language of the session once it is called.

	Called one by one, for a look-up takes its time and an import may ask for thousands of them.
	"""
	return {
		"value_too_long": (
			lambda: _("{0} has {1} characters, at most {2} fit. Shorten it."),
			("length", "limit"),
		),
		"too_many_field_combinations": (
			lambda: _(
				"The fields of {0} would be seen by {1} different combinations of roles, and there are levels for {2}. Give fields that belong together the same access, and save again."
			),
			("wanted", "limit"),
		),
		"field_access_changed": (
			lambda: _(
				"Somebody else has changed who sees the fields of {0}. Load the page again, then make your changes."
			),
			(),
		),
		"value_not_text": (
			lambda: _("{0} must be written as text. Enter it as letters or digits."),
			(),
		),
		# email
		"email_has_display_name": (
			lambda: _(
				"{0} holds a name as well as an address: {1}. Enter the address alone, for example {2}."
			),
			("value", "address"),
		),
		"email_several": (
			lambda: _("{0} holds more than one address: {1}. Enter one address only."),
			("value",),
		),
		"email_no_at": (
			lambda: _("{0} has no @ sign: {1}. Enter a whole address, for example an@example.com."),
			("value",),
		),
		"email_bad_local_part": (
			lambda: _("{0} is not valid before the @ sign: {1}. Check it for spaces, dots and signs."),
			("value",),
		),
		"email_bad_domain": (
			lambda: _("{0} is not valid after the @ sign: {1}. Check the name of the mail provider."),
			("value",),
		),
		"email_invalid": (
			lambda: _("{0} is not an email address: {1}. Enter one like an@example.com."),
			("value",),
		),
		# phone
		"phone_several": (
			lambda: _("{0} holds more than one number: {1}. Enter one number only."),
			("value",),
		),
		"phone_not_a_number": (
			lambda: _("{0} is not a phone number: {1}. Enter digits only, for example 0912 345 678."),
			("value",),
		),
		"phone_too_short": (
			lambda: _("{0} has too few digits: {1}. Enter the whole number with its area or network code."),
			("value",),
		),
		"phone_too_long": (
			lambda: _("{0} has too many digits: {1}. Check it for a digit typed twice."),
			("value",),
		),
		"phone_unknown_range": (
			lambda: _(
				"{0} is not a number in use: {1}. Check the first digits, and put + and the country code before a foreign number."
			),
			("value",),
		),
		"phone_unknown_country": (
			lambda: _(
				"{0} begins with a country code that does not exist: {1}. Check the digits after the + sign."
			),
			("value",),
		),
		# tax code
		"tax_code_characters": (
			lambda: _(
				"{0} may hold digits and one dash only: {1}. Enter it like 0100109106 or 0100109106-001, or choose the country first when the firm is a foreign one."
			),
			("value",),
		),
		"tax_code_length": (
			lambda: _(
				"{0} has {2} digits: {1}. A company has 10, a branch 13 (0100109106-001), a person or household 12."
			),
			("value", "digits"),
		),
		"tax_code_check_digit": (
			lambda: _(
				"{0} does not exist: {1}. Its tenth digit does not fit the others, check it for a slip."
			),
			("value",),
		),
		"tax_code_serial": (
			lambda: _(
				"{0} does not exist: {1}. Its third to ninth digits are all zero, check it for a slip."
			),
			("value",),
		),
		"tax_code_branch": (
			lambda: _(
				"{0} ends with the branch number 000: {1}. Branches begin at 001; leave it out for the head office."
			),
			("value",),
		),
		"tax_code_person": (
			lambda: _(
				"{0} is not a personal number: {1}. Twelve digits begin with a province from 001 to 096 as on the identity card."
			),
			("value",),
		),
		# amounts
		"amount_not_a_number": (
			lambda: _("{0} is not a number: {1}. Enter digits, with a dot before the decimals."),
			("value",),
		),
		"amount_too_large": (
			lambda: _("{0} is too large to be an amount of money: {1}. Check it for a slip."),
			("value",),
		),
		# names
		"name_missing": (
			lambda: _("{0} is missing. Enter the person's name or the organisation."),
			(),
		),
		# duplicates
		"duplicate_known": (
			lambda: _(
				"{0} matches records that exist already: {1}. Open one of them, or change the details."
			),
			("records",),
		),
		"duplicate_hidden": (
			lambda: _(
				"{0} matches a record that exists already and that you may not open. Ask your manager before you go on."
			),
			(),
		),
		# stages of an opportunity
		"stage_unknown": (
			lambda: _("{0} {1} does not exist or is not in use. Choose one of these: {2}."),
			("value", "stages"),
		),
		"lost_reason_unknown": (
			lambda: _("{0} {1} does not exist or is not in use. Choose one of these: {2}."),
			("value", "reasons"),
		),
		"stage_sale_stands": (
			lambda: _("{0} cannot become {1} while these documents are submitted: {2}. Cancel them first."),
			("stage", "documents"),
		),
		# web forms
		"form_field_missing": (
			lambda: _("{0} is missing. Please fill it in."),
			(),
		),
		"form_choice_unknown": (
			lambda: _("{0}: {1} is not one of the choices. Please choose from the list."),
			("value",),
		),
		"form_date_invalid": (
			lambda: _("{0} is not a possible date: {1}. Write it like 31/12/1990."),
			("value",),
		),
		"origin_invalid": (
			lambda: _("{0} is not the address of a web site: {1}. Write it like https://www.example.com."),
			("value",),
		),
		"origin_wildcard": (
			lambda: _("{0} may not hold a star: {1}. Add each web site with its whole address."),
			("value",),
		),
		"link_not_https": (
			lambda: _("{0} must be a link that begins with https:// and is {1}. Copy it from the browser."),
			("value",),
		),
		# idempotency
		"idempotency_key_too_long": (
			lambda: _(
				"{0} has {1} characters, at most {2} are allowed. Send a shorter key, for example a UUID."
			),
			("length", "limit"),
		),
		"idempotency_key_running": (
			lambda: _(
				"{0} belongs to a request that is still running. Wait a moment, then send the same request again."
			),
			(),
		),
		"idempotency_key_reused": (
			lambda: _("{0} was used already for another request. Send a new key with the changed request."),
			(),
		),
		# reminders
		"snooze_not_a_time": (
			lambda: _("{0} is no time: {1}. Choose one from the list, or a day and an hour."),
			("value",),
		),
		"snooze_in_the_past": (
			lambda: _("{0} is over already: {1}. Choose a time that lies ahead."),
			("value",),
		),
		"snooze_too_far": (
			lambda: _("{0} is too far away: {1}. Choose a time within {2} days."),
			("value", "days"),
		),
		# webhooks of other programs
		"json_path_wrong": (
			lambda: _(
				"{0} cannot be read: {1}. Write it like contact.email, items[0].name or field_data[name=email].values[0]."
			),
			("value",),
		),
		"mapping_target": (
			lambda: _("{0} names a field that cannot be filled this way: {1}. Choose one of the list."),
			("value",),
		),
		"mapping_transform": (
			lambda: _("{0} is to read a value in an unknown way: {1}. Choose one of the list."),
			("value",),
		),
		"mapping_nothing": (
			lambda: _("{0} brings nothing for {1}. Enter a path in the payload or a fixed value."),
			("value",),
		),
		"mapping_date": (
			lambda: _("{0} is not a date as the mapping expects it: {1}. Choose another way to read it."),
			("value",),
		),
		"mapping_yes_no": (
			lambda: _("{0} is neither yes nor no: {1}. Add the word to the words sent and stored."),
			("value",),
		),
		"payload_not_readable": (
			lambda: _("{0} is not JSON. Send a JSON body or the fields of a form, in UTF-8."),
			(),
		),
		"webhook_event_known": (
			lambda: _("{0} was received before: {1}. Nothing was changed."),
			("value",),
		),
		"webhook_event_done": (
			lambda: _("{0} is not failed, so there is nothing to try again."),
			(),
		),
		# opportunity
		"qty_not_positive": (
			lambda: _("{0} must be above 0 and is {1}. Enter how many are to be sold, or remove the row."),
			("value",),
		),
		"discount_out_of_range": (
			lambda: _(
				"{0} must be between 0 and 100 and is {1}. To charge more than the list price, enter the rate."
			),
			("value",),
		),
		"price_negative": (
			lambda: _("{0} must not be below 0 and is {1}. Enter the price before discount."),
			("value",),
		),
		"rate_negative": (
			lambda: _("{0} must not be below 0 and is {1}. Enter what the customer pays for one unit."),
			("value",),
		),
		"probability_out_of_range": (
			lambda: _("{0} must be between 0 and 100 and is {1}. Enter how sure this sale is, in percent."),
			("value",),
		),
	}


def labels() -> dict[str, Callable[[], str]]:
	"""Beginning of a code → the label for a caller that has no field at hand."""
	return {
		"email": lambda: _("Email"),
		"phone": lambda: _("Phone number"),
		"tax": lambda: _("Tax code"),
		"name": lambda: _("Name"),
		"duplicate": lambda: _("This record"),
		"stage": lambda: _("Stage"),
		"snooze": lambda: _("The time of the reminder"),
		"idempotency": lambda: _("The idempotency key"),
		"json": lambda: _("The path"),
		"mapping": lambda: _("The mapping"),
		"payload": lambda: _("The payload"),
		"webhook": lambda: _("This event"),
	}


def message_for(error: RuleError, label: str | None = None) -> str:
	"""The sentence for an error, in the language of the session, safe to show as HTML.

	Args:
		error: what a rule raised.
		label: the translated label of the field; without it a word that fits the kind of error.

	Returns:
		A whole sentence. An unknown code gives a general sentence that names the code, never an exception.
	"""
	shown_label = escape_html(label) if label else _default_label(error.code)
	found = sentences().get(error.code)
	if not found:
		value = escape_html(str(error.params.get("value", "")))
		return _("{0} is not accepted: {1} ({2}). Check it and try again.").format(
			shown_label, value, escape_html(error.code)
		)
	sentence, names = found
	return sentence().format(shown_label, *(_shown(error.params.get(name, "")) for name in names))


def exception_for(error: RuleError) -> type[Exception]:
	"""The framework's exception, and with it the HTTP status, that stands for a rule error.

	403 NotAllowed, 404 NotFound, 409 Conflict, 422 KeyReused, 417 everything else.
	"""
	if isinstance(error, NotAllowed):
		return frappe.PermissionError
	if isinstance(error, NotFound):
		return frappe.DoesNotExistError
	if isinstance(error, KeyReused):
		return KeyReusedError
	if isinstance(error, Conflict):
		return ConflictError
	if isinstance(error, Blocked):
		return BlockedError
	return frappe.ValidationError


def throw_rule_error(error: RuleError, label: str | None = None, title: str | None = None) -> NoReturn:
	"""Raise the framework's exception for a rule error, with its sentence as the message for the user."""
	frappe.throw(message_for(error, label), exc=exception_for(error), title=title)
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def _default_label(code: str) -> str:
	prefix = code.split("_", 1)[0]
	label = labels().get(prefix)
	return label() if label else _("The value")


def _shown(value: Any) -> str:
	if isinstance(value, list | tuple):
		return ", ".join(_shown(item) for item in value)
	return escape_html(str(value))
