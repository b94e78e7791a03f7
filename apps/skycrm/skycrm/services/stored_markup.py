"""No text of our records is stored, or shown in a form, with markup that a browser would run.

The framework cleans most of it on save (BaseDocument._sanitize_content); what it skips is cleaned here, for our
DocTypes and for what people attach to our records. Costs no query, and next to nothing for texts without markup.
"""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from bs4 import BeautifulSoup

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.html_utils import acceptable_elements, mathml_elements, sanitize_html, svg_elements

from skycrm.domain import markup
from skycrm.services.record_checks import label, refuse, shown

MODULE = "SkyCRM"
RICH = frozenset({"Text Editor", "HTML Editor", "Markdown Editor"})
PLAIN = frozenset({"Data", "Small Text", "Text", "Long Text", "Autocomplete", "Read Only", "Phone", "Select"})
# Where a record that hangs on another says on which kind
ABOUT = ("reference_doctype", "reference_type", "attached_to_doctype", "document_type")
FILES = frozenset({"Attach", "Attach Image"})
# Drawings, formulas and style sheets hide scripts in ways that cleaners have missed before.
NEEDLESS = (
	(set(svg_elements) | set(mathml_elements) | {"html", "head", "meta", "link", "body", "style", "o:p"})
	- set(acceptable_elements)
) | {"form", "button", "input", "textarea", "select", "option"}
_PICTURES = frozenset({"img", "image"})
# Attributes, besides the address of a picture, that a browser fetches something for
_FETCHED = frozenset({"background", "poster", "srcset", "dynsrc", "lowsrc", "data", "longdesc"})


def clean(doc: Document, method: str | None = None) -> None:
	"""Document event `validate` of our DocTypes: clean what the framework would store as it came. In place.

	Raises:
		frappe.ValidationError: an address or a file that a browser would run instead of opening it.
	"""
	for row, field, text in _texts(doc):
		if field.fieldtype in FILES:
			if not markup.is_file_address(text) and _is_new_value(doc, row, field.fieldname):
				_refuse_address(row, field.fieldname, text)
		elif field.options == "URL" and field.fieldtype == "Data":
			if not markup.is_web_address(text) and _is_new_value(doc, row, field.fieldname):
				_refuse_address(row, field.fieldname, text)
		elif "<" in text or ">" in text:
			row.set(field.fieldname, cleaned(text, field))


def clean_shown(doc: Document, method: str | None = None) -> None:
	"""Document event `onload` of our DocTypes: what was stored by another way is clean in the form. In place.

	Only rich texts: the desk's script values.js shows all others as plain text.
	"""
	for row, field, text in _texts(doc):
		if field.fieldtype in RICH and "<" in text:
			row.set(field.fieldname, strictly_cleaned(text))
		elif field.fieldtype in FILES and not markup.is_file_address(text):
			row.set(field.fieldname, None)


def clean_printed(doc: Document, method: str | None = None, settings: Any = None) -> None:
	"""Document event `before_print` of our DocTypes: the framework's standard format puts texts on paper as HTML.

	The formats of this app escape them themselves, and show them as they were typed.
	"""
	chosen = frappe.form_dict.get("format")
	if chosen and frappe.get_cached_value("Print Format", chosen, "module") == MODULE:
		return
	for row in (doc, *doc.get_all_children()):
		for fieldname, text in tuple(row.__dict__.items()):
			if isinstance(text, str) and "<" in text and row.meta.has_field(fieldname):
				row.set(fieldname, for_paper(text))
	titles = getattr(doc, "__link_titles", None) or {}
	for link, title in titles.items():
		if isinstance(title, str) and "<" in title:
			titles[link] = for_paper(title)


def clean_attached(doc: Document, method: str | None = None) -> None:
	"""Document event `validate` of comments, mails, tasks, files and notes: the same, when about a record of ours. In place."""
	about = next((doc.get(field) for field in ABOUT if doc.get(field)), None)
	if not about or not _is_ours(about):
		return
	for _row, field, text in _texts(doc):
		if field.fieldtype not in RICH | PLAIN:
			continue
		text = without_gaps(text)
		if markup.has_needless_markup(text):
			# A letter keeps its own style sheet; the framework fetches the linked ones when it makes a mail of a text.
			text = _unlinked(text) if doc.doctype == "Communication" else strictly_cleaned(text)
		doc.set(field.fieldname, text)


def cleaned(text: str, field: Any) -> str:
	"""A text of a field without what the framework leaves in it; see domain/markup.py."""
	if field.fieldtype == "Data" and field.options == "Email":
		# The framework cleans no address, for "An <an@example.com>" would suffer; the address alone is what is kept.
		return parseaddr(text)[1] or strictly_cleaned(text)
	if markup.is_skipped_by_framework(text) or field.fieldtype in RICH:
		text = without_gaps(text)
	if field.fieldtype in RICH and markup.has_needless_markup(text):
		return strictly_cleaned(text)
	return text


def without_gaps(text: str) -> str:
	"""A text without what the framework's cleaning passes over: what is JSON as well, and markup that has no end.

	For the latter it finds no element and stores the text as it came; the page around it then gives it an end.
	"""
	if markup.is_skipped_by_framework(text):
		return strictly_cleaned(text)
	if markup.may_become_markup(text) and not BeautifulSoup(text, "html.parser").find():
		return text.replace("<", "&lt;")
	return text


def strictly_cleaned(text: str) -> str:
	"""A text with the markup that letters and notes need, and no other."""
	return sanitize_html(text, always_sanitize=True, disallowed_tags=NEEDLESS)


def _unlinked(text: str) -> str:
	return sanitize_html(text, always_sanitize=True, disallowed_tags={"link", "meta"})


def for_paper(text: str) -> str:
	"""A text without markup that runs, and without anything from elsewhere: the server itself would fetch it for a PDF."""
	soup = BeautifulSoup(strictly_cleaned(text), "html.parser")
	for element in soup.find_all(True):
		if element.decomposed:
			continue
		# The framework's maker of PDFs breaks on a picture without an address.
		if element.name in _PICTURES and not markup.is_own_picture(element.get("src") or ""):
			element.decompose()
			continue
		for name, value in tuple(element.attrs.items()):
			if name in _FETCHED or (name == "style" and markup.style_reaches_out(str(value))):
				del element[name]
	return str(soup)


def _texts(doc: Document) -> Iterator[tuple[Document, Any, str]]:
	"""Every text of a document and its rows that somebody may have written: (row, field, text)."""
	for row in (doc, *doc.get_all_children()):
		fields = row.meta._fields
		for fieldname, text in tuple(row.__dict__.items()):
			if not text or not isinstance(text, str):
				continue
			field = fields.get(fieldname)
			# What is marked is no text for people: a program reads it, and the desk shows it as code.
			if field and not field.get("ignore_xss_filter") and field.fieldtype in (RICH | PLAIN | FILES):
				yield row, field, text


def _is_new_value(doc: Document, row: Document, fieldname: str) -> bool:
	"""Whether the value comes with this save: what lies there already must not keep the rest from being saved."""
	before = doc.get_doc_before_save()
	if not before:
		return True
	stored = (
		before
		if row is doc
		else next((old for old in before.get_all_children() if old.name == row.name), None)
	)
	return not stored or stored.get(fieldname) != row.get(fieldname)


def _refuse_address(row: Document, fieldname: str, text: str) -> None:
	refuse(
		_("{0} is no address that can be opened: {1}. Enter one that begins with https://.").format(
			label(row, fieldname), shown(text)
		)
	)


def _is_ours(doctype: str) -> bool:
	return frappe.get_meta(doctype).module == MODULE
