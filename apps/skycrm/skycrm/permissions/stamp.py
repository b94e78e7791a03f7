"""A mark of the state of teams, absences and sharing rules, so that what follows from them can be kept in the cache.

The mark is a row of the database: a transaction that changes a team changes the mark with it, and whoever reads the mark
reads it in the state in which they read everything else. So what is kept under a mark is never older than what the
reader may see, and a change that is rolled back takes its mark along. Random, so that no mark ever comes back.
"""

import frappe

# A row of the framework's table of single values; there is no DocType of this name.
OWNER, FIELD = "Sky Access Stamp", "stamp"
# Read together with something else: see sql.py.
SELECT = f"select `value` from `tabSingles` where `doctype` = '{OWNER}' and `field` = '{FIELD}'"


def renew() -> None:
	"""Let nothing that was kept before count any more, from the end of this transaction on."""
	mark = frappe.generate_hash(length=16)
	singles = frappe.qb.DocType("Singles")
	mine = (singles.doctype == OWNER) & (singles.field == FIELD)
	# Locked, so that two who change teams at once do not both insert the row.
	if frappe.qb.from_(singles).where(mine).select(singles.value).for_update().run():
		frappe.qb.update(singles).where(mine).set(singles.value, mark).run()
	else:
		frappe.qb.into(singles).columns("doctype", "field", "value").insert(OWNER, FIELD, mark).run()


def remove() -> None:
	"""Take the row away, for the uninstall."""
	frappe.db.delete("Singles", {"doctype": OWNER})
