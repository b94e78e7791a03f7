"""The sentences of an import: what is wrong with a file, a row or a cell, and what to do about it.

Plain text, for they stand in files as well as on the screen; who shows them as HTML escapes them.
"""

from collections.abc import Callable
from html import unescape
from typing import Any

from frappe import _

from skycrm.domain.errors import RuleError
from skycrm.domain.importing.table import Fault
from skycrm.services.messages import message_for

# Code → a text and the names of its parameters for {1}, {2}, ...; {0} is the column.
Sentence = tuple[Callable[[], str], tuple[str, ...]]


def _sentences() -> dict[str, Sentence]:
	return {
		# the file
		"file_empty": (lambda: _("The file is empty. Choose the file that holds the list."), ()),
		"no_header": (
			lambda: _(
				"No line with headers was found. Write the names of the columns into the first line of the list."
			),
			(),
		),
		"no_rows": (
			lambda: _(
				"The file holds headers, but no rows under them. Add the rows, or choose another file."
			),
			(),
		),
		"header_is_data": (
			lambda: _(
				"Line {1} should hold the names of the columns, but {2} is somebody's data. Write the names of the columns into the first line. If they are there already, name their line under How the File Is Read."
			),
			("line", "value"),
		),
		"no_card": (
			lambda: _("No address card was found in the file. Export the contacts again as vCard (.vcf)."),
			(),
		),
		"not_a_workbook": (
			lambda: _("This workbook cannot be opened. Save it again as .xlsx, without a password."),
			(),
		),
		"workbook_too_large": (
			lambda: _("The workbook holds {2} MB once unpacked, at most {1} MB can be read. Save it as CSV."),
			("limit", "size"),
		),
		"old_workbook": (
			lambda: _(
				"This is a workbook of Excel 97-2003, or one with a password. Save it as .xlsx without a password."
			),
			(),
		),
		"not_a_list": (
			lambda: _("This file is no list. Choose a CSV, XLSX or vCard file."),
			(),
		),
		"sheet_unknown": (
			lambda: _("There is no sheet {1}. The sheets of this workbook are: {2}."),
			("value", "sheets"),
		),
		"one_sheet_of_several": (
			lambda: _("Sheet {1} is read. The workbook holds several: {2}. Name another one if it is wrong."),
			("sheet", "sheets"),
		),
		"encoding_guessed": (
			lambda: _(
				"The letters of this file are not UTF-8; it is read as {1}. Look at the names below: if they are wrong, choose another encoding, or save the file as CSV UTF-8."
			),
			("encoding",),
		),
		# the row
		"bad_bytes": (
			lambda: _("{0} holds signs that cannot be read. Type the text anew."),
			(),
		),
		"quote_open": (
			lambda: _('{0} begins with a quotation mark (") that is never closed. Remove it, or close it.'),
			(),
		),
		"cell_too_long": (
			lambda: _("{0} holds more than {1} characters. Shorten it."),
			("limit",),
		),
		"too_many_cells": (
			lambda: _(
				"The row has {1} cells, the header {2}. Put a cell that holds the delimiter into quotation marks."
			),
			("found", "expected"),
		),
		"formula_error": (
			lambda: _("{0} holds a formula that cannot be worked out: {1}. Type the value itself."),
			("value",),
		),
		"card_open": (lambda: _("The address card has no end. Export it again."), ()),
		"nobody": (
			lambda: _("The row names nobody. Enter a name, an organization, an email or a phone number."),
			(),
		),
		"required_missing": (
			lambda: _("{0} is missing. Fill the cell, or set a value for every lead of the import."),
			(),
		),
		"known_already": (
			lambda: _("This person is known already as lead {1} ({2}). Correct the row, or leave it out."),
			("lead", "matched"),
		),
		"known_elsewhere": (
			lambda: _("This person is known already as a contact or customer ({1}). Leave the row out."),
			("matched",),
		),
		"repeats_line": (
			lambda: _("This is the same person as in line {1} ({2}). Correct the row, or leave it out."),
			("line", "matched"),
		),
		"same_row": (
			lambda: _("The very same row was imported already, as lead {1}. Nothing was changed."),
			("lead",),
		),
		"same_row_in_file": (
			lambda: _("The very same row stands in line {1} already. Nothing was changed."),
			("line",),
		),
		"attached": (
			lambda: _("Known already ({2}): noted on lead {1}."),
			("lead", "matched"),
		),
		"attached_in_file": (
			lambda: _("Same person as in line {1} ({2}): noted on that lead."),
			("line", "matched"),
		),
		"same_party_row": (
			lambda: _("The very same row was imported already, as {1}. Nothing was changed."),
			("value",),
		),
		"party_known": (
			lambda: _("This person is known already as contact {1} ({2}). Correct the row, or leave it out."),
			("value", "matched"),
		),
		"party_attached": (
			lambda: _("Known already ({2}): added to contact {1}."),
			("value", "matched"),
		),
		"party_attached_in_file": (
			lambda: _("Same person as in line {1} ({2}): added to that contact."),
			("line", "matched"),
		),
		"correct_first": (lambda: _("Correct this first: {1}"), ("issues",)),
		"made_with_issues": (lambda: _("Look at this again: {1}"), ("issues",)),
		"not_stored": (
			lambda: _("The lead could not be stored: {1}. Correct the row and send it again."),
			("value",),
		),
		# the cell
		"value_too_long": (
			lambda: _("{0} has {1} characters, at most {2} fit. Shorten it."),
			("length", "limit"),
		),
		"date_unknown": (
			lambda: _("{0} is not a date: {1}. Write it like 21/11/2026 or 2026-11-21."),
			("value",),
		),
		"date_impossible": (
			lambda: _("{0} is a day that does not exist: {1}. Check day, month and year."),
			("value",),
		),
		"date_in_future": (
			lambda: _("{0} lies in the future: {1}. Check the year."),
			("value",),
		),
		"choice_unknown": (
			lambda: _("{0} cannot be {1}. Choose one of these: {2}."),
			("value", "choices"),
		),
		"number_unknown": (
			lambda: _("{0} is not a number: {1}. Enter digits only."),
			("value",),
		),
		"link_unknown": (
			lambda: _(
				"{0}: there is no {2} called {1} that you may use. Check the spelling, or add it first."
			),
			("value", "doctype"),
		),
		"link_several": (
			lambda: _("{0}: there is more than one {2} called {1}. Write its ID instead."),
			("value", "doctype"),
		),
		"quantity_not_positive": (
			lambda: _("{0} holds a quantity that is not above 0: {1}. Write it like CODE x 2."),
			("value",),
		),
		"quantity_of_several": (
			lambda: _(
				"{0} counts one product, and the row names {1}. Write each quantity behind its product, like CODE x 2; OTHER x 3."
			),
			("value",),
		),
		"products_too_many": (
			lambda: _(
				"{0} names {1} products, at most {2} fit. Choose another field for this column, or shorten the cell."
			),
			("value", "limit"),
		),
		"website_invalid": (
			lambda: _("{0} is not a web address: {1}. Write it like www.example.com."),
			("value",),
		),
	}


def fault_sentence(fault: Fault, header: str = "") -> str:
	"""The sentence for a fault of a file, a row or a cell.

	Args:
		header: what the column is called; without it the column's number is shown.
	"""
	found = _sentences().get(fault.code)
	column = header or _("Column {0}").format(fault.column)
	if not found:
		return unescape(message_for(RuleError(fault.code, fault.params), column))
	text, names = found
	return text().format(column, *(_shown(fault.params.get(name, "")) for name in names))


def rule_sentence(error: RuleError, label: str) -> str:
	"""The sentence for what a rule says about a cell."""
	return fault_sentence(Fault(error.code, 0, error.params), label)


def _shown(value: Any) -> str:
	if isinstance(value, list | tuple):
		return ", ".join(_(str(item)) for item in value)
	return str(value)
