"""What a piece of code asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def recorded() -> Iterator[list[str]]:
	"""Every SQL statement run inside, as text in the order of running; the list may be cleared in between."""
	seen: list[str] = []
	connection = frappe.db.__class__
	run = connection.sql

	def noted(self, query, *args, **kwargs):
		seen.append(str(query))
		return run(self, query, *args, **kwargs)

	connection.sql = noted
	try:
		yield seen
	finally:
		connection.sql = run
