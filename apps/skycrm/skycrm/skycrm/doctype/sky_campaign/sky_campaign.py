import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import to_timedelta

from skycrm.domain.send_window import Window, first_empty, first_overlap
from skycrm.services.own_approval import check_own_approval
from skycrm.services.record_checks import check_order, check_range, label, refuse

LARGEST_BATCH = 100
SHORTEST_INTERVAL = 5


class SkyCampaign(Document):
	"""A marketing activity with its goal, audience, message, cost and result."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_campaign_send_window.sky_campaign_send_window import (
			SkyCampaignSendWindow,
		)

		actual_cost: DF.Currency
		batch_interval_minutes: DF.Int
		batch_size: DF.Int
		bounce_stop_percent: DF.Percent
		bounced: DF.Int
		budget: DF.Currency
		campaign_name: DF.Data
		channel: DF.Literal["Email", "SMS", "Zalo", "Call", "Event", "Direct Mail", "Ads"]
		clicked: DF.Int
		company: DF.Link | None
		content: DF.TextEditor | None
		currency: DF.Link | None
		customers_won: DF.Int
		delivered: DF.Int
		email_template: DF.Link | None
		end_on: DF.Datetime | None
		expected_leads: DF.Int
		expected_revenue: DF.Currency
		failed: DF.Int
		kind: DF.Literal["Promotion", "Newsletter", "Greeting", "Survey"]
		leads_created: DF.Int
		objective: DF.SmallText | None
		opened: DF.Int
		pause_reason: DF.SmallText | None
		revenue: DF.Currency
		segment: DF.Link | None
		send_windows: DF.Table[SkyCampaignSendWindow]
		sender: DF.Link | None
		sent: DF.Int
		start_on: DF.Datetime | None
		status: DF.Literal[
			"Draft", "Pending Approval", "Approved", "Running", "Paused", "Completed", "Cancelled"
		]
		subject: DF.Data | None
		total_recipients: DF.Int
		unsubscribed: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		check_own_approval(self)
		check_order(self, "start_on", "end_on")
		check_range(self, "batch_size", 1, LARGEST_BATCH)
		check_range(self, "batch_interval_minutes", SHORTEST_INTERVAL)
		check_range(self, "bounce_stop_percent", 0, 100)
		for field in ("budget", "actual_cost", "expected_leads", "expected_revenue"):
			check_range(self, field, 0)
		self.check_send_windows()
		self.check_pause_reason()
		self.keep_results()

	def check_send_windows(self) -> None:
		windows = [
			Window(row.weekday, to_timedelta(row.from_time), to_timedelta(row.to_time))
			for row in self.send_windows
			if row.from_time and row.to_time
		]
		empty = first_empty(windows)
		if empty is not None:
			refuse(
				_(
					"Row {0} of {1} ends at or before its start. Enter a later end, or use two rows for a window over midnight."
				).format(empty + 1, label(self, "send_windows"))
			)
		overlap = first_overlap(windows)
		if overlap:
			refuse(
				_(
					"Rows {0} and {1} of {2} overlap on {3}. Change the times of one of them, or join them."
				).format(
					overlap[0] + 1,
					overlap[1] + 1,
					label(self, "send_windows"),
					_(windows[overlap[0]].weekday),
				)
			)

	def check_pause_reason(self) -> None:
		"""Say why a campaign stands still; the reason is gone when it goes on."""
		before = self.get_doc_before_save()
		if self.status == "Paused" and not self.pause_reason and (not before or before.status != "Paused"):
			refuse(
				_("{0} is missing. Write why the campaign is paused, save, and pause it again.").format(
					label(self, "pause_reason")
				)
			)
		if before and before.status == "Paused" and self.status == "Running":
			self.pause_reason = None

	def keep_results(self) -> None:
		"""Results are counted, never typed: what a form or REST sends for them is put back."""
		before = self.get_doc_before_save()
		for field in RESULT_FIELDS:
			self.set(field, before.get(field) if before else 0)


RESULT_FIELDS = (
	"total_recipients",
	"sent",
	"delivered",
	"opened",
	"clicked",
	"bounced",
	"failed",
	"unsubscribed",
	"leads_created",
	"customers_won",
	"revenue",
)


def on_doctype_update() -> None:
	frappe.db.add_index("Sky Campaign", ["status", "start_on"])
