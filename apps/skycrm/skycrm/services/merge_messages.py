"""Rule errors of merging in the user's words; see services/messages.py."""

from collections.abc import Callable, Mapping
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html, get_link_to_form

from skycrm.domain.errors import RuleError
from skycrm.services.merge_links import LEAD
from skycrm.services.messages import BlockedError, ConflictError, exception_for, message_for


def _sentences() -> Mapping[str, tuple[Callable[[], str], tuple[str, ...]]]:
	"""Code of a rule error → its sentence, and the parameters for {0}, {1}, ..."""
	return {
		"merge_nothing": (lambda: _("No lead is selected to be merged. Select at least two leads."), ()),
		"merge_with_itself": (
			lambda: _("Lead {0} cannot be merged into itself. Take it out of the duplicates."),
			("value",),
		),
		"merge_too_many": (
			lambda: _("{0} leads are too many at once. Merge at most {1}, then the others."),
			("value", "limit"),
		),
		"merge_converted_duplicate": (
			lambda: _(
				"Lead {0} is converted and cannot be merged into another one. Make it the lead that stays, or undo its conversion first."
			),
			("name",),
		),
		"merge_converted_twice": (
			lambda: _(
				"More than one of these leads is converted, {0} too, so their customers would be mixed up. Undo one of the conversions first, or leave the leads apart."
			),
			("name",),
		),
		"merge_choice_field": (
			lambda: _("There is nothing to choose in field {0}. Take it out of the choices."),
			("value",),
		),
		"merge_choice_record": (
			lambda: _(
				"The value of {1} was to come from lead {0}, which is not one of the leads to be merged. Choose one of them."
			),
			("value", "field"),
		),
		"merge_choice_converted": (
			lambda: _(
				"{0} cannot be taken from another lead, for the lead that stays is converted and keeps its values."
			),
			("field",),
		),
	}


def sentence_for(error: RuleError) -> str:
	"""The sentence for a rule of merging, safe to show as HTML."""
	found = _sentences().get(error.code)
	if not found:
		return message_for(error)
	sentence, names = found
	return sentence().format(*(frappe.bold(escape_html(_label(name, error.params))) for name in names))


def throw(error: RuleError) -> NoReturn:
	"""Raise the framework's exception for a rule of merging."""
	frappe.throw(sentence_for(error), exc=exception_for(error), title=_("Cannot merge"))
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def _label(name: str, params: Mapping[str, object]) -> str:
	value = str(params.get(name, ""))
	if name == "field" and (df := frappe.get_meta(LEAD).get_field(value)):
		return _(df.label)
	return value


def throw_elsewhere(lead: str, home: str) -> NoReturn:
	"""The lead was merged into another one meanwhile (409)."""
	frappe.throw(
		_("Lead {0} was merged into lead {1} already. Open that one and go on there.").format(
			frappe.bold(escape_html(lead)), get_link_to_form(LEAD, home)
		),
		exc=ConflictError,
		title=_("Merged already"),
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def throw_unknown(lead: str) -> NoReturn:
	"""There is no such lead (404)."""
	frappe.throw(
		_("Lead {0} does not exist. Check its number.").format(frappe.bold(escape_html(lead))),
		exc=frappe.DoesNotExistError,
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def throw_blocked(lead: str, obstacles: list[str]) -> NoReturn:
	"""What stands in the way of an undo, each as a sentence in HTML (417)."""
	frappe.throw(
		_("The merge into lead {0} cannot be undone:").format(frappe.bold(escape_html(lead)))
		+ "<ul>"
		+ "".join(f"<li>{obstacle}</li>" for obstacle in obstacles)
		+ "</ul>",
		exc=BlockedError,
		title=_("Cannot undo"),
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised
