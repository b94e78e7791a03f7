"""Files whose names say who they are about get others: on the disk, in their records, and wherever their address stands.

As with lists, what is to be done is written down in one step and done in the next, so that a kill leaves no file that
nobody finds.
"""

import os

import frappe
from frappe.model.document import Document

from skycrm.domain.personal.marks import joined, patterns_of
from skycrm.services.personal_data import stored_files, sweep
from skycrm.services.personal_data.erase.rows import all_records, remember, request_memory
from skycrm.services.personal_data.subject import Subject, marks_of


def choose_names(subject: Subject, request: Document) -> None:
	"""Write down which files get which name."""
	marks = marks_of(subject)
	names = joined(patterns_of(subject.names))
	near = _near(subject, request) if names else set()
	moves: dict[str, str] = {}
	for file in _files():
		if ("File", file.name) in subject.kept or file.file_url in moves:
			continue
		texts = f"{file.file_name}\n{_without_suffix(file.file_url)}\n{file.file_url}"
		place = (file.attached_to_doctype, file.attached_to_name)
		if marks.found_in_file_name(texts) or (names and place in near and names.search(texts)):
			ending = os.path.splitext(file.file_url)[1]
			folder = file.file_url.rpartition("/")[0]
			moves[file.file_url] = f"{folder}/erased-{frappe.generate_hash(length=10)}{ending}"
	remember(request, moves=moves)


def give_names(subject: Subject, request: Document) -> None:
	"""Move the files and follow their address: in File records, attach fields and texts."""
	for old, new in (request_memory(request).get("moves") or {}).items():
		if path := stored_files.path_of(old):
			os.replace(path, os.path.join(os.path.dirname(path), new.rpartition("/")[2]))
		places = frappe.get_all(
			"File",
			{"file_url": ("in", [old, new])},
			["file_name", "thumbnail_url", "attached_to_doctype", "attached_to_name"],
		)
		for thumbnail in {place.thumbnail_url for place in places if place.thumbnail_url}:
			if path := stored_files.path_of(thumbnail):
				os.remove(path)
		frappe.db.set_value(
			"File",
			{"file_url": ("in", [old, new])},
			{"file_url": new, "file_name": new.rpartition("/")[2], "thumbnail_url": None},
			update_modified=False,
		)
		stored_files.forget_notes(places)
		sweep.replace_address_of_file(old, new)


def _without_suffix(file_url: str) -> str:
	"""The address of a file without the six signs by which the framework tells files of one name apart."""
	stem, ending = os.path.splitext(file_url or "")
	return stem[:-6] + ending


def _files() -> list[frappe._dict]:
	return frappe.get_all(
		"File",
		{"is_folder": 0},
		["name", "file_name", "file_url", "attached_to_doctype", "attached_to_name"],
		order_by="name",
	)


def _near(subject: Subject, request: Document) -> set[tuple[str, str]]:
	"""Records on which the person's name in a file's name means the person."""
	return {
		(doctype, name)
		for doctype, names in sweep.related_names(all_records(subject, request)).items()
		for name in names
	}
