"""Fields of a document as text for paper, without those that the reader of the print may not see."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_date as babel_format_date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, getdate, strip_html

from skycrm.domain.html_text import html_to_lines
from skycrm.domain.money import base_language, format_amount, format_money, format_number


def print_language() -> str:
	"""Language of the print ("vi" or "en"), as the framework set it for this request."""
	return base_language(frappe.local.lang)


class Reader:
	"""Reads one document for a print in one language.

	A field above permission level 0 that the user may not read is empty here, as in the framework's own
	standard print: a custom print format gets the whole document and has to look after that itself.
	"""

	def __init__(self, doc: Document, currency: str | None = None) -> None:
		self.doc = doc
		self.currency = currency
		self.language = print_language()

	def value(self, fieldname: str, row: Document | None = None) -> Any:
		"""The raw value, None when the field does not exist or may not be read."""
		source = row or self.doc
		field = source.meta.get_field(fieldname)
		if not field or not self._may_read(source, field):
			return None
		return source.get(fieldname)

	def rows(self, fieldname: str) -> list[Document]:
		"""Rows of a child table; none when it does not exist or may not be read."""
		return self.value(fieldname) or []

	def text(self, fieldname: str, row: Document | None = None) -> str:
		"""One line of text; markup in it is dropped."""
		return " ".join(self.lines(fieldname, row))

	def plain(self, fieldname: str, row: Document | None = None) -> str:
		"""One line of text from a field that holds no HTML: "<b>" in it is part of the text."""
		return " ".join(cstr(self.value(fieldname, row)).split())

	def lines(self, fieldname: str, row: Document | None = None) -> list[str]:
		"""Lines of a field that may hold HTML."""
		return html_to_lines(cstr(self.value(fieldname, row)))

	def choice(self, fieldname: str) -> str:
		"""A Select value in the language of the print."""
		value = self.plain(fieldname)
		return _(value) if value else ""

	def day(self, fieldname: str, row: Document | None = None) -> str:
		"""A date as it is written in the language of the print."""
		return self.format_date(self.value(fieldname, row))

	def format_date(self, value: date | datetime | str | None) -> str:
		"""21/11/2026 in Vietnamese, 21 Nov 2026 in English; "" for no date."""
		if not value:
			return ""
		pattern = "dd/MM/yyyy" if self.language == "vi" else "d MMM yyyy"
		return babel_format_date(getdate(value), pattern, locale=self.language)

	def money(self, value: Any) -> str:
		"""An amount with its currency."""
		return format_money(value, self.currency, self.language)

	def amount(self, value: Any) -> str:
		"""An amount without its currency, for table cells."""
		return format_amount(value, self.currency, self.language)

	def number(self, value: Any, digits: int | None = None) -> str:
		"""A quantity or a rate, with the separators of the amounts on the same page."""
		return format_number(value, self.language, digits, self.currency, max_digits=3)

	def percent(self, value: Any) -> str:
		"""A percentage such as "7,5 %"."""
		return f"{format_number(value, self.language, None, self.currency, max_digits=2)} %"

	def link_title(self, fieldname: str, title_field: str) -> str:
		"""Title of the linked record, its name when it has none."""
		name = self.plain(fieldname)
		field = self.doc.meta.get_field(fieldname)
		if not name or not field:
			return name
		return cstr(frappe.get_cached_value(field.options, name, title_field)) or name

	def _may_read(self, source: Document, field: Any) -> bool:
		return not field.permlevel or source.has_permlevel_access_to(field.fieldname, field)


def user_card(user: str | None) -> dict[str, str]:
	"""Name of a user of the desk and ways to reach them; nothing for the built-in accounts, which are no person."""
	if not user or user in frappe.STANDARD_USERS:
		return {"name": "", "phone": "", "email": ""}
	row = frappe.get_cached_value(
		"User", user, ["full_name", "first_name", "mobile_no", "phone", "email"], as_dict=True
	)
	if not row:
		return {"name": "", "phone": "", "email": ""}
	return {
		"name": strip_html(cstr(row.full_name or row.first_name)),
		"phone": cstr(row.mobile_no or row.phone),
		"email": cstr(row.email),
	}
