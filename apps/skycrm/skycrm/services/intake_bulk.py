"""Leads by the thousand: written set-wise, with the keys, touches and notes that services/intake.py writes one by one.

What is the same: who is known (domain/same_person.py), keys in Sky Lead Key held by the first lead that has them, the
first arrival and each later one as a touch, nothing overwritten in a known lead. What differs: rows are written by one
statement for each table and chunk, so document events, notifications and webhooks on new leads do not run, and no owner is
told of each row.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import frappe
from frappe.utils import now

from skycrm.domain import lead_status
from skycrm.domain.intake import FILE_IMPORT, Arrival, Consent, compare, consent_to_write
from skycrm.domain.phone import DEFAULT_REGION
from skycrm.domain.same_person import Identity, KnownLead
from skycrm.services import consent, lead_keys, lead_touches
from skycrm.services.conversion_lock import lock_leads
from skycrm.services.lead_keys import COLUMNS, Key
from skycrm.services.numbering import is_series, names_from_series
from skycrm.services.workflow_guard import note_states

LEAD = "Sky Lead"
TAG, TAG_LINK = "Tag", "Tag Link"
ROWS_PER_INSERT = 500
# Leads that share one key, a firm's tax code for instance: the newest so many are compared.
HITS_PER_CHUNK = 20_000


def known_by_keys(keys: Iterable[Key]) -> dict[Key, list[KnownLead]]:
	"""The leads that have any of these keys, by key: one query, a dive into an index for each of the key columns."""
	wanted: dict[str, set[str]] = {}
	for kind, value in keys:
		wanted.setdefault(kind, set()).add(value)
	if not wanted:
		return {}
	branches = [
		f"""(select name, lead_name, status, creation, email_key, phone_key, phone_key_2, tax_key
		from `tabSky Lead` where {column} in %({kind})s limit {HITS_PER_CHUNK})"""
		for kind, column in COLUMNS
		if kind in wanted
	]
	values = {kind: tuple(found) for kind, found in wanted.items()}
	# Columns and kinds are constants; whatever a file says is bound. The query builder has no limit within a union.
	rows = frappe.db.sql(" union ".join(branches), values, as_dict=True)  # nosemgrep: frappe-using-db-sql
	found: dict[Key, list[KnownLead]] = {}
	for row in rows:
		lead = as_known(row)
		# Compared once more: for the database é is e.
		for key in lead_keys.keys_of(row) & {(kind, value) for kind in wanted for value in wanted[kind]}:
			found.setdefault(key, []).append(lead)
	return found


def as_known(row: Mapping[str, Any]) -> KnownLead:
	"""A row of Sky Lead, or values of a new one, for domain/same_person.py."""
	return KnownLead(
		row["name"],
		Identity(
			row.get("lead_name") or "",
			row.get("email_key") or "",
			frozenset(number for number in (row.get("phone_key"), row.get("phone_key_2")) if number),
			row.get("tax_key") or "",
		),
		row.get("status") or lead_status.NEW,
		str(row.get("creation") or ""),
	)


def known_elsewhere(keys: Iterable[Key]) -> set[Key]:
	"""Those of the keys by which a Contact or Customer is known. A tax code is a firm's, no person's: left out."""
	wanted = {(kind, value) for kind, value in keys if kind != "Tax"}
	if not wanted:
		return set()
	table = frappe.qb.DocType("Sky Identity Key")
	found = set()
	for kind in {kind for kind, _value in wanted}:
		values = [value for one, value in wanted if one == kind]
		rows = (
			frappe.qb.from_(table)
			.select(table.key_value)
			.where((table.key_type == kind) & table.key_value.isin(values))
			.run(pluck=True)
		)
		found |= {(kind, value) for value in rows}
	return found & wanted


def take_names(count: int) -> list[str]:
	"""The next names of leads, as one block: one locked row, whatever the count.

	The caller commits at once, so that nobody waits for the whole chunk; numbers of a chunk that is lost stay unused.
	Where an admin has made a Document Naming Rule, or names leads in another way, each name is asked for singly.
	"""
	if not count:
		return []
	series = frappe.get_meta(LEAD).autoname or ""
	ruled = frappe.get_all("Document Naming Rule", {"document_type": LEAD, "disabled": 0}, limit=1)
	if ruled or not is_series(series):
		return [_name_by_rule() for _ in range(count)]
	return names_from_series(series, count)


def _name_by_rule() -> str:
	lead = frappe.new_doc(LEAD)
	lead.set_new_name()
	return lead.name


def insert_rows(
	doctype: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], ignore: bool = False
) -> None:
	"""Write rows of a table as plain SQL: the query builder takes longer over a thousand rows than the database does."""
	names = ", ".join(f"`{column}`" for column in columns)
	places = f"({', '.join(['%s'] * len(columns))})"
	verb = "insert ignore" if ignore else "insert"
	for start in range(0, len(rows), ROWS_PER_INSERT):
		some = rows[start : start + ROWS_PER_INSERT]
		# Names of columns come from the meta of our own DocTypes; values are bound.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			f"{verb} into `tab{doctype}` ({names}) values {', '.join([places] * len(some))}",
			[value for row in some for value in row],
		)


def insert_leads(leads: Sequence[Mapping[str, Any]]) -> None:
	"""Write leads, each with its name and identity keys, and the note of their first state."""
	if not leads:
		return
	moment, user = now(), frappe.session.user
	valid = {*frappe.get_meta(LEAD).get_valid_columns(), "_user_tags"}
	filled = {name for lead in leads for name, value in lead.items() if value is not None} & valid
	columns = sorted(filled - {"owner", "creation", "modified", "modified_by", "docstatus", "idx"})
	head = (user, moment, moment, user, 0, 0)
	insert_rows(
		LEAD,
		["owner", "creation", "modified", "modified_by", "docstatus", "idx", *columns],
		[(*head, *(lead.get(name) for name in columns)) for lead in leads],
	)
	by_state: dict[str, list[str]] = {}
	for lead in leads:
		by_state.setdefault(lead.get("status") or lead_status.NEW, []).append(lead["name"])
	for state, names in by_state.items():
		note_states(LEAD, state, names)


def claim(leads: Sequence[Mapping[str, Any]], seen: set[str]) -> dict[Key, str]:
	"""Take the keys of new leads; those that somebody took since they were looked up.

	Args:
		leads: with name and identity keys, not written yet.
		seen: leads that the look-up has found: that they hold keys is no news.

	Returns:
		Key → lead that came in past the look-up, as committed by now.
	"""
	rows = [(lead["name"], key) for lead in leads for key in lead_keys.keys_of(lead)]
	distinct = {key for _name, key in rows}
	if lead_keys.claim_in_order(rows) == len(distinct):
		return {}
	own = {lead["name"] for lead in leads}
	return {key: lead for key, lead in lead_keys.owners(distinct).items() if lead not in own | seen}


def give_back(names: Sequence[str]) -> None:
	"""Give up the keys of leads that will not be written after all."""
	if names:
		frappe.db.delete(lead_keys.STORE, {"lead": ("in", list(names))})


def attach(rows: Sequence[tuple[str, str, Arrival]], products: Mapping[str, set[str]]) -> int:
	"""Note arrivals on leads that are known, fill in what is empty there, and add the products that they did not ask about.

	Args:
		rows: (lead, field by which the person was known, arrival).
		products: lead → items that it asks about already, for the leads of rows with `items`.

	Returns:
		How many leads were changed. A lead that the session's user may not change, a converted one, or one that does not
		take the values, keeps what it has; the touch shows what was sent.
	"""
	if not rows:
		return 0
	region = frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION
	known = {row.name: row for row in lock_leads(lead for lead, _matched, _arrival in rows)}
	touches, changed = [], 0
	for name, matched_on, arrival in rows:
		lead = known[name]
		fill, differing = compare(lead, {**arrival.values, "items": None}, region)
		# A list of products grows by those that are missing; the ones that are there keep their quantity and note.
		has = {*products.get(name, ()), *(row["item_code"] for row in lead.get("items") or ())}
		if missing := [row for row in arrival.values.get("items") or () if row["item_code"] not in has]:
			fill["items"] = missing
		if fill and lead.status != lead_status.CONVERTED and _fill(name, fill):
			lead.update({**fill, "items": [*(lead.get("items") or ()), *missing]})
			changed += 1
		else:
			fill, differing = {}, {**differing, **fill}
		touches.append(
			lead_touches.row_of(name, arrival, matched_on=matched_on, filled=fill, differing=differing)
		)
	write_touches(touches)
	record_consents(
		(
			(name, one)
			for name, _matched, arrival in rows
			for one in arrival.consents
			if consent_to_write(known[name].get(f"{one.channel}_consent"), one.answer)
		),
		rows[0][2].reference_name or "",
	)
	return changed


def _fill(name: str, values: Mapping[str, Any]) -> bool:
	"""Fill empty fields through the document, with its rules and its history; False when it does not take them."""
	lead = frappe.get_doc(LEAD, name)
	if not lead.has_permission("write"):
		return False
	seen = len(frappe.local.message_log)
	frappe.db.savepoint("fill_known_lead")
	lead.update({field: value for field, value in values.items() if field != "items"})
	for row in values.get("items") or ():
		lead.append("items", dict(row))
	lead.flags.ignore_duplicates = True
	lead.flags.keep_invalid_values = True
	try:
		lead.save()
	except (frappe.ValidationError, frappe.PermissionError):
		frappe.db.rollback(save_point="fill_known_lead")
		return False
	finally:
		del frappe.local.message_log[seen:]
	return True


def first_touches(rows: Iterable[tuple[str, Arrival]]) -> None:
	"""The touch of each arrival that has made a lead."""
	write_touches([lead_touches.row_of(lead, arrival, first=True) for lead, arrival in rows])


def write_touches(rows: Sequence[Mapping[str, Any]]) -> None:
	"""Rows of Sky Lead Touch, as lead_touches.row_of makes them, in one statement."""
	if rows:
		columns = list(rows[0])
		insert_rows(lead_touches.TOUCH, columns, [tuple(row[name] for name in columns) for row in rows])


def record_consents(entries: Iterable[tuple[str, Consent]], reference: str) -> None:
	"""Answers that came with the file: ledger and state, no statement without any."""
	consent.record_many(entries, FILE_IMPORT, "Sky Lead Import", reference)


def tag(leads: Sequence[tuple[str, Sequence[str]]]) -> None:
	"""Hang tags on new leads: the Tag, its links, and the column that lists read."""
	if not leads:
		return
	moment, user = now(), frappe.session.user
	head = (user, moment, moment, user)
	columns = ("name", "owner", "creation", "modified", "modified_by")
	words = sorted({word for _lead, tags in leads for word in tags})
	insert_rows(TAG, columns, [(word, *head) for word in words], ignore=True)
	insert_rows(
		TAG_LINK,
		(*columns, "document_type", "document_name", "tag", "title"),
		[
			(frappe.generate_hash(length=10), *head, LEAD, lead, word, lead)
			for lead, tags in leads
			for word in tags
		],
	)


def as_json(values: Mapping[str, Any] | Sequence[Any]) -> str:
	"""Compact JSON that a text column can hold: half signs of a broken text are replaced."""
	text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
	return text.encode("utf-8", "replace").decode("utf-8")
