"""The step that carries over what the person answered about being written to."""

import frappe

from skycrm.domain.consent import CHANNELS, UNKNOWN, joined
from skycrm.domain.conversion_match import CREATE
from skycrm.services import consent
from skycrm.services.conversion_run import Run


def carry_consents(run: Run) -> None:
	"""Write the lead's answers into its contact, a refusal of either winning, and tell of them in the ledger.

	No statement for a lead that was never asked.
	"""
	lead, contact = run.lead, run.contact
	answered = [channel for channel in CHANNELS if (lead.get(f"{channel}_consent") or UNKNOWN) != UNKNOWN]
	if not contact or not answered:
		return
	changes: dict[str, tuple[str, str]] = {}
	for channel in answered:
		field = consent.contact_field(channel)
		before = contact.get(field) or UNKNOWN
		after = joined(before, lead.get(f"{channel}_consent"))
		if after != before:
			changes[field] = (before, after)
	if changes:
		after = {field: pair[1] for field, pair in changes.items()}
		# Its own time of change stays: nobody has worked on the contact, and the undo looks at it.
		frappe.db.set_value("Contact", contact.name, after, update_modified=False)
		contact.update(after)
		if run.plan.contact.action != CREATE:
			run.notes.add_changed("Contact", contact.name, changes)
	rows = consent.carried(lead, contact.name, run.customer.name, run.at)
	consent.insert_rows(rows)
	run.notes.add_created(consent.LEDGER, [row["name"] for row in rows])
