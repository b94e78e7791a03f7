import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.permissions import facts
from skycrm.permissions.governed import GOVERNED
from skycrm.services.filter_rows import check_filter_rows
from skycrm.services.record_checks import check_no_repeated_row, label, refuse, shown


class SkySharingRule(Document):
	"""Whose records of one DocType are open to whom, beyond ownership and teams."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_sharing_rule_filter.sky_sharing_rule_filter import SkySharingRuleFilter

		access: DF.Literal["Read", "Write"]
		document_type: DF.Link
		enabled: DF.Check
		filters: DF.Table[SkySharingRuleFilter]
		share_from: DF.DynamicLink
		share_from_type: DF.Literal["Sky Team", "User"]
		share_to: DF.DynamicLink
		share_to_type: DF.Literal["Sky Team", "Role", "User"]
		title: DF.Data | None
	# end: auto-generated types

	def validate(self) -> None:
		self.check()
		self.set_title()

	def on_update(self) -> None:
		facts.changed()

	def on_trash(self) -> None:
		facts.changed()

	def check(self) -> None:
		"""Refuse a rule that could not be evaluated; also asked before one is saved, to show what it would do."""
		self.check_all_said()
		self.check_document_type()
		self.check_who_is_there()
		self.check_somebody_has_them()
		self.check_not_with_itself()
		check_filter_rows(self, "filters", self.document_type, self.filters)
		check_no_repeated_row(self, "filters", ("operator", "value", "field_name"))

	def check_all_said(self) -> None:
		for field in ("document_type", "share_from_type", "share_from", "share_to_type", "share_to"):
			if not self.get(field):
				refuse(_("{0} is missing. Fill it in.").format(label(self, field)))

	def check_who_is_there(self) -> None:
		"""The preview asks for rules that the framework has not checked the links of."""
		for kind, field in (("share_from_type", "share_from"), ("share_to_type", "share_to")):
			allowed = (self.meta.get_field(kind).options or "").split("\n")
			if self.get(kind) not in allowed or not frappe.db.exists(self.get(kind), self.get(field)):
				refuse(
					_("{0}: {1} does not exist. Choose another.").format(
						label(self, field), shown(self.get(field))
					)
				)

	def check_somebody_has_them(self) -> None:
		"""Records that a team has in hand belong to no person."""
		if self.share_from_type == "User" and not GOVERNED[self.document_type].responsible:
			refuse(
				_("{0} belong to teams, not to a person. Choose a team in {1}.").format(
					shown(_(self.document_type)), label(self, "share_from_type")
				)
			)

	def check_document_type(self) -> None:
		"""Only records that belong to somebody can be shared by a rule."""
		if self.document_type not in GOVERNED:
			refuse(
				_(
					"{0} {1} cannot be shared by a rule. Choose one of the CRM's own document types, such as {2}."
				).format(
					label(self, "document_type"), shown(_(self.document_type)), frappe.bold(_("Sky Lead"))
				)
			)

	def check_not_with_itself(self) -> None:
		if (self.share_from_type, self.share_from) == (self.share_to_type, self.share_to):
			refuse(
				_(
					"The owner and the receiver are the same: {0}. Choose another team, role or user to share with."
				).format(shown(self.share_to))
			)

	def set_title(self) -> None:
		if not self.title:
			self.title = _("{0} of {1} for {2}").format(
				_(self.document_type), self.share_from, self.share_to
			)[:140]


def on_doctype_update() -> None:
	frappe.db.add_index("Sky Sharing Rule", ["enabled", "document_type"])
	frappe.db.add_index("Sky Sharing Rule", ["share_to_type", "share_to"])
