"""Document events behind the audit log; which DocTypes have them stands in hooks.py.

Each begins with what sorts out the ordinary save, on values that are there already.
"""

import frappe
from frappe.model.document import Document

from skycrm.domain.audit import Action, changes
from skycrm.permissions.governed import GOVERNED
from skycrm.services import audit, audit_print, audit_rights


def on_saved(doc: Document, method: str | None = None) -> None:
	"""Records of the CRM: another owner, person responsible or team; and whatever somebody writes as another person."""
	if audit.impersonator():
		audit.write_one_for_all(
			Action.WRITTEN_AS, doc.doctype, doc.name, channel="Made" if doc.flags.in_insert else "Changed"
		)
	before = None if doc.flags.in_insert else doc.get_doc_before_save()
	if before is None:
		return
	fields = GOVERNED.get(doc.doctype)
	watched = {"owner", *((fields.responsible, fields.team) if fields else ())} - {""}
	if found := changes(before, doc, sorted(watched)):
		audit.write(
			Action.OWNER_CHANGED,
			doc.doctype,
			doc.name,
			details={"fields": [one._asdict() for one in found]},
		)


def after_delete(doc: Document, method: str | None = None) -> None:
	"""Records of the CRM: one line for all that a request or job deletes."""
	audit.write_one_for_all(Action.DELETED, doc.doctype, doc.name)


def before_print(doc: Document, method: str | None = None, settings: dict | None = None) -> None:
	"""Records of the CRM: every way to print, for the framework asks this of each."""
	audit_print.note_printed(doc)


def on_rights_saved(doc: Document, method: str | None = None) -> None:
	if audit_rights.is_heard():
		audit_rights.note_saved(doc)


def after_rights_deleted(doc: Document, method: str | None = None) -> None:
	if audit_rights.is_heard():
		audit_rights.note_gone(doc)


def on_permission_saved(doc: Document, method: str | None = None) -> None:
	if audit_rights.is_heard():
		audit_rights.note_permission_row(doc, gone=False)


def after_permission_deleted(doc: Document, method: str | None = None) -> None:
	if audit_rights.is_heard():
		audit_rights.note_permission_row(doc, gone=True)


def before_property_made(doc: Document, method: str | None = None) -> None:
	"""Property Setter: a new one takes the place of an older one, which is deleted without an event."""
	if _is_about_rights(doc):
		field = frappe.get_meta(doc.doc_type).get_field(doc.field_name)
		doc.flags.sky_before = str(field.get(doc.property) or 0) if field else "0"


def on_property_saved(doc: Document, method: str | None = None) -> None:
	"""Property Setter: the level of a field of the CRM, or whether it passes over user permissions."""
	if not _is_about_rights(doc):
		return
	before = doc.get_doc_before_save()
	key = (doc.field_name, doc.property)
	was = before.value if before else doc.flags.sky_before
	audit_rights.write_field_properties(doc.doc_type, {key: was}, {key: str(doc.value)})


def after_property_deleted(doc: Document, method: str | None = None) -> None:
	if _is_about_rights(doc):
		key = (doc.field_name, doc.property)
		audit_rights.write_field_properties(doc.doc_type, {key: doc.value}, {key: _shipped(doc)})


def _is_about_rights(doc: Document) -> bool:
	return (
		doc.property in audit_rights.FIELD_PROPERTIES
		and audit_rights.is_heard()
		and audit.is_ours(doc.doc_type)
	)


def _shipped(doc: Document) -> str:
	"""The value of the property without a setter, as text like a setter's."""
	value = frappe.db.get_value(
		"DocField", {"parent": doc.doc_type, "fieldname": doc.field_name}, doc.property
	)
	return str(value or 0)


def on_shared(doc: Document, method: str | None = None) -> None:
	"""DocShare: a record of the CRM was opened to somebody by hand, or opened otherwise than before."""
	if not audit.is_ours(doc.share_doctype):
		return
	before = doc.get_doc_before_save()
	rights = _rights(doc)
	if before is None or _rights(before) != rights:
		audit.write(
			Action.SHARED if rights else Action.UNSHARED,
			doc.share_doctype,
			doc.share_name,
			details={"with": "" if doc.everyone else doc.user, "rights": rights},
		)


def after_unshared(doc: Document, method: str | None = None) -> None:
	# With no right left it was written when the last one was taken.
	if _rights(doc) and audit.is_ours(doc.share_doctype):
		audit.write(
			Action.UNSHARED,
			doc.share_doctype,
			doc.share_name,
			details={"with": "" if doc.everyone else doc.user, "rights": _rights(doc)},
		)


def _rights(doc: Document) -> list[str]:
	return [right for right in ("read", "write", "submit", "share") if doc.get(right)]


def on_activity(doc: Document, method: str | None = None) -> None:
	"""Activity Log: somebody signs in as somebody else. The framework keeps that for 90 days, and not the reason."""
	if doc.operation == "Impersonate":
		audit.write(
			Action.SIGNED_IN_AS, "User", doc.user, details={"reason": frappe.form_dict.get("reason") or ""}
		)


def on_mail_queued(doc: Document, method: str | None = None) -> None:
	"""Email Queue: a print of a record of the CRM goes out; it is made later, when nobody is there any more."""
	audit_print.note_mailed(doc)
