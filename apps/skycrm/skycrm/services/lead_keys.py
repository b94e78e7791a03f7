"""Sky Lead Key: one row for each e-mail address, phone number and tax code of a lead, held by the first lead that has it.

The name of a row is a hash of the key, so the database itself says no to a second row for one person, whatever two
requests do at the same time. It is written with `insert ignore`: a lead that may share a key (a warning was read, a
colleague of the same firm) is saved all the same and simply does not hold it. Who holds a key no longer, by a change or
because the lead is deleted, hands it over to the oldest other lead that has it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now

STORE = "Sky Lead Key"
# (type of key, column of Sky Lead)
COLUMNS: tuple[tuple[str, str], ...] = (
	("Email", "email_key"),
	("Phone", "phone_key"),
	("Phone", "phone_key_2"),
	("Tax", "tax_key"),
)
TYPES = tuple(dict.fromkeys(key_type for key_type, _column in COLUMNS))
NAME_LENGTH = 32
ROWS_PER_INSERT = 2000
# (key type, key)
Key = tuple[str, str]


def keys_of(lead: Mapping[str, Any] | Document) -> set[Key]:
	"""The keys that a lead has in its hidden columns."""
	return {(kind, lead.get(column)) for kind, column in COLUMNS if lead.get(column)}


def sync(lead: Document) -> None:
	"""Bring the rows of a saved lead up to date: one statement for a new lead, none when no key has changed.

	Sets `lead.flags.key_taken` when a key of it is held by another lead.
	"""
	before = lead.get_doc_before_save()
	keys = keys_of(lead)
	old = keys_of(before) if before is not None else set()
	if gone := old - keys:
		hand_over(lead.name, gone)
	new = keys - old
	lead.flags.key_taken = bool(new) and claim((lead.name, key) for key in new) < len(new)


def forget(lead: Document) -> None:
	"""Hand the keys of a lead that is being deleted over to whoever else has them."""
	if keys := keys_of(lead):
		hand_over(lead.name, keys)
	# What an older write past the events has left.
	frappe.db.delete(STORE, {"lead": lead.name})


def claim(rows: Iterable[tuple[str, Key]]) -> int:
	"""Write (lead, key) rows where nobody holds the key. Returns how many were written."""
	moment, user = now(), frappe.session.user
	# In one order for all callers, so that two of them never wait for each other.
	values = sorted(
		(row_name(key), user, moment, moment, user, *key, lead) for lead, key in rows if lead and key[1]
	)
	written = 0
	for start in range(0, len(values), ROWS_PER_INSERT):
		some = values[start : start + ROWS_PER_INSERT]
		places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(some))
		# The query builder knows no "insert ignore" for many rows in one go. Constants only; values are bound.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			f"""insert ignore into `tab{STORE}`
			(name, owner, creation, modified, modified_by, key_type, key_value, `lead`) values {places}""",
			[value for row in some for value in row],
		)
		written += max(frappe.db._cursor.rowcount, 0)
	return written


def hand_over(lead: str, keys: Iterable[Key]) -> None:
	"""Give keys that this lead held to the oldest other lead that has them; one query and two writes at most."""
	keys = sorted(set(keys))
	frappe.db.delete(STORE, {"name": ("in", [row_name(key) for key in keys]), "lead": lead})
	branches, values = [], []
	for kind, value in keys:
		for column in (column for key_type, column in COLUMNS if key_type == kind):
			branches.append(
				f"(select '{kind}', {column}, name from `tabSky Lead` where {column} = %s and name != %s "
				"order by creation limit 1)"
			)
			values += [value, lead]
	# A dive into one index for each branch; columns and kinds are constants of this module.
	heirs = frappe.db.sql(" union all ".join(branches), values)  # nosemgrep: frappe-using-db-sql
	# Compared once more: for the database é is e.
	claim((name, (kind, value)) for kind, value, name in heirs if (kind, value) in keys)


def owners(keys: Iterable[Key]) -> dict[Key, str]:
	"""Which lead holds each of the keys, as it is now: also what others committed after this transaction began."""
	names = {row_name(key): key for key in keys}
	if not names:
		return {}
	table = frappe.qb.DocType(STORE)
	query = frappe.qb.from_(table).select(table.name, table.lead).where(table.name.isin(sorted(names)))
	return {names[name]: lead for name, lead in query.for_update().run()}


def rebuild(leads: list[str]) -> None:
	"""Write the rows of these leads anew: after a write past the events, for example a merge."""
	if not leads:
		return
	frappe.db.delete(STORE, {"lead": ("in", leads)})
	columns = [column for _kind, column in COLUMNS]
	rows = frappe.get_all(
		"Sky Lead", filters={"name": ("in", leads)}, fields=["name", *columns], order_by="creation", limit=0
	)
	claim_in_order((row.name, key) for row in rows for key in keys_of(row))


def claim_in_order(rows: Iterable[tuple[str, Key]]) -> int:
	"""As `claim`, the first lead of the list first when two of them have one key."""
	first: dict[Key, str] = {}
	for lead, key in rows:
		first.setdefault(key, lead)
	return claim((lead, key) for key, lead in first.items())


def missing(limit: int) -> list[str]:
	"""Names of the next leads with a key that nobody holds, at most `limit`."""
	branches = [
		f"""select name from `tabSky Lead` where {column} is not null and not exists (
			select 1 from `tab{STORE}` held where held.name = {_name_in_sql(kind, column)})"""
		for kind, column in COLUMNS
	]
	query = f"{' union '.join(branches)} limit {int(limit)}"
	# The name is a hash that the database computes; constants only.
	return [row[0] for row in frappe.db.sql(query)]  # nosemgrep: frappe-using-db-sql


def backfill(batch: int = 5000, after_batch: Callable[[], None] | None = None) -> int:
	"""Write the rows that are missing and take away those that no longer hold, set-wise; safe to repeat and to interrupt.

	Args:
		batch: leads per round.
		after_batch: called after each round, so that a job can commit it.

	Returns:
		How many leads had a key that nobody held.
	"""
	drop_stale()
	seen = 0
	while names := missing(batch):
		columns = [column for _kind, column in COLUMNS]
		rows = frappe.get_all(
			"Sky Lead",
			filters={"name": ("in", names)},
			fields=["name", *columns],
			order_by="creation",
			limit=0,
		)
		written = claim_in_order((row.name, key) for row in rows for key in keys_of(row))
		seen += len(names)
		if after_batch:
			after_batch()
		if not written:
			break
	return seen


def drop_stale() -> int:
	"""Delete rows whose lead is gone or has another value by now. Returns how many."""
	still = " or ".join(f"(k.key_type = '{kind}' and l.{column} <=> k.key_value)" for kind, column in COLUMNS)
	# One pass over the table by primary keys; constants only.
	stale = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""select k.name from `tab{STORE}` k left join `tabSky Lead` l on l.name = k.`lead`
		where l.name is null or not ({still})"""
	)
	names = [row[0] for row in stale]
	for start in range(0, len(names), ROWS_PER_INSERT):
		frappe.db.delete(STORE, {"name": ("in", names[start : start + ROWS_PER_INSERT])})
	return len(names)


def row_name(key: Key) -> str:
	"""Primary key of the row of a key; `_name_in_sql` computes the same."""
	text = "\x1f".join(key)
	return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:NAME_LENGTH]


def _name_in_sql(kind: str, column: str) -> str:
	return f"left(sha1(concat('{kind}', char(31), {column})), {NAME_LENGTH})"
