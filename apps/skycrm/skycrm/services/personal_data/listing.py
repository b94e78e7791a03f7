"""What a preview shows: a row for each record, file and user of the person, and what happens to it."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr

from skycrm.domain.importing.table import Fault
from skycrm.services.import_messages import fault_sentence
from skycrm.services.personal_data import accounts, import_rows, people_files, related
from skycrm.services.personal_data.people_files import DECIDE, ERASE, IMPORT, KEEP
from skycrm.services.personal_data.subject import Subject

ERASURE = "Erasure"
EXPORT_ACTION = "Export"
FILE, USER = "File", "User"
ACCOUNT = "Account"


def list_records(request: Document, found: Subject) -> None:
	"""Fill the list with records, what hangs on them, and users. In place."""
	request.set("records", [])
	for doctype, names in found.records.items():
		for record in names:
			reason = found.kept.get((doctype, record))
			_add(
				request,
				document_type=doctype,
				document_name=record,
				title=_title(doctype, record),
				action=KEEP if reason else ERASE,
				reason=_reason(reason) if reason else None,
			)
	for doctype, count in _linked_counts(found).items():
		kept = related.is_submittable(doctype)
		_add(
			request,
			document_type=doctype,
			title=_("Linked records"),
			count=count,
			action=KEEP if kept else ERASE,
			reason=_("Submitted documents are kept as accounting law demands.") if kept else None,
		)
	rows = import_rows.of_person(found)
	if rows:
		_add(
			request,
			document_type=import_rows.ROW,
			title=_("Rows that imports have noted"),
			count=len(rows),
			reason=_("Their cells are emptied; how many rows an import had stays."),
		)
	for user, kind in sorted(found.accounts.items()):
		_add(
			request, document_type=USER, document_name=user, title=_title(USER, user), **_account(user, kind)
		)


def list_files(request: Document, state: people_files.Search) -> None:
	"""Add the files that a search has found, and how many could not be searched. In place."""
	for one in state.found:
		lead_import = one.get("import")
		_add(
			request,
			document_type=IMPORT if lead_import else FILE,
			document_name=lead_import or one["file"],
			title=cstr(one["title"])[:140],
			count=one["count"],
			action=one["action"],
			way=one["way"],
			reason=_file_reason(one),
		)
	unread, elsewhere = sum(state.unread.values()), people_files.kept_elsewhere()
	if unread or state.large or elsewhere:
		kinds = ", ".join(f"{ending} {count}" for ending, count in sorted(state.unread.items()))
		_add(
			request,
			document_type=FILE,
			title=_("Not searched"),
			count=unread + state.large + elsewhere,
			action=KEEP,
			reason=_(
				"The text inside pictures, PDF and other such files is not searched ({0}), nor are files over {1} MB ({2}) and files on other servers ({3})."
			).format(kinds or 0, people_files.MOST_SEARCHED >> 20, state.large, elsewhere),
		)


def undecided(request: Document) -> list[str]:
	"""Titles of rows about which nobody has decided."""
	return [cstr(row.title or row.document_name) for row in request.records if row.action == DECIDE]


def chosen_files(request: Document, state: people_files.Search) -> list[dict[str, str]]:
	"""What an erasure does to files: [{url, way}], those left out that the administrator keeps.

	One file may hang on several imports: kept once, it is kept.
	"""
	ways = {(row.document_type, row.document_name): row for row in request.records if row.document_name}
	chosen: dict[str, str] = {}
	for one in state.found:
		row = ways.get((IMPORT, one["import"]) if "import" in one else (FILE, one["file"]))
		if row and row.action == ERASE and one["way"] in (people_files.ROWS, people_files.WHOLE):
			chosen[one["url"]] = one["way"]
	return [{"url": url, "way": way} for url, way in chosen.items()]


def chosen_accounts(request: Document) -> list[str]:
	"""Users whose account an erasure closes."""
	return [row.document_name for row in request.records if row.way == ACCOUNT and row.action == ERASE]


def _add(request: Document, **values: Any) -> None:
	row = {"count": 1, "action": ERASE, **values}
	if request.kind != ERASURE:
		# A copy takes nothing away: nothing to keep, nothing to decide.
		row |= {"action": EXPORT_ACTION, "reason": None}
	request.append("records", row)


def _account(user: str, kind: str) -> dict[str, Any]:
	if kind == accounts.STAFF:
		return {
			"action": KEEP,
			"reason": _(
				"A user who works here: the account and the letters under this address are the firm's and stay."
			),
		}
	closed = _("The login is closed at once, and loses its name, email and phone. It cannot be opened again.")
	if kind == accounts.PORTAL:
		return {"action": ERASE, "way": ACCOUNT, "reason": closed}
	roles = _("It has roles of its own: {0}. Choose Erase or Keep.").format(
		", ".join(_(role) for role in accounts.roles_of(user))
	)
	return {"action": DECIDE, "way": ACCOUNT, "reason": f"{closed} {roles}"}


def _file_reason(one: dict[str, Any]) -> str:
	doctype, name = one["place"]
	place = (
		_("Attached to {0} {1}.").format(_(doctype), name) if doctype and name else _("Attached to nothing.")
	)
	sentences = [_file_fate(one["reason"], one["count"], one.get("others", 0))]
	if one["way"] == people_files.WHOLE and one["reason"] not in ("remade", "documents"):
		sentences.append(_("Erase deletes the whole file. Look at it, then choose Erase or Keep."))
	return " ".join([*sentences, place])


def _file_fate(code: str, count: int, others: int) -> str:
	not_without = _("It cannot be rewritten without the person.")
	sentences = {
		"rows": _(
			"Erase takes {0} rows about the person out of this list; {1} rows about others stay as they are."
		).format(count, others),
		"text": _("The person's email or phone is in its text."),
		"unread": _("Its text cannot be searched, and it belongs to work done for the person."),
		"unread_named": _("Its name says who it is about; its text cannot be searched."),
		"in_name": _("Its name says who it is about: the file gets another one."),
		"remade": _("A copy that a program has made: the whole file is deleted."),
		"documents": _("It belongs to a submitted document, which accounting law keeps."),
		"too_large": _("Rows of this file are about the person, and it is too large to be rewritten."),
		"person_in_headers": _("The person stands in the line of the headers."),
		"person_elsewhere": not_without,
		"bytes_not_kept": not_without,
		"unpacked_too_large": not_without,
		"not_an_archive": not_without,
	}
	return sentences.get(code) or fault_sentence(Fault(code))


def _linked_counts(found: Subject) -> dict[str, int]:
	counts: dict[str, int] = {}
	for source, rows in related.rows_of(found.records, fields="name"):
		if source.doctype not in found.records and source.doctype != import_rows.ROW and not source.is_child:
			counts[source.doctype] = max(counts.get(source.doctype, 0), len(rows))
	return dict(sorted(counts.items()))


def _title(doctype: str, name: str) -> str:
	field = frappe.get_meta(doctype).get_title_field()
	return cstr(frappe.db.get_value(doctype, name, field))[:140]


def _reason(code: str) -> str:
	return {
		"firm": _("A firm, not a person: only the person's own addresses are taken out of it."),
		"documents": _("It has submitted documents, which accounting law keeps."),
		"shared": _("Others use it too, or a customer that is kept."),
	}.get(code, code)
