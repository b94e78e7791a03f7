import frappe
from frappe.model.document import Document


class SkyReminder(Document):
	"""What one user did with one reminder at one due time; written by services/reminders.py alone."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		due_at: DF.Datetime
		mailed_on: DF.Datetime | None
		reference_doctype: DF.Link
		reference_name: DF.DynamicLink
		snoozed_until: DF.Datetime | None
		status: DF.Literal["Open", "Snoozed", "Closed"]
		user: DF.Link
	# end: auto-generated types


def on_doctype_update() -> None:
	"""Index by which the query of what is due finds the state of each record."""
	frappe.db.add_index(
		"Sky Reminder", ["user", "reference_doctype", "reference_name", "due_at"], "user_record_due"
	)
