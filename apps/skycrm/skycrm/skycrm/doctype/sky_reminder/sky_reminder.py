import frappe
from frappe.model.document import Document


class SkyReminder(Document):
	"""What one user did with one reminder at one due time; written by services/reminders.py alone."""


def on_doctype_update() -> None:
	"""Index by which the query of what is due finds the state of each record."""
	frappe.db.add_index(
		"Sky Reminder", ["user", "reference_doctype", "reference_name", "due_at"], "user_record_due"
	)
