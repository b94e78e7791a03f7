"""Take a conversion back: everything it made goes, everything it moved or changed returns, the lead is as it was.

Only while nothing later depends on it; otherwise every document that stands in the way is named and nothing changes.
"""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr

from skycrm.domain.conversion import check_undo
from skycrm.domain.errors import Blocked, RuleError
from skycrm.domain.lead_status import CONVERSION_FIELDS
from skycrm.services import conversion_ledger, status
from skycrm.services.conversion import LEAD, lock
from skycrm.services.conversion_blockers import later_documents
from skycrm.services.conversion_messages import throw_conversion_error
from skycrm.services.conversion_run import Notes
from skycrm.services.messages import BlockedError
from skycrm.services.record_checks import shown

SAVEPOINT = "sky_conversion_undo"
# Besides whoever converted the lead, these may take its conversion back.
MAY_UNDO = ("Sky Sales Manager", "Sky CRM Admin", "System Manager")
# Where a moved row says what it belongs to.
REFERENCE = {
	"Communication": ("reference_doctype", "reference_name"),
	"ToDo": ("reference_type", "reference_name"),
}


def undo(lead: str) -> dict[str, Any]:
	"""Take the conversion of a lead back, as the session's user.

	Args:
		lead: name of a converted Sky Lead.

	Returns:
		{lead, status, removed: {customer, contact, address, opportunity}}: the status that the lead has again, and the
		names of the records that were removed (None for what was there before the conversion).

	Raises:
		frappe.DoesNotExistError: no such lead.
		frappe.PermissionError: no right to the lead, or neither its converter nor a manager.
		BlockedError: later documents stand in the way; the message names them.
		frappe.ValidationError: the lead is not converted, or its conversion was not recorded.
		ConversionBusyError, frappe.QueryDeadlockError: as services.conversion.convert.
	"""
	row = lock(lead)
	doc = frappe.get_doc(LEAD, row.name)
	doc.check_permission("write")
	ledger = conversion_ledger.active(doc.name, for_update=True) if doc.status == "Converted" else None
	if ledger:
		_check_may_undo(ledger)
	notes = conversion_ledger.notes_of(ledger) if ledger else Notes()
	blockers, hidden = later_documents(ledger, notes) if ledger else ([], 0)
	try:
		check_undo(doc.status, bool(ledger), blockers, hidden)
	except Blocked as error:
		_throw_blocked(doc, error)
	except RuleError as error:
		throw_conversion_error(error)

	removed = {key: ledger.get(key) for key in conversion_ledger.PARTS if ledger.get(f"{key}_created")}
	frappe.db.savepoint(SAVEPOINT)
	try:
		restored = _take_back(doc, ledger, notes, removed)
	except Exception as error:
		frappe.clear_document_cache(LEAD, doc.name)
		if not isinstance(error, frappe.QueryDeadlockError):
			frappe.db.rollback(save_point=SAVEPOINT)
		raise
	return {
		"lead": restored.name,
		"status": restored.status,
		"removed": {key: removed.get(key) for key in conversion_ledger.PARTS},
	}


def _take_back(lead: Document, ledger: Document, notes: Notes, removed: dict[str, str]) -> Document:
	before = conversion_ledger.lead_before_of(ledger)
	target = (ledger.target_doctype, _target_name(ledger))
	restored = status.restore_after_undo(
		lead, {"status": before["status"], **{field: before.get(field) for field in CONVERSION_FIELDS}}
	)
	move_back(lead.name, notes, target, before)
	delete_rows(notes)
	restore_changes(notes)
	conversion_ledger.close(ledger)
	delete_records(removed)
	return restored


def move_back(lead: str, notes: Notes, target: tuple[str, str], before: dict[str, Any]) -> None:
	"""Point moved rows at the lead again, except where somebody has put them elsewhere since. Set by set."""
	for doctype, names in notes.moved.items():
		doctype_field, name_field = REFERENCE[doctype]
		table = frappe.qb.DocType(doctype)
		(
			frappe.qb.update(table)
			.set(table[doctype_field], LEAD)
			.set(table[name_field], lead)
			.where(table.name.isin(names))
			.where(table[doctype_field] == target[0])
			.where(table[name_field] == target[1])
		).run()
	if notes.moved.get("ToDo"):
		frappe.db.set_value(LEAD, lead, "_assign", before.get("_assign"), update_modified=False)


def delete_rows(notes: Notes) -> None:
	"""Delete the copies and links that the conversion made beside the four records. One statement per DocType."""
	for doctype, names in notes.created.items():
		if names:
			frappe.db.delete(doctype, {"name": ("in", names)})


def restore_changes(notes: Notes) -> None:
	"""Put records that were there before back as they were, as far as nobody has changed them since."""
	for change in notes.changed:
		if not frappe.db.exists(change["doctype"], change["name"]):
			continue
		hidden = {key: pair for key, pair in change["fields"].items() if key.startswith("_")}
		_restore_hidden(change["doctype"], change["name"], hidden)
		fields = {key: pair for key, pair in change["fields"].items() if key not in hidden}
		if fields or change["rows"]:
			_restore_document(change["doctype"], change["name"], fields, change["rows"])


def delete_records(removed: dict[str, str]) -> None:
	"""Delete the records that the conversion created. The framework's own check of links runs as a second belt."""
	if customer := removed.get("customer"):
		# The customer points at contact and address, which go first, and they at it.
		frappe.db.set_value(
			"Customer",
			customer,
			{"customer_primary_contact": None, "customer_primary_address": None},
			update_modified=False,
		)
	for key in ("opportunity", "address", "contact", "customer"):
		if name := removed.get(key):
			# Made by the conversion that this user may undo (checked), and nothing depends on it (checked).
			frappe.delete_doc(conversion_ledger.PARTS[key], name, ignore_permissions=True)


def _restore_hidden(doctype: str, name: str, fields: dict[str, list[Any]]) -> None:
	if not fields:
		return
	now = frappe.db.get_value(doctype, name, list(fields), as_dict=True)
	values = {key: before for key, (before, after) in fields.items() if cstr(now.get(key)) == cstr(after)}
	if values:
		frappe.db.set_value(doctype, name, values, update_modified=False)


def _restore_document(
	doctype: str, name: str, fields: dict[str, list[Any]], rows: dict[str, list[str]]
) -> None:
	doc = frappe.get_doc(doctype, name, for_update=True)
	for key, (before, after) in fields.items():
		if cstr(doc.get(key)) == cstr(after):
			doc.set(key, before)
	for df in doc.meta.get_table_fields():
		added = set(rows.get(df.options, ()))
		if added:
			doc.set(df.fieldname, [row for row in doc.get(df.fieldname) if row.name not in added])
	# The conversion wrote these values; taking them out again needs no right beyond the one to undo it (checked).
	doc.save(ignore_permissions=True)


def _target_name(ledger: Document) -> str:
	return ledger.opportunity if ledger.target_doctype == "Sky Opportunity" else ledger.customer


def _check_may_undo(ledger: Document) -> None:
	user = frappe.session.user
	if user in (ledger.converted_by, "Administrator") or not set(MAY_UNDO).isdisjoint(frappe.get_roles(user)):
		return
	frappe.throw(
		_("Only {0}, who converted this lead, or a {1} may undo the conversion. Ask one of them.").format(
			shown(frappe.utils.get_fullname(ledger.converted_by)), _("Sky Sales Manager")
		),
		exc=frappe.PermissionError,
		title=_("Cannot undo"),
	)


def _throw_blocked(lead: Document, error: Blocked) -> None:
	lines = [
		"{0} {1}".format(_(doctype), frappe.utils.get_link_to_form(doctype, name))
		for doctype, name in error.blockers
	]
	if error.params["hidden"]:
		lines.append(_("{0} more that you may not open. Ask your manager.").format(error.params["hidden"]))
	frappe.throw(
		_(
			"The conversion of lead {0} cannot be undone: these documents were made or changed after it. Delete or cancel them first, or leave the lead converted."
		).format(frappe.bold(frappe.utils.escape_html(lead.lead_name or lead.organization or lead.name)))
		+ "<ul>"
		+ "".join(f"<li>{line}</li>" for line in lines)
		+ "</ul>",
		exc=BlockedError,
		title=_("Cannot undo"),
	)
