"""A record that somebody may not see and one that does not exist are spoken of in the same words."""

from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html


def refuse(doctype: str, name: str) -> NoReturn:
	"""Say that there is no such record for the user of the session.

	Args:
		doctype: its type.
		name: as it was asked for.

	Raises:
		frappe.PermissionError: always.
	"""
	frappe.throw(
		_(
			"{0} {1} does not exist, or it is not among the records that you may see. Look at the name, or ask the person responsible or an administrator of the CRM for access."
		).format(_(doctype), escape_html(name)),
		frappe.PermissionError,
		title=_("Not permitted"),
	)
	raise AssertionError  # pragma: no cover - frappe.throw has raised
