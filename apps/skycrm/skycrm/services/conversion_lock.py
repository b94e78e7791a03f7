"""Locks that make parallel conversions one after the other where they would meet, and only there.

Two kinds, always taken in this order, both held until the transaction ends:

1. The lead's row, `SELECT ... FOR UPDATE`: the second call for one lead waits, then finds it converted.
2. One named lock per identity key (email, phone, tax code, organisation), in sorted order: two leads of one firm make
   one customer. A row lock cannot do this, since the row that would tell of the customer is not there yet, and a gap
   lock lets both in and then fails one of them as a deadlock. So it is `GET_LOCK` on MariaDB and
   `pg_advisory_xact_lock` on PostgreSQL. The server drops both with the connection, so a killed process leaves none.

Reading: MariaDB fixes what a transaction sees at its first plain read, and a request has read its session by the time
it comes here. So a new transaction begins first (nothing is written yet, nothing is lost), and no plain read happens
before both locks are held: what is read afterwards holds everything that the conversion before this one committed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

import frappe
from frappe import _

from skycrm.services.messages import ConflictError

# Seconds to wait for a conversion that holds the same key: several times what the slowest one takes.
WAIT = 30


class ConversionBusyError(ConflictError):
	"""Another conversion of the same firm or lead did not end in time; answered as 409."""


def begin_fresh() -> None:
	"""Let the coming reads see everything committed by now. Does nothing once this transaction has written."""
	if not frappe.db.transaction_writes:
		frappe.db.begin()


def lock_leads(names: Iterable[str]) -> list[frappe._dict]:
	"""Lock the rows of some leads, in one order for all callers.

	Returns:
		The rows as they are now, with all columns, in the order of their names; missing leads are left out.

	Raises:
		ConversionBusyError: another transaction kept one of them for too long.
	"""
	lead = frappe.qb.DocType("Sky Lead")
	query = frappe.qb.from_(lead).select("*").where(lead.name.isin(sorted(set(names)))).orderby(lead.name)
	try:
		return query.for_update().run(as_dict=True)
	except frappe.QueryTimeoutError:
		refuse_busy()


def lock_keys(keys: Iterable[tuple[str, str]]) -> None:
	"""Hold the named locks of some identity keys until this transaction ends.

	Args:
		keys: (type, value); the same key twice is one lock.

	Raises:
		ConversionBusyError: another transaction kept one of them for too long.
		frappe.QueryDeadlockError: the server found that two calls wait for each other; try again.
	"""
	names = sorted({_lock_name(kind, value) for kind, value in keys})
	if not names:
		return
	if frappe.db.db_type == "postgres":
		for name in names:
			_ask(["pg_advisory_xact_lock(hashtext(%s))"], [name])
		return
	held = _held()
	wanted = [name for name in names if name not in held]
	if not wanted:
		return
	if not held:
		# One of the two runs, whichever way the transaction ends.
		frappe.db.after_commit.add(release)
		frappe.db.after_rollback.add(release)
	# Registered first: if the wait breaks off, what was granted is given back with the rollback.
	held.update(wanted)
	# One statement for all: MariaDB evaluates the columns from left to right.
	values: list[Any] = [value for name in wanted for value in (name, WAIT)]
	if not all(_ask(["get_lock(%s, %s)"] * len(wanted), values)):
		refuse_busy()


def release() -> None:
	"""Give every named lock of this connection back; runs when the transaction has ended."""
	held = _held()
	if held and frappe.db and frappe.db.db_type != "postgres":
		names: Sequence[str] = sorted(held)
		held.clear()
		_ask(["release_lock(%s)"] * len(names), names)


def _ask(calls: Sequence[str], values: Sequence[Any]) -> tuple[Any, ...]:
	"""Call functions of the database server, in one statement and in this order; their answers."""
	query = "select " + ", ".join(calls)
	# The query builder has no words for the server's locks. The calls are constants above, names and times are bound.
	return frappe.db.sql(query, values)[0]  # nosemgrep: frappe-using-db-sql


def _held() -> set[str]:
	"""Names held by this connection; it belongs to the connection, for a request may open a second one."""
	if not hasattr(frappe.local, "sky_conversion_locks"):
		frappe.local.sky_conversion_locks = {}
	return frappe.local.sky_conversion_locks.setdefault(id(frappe.db._conn), set())


def _lock_name(kind: str, value: str) -> str:
	"""Named locks belong to the whole server and take 64 characters: the site's database is part of the name."""
	digest = hashlib.sha256(f"{frappe.conf.db_name}|{kind}|{value}".encode()).hexdigest()
	return f"skycrm-{digest[:48]}"


def refuse_busy() -> NoReturn:
	"""Raise ConversionBusyError (409): the caller may try again in a moment."""
	frappe.throw(
		_("Someone else is converting this lead, or one of the same firm, right now. Try again in a moment."),
		exc=ConversionBusyError,
		title=_("Busy"),
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised
