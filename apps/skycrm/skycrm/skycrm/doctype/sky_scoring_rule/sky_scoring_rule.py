from frappe.model.document import Document

from skycrm.services import scoring_rules


class SkyScoringRule(Document):
	"""One reason why a lead scores higher or lower, with its sentence for the salesperson."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_scoring_rule_field.sky_scoring_rule_field import SkyScoringRuleField
		from skycrm.skycrm.doctype.sky_scoring_rule_source.sky_scoring_rule_source import SkyScoringRuleSource

		activity: DF.Literal[
			"",
			"Came Back",
			"Message Received",
			"Message Sent",
			"Call",
			"Meeting",
			"Sign of Life",
			"Any Contact",
		]
		complete_fields: DF.Table[SkyScoringRuleField]
		days: DF.Int
		door: DF.Literal["", "Desk", "REST", "Web Form", "File Import", "Email", "Webhook"]
		enabled: DF.Check
		half_life_days: DF.Int
		kind: DF.Literal["Field Match", "Activity", "Silence", "Recency", "Lead Source", "Completeness"]
		lead_field: DF.Autocomplete | None
		match_value: DF.SmallText | None
		max_points: DF.Int
		operator: DF.Literal[
			"is set",
			"is not set",
			"equals",
			"does not equal",
			"is one of",
			"is none of",
			"contains one of",
			"at least",
			"at most",
		]
		other_points: DF.Int
		points: DF.Int
		sentence: DF.SmallText
		sequence: DF.Int
		sources: DF.Table[SkyScoringRuleSource]
		title: DF.Data
	# end: auto-generated types

	def validate(self) -> None:
		scoring_rules.check(self)

	def on_update(self) -> None:
		scoring_rules.forget()

	def on_trash(self) -> None:
		scoring_rules.forget()

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		scoring_rules.forget()
