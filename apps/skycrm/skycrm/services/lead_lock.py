"""A converted lead is history: readable, commented on, tagged, but no longer changed."""

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services.workflow_guard import is_service_move

CONVERTED = "Converted"
# What may still move on a converted lead: bookkeeping of the framework, and whom it belongs to.
STILL_OPEN = frozenset({"modified", "modified_by", "lead_owner", "team", "score", "idx", "name_key"})
NO_VALUE = frozenset({"Section Break", "Column Break", "Tab Break", "HTML", "Button"})


def refuse_change_of_converted(lead: Document) -> None:
	"""Refuse to change the substance of a converted lead, whoever asks; conversion and its undo pass.

	Raises:
		frappe.ValidationError: names the field and where the change belongs.
	"""
	before = lead.get_doc_before_save()
	if not before or before.status != CONVERTED or is_service_move(lead):
		return
	field = _changed_field(before, lead)
	if not field:
		return
	frappe.throw(
		_(
			"{0} cannot be changed: lead {1} is converted. Change customer {2} instead, or undo the conversion first."
		).format(
			frappe.bold(_(lead.meta.get_label(field))),
			frappe.bold(frappe.utils.escape_html(lead.lead_name or lead.name)),
			frappe.bold(frappe.utils.escape_html(before.customer or "")),
		),
		title=_("Lead is converted"),
	)


def _changed_field(before: Document, lead: Document) -> str | None:
	for field in lead.meta.fields:
		name = field.fieldname
		if field.fieldtype in NO_VALUE or name in STILL_OPEN or field.hidden:
			continue
		if field.fieldtype == "Table":
			if _rows(before, name) != _rows(lead, name):
				return name
		elif _plain(before.get(name), field.fieldtype) != _plain(lead.get(name), field.fieldtype):
			return name
	return None


def _rows(doc: Document, table: str) -> list[tuple]:
	"""The rows of a table as their users see them."""
	columns = [(field.fieldname, field.fieldtype) for field in frappe.get_meta(_child(doc, table)).fields]
	return [
		tuple(_plain(row.get(name), kind) for name, kind in columns if kind not in NO_VALUE)
		for row in doc.get(table) or []
	]


def _child(doc: Document, table: str) -> str:
	return doc.meta.get_field(table).options


def _plain(value: object, fieldtype: str) -> object:
	"""A value as the database would give it back, so that a form's text equals a stored number or date."""
	if value in (None, "", 0, 0.0):
		return None
	return frappe.utils.cstr(_cast(value, fieldtype))


def _cast(value: object, fieldtype: str) -> object:
	if fieldtype == "Datetime":
		return frappe.utils.get_datetime(value).replace(microsecond=0)
	if fieldtype == "Date":
		return frappe.utils.getdate(value)
	if fieldtype in ("Float", "Currency", "Percent"):
		return frappe.utils.flt(value, 6)
	return value
