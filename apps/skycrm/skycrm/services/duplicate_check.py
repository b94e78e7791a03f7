"""What happens on saving when a lead looks like a known record: nothing, a warning, or a refusal, as the settings say."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_link_to_form

from skycrm.domain.duplicates import Match
from skycrm.services import lead_keys
from skycrm.services.conversion_lock import lock_leads
from skycrm.services.duplicates import (
	MAX_LIMIT,
	REFUSE_FROM,
	Keys,
	keys_to_look_up,
	matches_of,
	nobody_has,
	split_readable,
	without_empty,
)
from skycrm.services.person_lock import hold

# A name or a firm alone is no reason to interrupt anybody.
WARN_FROM = 70
SHOWN_ON_SAVE = 5
WATCHED_KEYS = ("email_key", "phone_key", "phone_key_2", "tax_key", "name_key", "organization_key")


def check_on_save(lead: Document) -> None:
	"""Warn or refuse, as the settings say, when a new lead or a lead with changed keys looks like a known record.

	One query when nobody matches. A warning links to the records that the user may read; of others it says only that they
	exist. Nothing happens for guests, who must not learn whom we know, nor with `lead.flags.ignore_duplicates`.

	Raises:
		frappe.DuplicateEntryError: the policy is Refuse and a key other than a name matches.
	"""
	policy = _policy(lead)
	if policy == "Ignore":
		return
	before = lead.get_doc_before_save()
	if before is not None and all(lead.get(key) == before.get(key) for key in WATCHED_KEYS):
		return
	if policy == "Warn" and frappe.flags.in_import:
		# Nobody reads it: the list of duplicates of the lead shows the same later.
		return
	keys = keys_of_lead(lead)
	if before is None and nobody_has(keys, lead.organization_key):
		return
	own = {(field.title(), lead.get(field)) for field in ("customer", "contact") if lead.get(field)}
	found = matches_of(keys, {("Sky Lead", lead.name or ""), *own}, lead.organization_key)
	found = [
		match for match in found if match.confidence >= (REFUSE_FROM if policy == "Refuse" else WARN_FROM)
	]
	if not found:
		return
	readable, hidden = split_readable(found[:MAX_LIMIT])
	message = _message(readable[:SHOWN_ON_SAVE], bool(hidden))
	if policy == "Refuse":
		frappe.throw(message, exc=frappe.DuplicateEntryError, title=_("Known Already"))
	frappe.msgprint(message, title=_("Possible Duplicate"), indicator="orange")


def lock_when_refusing(lead: Document) -> None:
	"""Hold the keys of a new lead until this transaction ends where duplicates are refused. For `before_insert`.

	Called before the lead has its number: whoever waits holds nothing that the other one needs. One statement, none with
	another policy.

	Raises:
		ConflictError (409): somebody else held one of the keys for too long.
	"""
	if _policy(lead) != "Refuse":
		return
	hold(
		keys_to_look_up(**{field: lead.get(field) for field in ("email_id", "mobile_no", "phone", "tax_id")})
	)


def refuse_taken_key(lead: Document) -> None:
	"""Refuse a lead whose key is held by another one, where duplicates are refused. For `on_update`, after the keys.

	The look-up on saving finds nearly all; this is the word of the unique index for what was written at the same moment.

	Raises:
		frappe.DuplicateEntryError: with the record that holds the key.
	"""
	if not lead.flags.key_taken or _policy(lead) != "Refuse":
		return
	held = lead_keys.owners(lead_keys.keys_of(lead))
	# Read as they are now: this transaction may have begun before they were there.
	others = [row.name for row in lock_leads(set(held.values()) - {lead.name})]
	if others:
		readable, hidden = split_readable([Match("Sky Lead", name) for name in others])
		message = _message(readable[:SHOWN_ON_SAVE], bool(hidden))
		frappe.throw(message, exc=frappe.DuplicateEntryError, title=_("Known Already"))


def sentence(known: list[dict[str, Any]]) -> str:
	"""Why a lead is refused: with links to the records that the user may read, or that there are others."""
	return _message([Match(row["doctype"], row["name"], row["title"]) for row in known], not known)


def _policy(lead: Document) -> str:
	"""What happens on saving to a lead that looks like a known record: Ignore, Warn or Refuse."""
	if lead.flags.ignore_duplicates or frappe.session.user == "Guest":
		return "Ignore"
	return frappe.get_cached_doc("Sky CRM Settings").get("duplicate_policy") or "Warn"


def keys_of_lead(lead: Document) -> Keys:
	# phone_key is the mobile number when there is one; the other is the second.
	first = "mobile_no" if lead.mobile_no else "phone"
	return without_empty(
		{
			"Email": {lead.email_key: "email_id"},
			"Phone": {lead.phone_key_2: "phone", lead.phone_key: first},
			"Tax": {lead.tax_key: "tax_id"},
			# A name alone, or a firm alone, is below WARN_FROM: only both together are looked for.
			"Both": {lead.name_key if lead.organization_key else None: "lead_name"},
		}
	)


def _message(readable: list[Match], some_hidden: bool) -> str:
	sentences = []
	if readable:
		links = ", ".join(
			# The title is text of a user, the link is HTML.
			get_link_to_form(match.doctype, match.name, f"{_(match.doctype)} {escape_html(match.title)}")
			for match in readable
		)
		sentences.append(
			_(
				"This lead looks like records that exist already: {0}. Open one of them before you go on."
			).format(links)
		)
	if some_hidden:
		sentences.append(
			_("It also matches a record that you may not open. Ask your manager before you go on.")
			if readable
			else _(
				"This lead matches a record that exists already and that you may not open. Ask your manager before you go on."
			)
		)
	return "<br>".join(sentences)
