"""The ledger of consents, DocType Sky Consent Record: a row for each answer, never changed afterwards.

The fields of the lead and of the contact hold the state of today; the ledger says when, how, through which door and
to which words. Whoever writes a consent field through a document gets the row by itself (`note_changes`); `record` and
`record_many` are for doors that write past the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime, now, now_datetime

from skycrm.domain.consent import CHANNELS, LABEL, LEFT_OUT, UNKNOWN, ledger_answer

if TYPE_CHECKING:
	from skycrm.domain.intake import Consent

LEDGER = "Sky Consent Record"
LEAD, CONTACT = "Sky Lead", "Contact"
COLUMNS = (
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"lead",
	"contact",
	"customer",
	"channel",
	"answer",
	"how",
	"wording",
	"given_on",
	"given_by",
	"door",
	"reference_doctype",
	"reference_name",
)


def contact_field(channel: str) -> str:
	"""The custom field of Contact that holds the state of a channel."""
	return f"sky_{channel}_consent"


def record(
	lead: str | Document,
	consent: Consent,
	door: str,
	reference_doctype: str | None = None,
	reference_name: str | None = None,
) -> None:
	"""Write down what somebody answered: in the ledger, in the lead, and in the contact that the lead became.

	The latest answer of the person is the state. The caller has checked its own right; none is asked for here. A lead
	that is not stored yet gets its fields now and the row when it is inserted.

	Args:
		lead: name, or the document.
		consent: channel, answer, how, wording (domain/intake.py).
		door: through which it came, see domain/intake.py.
		reference_doctype, reference_name: the record that shows it, for example a form submission.
	"""
	if isinstance(lead, Document) and lead.is_new():
		_prepare(lead, consent, door, reference_doctype, reference_name)
		return
	name = lead if isinstance(lead, str) else lead.name
	record_many([(name, consent)], door, reference_doctype, reference_name)
	if isinstance(lead, Document):
		lead.reload()


def record_many(
	entries: Iterable[tuple[str, Consent]],
	door: str,
	reference_doctype: str | None = None,
	reference_name: str | None = None,
) -> int:
	"""`record` for many stored leads, set by set: one read, one insert, one update per channel and answer.

	Args:
		entries: (name of the lead, consent), in the order in which they were given.

	Returns:
		How many rows were written.
	"""
	given = list(entries)
	if not given:
		return 0
	fields = [f"{channel}_consent" for channel in CHANNELS]
	leads = {
		row.name: row
		for row in frappe.get_all(
			LEAD,
			filters={"name": ("in", sorted({name for name, _consent in given}))},
			fields=["name", "contact", "customer", *fields],
		)
	}
	moment = now()
	rows: list[dict[str, Any]] = []
	last: dict[tuple[str, str], Consent] = {}
	for name, consent in given:
		lead = leads.get(name)
		if not lead or consent.channel not in CHANNELS:
			continue
		field = f"{consent.channel}_consent"
		answer = ledger_answer(lead.get(field), consent.answer)
		if not answer:
			continue
		rows.append(
			_row(
				consent.channel,
				answer,
				lead=name,
				contact=lead.contact,
				customer=lead.customer,
				how=consent.how,
				wording=consent.wording,
				given_on=moment,
				door=door,
				reference_doctype=reference_doctype,
				reference_name=reference_name,
			)
		)
		lead[field] = consent.answer
		last[name, consent.channel] = consent
	insert_rows(rows)
	_set_states(leads, last, moment)
	return len(rows)


def note_changes(lead: Document) -> None:
	"""Write a row for each consent field that a save of a lead has changed. No query when none has.

	`lead.flags.sky_door` names the door; without it the request tells it.
	"""
	before = lead.get_doc_before_save() or {}
	said = lead.flags.pop("sky_consents", None) or {}
	rows = []
	for channel in CHANNELS:
		field, how = f"{channel}_consent", f"{channel}_consent_how"
		old, new = before.get(field) or UNKNOWN, lead.get(field) or UNKNOWN
		if old == new and (before.get(how) or "") == (lead.get(how) or "") and channel not in said:
			continue
		if answer := ledger_answer(old, new):
			rows.append(
				_row(
					channel,
					answer,
					lead=lead.name,
					contact=lead.contact,
					customer=lead.customer,
					how=lead.get(how) or before.get(how),
					given_on=lead.get(f"{field}_on") or now(),
					**{"door": door_of(lead), **said.get(channel, {})},
				)
			)
	insert_rows(rows)


def note_contact_changes(contact: Document) -> None:
	"""The same for a Contact, by its fields `sky_<channel>_consent`. No query when none has changed."""
	before = contact.get_doc_before_save() or {}
	insert_rows(
		_row(channel, answer, contact=contact.name, given_on=now(), door=door_of(contact))
		for channel in CHANNELS
		if (before.get(contact_field(channel)) or UNKNOWN) != (contact.get(contact_field(channel)) or UNKNOWN)
		and (answer := ledger_answer(before.get(contact_field(channel)), contact.get(contact_field(channel))))
	)


def note_override(lead: str | None, contact: str | None, channel: str, addresses: str) -> None:
	"""Write down that somebody decided to write in spite of a refusal."""
	insert_rows(
		[
			_row(
				channel,
				"Overridden",
				lead=lead,
				contact=contact,
				given_on=now(),
				door="Desk",
				wording=addresses,
			)
		]
	)


def note_left_out(people: Iterable[Mapping[str, Any]], subject: str, queue: str) -> None:
	"""Write down that a mail which was waiting when the refusal came did not go to these people.

	Args:
		people: {lead, contact, customer}, as far as there are any.
		subject: of the mail.
		queue: name of the Email Queue.
	"""
	moment = now()
	insert_rows(
		_row(
			"email",
			LEFT_OUT,
			**person,
			given_on=moment,
			door="Job",
			wording=subject,
			reference_doctype="Email Queue",
			reference_name=queue,
		)
		for person in people
	)


def carried(lead: Document, contact: str, customer: str, at: str) -> list[dict[str, Any]]:
	"""Rows that tell under the contact what its lead had answered; the caller inserts them with `insert_rows`."""
	return [
		_row(
			channel,
			lead.get(f"{channel}_consent"),
			lead=lead.name,
			contact=contact,
			customer=customer,
			how=lead.get(f"{channel}_consent_how"),
			given_on=lead.get(f"{channel}_consent_on") or at,
			door="Conversion",
		)
		for channel in CHANNELS
		if (lead.get(f"{channel}_consent") or UNKNOWN) != UNKNOWN
	]


def insert_rows(rows: Iterable[Mapping[str, Any]]) -> None:
	"""Insert ledger rows with one statement; they have no rules of their own to run."""
	values = [tuple(row.get(column) for column in COLUMNS) for row in rows]
	if values:
		frappe.db.bulk_insert(LEDGER, COLUMNS, values)


def door_of(doc: Document) -> str:
	"""Through which door this save comes, as far as the request tells."""
	if doc.flags.sky_door:
		return doc.flags.sky_door
	if frappe.flags.in_import:
		return "File Import"
	request = getattr(frappe.local, "request", None)
	if request is not None:
		return "REST" if (request.path or "").startswith(("/api/resource/", "/api/v2/document/")) else "Desk"
	return "Job"


def _prepare(
	lead: Document, consent: Consent, door: str, reference_doctype: str | None, reference_name: str | None
) -> None:
	field = f"{consent.channel}_consent"
	lead.update(
		{
			field: consent.answer,
			f"{field}_how": consent.how,
			f"{field}_on": lead.get(f"{field}_on") or now_datetime(),
		}
	)
	said = lead.flags.setdefault("sky_consents", {})
	said[consent.channel] = {
		"wording": consent.wording,
		"door": door,
		"reference_doctype": reference_doctype,
		"reference_name": reference_name,
	}


def _set_states(
	leads: Mapping[str, frappe._dict], last: Mapping[tuple[str, str], Consent], moment: str
) -> None:
	"""Bring leads and contacts to the latest answers.

	A lead's time of change moves: an open form must not write the old answer back. A contact's stays, for the undo of the
	conversion looks at it; its lead says no as well.
	"""
	groups: dict[tuple[str, str, str], list[str]] = {}
	for (name, channel), consent in last.items():
		groups.setdefault((channel, consent.answer, consent.how), []).append(name)
	for (channel, answer, how), names in groups.items():
		field = f"{channel}_consent"
		frappe.db.set_value(
			LEAD, {"name": ("in", names)}, {field: answer, f"{field}_on": moment, f"{field}_how": how or None}
		)
		contacts = [leads[name].contact for name in names if leads[name].contact]
		if contacts:
			frappe.db.set_value(
				CONTACT, {"name": ("in", contacts)}, {contact_field(channel): answer}, update_modified=False
			)
		for doctype, changed in ((LEAD, names), (CONTACT, contacts)):
			for changed_name in changed:
				frappe.clear_document_cache(doctype, changed_name)


def _row(channel: str, answer: str, **values: Any) -> dict[str, Any]:
	user, moment = frappe.session.user, now()
	given_on = values.pop("given_on", None) or moment
	return {
		"name": frappe.generate_hash(length=12),
		"owner": user,
		"creation": moment,
		"modified": moment,
		"modified_by": user,
		"channel": LABEL.get(channel, channel),
		"answer": answer,
		"given_by": user,
		"given_on": get_datetime(given_on),
		**{key: value or None for key, value in values.items()},
	}
