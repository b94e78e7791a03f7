"""What the clock does to claimed leads, and the count of attempts that were refused."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import get_datetime

from skycrm.services import assignment_messages, claim_sweep


def sweep() -> None:
	"""Every quarter of an hour: longer holds for what is worked on, notice, then back to the pool. May run at any time."""
	frappe.set_user("Administrator")
	claim_sweep.note_first_contacts()
	claim_sweep.extend_due()
	# Each step stands on its own; the locks of one must not outlive it.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	claim_sweep.return_expired()
	# Given back is given back, whatever becomes of the messages.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	_warn(claim_sweep.due_for_notice())
	# A warning that was sent counts, so that it is not sent again.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit


def note_refusal(lead: str, user: str, moment: str) -> None:
	"""Write down that somebody reached for a lead that another one had; the request itself was rolled back."""
	frappe.set_user("Administrator")
	found = frappe.db.get_value("Sky Lead", lead, ["name", "team"], as_dict=True)
	if not found:
		return
	when = get_datetime(moment)
	frappe.get_doc(
		{
			"doctype": "Sky Claim",
			"lead": lead,
			"user": user,
			"team": found.team,
			"how": "Claimed",
			"claimed_on": when,
			"ended_on": when,
			"end_reason": "Refused",
		}
	).insert(ignore_permissions=True)  # bookkeeping of the system, nobody's own record


def _warn(leads: list[str]) -> None:
	by_owner: dict[str, list[str]] = defaultdict(list)
	for row in frappe.get_all(
		"Sky Lead", filters={"name": ("in", leads or [""])}, fields=["name", "lead_owner"]
	):
		if row.lead_owner:
			by_owner[row.lead_owner].append(row.name)
	for owner, names in by_owner.items():
		assignment_messages.tell(
			owner,
			names,
			"sky_lead_due_back",
			lambda count: _("{0} leads go back to the pool soon unless you work on them.").format(count),
		)
