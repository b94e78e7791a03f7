"""Takes away, before an uninstall, what the framework would leave behind.

`bench uninstall-app` drops our tables and deletes the records that name our module. Left over would be everything that
names one of our DocTypes, roles or patches in other tables: saved filters, boards, versions, comments, shares, job
types. What is a thing of its own that only pointed to us, a mail or an event, stays and loses the pointer.
"""

from collections.abc import Iterable, Iterator

import frappe

from skycrm.setup import shipped
from skycrm.setup.deleting import delete_for_good

APP = "skycrm"
MODULE = "SkyCRM"

# Removed by setup/workflows.py, unless a workflow of the site uses them.
REMOVED_ELSEWHERE = frozenset({"Workflow State", "Workflow Action Master"})

# Records that mean nothing without the DocType they name: (DocType, field that names it).
ABOUT_A_DOCTYPE: tuple[tuple[str, str], ...] = (
	# set up by an admin or a user
	("Assignment Rule", "document_type"),
	("Auto Repeat", "reference_doctype"),
	("Calendar View", "reference_doctype"),
	("Client Script", "dt"),
	("Custom DocPerm", "parent"),
	("Custom Field", "dt"),
	("Desktop Icon", "_doctype"),
	("Dashboard Chart", "document_type"),
	("DocType Layout", "document_type"),
	("Document Naming Rule", "document_type"),
	("Energy Point Rule", "reference_doctype"),
	("Form Tour", "reference_doctype"),
	("Kanban Board", "reference_doctype"),
	("List Filter", "reference_doctype"),
	("List View Settings", "name"),
	("Milestone Tracker", "document_type"),
	("Notification", "document_type"),
	("Number Card", "document_type"),
	("Print Format", "doc_type"),
	("Print Format Field Template", "document_type"),
	("Property Setter", "doc_type"),
	("Report", "ref_doctype"),
	("Server Script", "reference_doctype"),
	("Service Level Agreement", "document_type"),
	("Success Action", "ref_doctype"),
	("User Permission", "allow"),
	("User Permission", "applicable_for"),
	("Web Form", "doc_type"),
	("Webhook", "webhook_doctype"),
	# rows of other records
	("Amended Document Naming Settings", "document_type"),
	("Communication Link", "link_doctype"),
	("DocType Link", "link_doctype"),
	("Dynamic Link", "link_doctype"),
	("Event Participants", "reference_doctype"),
	("Global Search DocType", "document_type"),
	("Logs To Clear", "ref_doctype"),
	("Notification Subscribed Document", "document"),
	("Portal Menu Item", "reference_doctype"),
	("User Document Type", "document_type"),
	("User Select Document Type", "document_type"),
	("Workspace Quick List", "document_type"),
	# written as people work
	("Access Log", "export_from"),
	("Activity Log", "reference_doctype"),
	("Comment", "reference_doctype"),
	("Data Import", "reference_doctype"),
	("Deleted Document", "deleted_doctype"),
	("Discussion Topic", "reference_doctype"),
	("DocShare", "share_doctype"),
	("Document Follow", "ref_doctype"),
	("Document Share Key", "reference_doctype"),
	("Email Unsubscribe", "reference_doctype"),
	("Energy Point Log", "reference_doctype"),
	("Milestone", "reference_type"),
	("Notification Log", "document_type"),
	("Reminder", "reminder_doctype"),
	("Submission Queue", "ref_doctype"),
	("Tag Link", "document_type"),
	("ToDo", "reference_type"),
	("Version", "ref_doctype"),
	("View Log", "reference_doctype"),
	("Workflow Action", "reference_doctype"),
)

# Things of their own that may point to one of our records: (DocType, field, field with the name or None).
POINTING_TO_US: tuple[tuple[str, str, str | None], ...] = (
	("Communication", "reference_doctype", "reference_name"),
	("Email Account", "append_to", None),
	("Email Queue", "reference_doctype", "reference_name"),
	("Error Log", "reference_doctype", "reference_name"),
	("Event", "reference_doctype", "reference_docname"),
	("IMAP Folder", "append_to", None),
	("Integration Request", "reference_doctype", "reference_docname"),
	("Onboarding Step", "reference_document", None),
)


def our_doctypes() -> list[str]:
	"""Every DocType of the app, child tables and Singles included."""
	return frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")


def remove_traces() -> None:
	"""Everything in other tables that names our DocTypes, module or app."""
	doctypes = our_doctypes()
	if doctypes:
		_remove_files(doctypes)
		for doctype, field in ABOUT_A_DOCTYPE:
			_delete_rows(doctype, field, doctypes)
		for doctype, field, name_field in POINTING_TO_US:
			_clear_pointer(doctype, field, name_field, doctypes)
		# What the page of field access has noted about them
		frappe.db.delete("Comment", {"reference_doctype": "DocType", "reference_name": ("in", doctypes)})
		_remove_framework_rows(doctypes)
	_remove_default_print_formats()
	_remove_steps_without_module()
	_remove_app_rows()


def remove_shipped() -> None:
	"""What setup/shipped.py has brought into DocTypes that are not ours and that has no remover of its own."""
	handled = REMOVED_ELSEWHERE.union(our_doctypes())
	rows = frappe.get_all(
		shipped.LEDGER, filters={"is_ours": 1}, fields=["reference_doctype", "reference_name"]
	)
	for row in rows:
		if row.reference_doctype in handled or not frappe.db.table_exists(row.reference_doctype):
			continue
		delete_for_good(row.reference_doctype, [row.reference_name])


def _delete_rows(doctype: str, field: str, doctypes: Iterable[str]) -> None:
	"""Delete rows with their child rows, straight from the tables: there can be many, and no rule of theirs applies."""
	if not _has_column(doctype, field):
		return
	filters = {field: ("in", list(doctypes))}
	for child in _child_doctypes(doctype):
		names = frappe.get_all(doctype, filters=filters, pluck="name")
		for chunk in _chunks(names):
			frappe.db.delete(child, {"parenttype": doctype, "parent": ("in", chunk)})
	frappe.db.delete(doctype, filters)


def _clear_pointer(doctype: str, field: str, name_field: str | None, doctypes: Iterable[str]) -> None:
	if not _has_column(doctype, field):
		return
	values: dict[str, None] = {field: None}
	if name_field:
		values[name_field] = None
	frappe.db.set_value(doctype, {field: ("in", list(doctypes))}, values, update_modified=False)


def _remove_files(doctypes: Iterable[str]) -> None:
	"""Attachments go with their record; through the document, so that the file leaves the disk too."""
	files = frappe.get_all("File", filters={"attached_to_doctype": ("in", list(doctypes))}, pluck="name")
	delete_for_good("File", files)


def _remove_framework_rows(doctypes: Iterable[str]) -> None:
	"""Tables without a DocType."""
	names = tuple(doctypes)
	frappe.db.delete("__global_search", {"doctype": ("in", names)})
	frappe.db.delete("__UserSettings", {"doctype": ("in", names)})
	# Secrets of webhooks and the like: the framework deletes them with each record, not with the DocType.
	frappe.db.delete("__Auth", {"doctype": ("in", names)})
	# Numbers of SKY-LEAD-2026-, SKY-OPP-2026-, ...: a later install starts again at 1.
	frappe.db.delete("Series", {"name": ("like", "SKY-%")})


def _remove_default_print_formats() -> None:
	"""A DocType of ERPNext must not keep one of our print formats as its default."""
	formats = frappe.get_all("Print Format", filters={"module": MODULE}, pluck="name")
	if formats:
		frappe.db.delete("Property Setter", {"property": "default_print_format", "value": ("in", formats)})


def _remove_steps_without_module() -> None:
	"""Steps of the guided first use: the framework syncs them from our folder but they do not name a module."""
	steps = frappe.get_all("Module Onboarding", filters={"module": MODULE}, pluck="name")
	if steps:
		names = frappe.get_all(
			"Onboarding Step Map",
			filters={"parenttype": "Module Onboarding", "parent": ("in", steps)},
			pluck="step",
		)
		delete_for_good("Onboarding Step", names)


def _remove_app_rows() -> None:
	"""Rows that name the app or a dotted path of it."""
	frappe.db.delete("Patch Log", {"patch": ("like", f"{APP}.%")})
	frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ("in", _job_types() or [""])})
	frappe.db.delete("Scheduled Job Type", {"method": ("like", f"{APP}.%")})
	if frappe.db.table_exists("Block Module"):
		frappe.db.delete("Block Module", {"module": MODULE})


def forget_deletions(since: str) -> None:
	"""After the uninstall: the framework keeps a copy of each record it deleted, of no use without the app.

	Args:
		since: when the uninstall began; nobody else deletes anything while it runs.
	"""
	frappe.db.delete("Deleted Document", {"creation": (">=", since), "owner": frappe.session.user})


def _job_types() -> list[str]:
	return frappe.get_all("Scheduled Job Type", filters={"method": ("like", f"{APP}.%")}, pluck="name")


def _child_doctypes(doctype: str) -> list[str]:
	return [field.options for field in frappe.get_meta(doctype).get_table_fields()]


def _has_column(doctype: str, field: str) -> bool:
	# Not every version has every DocType (Energy Points went into an app of their own).
	return bool(frappe.db.table_exists(doctype)) and frappe.db.has_column(doctype, field)


def _chunks(names: list[str], size: int = 1000) -> Iterator[list[str]]:
	for start in range(0, len(names), size):
		yield names[start : start + size]
