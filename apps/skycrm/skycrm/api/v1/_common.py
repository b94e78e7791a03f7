"""What the HTTP methods share: reading arguments, limits on how often, and rule errors as HTTP answers.

Status codes: 403 no right, 404 no such record, 409 duplicate or changed meanwhile, 417 invalid, 422 a key of another request, 429 too many. The framework
gives 403 and 404 itself; services/messages.py maps rule errors to the others.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from skycrm.domain.access import sees_all
from skycrm.domain.errors import InvalidValue, RuleError
from skycrm.domain.text import clean
from skycrm.services import client_address
from skycrm.services.call_limit import count_call
from skycrm.services.messages import throw_rule_error

P = ParamSpec("P")
R = TypeVar("R")

GUEST = "Guest"


def rule_errors_as_http(fn: Callable[P, R]) -> Callable[P, R]:
	"""Decorator, innermost: a RuleError becomes the framework's exception with its sentence and status."""

	@wraps(fn)
	def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
		try:
			return fn(*args, **kwargs)
		except RuleError as error:
			throw_rule_error(error)

	return wrapper


def limit_calls(
	calls: int, seconds: int, all_guests: int | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
	"""Decorator under `frappe.whitelist`: at most so many calls in a window of time, then 429.

	The framework's own limiter counts by address, and an address is what the first X-Forwarded-For header claims. Users
	are counted by their name here. Guests are counted by the address they really come from, and all together, so that
	somebody with many addresses ends at `all_guests`.

	Args:
		calls: for one user, or for one address of guests.
		seconds: length of the window.
		all_guests: for all guests together; without it the sum of guests is not limited.
	"""

	def decorator(fn: Callable[P, R]) -> Callable[P, R]:
		# The function's own name, never the text of the request: ".../Find_Duplicates" is no second allowance.
		method = f"{fn.__module__}.{fn.__qualname__}"

		@wraps(fn)
		def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
			if frappe.request:
				if frappe.session.user == GUEST:
					count_call(method, f"address:{client_address.current_key()}", calls, seconds)
					if all_guests is not None:
						count_call(method, "guests", all_guests, seconds)
				else:
					count_call(method, f"user:{frappe.session.user}", calls, seconds)
			return fn(*args, **kwargs)

		return wrapper

	return decorator


def text_argument(value: Any, label: str, longest: int = 140, required: bool = False) -> str | None:
	"""An argument as tidy text, None for an empty one.

	Args:
		label: translated name of the argument for the message.

	Raises:
		frappe.ValidationError: no text, too long, or missing although required.
	"""
	try:
		text = clean(value)
		if len(text) > longest:
			raise InvalidValue("value_too_long", text[:20], {"length": len(text), "limit": longest})
	except RuleError as error:
		throw_rule_error(error, label)
	if required and not text:
		frappe.throw(_("{0} is missing. Send it with the request.").format(label), frappe.MandatoryError)
	return text or None


def count_argument(value: Any, default: int, highest: int) -> int:
	"""A number of records asked for, between 1 and `highest`; `default` for nothing or nonsense."""
	return min(max(cint(value) or default, 1), highest)


def only_for_admins(sentence: str) -> None:
	"""Let administrators of the CRM and of the site pass: whoever sees all records.

	The framework's own check passes silently while tests run.

	Args:
		sentence: translated; who may, with {0} for the name of the role.

	Raises:
		frappe.PermissionError: anybody else.
	"""
	user = frappe.session.user
	if not sees_all(user, frappe.get_roles(user)):
		frappe.throw(
			sentence.format(frappe.bold(_("Sky CRM Admin"))),
			exc=frappe.PermissionError,
			title=_("Not Allowed"),
		)


def read_document(doctype: str, name: str, permission: str = "read") -> Document:
	"""The document, after the check that the caller may do this with it.

	Raises:
		frappe.PermissionError (403): not for this caller. Asked first for the DocType, so that somebody without any right
			cannot tell what exists.
		frappe.DoesNotExistError (404): no such record.
	"""
	frappe.has_permission(doctype, permission, throw=True)
	doc = frappe.get_doc(doctype, name)
	doc.check_permission(permission)
	return doc
