from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from skycrm.services.record_checks import check_range, label, refuse


class SkyUserPreference(Document):
	"""How one person wants to be reminded."""

	def validate(self) -> None:
		check_range(self, "lead_minutes", 0, 7 * 24 * 60)
		check_range(self, "missed_minutes", 0, 7 * 24 * 60)
		check_range(self, "digest_hour", 0, 23)
		if self.missed_mail == "After Minutes" and not cint(self.missed_minutes):
			self.missed_minutes = 1
		if bool(self.quiet_from) != bool(self.quiet_until):
			refuse(
				_("Quiet hours need both ends: fill {0} and {1}, or clear both.").format(
					label(self, "quiet_from"), label(self, "quiet_until")
				)
			)
