"""HTTP method about the versions under the app, for administrators: one service called, plain values out."""

from typing import Any

import frappe
from frappe import _

from skycrm.api.v1._common import limit_calls
from skycrm.domain.access import sees_all
from skycrm.services import site_health
from skycrm.services.record_checks import refuse


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=60, seconds=60)
def versions() -> dict[str, Any]:
	"""Which public security holes the framework and ERPNext of this bench have. Writes nothing.

	Returns:
		See services/site_health.py, versions.

	Raises:
		frappe.PermissionError: for anybody but administrators, who would learn where the site is weak.
	"""
	user = frappe.session.user
	if not sees_all(user, frappe.get_roles(user)):
		refuse(
			_("Only administrators of the CRM may see how safe its versions are. Ask one of them."),
			exc=frappe.PermissionError,
		)
	return site_health.versions()
