"""Which fields of a lead the columns of a file may fill, by what names they are known, and how their cells are read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.model import get_permitted_fields

from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing import values
from skycrm.domain.importing.known_headers import JOINED, NOT_IMPORTED
from skycrm.domain.intake import SETTABLE
from skycrm.domain.text import fold
from skycrm.services.record_checks import shown

LEAD = "Sky Lead"
# An exported ID tells which lead a row is about; tags are not a field, and products are a table.
ID, TAGS = "name", "_tags"
ITEMS, QUANTITY = "items", "_item_qty"
ITEM_ROW = "Sky Lead Item"
TEXT_TYPES = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "Phone", "Autocomplete")
IMPORTED_TYPES = (
	*TEXT_TYPES,
	"Link",
	"Date",
	"Datetime",
	"Select",
	"Int",
	"Float",
	"Currency",
	"Percent",
	"Check",
)
CONSENTS = frozenset({"email_consent", "sms_consent", "call_consent"})
# Kept as text with a line in "Data Issues" when they are not valid (services/identity.py), never refused.
KEPT = frozenset({"email_id", "mobile_no", "phone", "tax_id"})
# Longest text of a column: what MariaDB's text holds in four-byte letters.
LONG_TEXT = 16_000
LANGUAGES = ("en", "vi")


@dataclass(frozen=True)
class Target:
	"""A field that a column may fill.

	Args:
		fieldname: of Sky Lead, or ID, or TAGS.
		label: in the language of the session.
		fieldtype: of the field.
		options: of the field: the DocType of a link.
		limit: most characters.
		convert: text → value; raises InvalidValue. Links are looked up elsewhere.
	"""

	fieldname: str
	label: str
	fieldtype: str
	options: str = ""
	limit: int = 140
	convert: Callable[[str], Any] = field(default=lambda text: text)


def targets(day_first: bool = True) -> dict[str, Target]:
	"""All fields that a column may fill, in the order of the form.

	Args:
		day_first: what 4/12/2026 means in this file.
	"""
	meta = frappe.get_meta(LEAD)
	permitted = set(get_permitted_fields(LEAD, permission_type="write"))
	found = {ID: Target(ID, _("ID"), "Data")}
	for row in meta.fields:
		if (
			row.fieldtype not in IMPORTED_TYPES
			or row.read_only
			or row.hidden
			or row.fieldname not in permitted
			# Status, score and the like are moved by services, never by a cell; what an admin has added is theirs to fill.
			or not (row.fieldname in SETTABLE or row.fieldname in CONSENTS or row.get("is_custom_field"))
		):
			continue
		label = _(row.label or row.fieldname, context=LEAD)
		found[row.fieldname] = Target(
			row.fieldname,
			label,
			row.fieldtype,
			row.options if row.fieldtype == "Link" else "",
			_limit(row),
			_converter(row, day_first),
		)
	if _may_fill_items(meta):
		found[ITEMS] = Target(ITEMS, _("Products"), "Table", "Item", LONG_TEXT)
		found[QUANTITY] = Target(QUANTITY, _("Quantity of the Product"), "Float", convert=_quantity)
	found[TAGS] = Target(TAGS, _("Tags"), "Data", limit=500)
	return found


def choices_for_form(found: dict[str, Target]) -> list[dict[str, str]]:
	"""What the list of fields above each column of the preview offers: [{value, label}], "do not import" first."""
	names = [{"value": NOT_IMPORTED, "label": _("Do not import")}]
	return names + [{"value": target.fieldname, "label": target.label} for target in found.values()]


def own_headers(found: Iterable[str]) -> dict[str, str]:
	"""Header of the app's own lists and exports, in every language of the app → field."""
	meta = frappe.get_meta(LEAD)
	headers: dict[str, str] = {}
	labels = {ID: "ID", TAGS: "Tags", QUANTITY: "Quantity of the Product"}
	for fieldname in found:
		row = meta.get_field(fieldname)
		label = row.label if row else labels[fieldname]
		if not label:
			continue
		headers.setdefault(label, fieldname)
		headers.setdefault(fieldname, fieldname)
		for language in LANGUAGES:
			headers.setdefault(_(label, lang=language), fieldname)
	return {**headers, **(_headers_of_items() if ITEMS in headers else {})}


def header_of(fieldname: str) -> str:
	"""The label of a field, for a message about a column without header."""
	return _(frappe.get_meta(LEAD).get_label(fieldname))


def check_chosen(columns: Iterable[tuple[str, str]]) -> None:
	"""Each chosen field must be one that a column may fill, and no two columns may fill it but where texts are joined.

	Args:
		columns: (header, field), NOT_IMPORTED or "" for a column that is left out.

	Raises:
		frappe.ValidationError: one of them is not.
	"""
	known = targets()
	used: dict[str, str] = {}
	for header, chosen in columns:
		if not chosen or chosen == NOT_IMPORTED:
			continue
		if chosen not in known:
			frappe.throw(
				_("{0} is no field that a column may fill. Choose another one.").format(
					frappe.bold(frappe.utils.escape_html(chosen))
				)
			)
		if chosen in used and chosen not in JOINED:
			frappe.throw(
				_("Columns {0} and {1} both fill {2}. Choose another field for one of them.").format(
					*(frappe.bold(frappe.utils.escape_html(text)) for text in (used[chosen], header)),
					shown(known[chosen].label),
				),
				title=_("One field, two columns"),
			)
		used[chosen] = header


def _may_fill_items(meta: Any) -> bool:
	row = meta.get_field(ITEMS)
	return bool(row) and row.permlevel in meta.get_permlevel_access("write")


def _headers_of_items() -> dict[str, str]:
	"""A report with products has a row for each of them, under headers like "Item (Sky Lead Item)"."""
	fields = {"item_code": ITEMS, "qty": QUANTITY, "item_name": NOT_IMPORTED, "note": NOT_IMPORTED}
	meta = frappe.get_meta(ITEM_ROW)
	return {
		f"{_(meta.get_label(name), lang=language)} ({_(ITEM_ROW, lang=language)})": target
		for name, target in fields.items()
		for language in LANGUAGES
	}


def _limit(row: Any) -> int:
	if row.fieldtype == "Data":
		return row.length or 140
	return LONG_TEXT if row.fieldtype in ("Small Text", "Text", "Long Text", "Text Editor") else 140


def _converter(row: Any, day_first: bool) -> Callable[[str], Any]:
	if row.fieldname.endswith("_consent"):
		known = _choices(row)
		return lambda text: values.as_consent(text, known)
	if row.fieldname == "birth_date":
		return lambda text: _past(values.as_date(text, day_first), text)
	if row.fieldtype == "Date":
		return lambda text: values.as_date(text, day_first)
	if row.fieldtype == "Datetime":
		return lambda text: values.as_datetime(text, day_first)
	if row.fieldtype == "Select":
		options = _choices(row)
		return lambda text: values.as_choice(text, options)
	if row.fieldtype == "Check":
		return values.as_check
	if row.fieldtype == "Int":
		return lambda text: values.as_number(text, whole=True)
	if row.fieldtype in ("Float", "Currency", "Percent"):
		return values.as_number
	if row.fieldtype == "Data" and row.options == "URL":
		return _web_address
	if row.fieldtype == "Text Editor":
		return _as_html
	return lambda text: text


def _choices(row: Any) -> dict[str, str]:
	"""Folded spelling in every language of the app → option."""
	found: dict[str, str] = {}
	for option in (row.options or "").split("\n"):
		if option:
			found.setdefault(fold(option), option)
			for language in LANGUAGES:
				found.setdefault(fold(_(option, lang=language)), option)
				found.setdefault(fold(_(option, lang=language, context=LEAD)), option)
	return found


def _quantity(text: str) -> Any:
	amount = values.as_number(text)
	if amount is not None and amount <= 0:
		raise InvalidValue("quantity_not_positive", text[:60])
	return amount


def _past(day: Any, text: str) -> Any:
	if day and day > frappe.utils.getdate():
		raise InvalidValue("date_in_future", text[:60])
	return day


def _web_address(text: str) -> str:
	"""With a scheme, as the field wants it: people write "www.example.com".

	Raises:
		InvalidValue: website_invalid.
	"""
	address = text if "://" in text else f"https://{text}"
	try:
		parts = urlsplit(address)
	except ValueError:
		raise InvalidValue("website_invalid", text[:60])
	if parts.scheme not in ("http", "https") or "." not in parts.netloc or " " in parts.netloc:
		raise InvalidValue("website_invalid", text[:60])
	return address


def _as_html(text: str) -> str:
	"""Plain text for a field that shows HTML; HTML of an own export is cleaned as the framework does."""
	if "<" in text and ">" in text:
		return frappe.utils.sanitize_html(text)
	return frappe.utils.escape_html(text).replace("\r\n", "\n").replace("\n", "<br>")
