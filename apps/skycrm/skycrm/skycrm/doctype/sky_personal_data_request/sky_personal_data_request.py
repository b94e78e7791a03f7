import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

OPEN = ("Draft", "Previewed", "Failed")


class SkyPersonalDataRequest(Document):
	"""Somebody asks for a copy, or for the erasure, of what is kept about them. Carried out by services/personal_data/."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_personal_data_record.sky_personal_data_record import (
			SkyPersonalDataRecord,
		)

		confirmed_by: DF.Link | None
		confirmed_on: DF.Datetime | None
		contact: DF.Link | None
		email_id: DF.Data | None
		finished_on: DF.Datetime | None
		kind: DF.Literal["Export", "Erasure"]
		lead: DF.Link | None
		log: DF.LongText | None
		memory: DF.LongText | None
		phone: DF.Data | None
		progress: DF.Percent
		reason: DF.SmallText
		records: DF.Table[SkyPersonalDataRecord]
		requested_by: DF.Link | None
		requested_on: DF.Datetime | None
		result_file: DF.Attach | None
		status: DF.Literal["Draft", "Searching", "Previewed", "Queued", "Running", "Done", "Failed"]
		step: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		if self.is_new():
			self.update(
				{"status": "Draft", "requested_by": frappe.session.user, "requested_on": now_datetime()}
			)
		before = self.get_doc_before_save()
		if before and before.status not in OPEN and not self.flags.by_service:
			frappe.throw(
				_("A request that was started is not changed. Make a new one."), title=_("Kept as Proof")
			)
		if not any(self.get(field) for field in ("lead", "contact", "email_id", "phone")):
			if not self.flags.by_service:
				frappe.throw(
					_("Say whom it is about: fill the lead, the contact, the email or the phone."),
					title=_("Person Missing"),
				)

	def on_trash(self) -> None:
		if self.status != "Draft" and not frappe.flags.in_uninstall:
			frappe.throw(_("A request is kept as proof of what was done."), title=_("Kept as Proof"))
