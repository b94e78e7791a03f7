"""HTTP methods around who works on a lead: why it was given to whom, trying rules, giving out, claiming many."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, read_document, rule_errors_as_http, text_argument
from skycrm.api.v1._retry import with_retry
from skycrm.services import assignment, assignment_log, bulk, claim_many, claims, handing_on
from skycrm.services.assignment_batch import assign_selected

RULE = "Sky Assignment Rule"


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=600, seconds=60)
@rule_errors_as_http
def explain(lead: str) -> list[dict[str, Any]]:
	"""Why a lead was given to whom, the latest decision first: see services/assignment_log.explain."""
	read_document("Sky Lead", lead)
	return assignment_log.explain(lead)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def try_rule(
	rule: dict[str, Any] | str | None = None,
	lead: str | None = None,
	values: dict[str, Any] | str | None = None,
) -> dict[str, Any]:
	"""Who would get a lead now, and why; nothing is changed.

	Args:
		rule: name of a Sky Assignment Rule, or the record as its form has it; all rules in use when left out.
		lead: name of a Sky Lead to try with.
		values: fieldname → value of a lead to try with, instead of `lead`.

	Returns:
		{fits: false}, or {fits: true, rule, user, user_name, outcome, reason, passed_over}.
	"""
	frappe.has_permission(RULE, "read", throw=True)
	sample = read_document("Sky Lead", lead) if lead else _mapping(values or {}, _("Values"))
	return assignment.try_rules(sample, _rules(rule))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def assign_many(leads: list[str] | str) -> dict[str, Any]:
	"""Give leads without owner out by the rules; for managers.

	Returns:
		{queued, outcomes: [{name, title, done, message}]}; outcomes are empty while queued.
	"""
	names = _list(leads)
	return with_retry(lambda: assign_selected(names))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def claim_selected(leads: list[str] | str) -> dict[str, Any]:
	"""Claim several leads out of the pool, each by itself.

	Returns:
		{queued: false, outcomes: [{name, title, done, message}]}.
	"""
	names = _list(leads)
	bulk.check_number(names)
	if len(names) > bulk.NOW_LIMIT:
		frappe.throw(
			_("{0} leads are too many at once. Claim at most {1}.").format(len(names), bulk.NOW_LIMIT)
		)
	return {"queued": False, "outcomes": with_retry(lambda: claim_many.claim(names))}


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
@rule_errors_as_http
def hand_on(lead: str, user: str, note: str | None = None) -> dict[str, Any]:
	"""Give a lead to somebody else: its owner may, and managers.

	Returns:
		{lead, owner, held_until}.
	"""
	text = text_argument(note, _("Note"), longest=500) or ""
	return with_retry(lambda: handing_on.hand_on(lead, user, text))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=600, seconds=60)
@rule_errors_as_http
def claim_state(lead: str) -> dict[str, Any]:
	"""What the caller may do with a lead: {may_claim, may_release, owner, owner_name, held_until}."""
	return claims.state(read_document("Sky Lead", lead))


def _rules(rule: dict[str, Any] | str | None) -> list | None:
	if not rule:
		return None
	if isinstance(rule, str) and frappe.db.exists(RULE, rule):
		return assignment.rules_of(rule)
	values = _mapping(rule, _("Rule"))
	document = frappe.get_doc({**values, "doctype": RULE})
	return assignment.rules_of(document)


def _mapping(value: dict[str, Any] | str, label: str) -> dict[str, Any]:
	mapping = frappe.parse_json(value) if isinstance(value, str) else value
	if not isinstance(mapping, dict):
		frappe.throw(_("{0} must be sent as a mapping of names to values.").format(label))
	return dict(mapping)


def _list(value: list[str] | str) -> list[str]:
	names = frappe.parse_json(value) if isinstance(value, str) else value
	if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
		frappe.throw(_("Send the leads as a list of their numbers."))
	return list(dict.fromkeys(names))
