from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.services import contact_page, form_capture, form_coupon


class SkyFormSubmission(Document):
	"""What somebody sent through a web form; guests are shown its number and nothing else."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		campaign: DF.Link | None
		content: DF.JSON | None
		coupon: DF.Link | None
		coupon_mail: DF.Literal[
			"", "Pending", "Queued", "Sandbox", "Sent Before", "No Address", "Refused", "Failed"
		]
		email_agreed: DF.Check
		email_id: DF.Data | None
		error: DF.SmallText | None
		form: DF.Link
		form_token: DF.Data | None
		full_name: DF.Data | None
		language: DF.Data | None
		lead: DF.Link | None
		message: DF.SmallText | None
		mobile_no: DF.Data | None
		organization: DF.Data | None
		origin: DF.Data | None
		page: DF.Data | None
		sender_hash: DF.Data | None
		source: DF.Link | None
		status: DF.Literal["New Lead", "Known Person", "Refused", "Failed"]
		touch: DF.Data | None
		utm_campaign: DF.Data | None
		utm_content: DF.Data | None
		utm_medium: DF.Data | None
		utm_source: DF.Data | None
		utm_term: DF.Data | None
		website_url: DF.Data | None
	# end: auto-generated types

	def autoname(self) -> None:
		self.name = self.flags.reference

	def before_insert(self) -> None:
		if self.flags.arrival:
			return
		if not frappe.flags.in_web_form:
			frappe.throw(_("Submissions are made by web forms alone."), frappe.PermissionError)
		contact_page.take(self)

	def after_insert(self) -> None:
		if self.flags.swallowed:
			return
		form_capture.hand_in(self)
		if self.coupon_mail == form_coupon.PENDING:
			frappe.enqueue(
				"skycrm.jobs.web_forms.send_coupon",
				queue="short",
				enqueue_after_commit=True,
				job_id=f"skycrm_coupon_{self.name}",
				deduplicate=True,
				submission=self.name,
			)

	def db_insert(self, *args: Any, **kwargs: Any) -> None:
		"""A robot in the trap is thanked and leaves nothing."""
		if not self.flags.swallowed:
			super().db_insert(*args, **kwargs)

	def as_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
		"""The framework's page answers with the whole record that it made: whoever sends a form gets its number only."""
		if self.flags.from_contact_page:
			return frappe._dict(doctype=self.doctype, name=self.name)
		return super().as_dict(*args, **kwargs)
