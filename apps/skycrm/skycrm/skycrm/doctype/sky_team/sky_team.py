from collections import Counter

import frappe
from frappe import _
from frappe.utils.nestedset import NestedSet

from skycrm.permissions import facts
from skycrm.services.record_checks import shown
from skycrm.services.teams import clear_team_cache


class SkyTeam(NestedSet):
	"""Node of the tree that record visibility follows."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_team_member.sky_team_member import SkyTeamMember

		description: DF.SmallText | None
		is_group: DF.Check
		lft: DF.Int
		manager: DF.Link | None
		members: DF.Table[SkyTeamMember]
		old_parent: DF.Link | None
		parent_sky_team: DF.Link | None
		rgt: DF.Int
		team_name: DF.Data
	# end: auto-generated types

	nsm_parent_field = "parent_sky_team"

	def validate(self) -> None:
		self.refuse_unknown_members()
		self.refuse_members_twice()
		self.check_parent()

	def on_update(self) -> None:
		super().on_update()
		clear_team_cache()
		facts.changed()

	def on_trash(self, allow_root_deletion: bool = True) -> None:
		super().on_trash(allow_root_deletion=True)
		clear_team_cache()
		facts.changed()

	def after_rename(self, olddn: str, newdn: str, merge: bool = False) -> None:
		super().after_rename(olddn, newdn, merge)
		clear_team_cache()
		facts.changed()

	def refuse_unknown_members(self) -> None:
		"""Members are users of this site: the framework passes over a link from which the full name is fetched.

		Raises:
			frappe.LinkValidationError: names the row.
		"""
		names = [row.user for row in self.members if row.user]
		known = set(frappe.get_all("User", filters={"name": ("in", names)}, pluck="name")) if names else set()
		for row in self.members:
			if row.user and row.user not in known:
				frappe.throw(
					_("Row {0}: user {1} does not exist. Choose a user from the list.").format(
						row.idx, shown(row.user)
					),
					exc=frappe.LinkValidationError,
					title=_("User not found"),
				)

	def refuse_members_twice(self) -> None:
		"""One row per person: two would disagree about the role.

		Raises:
			frappe.ValidationError: names the person and the rows.
		"""
		counts = Counter(row.user for row in self.members)
		for row in self.members:
			if counts[row.user] > 1:
				rows = ", ".join(str(other.idx) for other in self.members if other.user == row.user)
				frappe.throw(
					_("{0} is a member of team {1} more than once: rows {2}. Keep one of them.").format(
						shown(row.user), shown(self.team_name), rows
					),
					title=_("Member twice"),
				)

	def check_parent(self) -> None:
		"""A team must not be its own parent, and a team with teams below must stay a group.

		Raises:
			frappe.ValidationError: says which, and what to do.
		"""
		if self.parent_sky_team and self.parent_sky_team == self.name:
			frappe.throw(
				_("Team {0} cannot be its own parent. Choose another parent team.").format(shown(self.name)),
				title=_("Parent team not possible"),
			)
		if self.parent_sky_team and not frappe.get_cached_value("Sky Team", self.parent_sky_team, "is_group"):
			frappe.throw(
				_("Team {0} has no teams below. Tick {1} in it first, or choose another parent team.").format(
					shown(self.parent_sky_team), frappe.bold(_(self.meta.get_label("is_group")))
				),
				title=_("Parent team not possible"),
			)
		if (
			not self.is_group
			and not self.is_new()
			and frappe.db.exists("Sky Team", {"parent_sky_team": self.name})
		):
			frappe.throw(
				_("{0} cannot be unticked: there are teams below team {1}. Move them first.").format(
					frappe.bold(_(self.meta.get_label("is_group"))), shown(self.name)
				),
				title=_("Team has teams below"),
			)


def on_doctype_update() -> None:
	"""Visibility asks for all teams below a team."""
	frappe.db.add_index("Sky Team", ["lft", "rgt"])
