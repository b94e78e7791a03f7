import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, strip_html

from skycrm.services.record_checks import check_range, label, refuse, shown


class SkyIssue(Document):
	"""A customer's problem or request, from first word to rating."""

	def validate(self) -> None:
		self.check_rating()
		self.check_reference()
		self.check_resolution()

	def check_rating(self) -> None:
		if cint(self.rating):
			check_range(self, "rating", 1, 5)

	def check_reference(self) -> None:
		if self.reference_name and not self.reference_doctype:
			refuse(
				_("{0} is missing. Choose what kind of document {1} is.").format(
					label(self, "reference_doctype"), shown(self.reference_name)
				)
			)

	def check_resolution(self) -> None:
		"""A solved issue tells how, so that the next one is solved faster."""
		before = self.get_doc_before_save()
		moved = not before or before.status != self.status
		if self.status == "Resolved" and moved and not strip_html(self.resolution or "").strip():
			refuse(
				_(
					"{0} is missing. Write how the problem was solved, save, and resolve the issue again."
				).format(label(self, "resolution"))
			)


def on_doctype_update() -> None:
	frappe.db.add_index("Sky Issue", ["status", "priority"])
	frappe.db.add_index("Sky Issue", ["reference_doctype", "reference_name"])
