"""A lead that a program sends as one of its user's own: door REST, with the user's rights."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _

from skycrm.domain.intake import REFUSED, REST, SETTABLE, Arrival
from skycrm.services import duplicate_check, duplicates, intake
from skycrm.services.idempotency import run_once
from skycrm.services.messages import ConflictError

METHOD = "leads.create"


def create(
	fields: Mapping[str, Any],
	note: str | None = None,
	utm: Mapping[str, str] | None = None,
	external_id: str | None = None,
	idempotency_key: str | None = None,
) -> dict[str, Any]:
	"""Take a lead in for the session's user, as the policy of the door REST says. One transaction.

	Args:
		fields: fields of Sky Lead out of domain/intake.py SETTABLE.
		note: what the person wrote.
		utm: utm_source and so on.
		external_id: the sender's own number for this arrival; the same one again gives the same answer.
		idempotency_key: the same key again gives the first answer.

	Returns:
		{lead, action, duplicates}: `lead` is None where it met one that the user may not read; `duplicates` are those
		that the user may read, as find_duplicates gives them.

	Raises:
		frappe.PermissionError (403): the user may not create leads.
		frappe.ValidationError (417): a field that cannot be set, or a value that is not valid.
		ConflictError (409): the policy is Refuse and the person is known; the person is coming in elsewhere right now.
		KeyReusedError (422): the key was used for another request.
	"""
	frappe.has_permission("Sky Lead", "create", throw=True)
	_check_fields(fields)
	arrival = Arrival(dict(fields), REST, note=note or "", utm=dict(utm or {}), external_id=external_id)
	# Held before the key is written: what is read from here on is as it is now, see services/person_lock.py.
	intake.lock(arrival)
	payload = [dict(fields), note, utm, external_id]
	return run_once(idempotency_key, METHOD, payload, lambda: _receive(arrival))


def _receive(arrival: Arrival) -> dict[str, Any]:
	received = intake.receive(arrival, check_rights=True)
	known = duplicates.readable(received.duplicates)
	if received.action == REFUSED:
		_refuse(known)
	lead = received.lead
	return {
		"lead": lead if lead and frappe.has_permission("Sky Lead", "read", lead) else None,
		"action": received.action,
		"duplicates": known,
	}


def _refuse(known: list[dict[str, Any]]) -> None:
	message = duplicate_check.sentence(known)
	# Not the framework's error for a duplicate: that one stands for two requests that took one name, and is tried again.
	frappe.throw(message, exc=ConflictError, title=_("Known Already"))


def _check_fields(fields: Mapping[str, Any]) -> None:
	unknown = sorted(str(key) for key in fields if key not in SETTABLE)
	if unknown:
		frappe.throw(
			_("{0} cannot be set when a lead is created. Leave it out; possible fields are: {1}.").format(
				frappe.bold(frappe.utils.escape_html(", ".join(unknown[:5]))), ", ".join(sorted(SETTABLE))
			),
			title=_("Unknown Field"),
		)
	if not any(str(value or "").strip() for value in fields.values()):
		frappe.throw(_("The lead is empty. Send at least a name, an email address or a phone number."))
