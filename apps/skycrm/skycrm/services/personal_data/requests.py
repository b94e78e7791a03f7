"""The life of a Sky Personal Data Request: shown, confirmed by typing, run by a job that may be killed at any time.

What a job has to remember is in the request's `memory`, in MariaDB, until it is done; then it is wiped together with
the address by which the person was found.
"""

from dataclasses import asdict
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, now_datetime

from skycrm.services import export_audit
from skycrm.services.personal_data import accounts, erase, export, listing, people_files, subject
from skycrm.services.personal_data.erase.rows import request_memory
from skycrm.services.personal_data.people_files import Search
from skycrm.services.personal_data.subject import Subject
from skycrm.services.record_checks import shown

DOCTYPE = "Sky Personal Data Request"
ADMIN = "Sky CRM Admin"
EXPORT, ERASURE = "Export", "Erasure"
DRAFT, SEARCHING, PREVIEWED = "Draft", "Searching", "Previewed"
QUEUED, RUNNING, DONE, FAILED = "Queued", "Running", "Done", "Failed"
WAITING = (SEARCHING, QUEUED, RUNNING)
JOB = "skycrm.jobs.personal_data.run"
# Their names may hold the person's; they are given others, or go.
RENAMED = (subject.CONTACT, subject.CUSTOMER, subject.ADDRESS, listing.USER, listing.FILE)
# Seconds
TIME_LIMIT = 60 * 60
SECONDS_OF_PREVIEW = 5
SECONDS_OF_STEP = 60


def preview(name: str) -> Document:
	"""List what is kept about the person and what would happen to it. Nothing else changes.

	Raises:
		frappe.PermissionError: not an administrator of the CRM.
		frappe.ValidationError: started already, or nobody is found.
	"""
	request = _open(name)
	if request.status == FAILED and cint(request.step):
		frappe.throw(
			_("This request was begun and is half done. It goes on where it ended: choose Erase again."),
			title=_("Begun Already"),
		)
	found = subject.find(request)
	listing.list_records(request, found)
	is_known = bool(request.records)
	request.memory = frappe.as_json({"subject": _plain(found), "search": Search().as_dict()})
	request.status = SEARCHING
	state = _search(request, SECONDS_OF_PREVIEW)
	if state.is_done and not is_known and not state.found:
		frappe.throw(
			_(
				"Nothing is kept under this person's email and phone. Check both, or choose the lead or contact."
			),
			title=_("Nobody Found"),
		)
	if not state.is_done:
		enqueue(request.name)
	return _save(request)


def _search(request: Document, seconds: float) -> Search:
	"""Go on looking at files; listed when all are seen."""
	memory = request_memory(request)
	state = Search(**memory["search"])
	people_files.search(_restored(memory["subject"]), state, seconds)
	memory["search"] = state.as_dict()
	request.memory = frappe.as_json(memory)
	if state.is_done:
		listing.list_files(request, state)
		request.status = PREVIEWED
	return state


def start(name: str, typed: str) -> Document:
	"""Let a job carry the request out, after the administrator has typed its number.

	Args:
		typed: the number of the request, typed by hand: an erasure cannot be taken back.

	Raises:
		frappe.PermissionError: not an administrator of the CRM.
		frappe.ValidationError: not shown yet, started already, or typed wrongly.
	"""
	request = _open(name)
	if request.status not in (PREVIEWED, FAILED):
		frappe.throw(_("Look at what is found first: choose Preview."), title=_("Not Looked At Yet"))
	if cstr(typed).strip() != request.name:
		frappe.throw(
			_("Type {0} to confirm. It cannot be taken back.").format(shown(request.name)),
			title=_("Not Confirmed"),
		)
	if request.status != FAILED:
		_refuse_undecided(request)
		# Found once: what the first steps erase can no longer be looked up by the last.
		found = _without_spared(subject.find(request), request)
		state = Search(**request_memory(request).get("search", {}))
		request.memory = frappe.as_json(
			{
				"subject": _plain(found),
				"found": state.found if request.kind == EXPORT else [],
				"files": listing.chosen_files(request, state),
				"accounts": listing.chosen_accounts(request),
			}
		)
	request.update(
		{"status": QUEUED, "confirmed_by": frappe.session.user, "confirmed_on": now_datetime(), "progress": 0}
	)
	_log(request, _("Confirmed by {0}").format(frappe.session.user))
	_save(request)
	enqueue(request.name)
	return request


def enqueue(name: str) -> None:
	"""Hand a request to a worker once this transaction is committed; asked twice, it runs once."""
	frappe.enqueue(
		JOB,
		queue="long",
		timeout=TIME_LIMIT,
		job_id=f"skycrm_personal_data_{name}",
		deduplicate=True,
		enqueue_after_commit=True,
		name=name,
	)


def waiting() -> list[str]:
	"""Requests that are searched or carried out and not done: a sweeper hands them out again."""
	return frappe.get_all(DOCTYPE, {"status": ("in", WAITING)}, pluck="name", order_by="creation asc")


def steps_of(request: Document) -> list[str]:
	"""Names of the steps of a request, in their order."""
	return ["export"] if request.kind == EXPORT else [name for name, _step in erase.steps()]


def run_step(name: str) -> bool:
	"""Do the next step of a request; the caller commits after each.

	Returns:
		Whether there is another one.
	"""
	request = frappe.get_doc(DOCTYPE, name, for_update=True)
	if request.status not in WAITING:
		return False
	if request.status == SEARCHING:
		_search(request, SECONDS_OF_STEP)
		_save(request)
		return request.status == SEARCHING
	names = steps_of(request)
	number = cint(request.step)
	if number < len(names):
		memory = request_memory(request)
		found = _restored(memory["subject"])
		if request.kind == EXPORT:
			content, counts = export.build(found, memory.get("found") or [])
			request.result_file = export.save(request, content)
			export_audit.note(DOCTYPE, sum(counts.values()), "Personal Data", "ZIP", name=name)
			_log(request, ", ".join(f"{_(doctype)}: {count}" for doctype, count in counts.items()))
		else:
			dict(erase.steps())[names[number]](found, request)
			# A step may have noted something by itself.
			request.memory = frappe.db.get_value(DOCTYPE, name, "memory")
			_log(request, _("Step {0} of {1} done").format(number + 1, len(names)))
	request.update({"status": RUNNING, "step": number + 1, "progress": (number + 1) * 100 / len(names)})
	if number + 1 >= len(names):
		_finish(request)
	_save(request)
	return request.status == RUNNING


def fail(name: str, error: str) -> None:
	"""Note that a request could not be carried out; starting it again goes on where it ended."""
	request = frappe.get_doc(DOCTYPE, name)
	_log(request, error)
	# Nothing was begun by a search: it is asked for again.
	request.status = DRAFT if request.status == SEARCHING else FAILED
	_save(request)


def _finish(request: Document) -> None:
	kept = [row for row in request.records if row.action == "Keep"]
	request.update({"status": DONE, "finished_on": now_datetime(), "memory": None, "progress": 100})
	if request.kind == ERASURE:
		for row in request.records:
			row.title = None
			if row.action == "Erase":
				row.reason = None
				if row.document_type in RENAMED:
					row.document_name = None
		request.update({"email_id": None, "phone": None, "contact": None, "reason": _("Erased on request")})
		for row in kept:
			_log(request, _("Kept: {0} {1}").format(_(row.document_type), row.document_name or row.count))
	_log(request, _("Done"))


def _open(name: str) -> Document:
	frappe.only_for(ADMIN)
	request = frappe.get_doc(DOCTYPE, name, for_update=True)
	request.check_permission("write")
	if request.status not in (DRAFT, SEARCHING, PREVIEWED, FAILED):
		frappe.throw(
			_("A request that was started is not changed. Make a new one."), title=_("Kept as Proof")
		)
	return request


def _save(request: Document) -> Document:
	request.flags.by_service = True
	# What a service writes into a request that the administrator was checked for; a job has no user of its own.
	request.flags.ignore_permissions = True
	request.flags.ignore_links = True
	return request.save()


def _log(request: Document, line: str) -> None:
	entry = f"{now_datetime():%Y-%m-%d %H:%M:%S} {line}"
	request.log = f"{request.log}\n{entry}" if request.log else entry


def _refuse_undecided(request: Document) -> None:
	if undecided := listing.undecided(request):
		frappe.throw(
			_("Choose Erase or Keep in the list for: {0}.").format(
				", ".join(frappe.bold(frappe.utils.escape_html(title)) for title in undecided[:10])
			),
			title=_("Not Decided Yet"),
		)


def _without_spared(found: Subject, request: Document) -> Subject:
	"""The person without the records that the administrator chose to keep."""
	for row in request.records:
		key = (row.document_type, row.document_name)
		if key in found.kept or found.accounts.get(row.document_name) == accounts.STAFF:
			# What law or others need is no choice.
			row.action = "Keep"
		elif row.document_name and row.action != "Erase":
			found.kept[key] = "chosen"
	return found


def _plain(found: Subject) -> dict[str, Any]:
	values = {key: sorted(value) if isinstance(value, set) else value for key, value in asdict(found).items()}
	values["kept"] = [[*key, reason] for key, reason in found.kept.items()]
	return values


def _restored(values: dict[str, Any]) -> Subject:
	kept = {(doctype, name): reason for doctype, name, reason in values["kept"]}
	sets = {key: set(values[key]) for key in ("emails", "phones", "spellings", "names")}
	return Subject(**sets, records=values["records"], kept=kept, accounts=values.get("accounts") or {})
