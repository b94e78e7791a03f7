from frappe.model.document import Document

from skycrm.services import scoring_rules


class SkyLeadSource(Document):
	"""Where leads come from, such as a fair or the website."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		description: DF.SmallText | None
		enabled: DF.Check
		source_name: DF.Data
	# end: auto-generated types

	def on_trash(self) -> None:
		scoring_rules.forget_source(self.name)

	def after_rename(self, old: str, new: str, merge: bool = False) -> None:
		scoring_rules.forget()
