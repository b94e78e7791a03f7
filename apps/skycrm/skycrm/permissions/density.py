"""Whether somebody sees so many records that a list is faster through the order it is sorted by than through whose they are.

The first rows of a list, newest first, are found in two ways. Through the indexes of owner, team and so on: all records
of somebody are collected and sorted, which takes time with their number. Or along the index of `modified`, until enough
of theirs have been met, which takes time with the number of those of others between them. MariaDB weighs the two by how
many rows each touches, though a row that is collected and sorted costs several times one that is met on the way: among
1,000,000 leads it collected 100,000 for a manager (3.7 s instead of 2 ms). So it is told.

Both ways give the same rows: a figure that is some minutes old is at worst slow.
"""

import math
from collections.abc import Iterable

import frappe

# Measured on MariaDB 10.11: collecting and sorting a row costs about a third of what 20 rows met on the way cost.
ROWS_MET = 6
FEWEST = 500


def sees_many(doctype: str, alternatives: Iterable[str]) -> bool:
	"""Whether the records that meet any of the alternatives are too many to collect before they are sorted.

	Counted no further than where it is decided, each alternative by its own index. Two queries.

	Args:
		doctype: whose table.
		alternatives: conditions, see sql.py.
	"""
	# The query builder knows the tables of DocTypes, not those of the database itself.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"select `table_rows` from `information_schema`.`tables` where `table_schema` = database() and `table_name` = %s",
		f"tab{doctype}",
	)
	limit = max(FEWEST, most_to_collect(rows[0][0] or 0 if rows else 0))
	counts = " + ".join(
		f"(select count(*) from (select 1 from `tab{doctype}` where {alternative} limit {limit + 1}) `a{place}`)"
		for place, alternative in enumerate(alternatives)
	)
	# Conditions of sql.py, whose values are escaped there.
	return frappe.db.sql(f"select {counts}")[0][0] > limit  # nosemgrep: frappe-using-db-sql


def most_to_collect(rows: int) -> int:
	"""Up to how many records collecting them is the faster way in a table of so many rows."""
	return math.isqrt(ROWS_MET * rows)
