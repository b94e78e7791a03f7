from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, get_time

from skycrm.services.record_checks import check_range, label, refuse, shown


class SkyUserPreference(Document):
	"""How one person wants to be reminded."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		day_start: DF.Data | None
		digest_hour: DF.Int
		digest_sent_on: DF.Date | None
		lead_minutes: DF.Int
		missed_mail: DF.Literal["Never", "Daily Digest", "After Minutes"]
		missed_minutes: DF.Int
		quiet_from: DF.Data | None
		quiet_until: DF.Data | None
		remind_events: DF.Check
		remind_issues: DF.Check
		remind_leads: DF.Check
		remind_opportunities: DF.Check
		remind_todos: DF.Check
		show_reminders: DF.Check
		sound: DF.Check
		user: DF.Link
	# end: auto-generated types

	def validate(self) -> None:
		check_range(self, "lead_minutes", 0, 7 * 24 * 60)
		check_range(self, "missed_minutes", 0, 7 * 24 * 60)
		check_range(self, "digest_hour", 0, 23)
		if self.missed_mail == "After Minutes" and not cint(self.missed_minutes):
			self.missed_minutes = 1
		for fieldname in ("quiet_from", "quiet_until", "day_start"):
			self.set(fieldname, self.hour_of(fieldname))
		if bool(self.quiet_from) != bool(self.quiet_until):
			refuse(
				_("Quiet hours need both ends: fill {0} and {1}, or clear both.").format(
					label(self, "quiet_from"), label(self, "quiet_until")
				)
			)

	def hour_of(self, fieldname: str) -> str | None:
		"""What was typed as HH:MM; None for nothing. A field of type Time would begin with the time of the day.

		Raises:
			frappe.ValidationError: no time of day.
		"""
		typed = cstr(self.get(fieldname)).strip()
		if not typed:
			return None
		try:
			return f"{get_time(typed):%H:%M}"
		except ValueError:
			refuse(
				_("{0} is no time of day: {1}. Enter hours and minutes, for example 22:00.").format(
					label(self, fieldname), shown(typed)
				)
			)
