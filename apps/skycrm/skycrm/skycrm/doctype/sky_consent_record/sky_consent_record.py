import frappe
from frappe import _
from frappe.model.document import Document


class SkyConsentRecord(Document):
	"""One answer of one person on one channel; written by services/consent.py, never changed afterwards."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Literal["Granted", "Refused", "Withdrawn", "Cleared", "Overridden", "Left Out"]
		channel: DF.Literal["Email", "SMS", "Call"]
		contact: DF.Link | None
		customer: DF.Link | None
		door: DF.Data | None
		given_by: DF.Link | None
		given_on: DF.Datetime | None
		how: DF.Data | None
		lead: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		wording: DF.SmallText | None
	# end: auto-generated types

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
