"""Jobs of the framework that tell more than people may see: ours run in their place, at their times.

The record keeps the framework's name, so an admin stops and starts the job where they always did, and nothing is left
of it when the app goes.
"""

from frappe.core.doctype.scheduled_job_type.scheduled_job_type import ScheduledJobType

# The framework's method → what runs instead of it.
OURS: dict[str, str] = {
	"frappe.desk.form.document_follow.send_hourly_updates": "skycrm.jobs.document_follow.send_hourly",
	"frappe.desk.form.document_follow.send_daily_updates": "skycrm.jobs.document_follow.send_daily",
	"frappe.desk.form.document_follow.send_weekly_updates": "skycrm.jobs.document_follow.send_weekly",
}


class SkyScheduledJobType(ScheduledJobType):
	"""The framework's scheduled job, with another method behind a few names."""

	def execute(self) -> None:
		named = self.method
		self.method = OURS.get(named, named)
		try:
			super().execute()
		finally:
			self.method = named
