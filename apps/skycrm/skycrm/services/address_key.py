"""One way of writing the address of a person per channel, so that equal addresses are equal text."""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import RuleError
from skycrm.domain.phone import phone_key
from skycrm.services.messages import throw_rule_error

PHONE_CHANNELS = frozenset({"SMS", "Call"})
# The address of somebody whose data was erased: a keyed digest in its place, see services/may_contact.py
ERASED = "erased:"


def normal_address(channel: str | None, address: str | None) -> str:
	"""The address in the one form that is stored and compared.

	In: a channel of Sky Campaign or Sky Suppression, and what was typed. Out: an email in its key form, a phone number
	as E.164, anything else without surrounding spaces. Raises RuleError when it is no email or no phone number.
	"""
	text = (address or "").strip()
	if channel == "Email":
		return email_key(text)
	if channel in PHONE_CHANNELS:
		region = frappe.get_cached_doc("Sky CRM Settings").default_phone_region or "VN"
		return phone_key(text, region)
	return text


def set_normal_address(doc: Document, channel: str | None) -> None:
	"""Write the normal form into `doc.address`; an invalid address is refused with the field's name."""
	if not doc.address or doc.address.startswith(ERASED):
		return
	try:
		doc.address = normal_address(channel, doc.address)
	except RuleError as error:
		throw_rule_error(error, _(doc.meta.get_label("address")))


def refuse_second(doc: Document, filters: dict, message: str) -> None:
	"""Refuse a record whose key exists already, with 409 as the answer over HTTP.

	The unique index of the table is what makes it certain; this only says it in a sentence.
	"""
	if frappe.db.exists(doc.doctype, {**filters, "name": ("!=", doc.name or "")}):
		frappe.throw(message, exc=frappe.DuplicateEntryError, title=_("Already there"))
