"""Earlier requests about the same person: that they were made and done stays as proof, whom they were about goes."""

import frappe
from frappe.model.document import Document

from skycrm.domain.personal.marks import patterns_of
from skycrm.services.personal_data import sweep
from skycrm.services.personal_data.erase.rows import ERASED, all_records
from skycrm.services.personal_data.people_files import REQUEST
from skycrm.services.personal_data.subject import CONTACT, LEAD, Subject, marks_of

RECORD = "Sky Personal Data Record"
# A job is at these: it needs what it remembers.
AT_WORK = ("Queued", "Running")


def forget_earlier_requests(subject: Subject, request: Document) -> None:
	"""Addresses, titles, memory and texts of other requests; one that was not started begins anew as a draft."""
	marks = marks_of(subject)
	records = all_records(subject, request)
	others = frappe.get_all(
		REQUEST,
		{"name": ("!=", request.name), "status": ("not in", AT_WORK)},
		["name", "status", "email_id", "phone", "lead", "contact"],
	)
	names = [
		row.name
		for row in others
		if marks.found_in_cells([row.email_id or "", row.phone or ""])
		or row.lead in records.get(LEAD, ())
		or row.contact in records.get(CONTACT, ())
	]
	if not names:
		return
	about = {"name": ("in", names)}
	gone = dict.fromkeys(("email_id", "phone", "contact", "memory", "result_file"), None)
	frappe.db.set_value(REQUEST, about, gone, update_modified=False)
	frappe.db.set_value(
		REQUEST,
		about | {"status": ("in", ("Searching", "Previewed"))},
		"status",
		"Draft",
		update_modified=False,
	)
	rows = {"parenttype": REQUEST, "parent": ("in", names)}
	frappe.db.set_value(RECORD, rows, {"title": None, "document_name": None}, update_modified=False)
	children = frappe.get_all(RECORD, rows, pluck="name")
	for patterns in (marks.patterns, patterns_of(subject.names)):
		sweep.replace_in(REQUEST, names, ["reason", "log"], patterns, ERASED)
		sweep.replace_in(RECORD, children, ["reason"], patterns, ERASED)
