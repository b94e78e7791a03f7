"""Lines of the audit log as sentences, in the language of whoever reads them."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr

from skycrm.domain.audit import read_filters
from skycrm.services.export_audit import number

FILTERS_LENGTH = 300
Line = Mapping[str, Any]


def sentence(line: Line, full_name: Callable[[str], str]) -> str:
	"""What happened, without who did it.

	Args:
		line: a row of services/audit_report.py.
		full_name: user → how people call them.
	"""
	details = json.loads(line["details"] or "{}")
	say = WORDS.get(line["action"])
	return say(line, details, full_name) if say else _(line["action"])


def filters_text(line: Line) -> str:
	"""What a list or a report was filtered by, in words."""
	details = json.loads(line["details"] or "{}")
	if selected := details.get("selected"):
		return _("{0} selected rows").format(number(selected))
	filters = read_filters(details.get("filters") or "[]")
	if filters is None:
		return cstr(details["filters"])[:FILTERS_LENGTH]
	return "; ".join(
		f"{_label(one.doctype or line['document_type'], one.field)} {_(one.operator)} {one.value}"
		for one in filters
	)[:FILTERS_LENGTH]


def _label(doctype: str, field: str) -> str:
	"""The translated label of a field; its name where there is none."""
	df = _field(doctype, field)
	return _(df.label) if df and df.label else field


def _field(doctype: str, field: str) -> Any:
	"""A field of a DocType, None where there is no such field, or no such DocType any more."""
	try:
		return frappe.get_meta(doctype).get_field(field)
	except frappe.DoesNotExistError:
		frappe.clear_last_message()
		return None


def _viewed(line: Line, details: Mapping, full_name: Callable) -> str:
	if line["channel"] == "API":
		return _("Read the record through the API")
	return _("Opened the record")


def _exported(line: Line, details: Mapping, full_name: Callable) -> str:
	rows, kind = number(line["row_count"]), line["file_type"]
	what, report = _(line["document_type"]), _(details.get("report") or "")
	texts = {
		"List": _("Exported {0} {1} from a list, as {2}").format(rows, what, kind),
		"Background List": _("Exported {0} {1} from a list in the background, as {2}").format(
			rows, what, kind
		),
		"Report": _("Exported the report {1} with {0} rows, as {2}").format(rows, report, kind),
		"Background Report": _("Exported the report {1} with {0} rows in the background, as {2}").format(
			rows, report, kind
		),
		"Stored Report": _("Took the stored report {1} with {0} rows, as {2}").format(rows, report, kind),
		"Data Export": _("Exported {0} {1} with Data Export, as {2}").format(rows, what, kind),
		"Import Template": _("Downloaded an import template filled with {0} {1}, as {2}").format(
			rows, what, kind
		),
		"Personal Data": _("Exported everything that is kept about one person: {0} rows").format(rows),
		"Import Outcome": _("Downloaded the outcome of an import with {0} rows, as {1}").format(rows, kind),
	}
	if line["channel"] == "Mailed Report":
		return _("Had the report {1} with {0} rows mailed, as {3}; addresses: {2}").format(
			rows, report, number(details.get("recipients") or 0), kind
		)
	return texts.get(line["channel"]) or _("Exported {0}").format(what)


def _refused(line: Line, details: Mapping, full_name: Callable) -> str:
	what = _(details.get("report") or "") or _(line["document_type"])
	if details.get("why") == "rows" or line["channel"] == "Mailed Report":
		return _("Asked for a file with {0} rows of {1}, more than one file may hold").format(
			number(line["row_count"]), what
		)
	return _("Asked for a file of {0} without the right to export").format(what)


def _printed(line: Line, details: Mapping, full_name: Callable) -> str:
	count = number(line["row_count"])
	if line["channel"] == "Email":
		return _("Mailed the record as PDF; addresses: {0}").format(number(details.get("recipients") or 0))
	if line["row_count"] > 1:
		return _("Printed {0} records of {1}").format(count, _(line["document_type"]))
	texts = {
		"Print View": _("Opened the print view of the record"),
		"Download": _("Downloaded the record as PDF"),
		"Printer": _("Sent the record to a printer"),
	}
	return texts.get(line["channel"]) or _("Printed the record")


def _with(details: Mapping, full_name: Callable) -> str:
	return full_name(details["with"]) if details.get("with") else _("everybody")


def _shared(line: Line, details: Mapping, full_name: Callable) -> str:
	rights = _rights_listed(details.get("rights") or ())
	return _("Shared the record with {0}: {1}").format(_with(details, full_name), rights)


def _unshared(line: Line, details: Mapping, full_name: Callable) -> str:
	return _("Took the record back from {0}").format(_with(details, full_name))


def _owner(line: Line, details: Mapping, full_name: Callable) -> str:
	return "; ".join(_fields(line["document_type"], details, full_name))


def _deleted(line: Line, details: Mapping, full_name: Callable) -> str:
	if line["channel"] == "Merge" and line["row_count"] == 1:
		return _("Merged the record into another one")
	if line["channel"] == "Merge":
		return _("Merged {0} records into another one").format(number(line["row_count"]))
	if line["row_count"] > 1:
		return _("Deleted {0} records of {1}").format(number(line["row_count"]), _(line["document_type"]))
	return _("Deleted the record")


def _signed_in(line: Line, details: Mapping, full_name: Callable) -> str:
	who = full_name(line["document_name"])
	if not details.get("reason"):
		return _("Signed in as {0}").format(who)
	return _("Signed in as {0}. Reason: {1}").format(who, details["reason"])


def _written(line: Line, details: Mapping, full_name: Callable) -> str:
	if line["row_count"] == 1:
		if line["channel"] == "Made":
			return _("Made the record while signed in as somebody else")
		return _("Changed the record while signed in as somebody else")
	if line["channel"] == "Made":
		return _("Made {0} records of {1} while signed in as somebody else").format(
			number(line["row_count"]), _(line["document_type"])
		)
	return _("Changed {0} records of {1} while signed in as somebody else").format(
		number(line["row_count"]), _(line["document_type"])
	)


def _rights(line: Line, details: Mapping, full_name: Callable) -> str:
	parts = [
		*_permissions(details),
		*_properties(line["document_name"], details),
		*_fields(line["document_type"], details, full_name),
		*_tables(line["document_type"], details, full_name),
	]
	text = "; ".join(parts)
	if line["channel"] == "Made":
		return _("Made. {0}").format(text)
	if line["channel"] == "Deleted":
		return _("Deleted. {0}").format(text)
	return text


def _fields(doctype: str, details: Mapping, full_name: Callable) -> list[str]:
	found = []
	for one in details.get("fields") or ():
		before, after = one["before"], one["after"]
		if _is_check(doctype, one["field"]):
			before, after = (_("Yes") if value else _("No") for value in (before, after))
		label = _label(doctype, one["field"])
		found.append(f"{label}: {_value(before, full_name)} → {_value(after, full_name)}")
	return found


def _is_check(doctype: str, field: str) -> bool:
	df = _field(doctype, field)
	return bool(df and df.fieldtype == "Check")


def _tables(doctype: str, details: Mapping, full_name: Callable) -> list[str]:
	found = []
	for one in details.get("tables") or ():
		label = _label(doctype, one["field"])
		for rows, text in ((one["added"], _("{0}: added {1}")), (one["removed"], _("{0}: removed {1}"))):
			if rows:
				found.append(text.format(label, ", ".join(_row(row, full_name) for row in rows)))
	return found


def _permissions(details: Mapping) -> list[str]:
	found = []
	for one in details.get("permissions") or ():
		where = _(one["role"])
		if one["level"]:
			where = _("{0}, level {1}").format(where, one["level"])
		if one["if_owner"]:
			where = _("{0}, own records").format(where)
		for rights, text in (
			(one["given"], _("{0} may now: {1}")),
			(one["taken"], _("{0} may no longer: {1}")),
		):
			if rights:
				found.append(text.format(where, _rights_listed(rights)))
	return found


def _properties(doctype: str, details: Mapping) -> list[str]:
	texts = {
		"permlevel": _("Level of the field {0}: {1} → {2}"),
		"ignore_user_permissions": _("User permissions are ignored in {0}: {1} → {2}"),
	}
	return [
		texts[one["property"]].format(_label(doctype, one["field"]), one["before"] or 0, one["after"] or 0)
		for one in details.get("properties") or ()
	]


def _row(row: str, full_name: Callable) -> str:
	return " · ".join(_value(part, full_name) for part in row.split(" · "))


def _value(value: str, full_name: Callable) -> str:
	if not value:
		return "—"
	return full_name(value) if "@" in value or value == "Administrator" else _(value)


def _rights_listed(rights: Iterable[str]) -> str:
	return ", ".join(right_label(right) for right in rights)


def right_label(right: str) -> str:
	"""A right as people call it, in the reader's language."""
	labels = {
		"select": _("Choose", context="right"),
		"read": _("See", context="right"),
		"write": _("Change", context="right"),
		"create": _("Make", context="right"),
		"delete": _("Delete", context="right"),
		"submit": _("Submit", context="right"),
		"cancel": _("Cancel", context="right"),
		"amend": _("Amend", context="right"),
		"print": _("Print", context="right"),
		"email": _("Email", context="right"),
		"report": _("Report", context="right"),
		"import": _("Import", context="right"),
		"export": _("Export", context="right"),
		"share": _("Share", context="right"),
	}
	return labels.get(right, right)


WORDS: dict[str, Callable[[Line, Mapping, Callable], str]] = {
	"Viewed": _viewed,
	"Exported": _exported,
	"Export Refused": _refused,
	"Printed": _printed,
	"Shared by Hand": _shared,
	"Share Taken Back": _unshared,
	"Owner Changed": _owner,
	"Rights Changed": _rights,
	"Deleted": _deleted,
	"Signed In As": _signed_in,
	"Written As": _written,
}
