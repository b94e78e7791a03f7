"""Which stored files name a person: every file of the site is opened once, in the order of its name, with a clock beside it.

A search that is not through within its seconds tells where it is; the job goes on from there. Each file that is found comes
with what an erasure would do to it; where that is no plain matter, an administrator decides.
"""

import time
from dataclasses import asdict, dataclass, field
from tempfile import TemporaryFile
from typing import Any

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import cint

from skycrm.domain.importing.csv_reader import DELIMITERS
from skycrm.domain.importing.table import UnreadableFile
from skycrm.domain.personal import lists, texts
from skycrm.domain.personal.marks import Marks, joined, patterns_of
from skycrm.services.personal_data import stored_files
from skycrm.services.personal_data.import_rows import lines_of_person
from skycrm.services.personal_data.subject import Subject, marks_of, works_of

IMPORT, REQUEST = "Sky Lead Import", "Sky Personal Data Request"
# What an erasure does: rows are taken out, the file is deleted, or it gets another name. Stored in the request.
ROWS, WHOLE, NAME, NOTHING = "Rows", "Whole File", "Name", ""
ERASE, KEEP, DECIDE = "Erase", "Keep", "Decide"
# Copies that a program made and can make again, and copies made for the person
REMADE = frozenset({REQUEST, "Prepared Report"})
# Bytes: a larger file is named, not opened.
MOST_SEARCHED = 100 << 20
MOST_NAMED = 50
PAGE = 200
_SIGNS = {name: sign for sign, name in DELIMITERS.items()}


@dataclass
class Search:
	"""How far a search is, and what it has found; it lives in the request's memory between two runs.

	Args:
		after: name of the last File that was looked at.
		found: what `_look` says of each file.
		unread: ending → files whose text cannot be read.
		large: files over MOST_SEARCHED.
	"""

	after: str = ""
	found: list[dict[str, Any]] = field(default_factory=list)
	unread: dict[str, int] = field(default_factory=dict)
	large: int = 0
	is_done: bool = False

	def as_dict(self) -> dict[str, Any]:
		"""For JSON."""
		return asdict(self)


@dataclass(frozen=True)
class _Look:
	"""What is the same for all files of one search."""

	marks: Marks
	names: Any
	imports: dict[str, frappe._dict]
	lines: dict[str, set[int]]
	near: set[tuple[str, str]]
	own: set[tuple[str, str]]


def search(subject: Subject, state: Search, seconds: float) -> None:
	"""Look at files until all are seen or the time is up. In place.

	Args:
		seconds: how long; the file that is open then is read to its end.
	"""
	end = time.monotonic() + seconds
	look = _Look(
		marks_of(subject),
		joined(patterns_of(subject.names)),
		_imports(),
		lines_of_person(subject),
		works_of(subject),
		{(doctype, name) for doctype, names in subject.records.items() for name in names},
	)
	while not state.is_done:
		page = _page(state.after)
		for file in page:
			if found := _look(file, look, state):
				state.found.append(found)
			state.after = file.name
			if time.monotonic() > end:
				return
		state.is_done = len(page) < PAGE


def kept_elsewhere() -> int:
	"""Files that do not lie on this machine: on another server, or a mere link."""
	table = frappe.qb.DocType("File")
	query = frappe.qb.from_(table).select(Count("*")).where((table.is_folder == 0) & (table.file_url != ""))
	query = query.where(table.file_url.not_like("/files/%") & table.file_url.not_like("/private/files/%"))
	return cint(query.run()[0][0])


def settings_of(lead_import: frappe._dict) -> dict[str, Any]:
	"""How an import reads its file."""
	return {
		"encoding": lead_import.encoding or "",
		"delimiter": _SIGNS.get(lead_import.delimiter or "", ""),
		"sheet": (lead_import.sheet or "").strip(),
		"header_line": cint(lead_import.header_line),
	}


def import_of(file_url: str) -> frappe._dict | None:
	"""The newest import of a file."""
	return _imports({"file": file_url}).get(file_url)


def _imports(filters: dict[str, Any] | None = None) -> dict[str, frappe._dict]:
	rows = frappe.get_all(
		IMPORT,
		filters=filters,
		fields=["name", "file", "encoding", "delimiter", "sheet", "header_line"],
		order_by="creation asc",
	)
	return {row.file: row for row in rows if row.file}


def _page(after: str) -> list[frappe._dict]:
	table = frappe.qb.DocType("File")
	return (
		frappe.qb.from_(table)
		.select(
			table.name,
			table.file_name,
			table.file_url,
			table.file_size,
			table.attached_to_doctype,
			table.attached_to_name,
		)
		.where((table.is_folder == 0) & (table.name > after))
		.where(table.file_url.like("/files/%") | table.file_url.like("/private/files/%"))
		.orderby(table.name)
		.limit(PAGE)
		.run(as_dict=True)
	)


def _look(file: frappe._dict, look: _Look, state: Search) -> dict[str, Any] | None:
	"""What is to be said of a file, None for nothing."""
	place = (file.attached_to_doctype, file.attached_to_name)
	if place in look.own or any(one["url"] == file.file_url for one in state.found):
		# Files of the person's own records go with them; copies of a file that was looked at are the same file.
		return None
	in_name = look.marks.found_in_file_name(file.file_name or "") or bool(
		look.names and place in look.near and look.names.search(file.file_name or "")
	)
	answer = {"file": file.name, "url": file.file_url, "title": file.file_name, "place": list(place)}
	lead_import = look.imports.get(file.file_url)
	kind = texts.kind_of(file.file_name or file.file_url)
	is_large = cint(file.file_size) > MOST_SEARCHED
	if lead_import:
		if is_large:
			said = _by_hand("too_large") if look.lines.get(lead_import.name) else None
		else:
			said = _in_list(file, look, settings_of(lead_import), look.lines.get(lead_import.name, set()))
		return answer | {"import": lead_import.name} | said if said else None
	if is_large or kind == texts.CLOSED or (kind == texts.ARCHIVE and place[0] != REQUEST):
		return _unread(file, place, look, state, answer, in_name, is_large)
	said = _in_list(file, look, {}, set()) if kind == texts.LIST else _in_text(file, look.marks, kind, place)
	if not said and in_name:
		said = {"way": NAME, "action": ERASE, "reason": "in_name", "count": 1}
	if said and said["way"] != NAME and _is_submitted(place):
		said |= {"action": KEEP, "reason": "documents"}
	return answer | said if said else None


def _is_submitted(place: tuple[str, str]) -> bool:
	doctype, name = place
	return bool(
		doctype
		and name
		and frappe.db.exists("DocType", {"name": doctype, "is_submittable": 1})
		and frappe.db.exists(doctype, {"name": name, "docstatus": ("!=", 0)})
	)


def _unread(
	file: frappe._dict,
	place: tuple[str, str],
	look: _Look,
	state: Search,
	answer: dict[str, Any],
	in_name: bool,
	is_large: bool,
) -> dict[str, Any] | None:
	if in_name:
		return answer | _by_hand("unread_named")
	if place in look.near and sum(1 for one in state.found if one["reason"] == "unread") < MOST_NAMED:
		return answer | {"way": WHOLE, "action": KEEP, "reason": "unread", "count": 1}
	if is_large:
		state.large += 1
	else:
		ending = (file.file_name or "").rpartition(".")[2].upper()[:8]
		state.unread[ending] = state.unread.get(ending, 0) + 1
	return None


def _in_list(
	file: frappe._dict, look: _Look, settings: dict[str, Any], lines: set[int]
) -> dict[str, Any] | None:
	try:
		with stored_files.opened(file.file_url) as handle:
			found = lists.find(handle, file.file_name or file.file_url, look.marks, lines, **settings)
			if found.rows:
				# Tried out now, so that what is shown is what can be done.
				with TemporaryFile() as nowhere:
					lists.write_without(handle, nowhere, found, look.marks)
	except FileNotFoundError:
		return None
	except UnreadableFile as error:
		return _unreadable(file, look.marks, error.fault.code, bool(lines))
	if not found.rows:
		return None
	is_import = file.file_url in look.imports
	return {
		"way": ROWS,
		"action": ERASE if is_import else DECIDE,
		"reason": "rows",
		"count": len(found.rows),
		"others": found.others,
	}


def _unreadable(file: frappe._dict, marks: Marks, code: str, is_known: bool) -> dict[str, Any] | None:
	"""A list that cannot be read as one may still name the person: then only the whole file can go."""
	if not is_known and code not in ("person_in_headers", "person_elsewhere", "bytes_not_kept"):
		with stored_files.opened(file.file_url) as handle:
			if not texts.names_person(handle, texts.TEXT, marks):
				return None
	return _by_hand(code)


def _in_text(file: frappe._dict, marks: Marks, kind: str, place: tuple[str, str]) -> dict[str, Any] | None:
	try:
		with stored_files.opened(file.file_url) as handle:
			if not texts.names_person(handle, kind, marks):
				return None
	except FileNotFoundError:
		return None
	except UnreadableFile as error:
		return _by_hand(error.fault.code) if place[0] in REMADE else None
	if place[0] in REMADE:
		return {"way": WHOLE, "action": ERASE, "reason": "remade", "count": 1}
	return _by_hand("text")


def _by_hand(reason: str) -> dict[str, Any]:
	return {"way": WHOLE, "action": DECIDE, "reason": reason, "count": 1}
