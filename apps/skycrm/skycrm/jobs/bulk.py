"""Bulk steps over more records than a request should wait for: in parts, with progress, a word at the end."""

from typing import Any

import frappe
from frappe import _

from skycrm.permissions import facts
from skycrm.services import bulk

STEPS = {"mark_unqualified": bulk.mark_unqualified, "move_stage": bulk.move_stage}
DONE_EVENT = "skycrm_bulk_done"


def run(step: str, doctype: str, names: list[str], arguments: dict[str, Any]) -> None:
	"""Take a step on every record, committing in parts: a kill leaves whole parts, and the same call finishes.

	Args:
		step: key of STEPS.
		doctype: of the records.
		names: of the records.
		arguments: further arguments of the step.
	"""
	title = _("Changing {0} records").format(len(names))
	outcomes: list[bulk.Outcome] = []
	for start in range(0, len(names), bulk.NOW_LIMIT):
		part = names[start : start + bulk.NOW_LIMIT]
		# A right that was taken away meanwhile ends with the part.
		facts.forget()
		outcomes += STEPS[step](part, **arguments)
		# Each part stands on its own, so that a kill loses one part and not all.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		frappe.publish_progress((start + len(part)) * 100 / len(names), title=title)
	_tell(doctype, outcomes)


def _tell(doctype: str, outcomes: list[bulk.Outcome]) -> None:
	"""A note that stays, and an event for a desk that is still open."""
	done = sum(outcome["done"] for outcome in outcomes)
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": frappe.session.user,
			"type": "Alert",
			"document_type": doctype,
			"subject": _("{0} of {1} records were changed.").format(done, len(outcomes)),
			"email_content": "<br>".join(
				frappe.utils.escape_html(f"{outcome['title']}: {outcome['message']}")
				for outcome in outcomes
				if not outcome["done"]
			),
		}
	).insert(ignore_permissions=True)  # the user's own note about what they asked for
	frappe.publish_realtime(
		DONE_EVENT, {"doctype": doctype, "outcomes": outcomes}, user=frappe.session.user, after_commit=True
	)
