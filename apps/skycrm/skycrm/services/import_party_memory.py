"""Who the rows of a file were so far, for a dry run of contacts and customers: it writes none, so the database cannot tell.

Kept in a private temporary database of the process, which SQLite spills to the disk beyond a few megabytes and which ends
with it: a file of any length is compared as a whole in the same memory.
"""

import sqlite3

from skycrm.domain.conversion_values import contact_name
from skycrm.domain.same_person import Identity, ground
from skycrm.services.import_rows import Prepared

# Kinds of keys by which a person is known; a tax code is a firm's.
PERSONAL = ("Email", "Phone")
_TABLES = """
	create table row_seen (row_hash text primary key, line integer) without rowid;
	create table person (id integer primary key, line integer, contact text, name text);
	create table person_key (kind text, value text, person integer, primary key (kind, value, person)) without rowid;
"""


class PartyMemory:
	"""Rows and people of one file, in the order of the file."""

	def __init__(self) -> None:
		# No name: a database in a temporary file that nobody else can open. Autocommit, for there is nothing to take back.
		self._store = sqlite3.connect("", isolation_level=None)
		self._store.executescript(_TABLES)

	def close(self) -> None:
		"""Forget everything."""
		self._store.close()

	def line_of_row(self, row_hash: str) -> int:
		"""Line of the very same row, 0 for none."""
		found = self._store.execute("select line from row_seen where row_hash = ?", (row_hash,)).fetchone()
		return found[0] if found else 0

	def person(self, one: Prepared) -> tuple[int, str, str] | None:
		"""(line, contact, field) of the person of a row, None for a new one; `contact` is "" for one that a row would make."""
		found: dict[int, tuple[int, str, str, set[str]]] = {}
		for kind, value in one.keys:
			if kind in PERSONAL:
				for number, line, contact, name in self._store.execute(
					"""select person.id, person.line, person.contact, person.name
					from person_key join person on person.id = person_key.person
					where person_key.kind = ? and person_key.value = ?""",
					(kind, value),
				):
					found.setdefault(number, (line, contact, name, set()))[3].add(kind)
		for _number, (line, contact, name, kinds) in sorted(found.items()):
			known = Identity(
				name,
				one.identity.email if "Email" in kinds else "",
				one.identity.phones if "Phone" in kinds else frozenset(),
			)
			if matched := ground(one.identity, known):
				return line, contact, matched
		return None

	def note(self, one: Prepared, contact: str = "", title: str = "", line: int = 0) -> None:
		"""Keep a row that was taken, and how its person can be known again.

		Args:
			contact, title: the stored contact that it was added to, "" for one that it makes itself.
			line: of the row whose contact it was added to.
		"""
		own = one.row.line
		self._store.execute("insert or ignore into row_seen values (?, ?)", (one.row_hash, own))
		number = self._store.execute(
			"insert into person (line, contact, name) values (?, ?, ?)",
			(line or own, contact, title or contact_name(one.values)),
		).lastrowid
		self._store.executemany(
			"insert or ignore into person_key values (?, ?, ?)",
			[(kind, value, number) for kind, value in one.keys if kind in PERSONAL],
		)
