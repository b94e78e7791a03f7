import frappe
from frappe import _
from frappe.model.document import Document


class SkyConsentRecord(Document):
	"""One answer of one person on one channel; written by services/consent.py, never changed afterwards."""

	def validate(self) -> None:
		if not self.is_new():
			frappe.throw(
				_("An answer that was recorded is not changed. Record the new answer on the lead instead."),
				title=_("Kept as Proof"),
			)

	def on_trash(self) -> None:
		if not frappe.flags.in_uninstall:
			frappe.throw(
				_(
					"An answer that was recorded is kept as proof. Erase the person's data instead if they ask for it."
				),
				title=_("Kept as Proof"),
			)


def on_doctype_update() -> None:
	"""Index over two columns: the history of a lead in the order of time."""
	frappe.db.add_index("Sky Consent Record", ["lead", "creation"])
