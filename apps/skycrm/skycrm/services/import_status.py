"""The one place that moves the status of a Sky Lead Import.

Draft → Checking → Checked (a dry run) and Draft or Checked → Queued → Running → Done. Stopped is the user's, Failed the
file's or the program's; both can be resumed and go on where they ended. Every move is one statement that names the states
it may start from, so that two workers or two clicks never both move it.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.services.messages import ConflictError

DOCTYPE = "Sky Lead Import"
DRAFT, CHECKING, CHECKED = "Draft", "Checking", "Checked"
QUEUED, RUNNING, DONE, STOPPED, FAILED = "Queued", "Running", "Done", "Stopped", "Failed"
# A worker is at it, or will be.
BUSY = (CHECKING, QUEUED, RUNNING)
# Nothing was written yet: file and columns may still change.
BEFORE_START = (DRAFT, CHECKED)
FROM: dict[str, tuple[str, ...]] = {
	CHECKING: (DRAFT, CHECKED, CHECKING),
	CHECKED: (CHECKING,),
	QUEUED: (DRAFT, CHECKED, STOPPED, FAILED, QUEUED, RUNNING),
	RUNNING: (QUEUED, RUNNING),
	DONE: (RUNNING,),
	STOPPED: (QUEUED, RUNNING),
	FAILED: (QUEUED, RUNNING),
	# A dry run that was stopped or went wrong leaves nothing behind.
	DRAFT: (CHECKING,),
}
# What decides what becomes of the rows, besides the columns.
SETTINGS = (
	"file",
	"target",
	"policy",
	"source",
	"campaign",
	"tags",
	"lead_owner",
	"team",
	"territory",
	"encoding",
	"delimiter",
	"sheet",
	"header_line",
	"date_order",
)
COUNTERS = ("made", "merged", "skipped", "refused", "flagged", "similar")
# Only this module and the run write these: a save of the form must not.
OWNED = (
	"status",
	*COUNTERS,
	"total_rows",
	"started_by",
	"started_on",
	"finished_on",
	"last_line",
	"file_hash",
	"run_token",
	"attempt",
	"heartbeat_on",
	"message",
)


def move(name: str, status: str, only_from: Sequence[str] = (), **values: Any) -> bool:
	"""Move an import to a status, and write further fields with it, in one statement.

	Args:
		only_from: states that the caller may start from, where these are fewer than FROM allows: a user's start must not
			begin a run anew that another one's click has begun.

	Returns:
		False when it was in none of the states from which this move is possible: somebody else was first.
	"""
	table = frappe.qb.DocType(DOCTYPE)
	moment = now_datetime()
	query = frappe.qb.update(table).set(table.status, status).set(table.heartbeat_on, moment)
	for fieldname, value in values.items():
		query = query.set(table[fieldname], value)
	query.where((table.name == name) & table.status.isin(only_from or FROM[status])).run()
	moved = bool(frappe.db._cursor.rowcount)
	if moved:
		frappe.clear_document_cache(DOCTYPE, name)
		tell(name)
	return moved


def move_or_refuse(name: str, status: str, only_from: Sequence[str] = (), **values: Any) -> None:
	"""As `move`, for a user's click.

	Raises:
		ConflictError (409): the import is in another state by now.
	"""
	if not move(name, status, only_from, **values):
		refuse_changed(frappe.db.get_value(DOCTYPE, name, "status"))


def refuse_changed(status: str) -> NoReturn:
	"""Say that a step is not open in this status.

	Raises:
		ConflictError (409).
	"""
	frappe.throw(
		_("This import is {0} by now, so this cannot be done. Reload the page to see how far it is.").format(
			frappe.bold(_(status))
		),
		exc=ConflictError,
		title=_("Changed meanwhile"),
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised


def guard(doc: Document) -> None:
	"""Keep what only the run may write out of a save, and the settings of a started import as they are.

	Raises:
		frappe.ValidationError: the import has started and something else is to be changed.
	"""
	before = doc.get_doc_before_save()
	for fieldname in OWNED:
		doc.set(fieldname, before.get(fieldname) if before else doc.meta.get_field(fieldname).default)
	if before is not None and before.status == CHECKED and _settings_of(doc) != _settings_of(before):
		# What the dry run has said holds no longer.
		doc.update({"status": DRAFT, **dict.fromkeys(COUNTERS, 0)})
	if before is not None and before.status not in BEFORE_START:
		frappe.throw(
			_(
				"This import is {0}: its file and settings can no longer be changed. Make a new import instead."
			).format(frappe.bold(_(before.status))),
			title=_("Not possible in this status"),
		)


def _settings_of(doc: Document) -> dict[str, Any]:
	return {
		**{name: str(doc.get(name) or "") for name in SETTINGS},
		"columns": [(row.position, row.field or "") for row in doc.columns],
	}


def refuse_while_running(doc: Document) -> None:
	"""A running import is stopped before it is deleted.

	Raises:
		frappe.ValidationError: a worker is at it.
	"""
	if doc.status in BUSY:
		frappe.throw(
			_("This import is running. Stop it first, then delete it."),
			title=_("Not possible in this status"),
		)


def tell(name: str, **progress: Any) -> None:
	"""An event for desks that show this import, once this transaction is committed."""
	frappe.publish_realtime(
		"skycrm_import", {"name": name, **progress}, doctype=DOCTYPE, docname=name, after_commit=True
	)
