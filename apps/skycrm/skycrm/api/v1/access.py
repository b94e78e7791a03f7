"""HTTP methods about who sees what, for administrators of the CRM: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls, only_for_admins, text_argument
from skycrm.domain.access import Default
from skycrm.permissions.governed import GOVERNED
from skycrm.services import access_explain, access_preview
from skycrm.services.record_checks import refuse, shown


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=120, seconds=60)
def explain(doctype: str, name: str, user: str) -> dict[str, Any]:
	"""Why a user can or cannot see or change a record; for those who see all records.

	Returns:
		See services/access_explain.py, explain.
	"""
	_only_admins()
	return access_explain.explain(
		text_argument(doctype, _("Document Type"), required=True) or "",
		text_argument(name, _("Record"), required=True) or "",
		text_argument(user, _("User"), required=True) or "",
	)


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=120, seconds=60)
def preview_default(doctype: str, access: str) -> dict[str, Any]:
	"""What another default access to a DocType would do for three people of this site. Writes nothing.

	Returns:
		See services/access_preview.py, preview_default.
	"""
	_only_admins()
	if doctype not in GOVERNED:
		refuse(_("Access to {0} follows roles alone.").format(shown(doctype)))
	if access not in {default.value for default in Default}:
		refuse(
			_("{0} is no default access. Choose one of: {1}.").format(
				shown(access), ", ".join(_(default.value) for default in Default)
			)
		)
	return access_preview.preview_default(doctype, Default(access))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=120, seconds=60)
def preview_rule(rule: dict[str, Any] | str) -> dict[str, Any]:
	"""What a sharing rule, saved or not, would open. Writes nothing.

	Args:
		rule: the values of a Sky Sharing Rule with its filters.

	Returns:
		See services/access_preview.py, preview_rule.
	"""
	_only_admins()
	values = frappe.parse_json(rule)
	if not isinstance(values, dict):
		refuse(_("Send the values of the rule as an object of fields."))
	document = frappe.get_doc({**values, "doctype": "Sky Sharing Rule"})
	document.check()
	return access_preview.preview_rule(document)


def _only_admins() -> None:
	only_for_admins(
		_(
			"Only administrators of the CRM may ask who sees what. Ask one of them, or to be given the role {0}."
		)
	)
