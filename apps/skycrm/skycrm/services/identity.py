"""Who a lead is: its identity keys and the parts of its name, written on every save.

The rules are in domain/; here they meet the document. Nothing is read from the database but cached settings and, for a
lead that names its country or writes a title before a name, one cached master.
"""

from collections.abc import Callable
from html import unescape
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import RuleError
from skycrm.domain.near_names import backwards
from skycrm.domain.person_name import (
	PersonName,
	join_full_name,
	person_name_key,
	reads_given_first,
	split_full_name,
)
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.search_terms import search_text
from skycrm.domain.tax_code import foreign_tax_key, tax_key
from skycrm.domain.text import clean, name_key, org_name_key
from skycrm.services.messages import message_for

# Width of a Data column. Longer keys are cut, on both sides of every comparison.
KEY_LENGTH = 140

TEXT_FIELDS = (
	"lead_name",
	"first_name",
	"middle_name",
	"last_name",
	"organization",
	"email_id",
	"mobile_no",
	"phone",
)
NAME_PARTS = ("last_name", "middle_name", "first_name")
# Checked here by rules that know more than the framework's patterns, which refuse what people do write
# ("0912 345 678 ext 12") and would stop an import at a value that is to be kept.
CHECKED_HERE = ("email_id", "mobile_no", "phone")


class KeepsImportedText:
	"""Mixin for a Document whose addresses and numbers are checked by `set_identity` alone."""

	def _validate_data_fields(self) -> None:
		kept = {field: self.get(field) for field in CHECKED_HERE}
		self.update(dict.fromkeys(CHECKED_HERE))
		try:
			super()._validate_data_fields()
		finally:
			self.update(kept)


def set_identity(lead: Document) -> None:
	"""Fill the parts of the name and the identity keys of a Sky Lead; called by its validate.

	A value that cannot be what its field says stops the save with every such field, the reason and the remedy. It is kept
	as text with an empty key and a line in `data_issues` instead when the lead comes from an import
	(`frappe.flags.in_import`), when the caller asks for it (`lead.flags.keep_invalid_values`), or when it was in the
	lead before and is not touched by this save.

	Raises:
		frappe.ValidationError: invalid values on typed entry.
	"""
	settings = frappe.get_cached_doc("Sky CRM Settings")
	for fieldname in TEXT_FIELDS:
		lead.set(fieldname, _tidy(lead.get(fieldname)))
	before = lead.get_doc_before_save()
	family_first = settings.get("family_name_first")
	# A setting that was never saved is empty: the default holds.
	_set_names(lead, before, True if family_first is None else bool(family_first))

	checks = _Checks(lead, before)
	region = settings.get("default_phone_region") or DEFAULT_REGION
	country = country_code(lead.get("country"), region)
	email = checks.key("email_id", email_key)
	phones = [checks.key("mobile_no", phone_key, region), checks.key("phone", phone_key, region)]
	tax = checks.key("tax_id", tax_key, country)
	if tax and country == DEFAULT_REGION:
		# Invoices print it: the official shape, whatever was typed around it.
		lead.tax_id = tax
	checks.finish()

	first_phone, second_phone = _two_phones(phones)
	name = _column(quiet(person_name_key, lead.lead_name))
	organization = _column(quiet(org_name_key, lead.organization))
	lead.update(
		{
			"email_key": _column(email),
			"phone_key": first_phone,
			"phone_key_2": second_phone,
			"tax_key": _column(tax),
			"name_key": name,
			"organization_key": organization,
			"name_key_back": _back(name),
			"organization_key_back": _back(organization),
			"search_text": search_text(*_searchable(lead.lead_name, lead.organization)) or None,
		}
	)


def country_code(country: str | None, default: str = DEFAULT_REGION) -> str:
	"""ISO code in capitals of a Country record, `default` for none. Cached."""
	if not country:
		return default
	return (frappe.get_cached_value("Country", country, "code") or default).upper()


def quiet(rule: Callable[..., str], value: Any, *arguments: Any) -> str:
	"""The key of a value, "" when it has none: for look-ups and for records that others keep."""
	try:
		return rule(value, *arguments)
	except RuleError:
		return ""


def tax_key_to_look_up(value: Any) -> str:
	"""The key under which a tax code of unknown country is stored: the Vietnamese one, else its letters and digits."""
	return (quiet(tax_key, value) or quiet(foreign_tax_key, value))[:KEY_LENGTH]


class _Checks:
	"""Collects what is wrong with a lead, so that one message names all of it."""

	def __init__(self, lead: Document, before: Document | None) -> None:
		self.lead = lead
		self.before = before
		self.keep_all = bool(frappe.flags.in_import or lead.flags.keep_invalid_values)
		self.kept: list[str] = []
		self.refused: list[str] = []

	def key(self, fieldname: str, rule: Callable[..., str], *arguments: Any) -> str:
		value = self.lead.get(fieldname)
		try:
			return rule(value, *arguments)
		except RuleError as error:
			text = message_for(error, _(self.lead.meta.get_label(fieldname)))
			untouched = self.before is not None and self.before.get(fieldname) == value
			(self.kept if self.keep_all or untouched else self.refused).append(text)
			return ""

	def finish(self) -> None:
		if self.refused:
			frappe.throw(
				self.refused if len(self.refused) > 1 else self.refused[0],
				title=_("Check What You Entered"),
				as_list=len(self.refused) > 1,
			)
		# Sentences are made for HTML; the field shows plain text.
		self.lead.data_issues = unescape("\n".join(self.kept)) or None


def _set_names(lead: Document, before: Document | None, family_first: bool) -> None:
	"""Full name and parts follow each other: whichever was given, or was changed, makes the other."""
	parts_given = any(lead.get(part) for part in NAME_PARTS)
	if before is None:
		if lead.lead_name and not parts_given:
			_set_parts(lead, family_first)
		elif parts_given and not lead.lead_name:
			lead.lead_name = _joined(lead, family_first)
		return
	name_changed = (lead.lead_name or "") != (before.lead_name or "")
	parts_changed = any((lead.get(part) or "") != (before.get(part) or "") for part in NAME_PARTS)
	if name_changed and not parts_changed:
		if lead.lead_name:
			_set_parts(lead, family_first)
		else:
			lead.update(dict.fromkeys(NAME_PARTS))
	elif parts_changed and (not name_changed or not lead.lead_name):
		lead.lead_name = _joined(lead, family_first)


def _set_parts(lead: Document, family_first: bool) -> None:
	parts = _parts(lead.lead_name, family_first)
	lead.last_name, lead.middle_name, lead.first_name = parts.family, parts.middle, parts.given
	# The framework has looked at links already at this point, so make sure that the record is there.
	if (
		parts.salutation
		and not lead.salutation
		and frappe.db.exists("Salutation", parts.salutation, cache=True)
	):
		lead.salutation = parts.salutation


def _parts(full_name: str, family_first: bool) -> PersonName:
	try:
		return split_full_name(full_name, family_first)
	except RuleError:
		# Longer than any name: the framework's own check of the length says so to the user.
		return PersonName("", "", full_name)


def _joined(lead: Document, family_first: bool) -> str:
	parts = [lead.get(part) or "" for part in NAME_PARTS]
	return join_full_name(*parts, family_first=family_first and not reads_given_first(*parts))


def _searchable(*names: str | None) -> list[str]:
	return [name for name in names if name and quiet(name_key, name)]


def _two_phones(keys: list[str]) -> tuple[str | None, str | None]:
	first, second, *_rest = [*(_column(key) for key in dict.fromkeys(keys) if key), None, None]
	return first, second


def _tidy(value: Any) -> Any:
	"""Typed text without what nobody sees: other values stay for the framework to judge."""
	try:
		return clean(value) or None if isinstance(value, str) else value
	except RuleError:
		return value


def _column(key: str) -> str | None:
	return key[:KEY_LENGTH] or None


def _back(key: str | None) -> str | None:
	"""The key from its end, by which near names are found, see domain/near_names.py."""
	return backwards(key) if key else None
