"""Indexes that SkyCRM needs on the framework's tables and columns: made on install and migrate, dropped on uninstall."""

import frappe

# DocType → (name, columns)
INDEXES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
	# What is due for one person (services/reminders_due.py)
	"ToDo": (("sky_allocated_date", ("allocated_to", "status", "date")),),
	"Event": (("sky_starts", ("repeat_this_event", "starts_on")),),
	# Whose records they are (permissions/sql.py); `owner` is the framework's column and has no index
	**{
		doctype: (("sky_owner", ("owner",)),)
		for doctype in ("Sky Lead", "Sky Opportunity", "Sky Issue", "Sky Campaign", "Sky Segment")
	},
	"Event Participants": (("sky_parent_reference", ("parent", "reference_docname")),),
}


def create() -> None:
	"""Make the indexes that are missing; safe to run on every migrate."""
	for doctype, indexes in INDEXES.items():
		for name, columns in indexes:
			frappe.db.add_index(doctype, list(columns), name)


def remove() -> None:
	"""Drop them again, for the uninstall."""
	for doctype, indexes in INDEXES.items():
		for name, _columns in indexes:
			if frappe.db.has_index(f"tab{doctype}", name):
				drop = f"alter table `tab{doctype}` drop index `{name}`"
				# Names are constants; the framework has no words for dropping an index.
				frappe.db.sql_ddl(drop)  # nosemgrep: frappe-using-db-sql
