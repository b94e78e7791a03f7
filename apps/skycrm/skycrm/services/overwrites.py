"""Two people change one lead or opportunity: a stale write is refused, a blind one is noted or refused.

Stale: the writer says which version they have read (`modified`, as the desk always does), and there is a newer one.
Blind: a program sends fields without saying so. See domain/overwrites.py for the rule, Sky CRM Settings for what happens.
"""

import json
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.core.doctype.version.version import get_diff
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, cstr, escape_html, format_datetime, get_datetime, now_datetime

from skycrm.domain.called_method import called_method
from skycrm.domain.overwrites import Change, Overwrite, fields_of, overwritten
from skycrm.services.messages import ConflictError

REFUSE = "Refuse"
DEFAULT_MINUTES = 1440
# Versions read; more changes than these within the time that counts are a job's, not people's.
MOST_VERSIONS = 100
LONGEST_VALUE = 200
# Paths by which a program changes fields of one record: (before the DocType, methods).
PATHS = ("/api/resource/", "/api/v1/resource/", "/api/v2/document/")
SET_VALUE = "frappe.client.set_value"


class ChangedMeanwhileError(frappe.TimestampMismatchError):
	"""Somebody else has stored the record since it was read: answered as 409."""

	http_status_code = 409


class RefusesStaleWrites:
	"""Mixin for controllers, before `Document`: says who has changed the record, when, and what to do."""

	def check_if_latest(self) -> None:
		try:
			super().check_if_latest()
		except frappe.TimestampMismatchError:
			frappe.clear_last_message()
			stored = self.get_doc_before_save()
			frappe.throw(
				_(
					"{0} was changed by {1} on {2}, after you had opened it. Nothing of yours is stored. Load it again, then make your change once more."
				).format(
					frappe.bold(escape_html(cstr(self.get_title() or self.name))),
					_person(stored.modified_by),
					format_datetime(stored.modified, "dd-MM-yyyy HH:mm:ss"),
				),
				exc=ChangedMeanwhileError,
				title=_("Changed Meanwhile"),
			)


def check(doc: Document) -> None:
	"""Refuse or note what a blind write overwrites. For `validate`, when all other fields are set; one query, and none
	for the desk's form, services and jobs.

	Raises:
		ConflictError (409): the settings say Refuse.
	"""
	before = doc.get_doc_before_save()
	if before is None or not _is_blind(doc):
		return
	diff = get_diff(before, doc)
	shown = [field for field in fields_of(diff) if _is_shown(doc, field)]
	if not shown:
		return
	settings = frappe.get_cached_doc("Sky CRM Settings")
	found = overwritten(
		frappe.session.user, shown, _changes(doc, cint(settings.get("overwrite_window_minutes")))
	)
	if not found:
		return
	if settings.get("overwrite_policy") == REFUSE:
		_refuse(doc, found)
	_note(doc, found, {row[0]: (row[1], row[2]) for row in diff.get("changed") or ()})


def _is_blind(doc: Document) -> bool:
	"""Whether this request writes fields of this very record without saying which version was read."""
	request = getattr(frappe.local, "request", None)
	if request is None:
		return False
	sent = frappe.local.form_dict or {}
	method = called_method(request.path, sent)
	if method == SET_VALUE:
		# Boards and calendars of the desk move cards by this method; their user sees what they move.
		by_program = bool(request.headers.get("Authorization"))
		return by_program and sent.get("doctype") == doc.doctype and sent.get("name") == doc.name
	if method or request.method not in ("PUT", "PATCH"):
		return False
	path = next((path for path in PATHS if request.path.startswith(path)), None)
	if not path:
		return False
	# The server has decoded the path once already; names hold no escapes of their own.
	parts = [unquote(part) for part in request.path[len(path) :].strip("/").split("/")]
	return parts[:2] == [doc.doctype, doc.name] and not _sent_modified(sent)


def _sent_modified(sent: dict) -> bool:
	if sent.get("modified"):
		return True
	# The first version of the API also takes its fields as JSON in `data`.
	data = sent.get("data")
	try:
		data = json.loads(data) if isinstance(data, str) else data
	except ValueError:
		return False
	return isinstance(data, dict) and bool(data.get("modified"))


def _is_shown(doc: Document, fieldname: str) -> bool:
	"""Fields that people write: not hidden keys, nor what the system counts out."""
	field = doc.meta.get_field(fieldname)
	return bool(field) and not field.hidden and not field.read_only


def _changes(doc: Document, minutes: int) -> list[Change]:
	rows = frappe.get_all(
		"Version",
		filters={
			"ref_doctype": doc.doctype,
			"docname": doc.name,
			"creation": (">=", add_to_date(now_datetime(), minutes=-(minutes or DEFAULT_MINUTES))),
		},
		fields=["owner", "creation", "data"],
		order_by="creation desc",
		limit=MOST_VERSIONS,
	)
	return [
		Change(row.owner, get_datetime(row.creation), frozenset(fields_of(json.loads(row.data or "{}"))))
		for row in rows
	]


def _refuse(doc: Document, found: list[Overwrite]) -> None:
	first = found[0]
	frappe.throw(
		_(
			"{0} was changed by {1} on {2}, and it is not known whether you have seen that. Read the record again and send its {3} with your change."
		).format(
			", ".join(frappe.bold(_(doc.meta.get_label(entry.field))) for entry in found),
			_person(first.user),
			format_datetime(first.on, "dd-MM-yyyy HH:mm:ss"),
			"<code>modified</code>",
		),
		exc=ConflictError,
		title=_("Changed Meanwhile"),
	)


def _note(doc: Document, found: list[Overwrite], values: dict[str, tuple]) -> None:
	"""A line in the timeline for each field: who wrote over whose change, from what to what."""
	lines = []
	for entry in found:
		old, new = values.get(entry.field, (None, None))
		lines.append(
			_("overwrote {0}, which {1} had changed on {2}: from {3} to {4}").format(
				frappe.bold(_(doc.meta.get_label(entry.field))),
				_person(entry.user),
				format_datetime(entry.on, "dd-MM-yyyy HH:mm:ss"),
				_value(old),
				_value(new),
			)
			if entry.field in values
			else _("overwrote {0}, which {1} had changed on {2}").format(
				frappe.bold(_(doc.meta.get_label(entry.field))),
				_person(entry.user),
				format_datetime(entry.on, "dd-MM-yyyy HH:mm:ss"),
			)
		)
	# In the same transaction: no change without its note, no note without its change.
	doc.add_comment("Info", "<br>".join(lines))


def _value(value: object) -> str:
	text = cstr(value)
	text = text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
	return frappe.bold(escape_html(text)) if text else _("nothing")


def _person(user: str) -> str:
	return escape_html(frappe.utils.get_fullname(user) or user)
