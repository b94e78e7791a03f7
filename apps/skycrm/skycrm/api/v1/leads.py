"""HTTP methods of leads: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, sbool

from skycrm.api.v1._common import count_argument, limit_calls, rule_errors_as_http, text_argument
from skycrm.api.v1._retry import with_retry
from skycrm.domain.conversion import Wish
from skycrm.services import conversion, conversion_preview, conversion_undo, duplicates
from skycrm.services import search as lead_search
from skycrm.services.idempotency import run_once

MOST_AT_ONCE = 50


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def find_duplicates(
	email_id: str | None = None,
	mobile_no: str | None = None,
	phone: str | None = None,
	tax_id: str | None = None,
	lead_name: str | None = None,
	organization: str | None = None,
	limit: int = 10,
	exclude: str | None = None,
) -> list[dict[str, Any]]:
	"""Leads, Contacts and Customers that share a key with the values given, in any spelling.

	Args:
		limit: at most this many, 1 to 100.
		exclude: name of the Sky Lead that is being edited.

	Returns:
		[{doctype, name, title, matched_on, confidence}], the surest first; only what the caller may read.
	"""
	frappe.has_permission("Sky Lead", "read", throw=True)
	return duplicates.find_duplicates(
		email_id=email_id,
		mobile_no=mobile_no,
		phone=phone,
		tax_id=tax_id,
		lead_name=lead_name,
		organization=organization,
		limit=count_argument(limit, default=10, highest=duplicates.MAX_LIMIT),
		exclude=exclude,
	)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=600, seconds=60)
@rule_errors_as_http
def search(text: str, limit: int = 20, include_converted: bool = False) -> list[dict[str, Any]]:
	"""Leads by whatever somebody typed: phone, e-mail or tax code in any spelling, or words of a name without tone marks.

	Args:
		limit: at most this many, 1 to 500.
		include_converted: also those that are customers by now.

	Returns:
		One row per lead with the fields of services/search.py, newest change first; only what the caller may read.
	"""
	return lead_search.find_leads(
		text_argument(text, _("Text")) or "",
		count_argument(limit, default=20, highest=lead_search.MAX_RESULTS),
		include_converted,
	)


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def convert(
	lead: str,
	create_opportunity: int | str | bool = 1,
	customer: str | None = None,
	contact: str | None = None,
	opportunity: str | None = None,
	idempotency_key: str | None = None,
) -> dict[str, str | None]:
	"""Make Customer, Contact, Address and Sky Opportunity out of a lead, or use known ones; all of it or nothing.

	Called again, or by several at once, it gives the first answer and makes nothing.

	Args:
		lead: name of a Sky Lead that the user may change.
		create_opportunity: 0 for none.
		customer, contact, opportunity: records to use instead of new ones.
		idempotency_key: the same key again gives the first answer.

	Returns:
		{customer, contact, address, opportunity}: names, null for what there is not.
	"""
	wish = _wish(create_opportunity, customer, contact, opportunity)

	def work() -> dict[str, str | None]:
		# Locked before the key is written: what is read from here on is as it is now, see services/conversion_lock.py.
		row = conversion.lock(lead)
		payload = [lead, wish.create_opportunity, wish.customer, wish.contact, wish.opportunity]
		return run_once(
			idempotency_key, "leads.convert", payload, lambda: conversion.convert_locked(row, wish)
		)

	return with_retry(work)


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def convert_many(leads: list[str] | str, create_opportunity: int | str | bool = 1) -> list[dict[str, Any]]:
	"""Convert several leads, each by itself: one that fails says why and does not hold up the others.

	Args:
		leads: names of Sky Leads, at most MOST_AT_ONCE.
		create_opportunity: 0 for none.

	Returns:
		For each lead {lead, converted: true, customer, contact, address, opportunity} or {lead, converted: false, error}.
	"""
	names = frappe.parse_json(leads) if isinstance(leads, str) else leads
	if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
		frappe.throw(_("Send the leads as a list of their numbers."))
	if len(names) > MOST_AT_ONCE:
		frappe.throw(_("{0} leads are too many at once. Send at most {1}.").format(len(names), MOST_AT_ONCE))
	wish = _wish(create_opportunity)
	return with_retry(lambda: conversion.convert_many(names, wish))


@frappe.whitelist(methods=["GET", "POST"])
@rule_errors_as_http
def preview_conversion(
	lead: str,
	create_opportunity: int | str | bool = 1,
	customer: str | None = None,
	contact: str | None = None,
	opportunity: str | None = None,
) -> dict[str, Any]:
	"""What `convert` with these arguments would create or reuse, field by field. Writes nothing.

	Returns:
		{lead, title, status, ready, problems, converted, customer, contact, address, opportunity, carried}, see
		services/conversion_preview.py.
	"""
	return conversion_preview.preview(lead, _wish(create_opportunity, customer, contact, opportunity))


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def undo_conversion(lead: str) -> dict[str, Any]:
	"""Take the conversion of a lead back: what it made goes, what it moved returns, the lead is as it was.

	Returns:
		{lead, status, removed: {customer, contact, address, opportunity}}. 417 with each later document that stands in
		the way.
	"""
	return with_retry(lambda: conversion_undo.undo(lead))


def _wish(
	create_opportunity: int | str | bool,
	customer: str | None = None,
	contact: str | None = None,
	opportunity: str | None = None,
) -> Wish:
	return Wish(bool(cint(sbool(create_opportunity))), customer or None, contact or None, opportunity or None)
