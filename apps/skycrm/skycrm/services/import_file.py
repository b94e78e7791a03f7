"""The file of an import: whose it is, that it stays private, and its opening as a table."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.importing.csv_reader import DELIMITERS
from skycrm.domain.importing.readers import ENDINGS, open_table
from skycrm.domain.importing.table import HEADER_IS_DATA, Fault, Table, UnreadableFile
from skycrm.domain.intake import ATTACH, FILE_IMPORT, REFUSE
from skycrm.services.import_fields import check_chosen
from skycrm.services.import_messages import fault_sentence
from skycrm.services.import_status import CHECKED, DRAFT
from skycrm.services.intake import door_policy

LEAD = "Sky Lead"
ROW = "Sky Lead Import Row"
_DELIMITER_SIGNS = {name: sign for sign, name in DELIMITERS.items()}
# What tells the reader how to read: another answer makes the columns another thing.
READING = ("file", "encoding", "delimiter", "sheet", "header_line")


class FileUnreadableError(frappe.ValidationError):
	"""The file of an import cannot be read as a list."""


def check_right(user: str | None = None) -> None:
	"""Importing makes leads by the thousand: it takes the right to import them as well as the right to make one.

	Raises:
		frappe.PermissionError: the user lacks one of them.
	"""
	user = user or frappe.session.user
	if not (
		frappe.has_permission(LEAD, "create", user=user) and frappe.has_permission(LEAD, "import", user=user)
	):
		frappe.throw(
			_("You may not import leads. Ask an administrator for the right to create and to import leads."),
			frappe.PermissionError,
		)


def check_file(doc: Document) -> None:
	"""The file must be one that this user may read, private, and of a known kind. May change `doc.file`.

	Raises:
		frappe.ValidationError, frappe.PermissionError: it is not.
	"""
	before = doc.get_doc_before_save()
	if before is not None and before.file == doc.file:
		return
	stored = file_record(doc.file)
	if not stored.file_name.lower().endswith(ENDINGS):
		frappe.throw(
			_("{0} cannot be imported. Choose a file that ends with one of these: {1}.").format(
				frappe.bold(frappe.utils.escape_html(stored.file_name)), ", ".join(ENDINGS)
			),
			title=_("Other kind of file"),
		)
	if not stored.is_private:
		# A list of people must not lie open under a guessable address.
		stored.is_private = 1
		stored.save()
		doc.file = stored.file_url


def file_record(file_url: str) -> Document:
	"""The File behind an address, which the session's user may read.

	An address alone proves nothing: another user's private list may be typed as well as one's own.

	Raises:
		frappe.DoesNotExistError: there is none that the user may read.
	"""
	for name in frappe.get_all("File", {"file_url": file_url or "", "is_folder": 0}, pluck="name", limit=20):
		stored = frappe.get_doc("File", name)
		if stored.has_permission("read"):
			return stored
	frappe.throw(
		_("The file is not there, or you may not read it. Upload it again."), frappe.DoesNotExistError
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def attach(doc: Document) -> None:
	"""Hang the uploaded file on its import, so that whoever may read the import may read it, and nobody else."""
	stored = file_record(doc.file)
	if not stored.attached_to_name and stored.owner == frappe.session.user:
		stored.db_set(
			{"attached_to_doctype": doc.doctype, "attached_to_name": doc.name, "attached_to_field": "file"},
			update_modified=False,
		)


def set_policy(doc: Document) -> None:
	"""What happens to people who are known, where the user has not said: as the settings say for files. In place."""
	if not doc.policy:
		# A list has nobody to warn: who is to be noted twice is told by the outcome of the row.
		doc.policy = REFUSE if door_policy(FILE_IMPORT) == REFUSE else ATTACH


def check_columns(doc: Document) -> None:
	"""Fields that were written past the choice of columns, by a program for instance, are checked as those of the form.

	Raises:
		frappe.ValidationError: a field that no column may fill, or two columns for one.
	"""
	before = doc.get_doc_before_save()
	chosen = [(row.header or "", row.field or "") for row in doc.columns]
	if before is None or chosen != [(row.header or "", row.field or "") for row in before.columns]:
		check_chosen(chosen)


def check_rows(doc: Document, table: Table) -> None:
	"""There must be something to import.

	Args:
		table: just opened; its first row is read.

	Raises:
		FileUnreadableError: no row stands under the headers, or somebody's data stands in their place.
	"""
	faults = [one for one in table.warnings if one.code == HEADER_IS_DATA]
	if not faults and next(iter(table.rows), None) is None:
		faults = [Fault("no_rows")]
	if faults:
		frappe.throw(
			fault_sentence(faults[0]), exc=FileUnreadableError, title=_("This file cannot be imported")
		)


def forget_other_file(doc: Document) -> None:
	"""Another file, or another way of reading it, has columns of its own. In place."""
	before = doc.get_doc_before_save()
	if before is not None and any((doc.get(field) or "") != (before.get(field) or "") for field in READING):
		doc.set("columns", [])
		doc.total_rows = 0
		doc.date_order = None if doc.file != before.file else doc.date_order


def forget_dry_run(doc: Document) -> None:
	"""A dry run whose settings were changed since has nothing to say any more."""
	before = doc.get_doc_before_save()
	if before is not None and before.status == CHECKED and doc.status == DRAFT:
		delete_rows(doc)


def delete_rows(doc: Document) -> None:
	"""What became of the rows goes with the import."""
	frappe.db.delete(ROW, {"lead_import": doc.name})


def content_hash(doc: Document) -> str:
	"""SHA-256 of the file: a run that is resumed must read what it had begun to read."""
	digest = hashlib.sha256()
	with open(path_of(doc), "rb") as handle:
		while part := handle.read(1 << 20):
			digest.update(part)
	return digest.hexdigest()


def path_of(doc: Document) -> str:
	"""Where the file lies on this machine."""
	return file_record(doc.file).get_full_path()


@contextmanager
def opened(doc: Document) -> Iterator[Table]:
	"""The file of an import as a table, read as its settings say.

	Raises:
		FileUnreadableError: with the sentence that says why and what to do.
	"""
	stored = file_record(doc.file)
	with open(stored.get_full_path(), "rb") as handle:
		try:
			yield open_table(handle, stored.file_name or "", **settings_of(doc))
		except UnreadableFile as error:
			frappe.throw(
				fault_sentence(error.fault), exc=FileUnreadableError, title=_("This file cannot be read")
			)


def settings_of(doc: Document) -> dict[str, Any]:
	"""The user's choices for the reader."""
	return {
		"encoding": doc.encoding or "",
		"delimiter": _DELIMITER_SIGNS.get(doc.delimiter or "", ""),
		"sheet": (doc.sheet or "").strip(),
		"header_line": int(doc.header_line or 0),
	}
