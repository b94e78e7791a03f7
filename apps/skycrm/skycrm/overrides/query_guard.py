"""One door for every request about the document types of this app: what the framework does not look at is looked at here.

Found on Frappe 15.101: filters, orders, groups and searches are not asked for the level of their fields, so that a
hidden amount could be told from who stands first; an order takes whole expressions; a record that was just saved is
answered with all its fields, and its history with all their old and new values.

Runs after somebody has signed in, before anything is read. A request that names none of our document types costs a look
for one word.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model import table_fields

from skycrm.domain import answer_words, query_words
from skycrm.domain.called_method import called_method
from skycrm.domain.query_words import Column, Words
from skycrm.overrides.form_cors import METHODS as FORM_METHODS
from skycrm.permissions.governed import GOVERNED
from skycrm.permissions.hidden_fields import hidden, is_ours, meta_of

WORD = "sky "
OWN_METHODS = "skycrm.api."
RECORD_PATHS = ("/api/resource/", "/api/v1/resource/", "/api/v2/document/")
_NAMED = re.compile(rb'"doctype":\s*"(Sky [^"\\]+)"')
_ALIAS_NUMBER = re.compile(r"_\d+$")


def check_request() -> None:
	"""Hook auth_hooks: refuse a query on our DocTypes that says more than names, or that names a hidden field.

	Raises:
		frappe.PermissionError: a field that the user may not see.
		frappe.ValidationError: an expression.
	"""
	request, form = frappe.local.request, frappe.local.form_dict
	if not (query_words.mentions(request.path, WORD) or query_words.mentions(form, WORD)):
		return
	named = next((part for part in request.path.split("/") if part.startswith("Sky ")), "")
	record = "" if called_method(request.path, form) else _record_of(request.path)
	if request.method != "GET" and record and record not in query_words.STORED:
		return  # values of a record, no query
	fields_too = not _is_own(request)
	for doctype, arguments in query_words.queries(_plain(form), named or record):
		_check(doctype, query_words.read(arguments, fields_too))


def _is_own(request: Any) -> bool:
	"""Whether a method of this app is called that answers with records."""
	method = called_method(request.path, frappe.local.form_dict)
	# A web form answers with the names of its own fields, which the visitor has filled in; nothing in it is a record's.
	return method.startswith(OWN_METHODS) and method not in FORM_METHODS


def _record_of(path: str) -> str:
	for prefix in RECORD_PATHS:
		if path.startswith(prefix):
			return path.removeprefix(prefix).split("/")[0]
	return ""


def _plain(form: Mapping[str, Any]) -> dict[str, Any]:
	"""Arguments of the request; one method takes [DocType, …] for a DocType."""
	arguments = dict(form)
	doctype = query_words.loaded(arguments.get("doctype"))
	if isinstance(doctype, list) and doctype:
		arguments["doctype"] = doctype[0]
	return arguments


def _check(doctype: str, words: Words) -> None:
	ours = is_ours(doctype)
	for expression in words.expressions:
		if ours or query_words.mentions(expression, "tab" + WORD):
			_refuse_expression(expression)
	for column in words.compared:
		for owner in _owners(doctype, column):
			if is_ours(owner) and column.name in hidden(owner):
				_refuse_field(owner, column.name)
		if column.path and ours and column.path in hidden(doctype):
			_refuse_field(doctype, column.path)


def _owners(doctype: str, column: Column) -> list[str]:
	"""The DocTypes that a column may be a field of."""
	if column.doctype and column.doctype != doctype:
		# Also by the name under which the framework joins the table of a link.
		return [column.doctype, _ALIAS_NUMBER.sub("", column.doctype)]
	meta = meta_of(doctype) if doctype else None
	if not meta:
		return []
	if column.path:
		field = meta.get_field(column.path)
		return [field.options] if field and field.options else []
	if meta.has_field(column.name):
		return [doctype]
	# The framework looks for it in the child tables.
	return [df.options for df in meta.fields if df.fieldtype in table_fields]


def _refuse_expression(expression: str) -> NoReturn:
	frappe.throw(
		_("{0} is more than the name of a field. Lists take names of fields only, without functions.").format(
			frappe.bold(frappe.utils.escape_html(expression[:60]))
		),
		title=_("Not a Field"),
	)


def _refuse_field(doctype: str, field: str) -> NoReturn:
	frappe.throw(
		_(
			"You may not see {0} of {1}. Take it out of the filters, the order and the groups, and try again."
		).format(frappe.bold(_(frappe.get_meta(doctype).get_label(field))), frappe.bold(_(doctype))),
		exc=frappe.PermissionError,
		title=_("Hidden Field"),
	)


def check_query(doctype: str, arguments: Mapping[str, Any]) -> None:
	"""Refuse a query that does not come with a request, but was kept for later.

	Args:
		arguments: as the framework's list takes them: filters, order_by, group_by.

	Raises:
		frappe.PermissionError, frappe.ValidationError: as `check_request`.
	"""
	_check(doctype, query_words.read(arguments))


def strip_answer(response: Any, request: Any) -> None:
	"""Hook after_request: take hidden fields out of records and histories in an answer of JSON."""
	if (
		response is None
		or response.mimetype != "application/json"
		or not getattr(frappe.local, "session", None)
	):
		return
	user = frappe.session.user
	if user == "Administrator" or response.is_streamed:
		return
	body = response.get_data()
	closed = {
		doctype: hidden(doctype)
		for doctype in {name.decode() for name in _NAMED.findall(body)}
		if is_ours(doctype)
	}
	everywhere = _hidden_anywhere() if _is_own(request) else frozenset()
	if not (everywhere or any(closed.values())):
		return
	answer = json.loads(body)
	closed.update({child: hidden(child) for doctype in closed for child in _children(doctype)})
	response.set_data(json.dumps(answer_words.without(answer, closed, everywhere), ensure_ascii=False))


def _children(doctype: str) -> list[str]:
	return [df.options for df in frappe.get_meta(doctype).fields if df.fieldtype in table_fields]


def _hidden_anywhere() -> frozenset[str]:
	"""Names of hidden fields of leads, deals and the like: our own methods answer with them under the same names."""
	found: set[str] = set()
	for doctype in GOVERNED:
		found |= hidden(doctype)
		for child in _children(doctype):
			found |= hidden(child)
	return frozenset(found)
