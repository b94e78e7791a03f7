"""Last steps: write the ledger, then flag the lead. The flag comes last, so that it never stands without its records."""

import frappe

from skycrm.services import conversion_ledger, status
from skycrm.services.conversion_run import Run


def write_ledger(run: Run) -> None:
	"""Note everything that an undo has to know."""
	conversion_ledger.write(run)


def flag_lead(run: Run) -> None:
	"""Set the lead to Converted, with links to what it became."""
	status.mark_converted(
		run.lead,
		customer=run.customer.name,
		contact=run.contact.name if run.contact else None,
		opportunity=run.opportunity.name if run.opportunity else None,
		converted_by=frappe.session.user,
		converted_on=run.at,
	)
