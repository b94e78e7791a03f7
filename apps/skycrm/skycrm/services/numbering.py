"""The numbers of new records from their series: one statement where the framework takes two, or a block in one go.

The row of a series stays locked until the end of the transaction, so whatever stands between taking the lock and the
commit is time in which nobody else gets a number. The counter, its table and its gaps are the framework's own.
"""

import frappe
from frappe.model.document import Document
from frappe.model.naming import parse_naming_series


def name_from_series(doc: Document) -> None:
	"""Set the name of a new document from the series of its DocType. For `autoname` in a controller.

	Where an administrator has chosen another way of naming (by a field, a format, a naming series, a random name), nothing
	is set and the framework goes on with that way.
	"""
	series = doc.meta.autoname or ""
	if is_series(series):
		doc.name = parse_naming_series(
			series, doc=doc, number_generator=lambda prefix, digits: next_numbers(prefix, digits)[0]
		)


def is_series(autoname: str) -> bool:
	"""True for a pattern with a number, "SKY-LEAD-.YYYY.-.#####"; False for the framework's other ways of naming."""
	return "#" in autoname and ":" not in autoname


def names_from_series(series: str, count: int) -> list[str]:
	"""The next names of a series that ends with its number, as one block.

	Args:
		series: as `is_series` says.
		count: how many, at least one.
	"""
	taken: list[str] = []

	def block(prefix: str, digits: int) -> str:
		taken.extend(next_numbers(prefix, digits, count))
		return taken[0]

	head = parse_naming_series(series, number_generator=block).removesuffix(taken[0])
	return [f"{head}{number}" for number in taken]


def next_numbers(prefix: str, digits: int, count: int = 1) -> list[str]:
	"""The next numbers of the series `prefix`, each filled up with zeros to `digits`; a new series begins with 1."""
	# The query builder knows no last_insert_id(expression), by which the database hands back the value just written.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"update `tabSeries` set `current` = last_insert_id(`current` + %s) where `name` = %s", (count, prefix)
	)
	last = frappe.db._cursor.lastrowid if frappe.db._cursor.rowcount else _begin(prefix, count)
	return [str(number).zfill(digits) for number in range(last - count + 1, last + 1)]


def _begin(prefix: str, count: int) -> int:
	table = frappe.qb.DocType("Series")
	frappe.qb.into(table).columns("name", "current").insert(prefix, count).run()
	return count
