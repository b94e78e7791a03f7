"""What a user does with an import: choose the columns, try it, start, stop and resume it. As the session's user."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.domain.importing.known_headers import NOT_IMPORTED
from skycrm.services import (
	import_fields,
	import_file,
	import_mapping,
	import_parties,
	import_preview,
	import_status,
)
from skycrm.services.import_rows import SOMEBODY
from skycrm.services.import_status import BEFORE_START, CHECKING, DOCTYPE, DRAFT, FAILED, QUEUED, STOPPED

# A restart by the sweeper counts as well: a run that dies this often will not live.
MOST_ATTEMPTS = 50
RESUMABLE = (STOPPED, FAILED)


def loaded(name: str, ptype: str = "read") -> Document:
	"""The import, after a check of the right to it and of the right to import.

	Raises:
		frappe.PermissionError, frappe.DoesNotExistError.
	"""
	doc = frappe.get_doc(DOCTYPE, name)
	doc.check_permission(ptype)
	import_file.check_right()
	return doc


def set_columns(name: str, fields: Sequence[str]) -> dict[str, Any]:
	"""Write down which field each column fills; the preview that comes of it.

	Args:
		name: of the import.
		fields: one for each column, NOT_IMPORTED or "" for none.

	Raises:
		frappe.ValidationError: an unknown field, or one that two columns fill.
	"""
	doc = loaded(name, "write")
	with import_file.opened(doc) as table:
		headers = table.headers
		if not doc.date_order:
			doc.date_order = import_preview.date_order(table, fields)
	_check_number(headers, fields)
	import_fields.check_chosen(list(zip(headers, fields, strict=True)))
	shown = {one["position"]: one for one in import_preview.preview(doc)["columns"]}
	doc.set("columns", [])
	for position, (header, chosen) in enumerate(zip(headers, fields, strict=False), start=1):
		suggested = shown[position]
		by_hand = int(suggested["why"] == "chosen" or suggested["field"] != (chosen or NOT_IMPORTED))
		doc.append(
			"columns", {"position": position, "header": header[:255], "field": chosen, "chosen": by_hand}
		)
	doc.save()
	return import_preview.preview(doc)


def check(name: str) -> None:
	"""Begin a dry run in the background.

	Raises:
		ConflictError (409): the import has started already.
	"""
	doc = _ready(name)
	import_status.move_or_refuse(name, CHECKING, BEFORE_START, **_started(doc))
	enqueue(name, dry=True)


def start(name: str) -> None:
	"""Begin the import in the background, and remember its mapping for files with the same headers.

	Raises:
		ConflictError (409): it runs already.
	"""
	doc = _ready(name)
	import_status.move_or_refuse(name, QUEUED, BEFORE_START, last_line=0, **_started(doc))
	import_mapping.remember(doc)
	enqueue(name)


def resume(name: str) -> None:
	"""Go on behind the last row that was taken, after a stop or an error.

	Raises:
		ConflictError (409): it runs, or has ended.
	"""
	doc = loaded(name, "write")
	if doc.status not in RESUMABLE:
		import_status.refuse_changed(doc.status)
	import_status.move_or_refuse(name, QUEUED, RESUMABLE, **_started(doc))
	enqueue(name)


def stop(name: str) -> None:
	"""End a run after the rows that it is at; what was made stays.

	Raises:
		ConflictError (409): it does not run.
	"""
	doc = loaded(name, "write")
	token = {"run_token": frappe.generate_hash(length=20)}
	if doc.status == CHECKING:
		import_status.move_or_refuse(name, DRAFT, **token)
	else:
		import_status.move_or_refuse(name, STOPPED, **token)


def enqueue(name: str, dry: bool = False) -> None:
	"""Hand a run to a worker once this transaction is committed. A lost job is found by the sweeper."""
	attempt = frappe.db.get_value(DOCTYPE, name, "attempt")
	frappe.enqueue(
		"skycrm.jobs.lead_import.check" if dry else "skycrm.jobs.lead_import.run",
		queue="long",
		timeout=4 * 60 * 60,
		# The number of the attempt: a job that died is still called running by the queue for a while.
		job_id=f"sky_lead_import::{name}::{attempt}",
		deduplicate=True,
		enqueue_after_commit=True,
		lead_import=name,
	)


def _ready(name: str) -> Document:
	doc = loaded(name, "write")
	if doc.status not in BEFORE_START:
		import_status.refuse_changed(doc.status)
	if doc.target == import_parties.TARGET:
		import_parties.check_right()
	with import_file.opened(doc) as table:
		import_file.check_rows(doc, table)
	if not import_mapping.fits(doc, table.headers):
		shown = import_preview.preview(doc)
		set_columns(name, [column["field"] for column in shown["columns"]])
		doc.reload()
	if not {row.field for row in doc.columns} & set(SOMEBODY):
		frappe.throw(
			_(
				"No column holds a name, an organization, an email or a phone number. Choose the field of at least one of them above its column."
			),
			title=_("Columns missing"),
		)
	return doc


def _started(doc: Document) -> dict[str, Any]:
	return {
		"started_by": frappe.session.user,
		"started_on": now_datetime(),
		"finished_on": None,
		"message": None,
		"attempt": (doc.attempt or 0) + 1,
	}


def _check_number(headers: Sequence[str], fields: Sequence[str]) -> None:
	if len(fields) != len(headers):
		frappe.throw(
			_(
				"The file has {0} columns, and fields for {1} were sent. Reload the page and choose again."
			).format(len(headers), len(fields))
		)
