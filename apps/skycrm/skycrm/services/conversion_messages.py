"""The sentences of a conversion: from a rule's code to what the user reads."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html

from skycrm.domain.conversion import PartPlan
from skycrm.domain.conversion_match import CHOSEN, CREATE, REUSE
from skycrm.domain.errors import RuleError
from skycrm.permissions.hidden_fields import PREFIX, hidden
from skycrm.services.messages import exception_for, message_for

# A text, and the names of the parameters for {0}, {1}, ...; "field" is shown as its label.
Sentence = tuple[Callable[[], str], tuple[str, ...]]


def _sentences() -> dict[str, Sentence]:
	"""Code of a rule → its sentence, in the language of the session once it is called."""
	return {
		"conversion_name_missing": (
			lambda: _("{0} is missing. Enter the person's name or the organization, then convert the lead."),
			("field",),
		),
		"conversion_value_invalid": (
			lambda: _("{0} is not valid: {1}. Correct it or empty the field, then convert the lead."),
			("field", "value"),
		),
		"conversion_qty_negative": (
			lambda: _("The quantity of item {0} is below zero: {1}. Correct it, then convert the lead."),
			("item", "value"),
		),
		"conversion_opportunity_unwanted": (
			lambda: _(
				"Opportunity {0} was chosen, and no opportunity was asked for. Leave one of the two out."
			),
			("opportunity",),
		),
		"conversion_opportunity_closed": (
			lambda: _("Opportunity {0} is closed ({1}). Choose an open one, or let a new one be made."),
			("opportunity", "status"),
		),
		"conversion_opportunity_other_customer": (
			lambda: _("Opportunity {0} belongs to customer {1}, not to {2}. Choose records of one customer."),
			("opportunity", "customer", "chosen"),
		),
		"conversion_contact_other_customer": (
			lambda: _(
				"Contact {0} belongs to customer {1}, not to {2}. Choose a contact of that customer, or leave the contact empty."
			),
			("contact", "customer", "chosen"),
		),
		"conversion_not_converted": (
			lambda: _("This lead is not converted (status {0}), so there is nothing to take back."),
			("status",),
		),
		"conversion_not_recorded": (
			lambda: _("There is no record of this lead's conversion, so it cannot be taken back by itself."),
			(),
		),
	}


def _reasons() -> dict[str, Callable[[], str]]:
	"""Why a record is taken, or not: shown beside each candidate."""
	return {
		"chosen": lambda: _("Chosen by you."),
		"linked": lambda: _("It is linked to this lead."),
		"tax": lambda: _("It has the same tax code."),
		"email": lambda: _("It has the same email, and the names agree."),
		"phone": lambda: _("It has the same phone number, and the names agree."),
		"person": lambda: _("The lead's person is a contact of it."),
		"name": lambda: _("The organization has the same name."),
		"disabled": lambda: _("It is disabled, so it is not used."),
		"tax_differs": lambda: _("It has another tax code, so it is another firm."),
		"name_differs": lambda: _("The names differ, so it is not used without being chosen."),
		"name_alone": lambda: _("Only the name is the same, so it is not used without being chosen."),
		"none_found": lambda: _("Nothing known matches, so a new record is made."),
		"none_certain": lambda: _("Nothing known matches for certain, so a new record is made."),
		"no_place": lambda: _("The lead has no address line and no city."),
		"wanted": lambda: _("A new opportunity is made."),
		"not_wanted": lambda: _("No opportunity was asked for."),
	}


def sentence_for(error: RuleError, labels: Mapping[str, str] | None = None) -> str:
	"""The sentence for a rule of the conversion, safe to show as HTML.

	Args:
		error: what the rule raised.
		labels: translated label per field name.
	"""
	found = _sentences().get(error.code)
	if not found:
		return message_for(error)
	sentence, names = found
	values = []
	for name in names:
		value = error.params.get(name, "")
		shown = (
			(labels or {}).get(value, value) if name == "field" else _(value) if name == "status" else value
		)
		values.append(frappe.bold(escape_html(str(shown))))
	return sentence().format(*values)


def throw_conversion_error(error: RuleError, labels: Mapping[str, str] | None = None) -> NoReturn:
	"""Raise the framework's exception for a rule of the conversion."""
	frappe.throw(sentence_for(error, labels), exc=exception_for(error), title=_("Cannot convert"))
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def reason_text(code: str) -> str:
	"""Why a record is taken or not, as a sentence."""
	reason = _reasons().get(code)
	return reason() if reason else ""


def choice_text(part: PartPlan) -> str:
	"""What happens to one of the four records, and why."""
	reason = reason_text(part.reason)
	if part.action == CREATE:
		return _("A new {0} is made. {1}").format(_(part.doctype), reason)
	if part.action in (REUSE, CHOSEN):
		text = _("{0} {1} is used. {2}").format(_(part.doctype), part.name, reason)
		if part.ambiguous:
			text = _("{0} Another one fits as well; the oldest is taken unless you choose.").format(text)
		return text
	return _("No {0} is made. {1}").format(_(part.doctype), reason)


def no_right_text(doctype: str, ptype: str = "create") -> str:
	"""That the user may not make a record, and whom to ask: the roles that may."""
	roles = sorted(
		{
			_(row.role)
			for row in frappe.get_meta(doctype).permissions
			if row.get(ptype) and not row.permlevel and row.role not in ("Administrator", "All", "Guest")
		}
	)
	return _(
		"You may not create a {0}. Ask someone with one of these roles to convert the lead: {1}."
	).format(_(doctype), ", ".join(roles))


def field_rows(doctype: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
	"""Values as rows `{fieldname, label, value}` in the order of the form; tables as lists of such rows.

	Without what the session's user may not see: of the lead, whose values they are, and of what is made out of it.
	"""
	meta = frappe.get_meta(doctype)
	closed = hidden("Sky Lead") | (hidden(doctype) if doctype.startswith(PREFIX) else frozenset())
	order = {df.fieldname: index for index, df in enumerate(meta.fields)}
	rows = []
	for fieldname in sorted(values, key=lambda name: order.get(name, len(order))):
		df = meta.get_field(fieldname)
		if not df or fieldname in closed or values[fieldname] in (None, "", []):
			continue
		value = values[fieldname]
		if df.fieldtype == "Table":
			value = [field_rows(df.options, row) for row in value]
		rows.append({"fieldname": fieldname, "label": _(df.label), "value": value})
	return rows


def labels_of(doctype: str, fieldnames: Iterable[str]) -> dict[str, str]:
	"""The translated labels of some fields."""
	meta = frappe.get_meta(doctype)
	return {fieldname: _(meta.get_label(fieldname)) for fieldname in fieldnames}
