import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain.send_window import Window, first_empty, first_overlap
from skycrm.services import assignment_rules, assignment_turns
from skycrm.services.record_checks import check_no_repeated_row, label, refuse, shown


class SkyAssignmentRule(Document):
	"""Which salesperson gets a new lead: whom it is for, who is in the pool, how one of them is chosen."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_assignment_condition.sky_assignment_condition import (
			SkyAssignmentCondition,
		)
		from skycrm.skycrm.doctype.sky_assignment_hours.sky_assignment_hours import SkyAssignmentHours
		from skycrm.skycrm.doctype.sky_assignment_member.sky_assignment_member import SkyAssignmentMember

		conditions: DF.Table[SkyAssignmentCondition]
		daily_cap: DF.Int
		enabled: DF.Check
		fallback: DF.Literal["Wait in the Pool", "Ask the Next Rule", "Give to One Person"]
		fallback_team: DF.Link | None
		fallback_user: DF.Link | None
		hold: DF.Check
		holiday_list: DF.Link | None
		hours: DF.Table[SkyAssignmentHours]
		include_managers: DF.Check
		members: DF.Table[SkyAssignmentMember]
		method: DF.Literal["Round Robin", "Least Loaded", "Weighted"]
		notify: DF.Check
		open_cap: DF.Int
		priority: DF.Int
		role: DF.Link | None
		rule_name: DF.Data
		team: DF.Link | None
		with_teams_below: DF.Check
	# end: auto-generated types

	def validate(self) -> None:
		assignment_rules.check_conditions(self)
		self.check_pool()
		check_no_repeated_row(self, "members", ("user",))
		self.check_hours()
		self.check_fallback()

	def on_update(self) -> None:
		assignment_turns.ensure(self.name)
		assignment_rules.forget()

	def on_trash(self) -> None:
		assignment_turns.remove(self.name)
		assignment_rules.forget()

	def after_rename(self, olddn: str, newdn: str, merge: bool = False) -> None:
		assignment_rules.forget()

	def check_pool(self) -> None:
		"""Somebody must be in it."""
		if not (self.team or self.role or self.members):
			refuse(
				_("Nobody would get these leads. Choose {0} or {1}, or list people in {2}.").format(
					label(self, "team"), label(self, "role"), label(self, "members")
				)
			)
		if self.method == "Weighted" and self.members and not (self.team or self.role):
			if not any(row.weight for row in self.members):
				refuse(
					_("{0}: every weight is 0. Give at least one person a weight above 0.").format(
						label(self, "members")
					)
				)

	def check_hours(self) -> None:
		"""Hours end after they begin and do not overlap."""
		windows = [
			Window(
				row.weekday, frappe.utils.to_timedelta(row.from_time), frappe.utils.to_timedelta(row.to_time)
			)
			for row in self.hours
		]
		empty = first_empty(windows)
		if empty is not None:
			refuse(
				_("Row {0} of {1} ends before it begins. Enter a later time to which it goes.").format(
					empty + 1, label(self, "hours")
				)
			)
		overlap = first_overlap(windows)
		if overlap:
			refuse(
				_("Rows {0} and {1} of {2} share hours of one day. Make one of them shorter.").format(
					overlap[0] + 1, overlap[1] + 1, label(self, "hours")
				)
			)

	def check_fallback(self) -> None:
		"""Whoever gets what nobody else can take must be able to sign in."""
		if self.fallback == "Give to One Person":
			self.fallback_team = None
			if not frappe.db.get_value("User", self.fallback_user, "enabled"):
				refuse(
					_("{0} {1} cannot sign in. Choose somebody whose user is enabled.").format(
						label(self, "fallback_user"), shown(self.fallback_user or "")
					)
				)
		else:
			self.fallback_user = None
