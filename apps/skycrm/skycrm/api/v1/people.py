"""HTTP methods to add people to the CRM, for its administrators: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from skycrm.api.v1._common import limit_calls, rule_errors_as_http, text_argument
from skycrm.domain.access import sees_all
from skycrm.services import new_person
from skycrm.services.record_checks import refuse


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=60, seconds=60)
def jobs() -> list[dict[str, str]]:
	"""The jobs that a new person can be given. Writes nothing.

	Returns:
		For each its name (value) and what to show (label).
	"""
	_only_admins()
	return [{"value": job, "label": _(job)} for job in new_person.jobs()]


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=30, seconds=60)
@rule_errors_as_http
def create(
	full_name: str,
	email: str,
	job: str,
	team: str | None = None,
	place: str = "Member",
	language: str = "vi",
	welcome: int | str = 1,
) -> dict[str, Any]:
	"""Make a user with a job and put them into a team.

	Returns:
		The user's name.
	"""
	_only_admins()
	return {
		"user": new_person.create(
			text_argument(full_name, _("Full Name"), required=True) or "",
			text_argument(email, _("Email"), required=True) or "",
			text_argument(job, _("Job"), required=True) or "",
			text_argument(team, _("Team")),
			text_argument(place, _("Role in Team")) or "Member",
			text_argument(language, _("Language")) or "vi",
			bool(cint(welcome)),
		)
	}


def _only_admins() -> None:
	"""Raises frappe.PermissionError for anybody but administrators of the CRM or of the site."""
	user = frappe.session.user
	if not sees_all(user, frappe.get_roles(user)):
		refuse(
			_("Only administrators of the CRM may add people. Ask one of them."), exc=frappe.PermissionError
		)
