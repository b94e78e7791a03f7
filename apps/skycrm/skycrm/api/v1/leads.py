"""HTTP methods of leads: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, sbool

from skycrm.api.v1._common import (
	count_argument,
	limit_calls,
	read_document,
	rule_errors_as_http,
	text_argument,
)
from skycrm.api.v1._retry import with_retry
from skycrm.api.v1.web_forms import capture as capture  # the public name is leads.capture
from skycrm.domain.conversion import Wish
from skycrm.permissions.hidden_fields import without_hidden
from skycrm.services import (
	claims,
	conversion,
	conversion_preview,
	conversion_undo,
	duplicates,
	lead_entry,
	merge_preview,
	merge_undo,
	scoring,
)
from skycrm.services import merge as lead_merge
from skycrm.services import search as lead_search
from skycrm.services.idempotency import run_once

MOST_AT_ONCE = 50


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=6000, seconds=60)
@rule_errors_as_http
def create(
	fields: dict[str, Any] | str,
	note: str | None = None,
	utm: dict[str, str] | str | None = None,
	external_id: str | None = None,
	idempotency_key: str | None = None,
) -> dict[str, Any]:
	"""Take a lead in as the policy of the door REST says: made, attached to the known lead, or refused (409).

	Args:
		fields: fields of Sky Lead, for example {"lead_name": …, "mobile_no": …}; items as [{"item_code", "qty", "note"}].
		note: what the person wrote.
		utm: utm_source, utm_medium, utm_campaign, utm_term, utm_content.
		external_id: the sender's own number for it; the same one again gives the lead of the first time.
		idempotency_key: the same key again gives the first answer; with other arguments it is refused (422).

	Returns:
		{lead, action: "Made" | "Attached", duplicates: [{doctype, name, title, matched_on, confidence}]}.
	"""
	values = _mapping(fields, _("Fields"))
	return with_retry(
		lambda: lead_entry.create(
			values,
			text_argument(note, _("Note"), longest=1000),
			{str(key): str(value) for key, value in _mapping(utm or {}, "utm").items()},
			text_argument(external_id, _("Sender's ID")),
			idempotency_key,
		)
	)


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
	"""Leads, Contacts and Customers that share a key with the values given, in any spelling, or have a near name.

	Args:
		limit: at most this many, 1 to 100.
		exclude: name of the Sky Lead that is being edited.

	Returns:
		[{doctype, name, title, matched_on, confidence}], the surest first; only what the caller may read. Rows with a
		name that is only nearly the same have {"near": {field: how alike in percent}} besides. A field that the caller may
		not see is not looked up.
	"""
	frappe.has_permission("Sky Lead", "read", throw=True)
	asked = without_hidden(
		"Sky Lead",
		{
			"email_id": email_id,
			"mobile_no": mobile_no,
			"phone": phone,
			"tax_id": tax_id,
			"lead_name": lead_name,
			"organization": organization,
		},
	)
	return duplicates.find_duplicates(
		**asked,
		limit=count_argument(limit, default=10, highest=duplicates.MAX_LIMIT),
		exclude=exclude,
		near=True,
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


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def claim(lead: str) -> dict[str, Any]:
	"""Take a lead out of the pool. Of many who try at once one gets it, the others a 409.

	Returns:
		{lead, owner, held_until}; held_until is null when claims do not end by themselves. Calling again gives the same.
	"""
	return with_retry(lambda: claims.claim(lead))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def release(lead: str) -> dict[str, Any]:
	"""Give a lead back to the pool: its owner may, and managers.

	Returns:
		{lead, owner: null, held_until: null}.
	"""
	return with_retry(lambda: claims.release(lead))


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def merge(
	primary: str, duplicates: list[str] | str, choices: dict[str, str] | str | None = None
) -> dict[str, Any]:
	"""Make one lead out of several that are one person; all of it or nothing. Everything linked moves to the one that stays.

	Called again, or by several at once, it gives the first answer and changes nothing.

	Args:
		primary: name of the Sky Lead that stays.
		duplicates: names of those that become part of it, a list or its JSON.
		choices: field → name of the lead whose value is wanted; left out fields follow the rules of domain/merge.py.

	Returns:
		The merged lead as a mapping of its fields, and `merge`: {ledger, duplicates, moved, undoable}.
	"""
	names, wanted = _names(duplicates), _choices(choices)
	return with_retry(lambda: lead_merge.merge(primary, names, wanted))


@frappe.whitelist(methods=["GET", "POST"])
@rule_errors_as_http
def preview_merge(
	leads: list[str] | str, primary: str | None = None, choices: dict[str, str] | str | None = None
) -> dict[str, Any]:
	"""What merging these leads would do, field by field. Writes nothing.

	Args:
		leads: names of all of them, a list or its JSON.
		primary: which would stay; the best of them when left out.

	Returns:
		See services/merge_preview.py.
	"""
	return merge_preview.preview(primary or None, _names(leads), _choices(choices))


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def undo_merge(lead: str, ledger: str | None = None) -> dict[str, Any]:
	"""Take a merge back: the merged leads return under their old numbers, with all that hung on them.

	Args:
		lead: the lead that stayed, or one that was merged into it.
		ledger: name of the Sky Lead Merge; the latest of the lead when left out.

	Returns:
		{lead, restored, ledger}. 417 with everything that stands in the way.
	"""
	return with_retry(lambda: merge_undo.undo(lead, ledger or None))


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def merged_into(lead: str) -> dict[str, str | None]:
	"""Where a lead is that is there no more: {lead}, the one that it became part of; null for everything else.

	Only what the caller may read is named.
	"""
	return {"lead": lead_merge.home_for_reader(lead)}


@frappe.whitelist(methods=["GET", "POST"])
@rule_errors_as_http
def merges_of(lead: str) -> list[dict[str, Any]]:
	"""The standing merges into a lead, the latest first: [{ledger, merged_on, merged_by, leads, undoable}]."""
	read_document("Sky Lead", lead)
	return lead_merge.standing_merges(lead)


def _mapping(value: dict[str, Any] | str, label: str) -> dict[str, Any]:
	mapping = frappe.parse_json(value) if isinstance(value, str) else value
	if not isinstance(mapping, dict):
		frappe.throw(_("{0} must be sent as a mapping of names to values.").format(label))
	return dict(mapping)


@frappe.whitelist(methods=["GET", "POST"])
@rule_errors_as_http
def explain_score(lead: str, as_of: str | None = None) -> list[dict[str, Any]]:
	"""Why a lead has its score.

	Args:
		lead: name of a Sky Lead that the user may read.
		as_of: a past moment; the answer is then why it had which score at that moment. Nothing is written.

	Returns:
		[{rule, points, reason, rule_id}] in the caller's language, whose points add up to `score`.
	"""
	document = read_document("Sky Lead", lead)
	return scoring.replay(document, get_datetime(as_of)) if as_of else scoring.explain(document)


def _wish(
	create_opportunity: int | str | bool,
	customer: str | None = None,
	contact: str | None = None,
	opportunity: str | None = None,
) -> Wish:
	return Wish(bool(cint(sbool(create_opportunity))), customer or None, contact or None, opportunity or None)


def _names(value: list[str] | str) -> list[str]:
	names = frappe.parse_json(value) if isinstance(value, str) else value
	if isinstance(names, str | int):
		names = [str(names)]
	if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
		frappe.throw(_("Send the leads as a list of their numbers."))
	return names


def _choices(value: dict[str, str] | str | None) -> dict[str, str]:
	choices = frappe.parse_json(value) if isinstance(value, str) else value
	if not choices:
		return {}
	if not isinstance(choices, dict) or not all(isinstance(name, str | None) for name in choices.values()):
		frappe.throw(_("Send the choices as a mapping of fields to numbers of leads."))
	return choices
