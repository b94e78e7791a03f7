"""A record that somebody may not see is for them one that does not exist: every request that names one is refused alike.

Before a request is answered, whatever method it calls: of the framework, of ERPNext, of another app. Found with
tests/bench/leaks on Frappe 15.101 and ERPNext 15.99: more than fifty methods of theirs tell a forbidden name from an
absent one, and some show or change what hangs on it (open activities, pictures, tags, likes).

Costs nothing for requests that name no record of ours and for those who see everything; else one query on the
primary key.
"""

import hmac
from typing import Any

import frappe
from frappe.utils.verified_command import get_signed_params

from skycrm.domain.named_records import named_in_arguments, named_in_path
from skycrm.domain.query_words import loaded
from skycrm.overrides import called_method
from skycrm.permissions import rule, unseen
from skycrm.permissions.governed import GOVERNED

# These answer alike themselves, and without an error: the desk asks them while somebody is typing.
ANSWERING_ALIKE = frozenset(
	(
		"frappe.client.validate_link",
		"frappe.desk.search.get_link_title",
		# A merged lead is no longer there: these are asked by its old number, and look at the one that stayed.
		"skycrm.api.v1.leads.merged_into",
		"skycrm.api.v1.leads.undo_merge",
	)
)
# A form that cannot be opened is not found, for the desk then looks where a merged lead has gone.
FORM = "frappe.desk.form.load.getdoc"
# Pages and downloads that a guest opens with the key of a share instead of a right; the key is looked at by them.
PRINT_PAGE, PRINT_DOWNLOAD = "/printview", "frappe.utils.print_format.download_pdf"


# Every document type of this app begins with it, and no other's does.
PREFIX = "Sky "


def limited_doctypes() -> frozenset[str]:
	"""The document types of this app of which not everybody sees every record."""
	hooked = frappe.get_hooks("has_permission")
	return frozenset(GOVERNED) | {
		doctype
		for doctype, methods in hooked.items()
		if doctype.startswith(PREFIX) and any(method.startswith("skycrm.") for method in methods)
	}


def methods_of_other_apps() -> list[str]:
	"""Methods that another app answers for itself: they check each record, or use our words for something else.

	Their dotted paths, from the hook `sky_methods_that_check_names` of that app.
	"""
	return frappe.get_hooks("sky_methods_that_check_names")


def refuse_unseen() -> None:
	"""Hook auth_hooks, run once the user of a request is known.

	Raises:
		frappe.PermissionError: the request names a record that the user may not see, or that there is not.
	"""
	request, user = frappe.local.request, frappe.session.user
	method, ours = called_method.of_request(), limited_doctypes()
	named = named_in_arguments(method, _sent(request), ours)
	if in_path := named_in_path(request.path, ours):
		named.add(in_path)
	if (
		not named
		or method in ANSWERING_ALIKE
		or method in methods_of_other_apps()
		or rule.viewer_for(user, with_teams=False).sees_all
	):
		return
	if _is_signed(request) or _has_key(method, named):
		return
	for doctype in sorted({doctype for doctype, _name in named}):
		names = sorted(name for kind, name in named if kind == doctype)
		if not (names_unseen := _unseen(doctype, names)):
			continue
		if method == FORM:
			# As the framework answers for a name that there is not: with no document and no error.
			frappe.local.form_dict.name = frappe.generate_hash()
			return
		unseen.refuse(doctype, names_unseen[0])


def _sent(request: Any) -> dict[str, Any]:
	"""The arguments of a request. REST reads a body as JSON whatever the request calls it (frappe/api/v1.py)."""
	sent = dict(frappe.local.form_dict)
	if not request.is_json and request.method in ("POST", "PUT", "PATCH") and not request.form:
		body = loaded(request.get_data(as_text=True))
		sent.update(body if isinstance(body, dict) else {"data": body} if isinstance(body, list) else {})
	return sent


def _unseen(doctype: str, names: list[str]) -> list[str]:
	"""Which of the names the user's list does not have. One query."""
	try:
		found = frappe.get_list(
			doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0, order_by=None
		)
	except frappe.PermissionError:
		# No role of theirs reads this type at all: said in the same words.
		frappe.clear_messages()
		return names
	seen = {name.casefold() for name in found}
	return [name for name in names if name.strip().casefold() not in seen]


def _is_signed(request: Any) -> bool:
	"""Whether the site itself made this address, for somebody who answers a mail without signing in.

	The signature is one of the address, so what comes in the body is not covered by it.
	"""
	query = frappe.safe_decode(getattr(request, "query_string", b"") or b"")
	parameters, mark, _signature = query.partition("&_signature=")
	if not mark or any(request.args.get(key) != value for key, value in _sent(request).items()):
		return False
	return hmac.compare_digest(get_signed_params(parameters), query)


def _has_key(method: str, named: set[tuple[str, str]]) -> bool:
	"""Whether a print is asked for with the key of a share of this very record."""
	key = frappe.local.form_dict.get("key")
	is_print = method == PRINT_DOWNLOAD or (not method and frappe.local.request.path.startswith(PRINT_PAGE))
	if not key or len(named) != 1 or not is_print:
		return False
	((doctype, name),) = named
	return bool(
		frappe.db.exists(
			"Document Share Key", {"reference_doctype": doctype, "reference_docname": name, "key": str(key)}
		)
	)
