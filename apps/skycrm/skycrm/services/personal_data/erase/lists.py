"""Stored lists without the person's rows: written beside the file first, put into its place in a step of its own.

A kill between the two loses nothing: what the second step has to do stands in the request's memory, and doing it again
changes nothing. An import whose file changes knows its file again afterwards, and goes on behind the line where it was.
"""

import os

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.importing.table import UnreadableFile
from skycrm.domain.personal import lists
from skycrm.services import import_status
from skycrm.services.personal_data import people_files, stored_files
from skycrm.services.personal_data.erase.rows import remember, request_memory
from skycrm.services.personal_data.import_rows import lines_of_person
from skycrm.services.personal_data.people_files import IMPORT, ROWS, WHOLE
from skycrm.services.personal_data.subject import Subject, marks_of


def write_lists(subject: Subject, request: Document) -> None:
	"""Stop imports of the person's lists, and write each list anew beside its file."""
	chosen = request_memory(request).get("files") or []
	_stop_imports([one["url"] for one in chosen])
	known = lines_of_person(subject)
	written = []
	for url in [one["url"] for one in chosen if one["way"] == ROWS]:
		path = stored_files.path_of(url)
		if path and (change := _write(path, url, subject, known, request)):
			written.append(change)
	remember(request, lists=written)


def replace_lists(subject: Subject, request: Document) -> None:
	"""Put the new lists into the place of the old, and delete the files that go as a whole."""
	memory = request_memory(request)
	for change in memory.get("lists") or []:
		path = stored_files.path_of(change["url"])
		beside = _beside(path, request) if path else ""
		if path and os.path.isfile(beside):
			os.replace(beside, path)
		_note_change(change)
	stored_files.delete(one["url"] for one in memory.get("files") or [] if one["way"] == WHOLE)


def _write(
	path: str, url: str, subject: Subject, known: dict[str, set[int]], request: Document
) -> dict | None:
	imports = frappe.get_all(IMPORT, {"file": url}, pluck="name")
	lines = {line for name in imports for line in known.get(name, ())}
	newest = people_files.import_of(url)
	settings = people_files.settings_of(newest) if newest else {}
	name = frappe.db.get_value("File", {"file_url": url}, "file_name") or url
	marks = marks_of(subject)
	beside = _beside(path, request)
	before = stored_files.digests(path)
	try:
		with open(path, "rb") as handle, open(beside, "w+b") as out:
			found = lists.find(handle, name, marks, lines, **settings)
			if found.rows:
				lists.write_without(handle, out, found, marks)
				out.flush()
				os.fsync(out.fileno())
	except UnreadableFile:
		os.remove(beside)
		# It was tried out in the preview: somebody has changed the file since.
		frappe.throw(
			_(
				"The file {0} was changed after the preview and can no longer be rewritten. Delete it by hand, then start again."
			).format(frappe.bold(frappe.utils.escape_html(name)))
		)
	if not found.rows:
		os.remove(beside)
		return None
	os.chmod(beside, os.stat(path).st_mode & 0o777)
	places = [row.line for row in found.rows if row.sheet in ("", found.table.sheet)]
	return {"url": url, "old": before["sha"], "lines": places, **stored_files.digests(beside)}


def _beside(path: str, request: Document) -> str:
	return f"{path}.{request.name}"


def _note_change(change: dict) -> None:
	frappe.db.set_value(
		"File",
		{"file_url": change["url"]},
		{"content_hash": change["md5"], "file_size": int(change["size"])},
		update_modified=False,
	)
	for one in frappe.get_all(
		IMPORT, {"file": change["url"]}, ["name", "last_line", "file_hash", "total_rows", "status"]
	):
		if one.file_hash != change["old"]:
			continue
		# One that has not begun counts its rows anew; one that has begun must know its file again.
		begun = one.last_line or one.status not in import_status.BEFORE_START
		left = sum(line > one.last_line for line in change["lines"]) if one.last_line else 0
		frappe.db.set_value(
			IMPORT,
			one.name,
			{
				"file_hash": change["sha"] if begun else None,
				"total_rows": max((one.total_rows or 0) - left, 0),
			},
			update_modified=False,
		)


def _stop_imports(urls: list[str]) -> None:
	"""A run that is at work holds the old file open; stopped, it reads the new one when it is resumed."""
	if not urls:
		return
	text = _("Stopped because a person's rows were taken out of the file. It can be resumed.")
	for one in frappe.get_all(
		IMPORT, {"file": ("in", urls), "status": ("in", import_status.BUSY)}, ["name", "status"]
	):
		is_dry = one.status == import_status.CHECKING
		import_status.move(
			one.name,
			import_status.DRAFT if is_dry else import_status.STOPPED,
			run_token=frappe.generate_hash(length=20),
			message=text,
		)
