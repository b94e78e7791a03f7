"""The run of an import: the file in chunks, each chunk one transaction that holds its rows' outcomes.

State is in MariaDB alone: `last_line` and the outcomes are committed with the leads of their chunk, so a run that is
killed anywhere goes on behind its last whole chunk (jobs/lead_import.py restarts it), and two runs of one import meet at
its locked row, where the one with the older token ends.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.domain.importing.table import Row, Table, chunks
from skycrm.services import (
	import_file,
	import_mapping,
	import_parties,
	import_plan,
	import_status,
	import_write,
)
from skycrm.services.import_decider import Decider
from skycrm.services.import_file import FileUnreadableError
from skycrm.services.import_plan import Decision
from skycrm.services.import_rows import Preparer
from skycrm.services.import_status import (
	CHECKED,
	CHECKING,
	COUNTERS,
	DOCTYPE,
	DONE,
	DRAFT,
	FAILED,
	RUNNING,
)

CHUNK = 1000
# Contacts and customers are made one by one, a tenth of a second each.
PARTIES_CHUNK = 50
# A deadlock with somebody who writes leads at the same time is tried again.
ATTEMPTS = 5
# What became of the rows, one of these for each; the other counters say more of some that were made.
OUTCOME_COUNTERS = ("made", "merged", "skipped", "refused")
Commit = Callable[[], None]


class SupersededError(Exception):
	"""Another run has taken this import over, or the user has stopped it."""


class FileChangedError(frappe.ValidationError):
	"""The file is not the one that the run had begun to read."""


@dataclass
class Run:
	"""One run of one import."""

	doc: Document
	token: str
	commit: Commit
	decider: Decider
	preparer: Preparer
	is_dry: bool = False
	done: int = 0
	total: int = 0

	@property
	def chunk(self) -> int:
		"""Rows in one transaction."""
		return PARTIES_CHUNK if self.decider.makes_parties else CHUNK


def run(name: str, commit: Commit) -> None:
	"""Import, from where an earlier run ended, until the end of the file. As the session's user.

	Args:
		name: of a Sky Lead Import that is queued or running.
		commit: commits the transaction; called after each chunk.
	"""
	token = frappe.generate_hash(length=20)
	if not import_status.move(name, RUNNING, run_token=token):
		return
	commit()
	_guarded(name, commit, FAILED, lambda doc: _import(doc, token, commit))


def dry_run(name: str, commit: Commit) -> None:
	"""Say what an import would do, row by row, and write no lead. As the session's user.

	Args:
		name: of a Sky Lead Import that is being checked.
		commit: commits the transaction; called after each chunk.
	"""
	token = frappe.generate_hash(length=20)
	zero = {**dict.fromkeys(COUNTERS, 0), "last_line": 0, "message": None}
	if not import_status.move(name, CHECKING, run_token=token, **zero):
		return
	commit()
	_guarded(name, commit, DRAFT, lambda doc: _check(doc, token, commit))


def _guarded(name: str, commit: Commit, on_failure: str, work: Callable[[Document], None]) -> None:
	"""What goes wrong ends in the status and a sentence, not in a job that nobody reads."""
	try:
		import_file.check_right()
		doc = frappe.get_doc(DOCTYPE, name)
		if doc.target == import_parties.TARGET:
			import_parties.check_right()
		work(doc)
	except SupersededError:
		frappe.db.rollback()
	except (FileUnreadableError, FileChangedError, frappe.PermissionError, frappe.DoesNotExistError) as error:
		_fail(name, commit, on_failure, frappe.utils.strip_html(str(error)))
	except Exception:
		frappe.db.rollback()
		frappe.log_error(title=f"Sky Lead Import {name}", reference_doctype=DOCTYPE, reference_name=name)
		text = _(
			"The import ended with an error that is no fault of the file. Resume it, or tell your administrator."
		)
		_fail(name, commit, on_failure, text, rolled_back=True)
	frappe.clear_messages()


def _fail(name: str, commit: Commit, status: str, text: str, rolled_back: bool = False) -> None:
	if not rolled_back:
		frappe.db.rollback()
	import_status.move(name, status, message=text[:1000])
	commit()


def _import(doc: Document, token: str, commit: Commit) -> None:
	digest = import_file.content_hash(doc)
	if doc.last_line and doc.file_hash and doc.file_hash != digest:
		frappe.throw(
			_("The file was changed after the import had begun. Make a new import of the changed file."),
			exc=FileChangedError,
		)
	if not doc.last_line:
		_begin(doc, digest, commit)
	if not doc.total_rows or doc.file_hash != digest:
		doc.total_rows = _count(doc)
		frappe.db.set_value(
			DOCTYPE, doc.name, {"total_rows": doc.total_rows, "file_hash": digest}, update_modified=False
		)
		commit()
	with import_file.opened(doc) as table:
		this = _prepare(doc, token, commit, table)
		this.done = sum(doc.get(name) for name in OUTCOME_COUNTERS)
		for chunk in chunks((row for row in table.rows if row.line > doc.last_line), this.chunk):
			_take(this, chunk)
			_tell(this)
	_finish(this, DONE)


def _begin(doc: Document, digest: str, commit: Commit) -> None:
	"""A first start: what a dry run has noted goes."""
	import_file.delete_rows(doc)
	values = {**dict.fromkeys(COUNTERS, 0), "file_hash": digest}
	if doc.file_hash != digest:
		values["total_rows"] = doc.total_rows = 0
	frappe.db.set_value(DOCTYPE, doc.name, values, update_modified=False)
	doc.update(values)
	commit()


def _check(doc: Document, token: str, commit: Commit) -> None:
	import_file.delete_rows(doc)
	digest = import_file.content_hash(doc)
	doc.total_rows = _count(doc)
	frappe.db.set_value(
		DOCTYPE, doc.name, {"total_rows": doc.total_rows, "file_hash": digest}, update_modified=False
	)
	commit()
	with import_file.opened(doc) as table:
		this = _prepare(doc, token, commit, table, is_dry=True)
		for chunk in chunks(table.rows, this.chunk):
			_hold(this)
			decisions = this.decider.foresee(this.preparer.read(chunk))
			told = [one for one in decisions if one.outcome != import_plan.MADE or one.look_alike]
			import_write.note_outcomes(doc.name, told, is_dry=True)
			_count_up(this, decisions, chunk[-1].line)
			commit()
			_tell(this)
	_finish(this, CHECKED)


def _prepare(doc: Document, token: str, commit: Commit, table: Table, is_dry: bool = False) -> Run:
	if not import_mapping.fits(doc, table.headers):
		frappe.throw(
			_(
				"The columns of the file are not those for which fields were chosen. Make a new import of the changed file."
			),
			exc=FileChangedError,
		)
	preparer = Preparer(doc, table.headers)
	return Run(doc, token, commit, Decider(doc, is_dry), preparer, is_dry, total=doc.total_rows)


def _take(this: Run, rows: Sequence[Row]) -> None:
	"""One chunk, in one transaction; a row that the database does not take is found by halves and refused."""
	for attempt in range(1, ATTEMPTS + 1):
		try:
			_write(this, rows)
			return
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if attempt == ATTEMPTS:
				raise
		except SupersededError:
			raise
		except Exception as error:
			frappe.db.rollback()
			if not frappe.db.is_data_too_long(error) and not isinstance(error, import_write.NOT_STORED):
				raise
			if len(rows) == 1:
				_refuse(this, rows[0], error)
				return
			half = len(rows) // 2
			_take(this, rows[:half])
			_take(this, rows[half:])
			return


def _write(this: Run, rows: Sequence[Row]) -> None:
	prepared = this.preparer.read(rows)
	if this.decider.makes_parties:
		_hold(this)
		_note(this, this.decider.parties(prepared), rows[-1].line)
		return
	decisions = this.decider.leads(prepared)
	names = import_write.take_names(decisions)
	# The block of numbers is the only thing that others wait for: given free at once.
	this.commit()
	_hold(this)
	_note(this, import_write.write(this.doc, this.decider.plan, decisions, names), rows[-1].line)


def _note(this: Run, decisions: Sequence[Decision], last_line: int) -> None:
	"""Write the outcomes down and end the transaction."""
	import_write.note_outcomes(this.doc.name, decisions)
	_count_up(this, decisions, last_line)
	this.commit()


def _refuse(this: Run, row: Row, error: Exception) -> None:
	decision = import_plan.not_stored(
		this.preparer.read([row])[0], str(error.args[-1] if error.args else error)
	)
	_hold(this)
	_note(this, [decision], row.line)


def _hold(this: Run) -> None:
	"""Lock the import's row for this transaction.

	Raises:
		SupersededError: it is no longer this run's.
	"""
	row = frappe.db.get_value(
		DOCTYPE, this.doc.name, ["status", "run_token", "last_line"], as_dict=True, for_update=True
	)
	wanted = CHECKING if this.is_dry else RUNNING
	if not row or row.run_token != this.token or row.status != wanted or row.last_line != this.doc.last_line:
		raise SupersededError


def _count_up(this: Run, decisions: Iterable[Any], last_line: int) -> None:
	counts = import_plan.counted(decisions)
	table = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.update(table).set(table.last_line, last_line).set(table.heartbeat_on, now_datetime())
	for name, count in counts.items():
		query = query.set(table[name], table[name] + count)
	query.where(table.name == this.doc.name).run()
	this.doc.last_line = last_line
	this.done += sum(counts[name] for name in OUTCOME_COUNTERS)


def _tell(this: Run) -> None:
	frappe.publish_realtime(
		"skycrm_import",
		{"name": this.doc.name, "done": this.done, "total": max(this.total, this.done)},
		doctype=DOCTYPE,
		docname=this.doc.name,
	)


def _finish(this: Run, status: str) -> None:
	_hold(this)
	# A file of lines that are all refused by the reader is counted too.
	values = {"last_line": 0} if this.is_dry else {"finished_on": now_datetime()}
	import_status.move(this.doc.name, status, message=None, **values)
	this.commit()


def _count(doc: Document) -> int:
	with import_file.opened(doc) as table:
		return sum(1 for _row in table.rows)
