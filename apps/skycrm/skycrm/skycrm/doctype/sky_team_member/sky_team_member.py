from frappe.model.document import Document


class SkyTeamMember(Document):
	"""User in a team, and what they are there."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		full_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		role_in_team: DF.Literal["Member", "Deputy", "Manager"]
		user: DF.Link
	# end: auto-generated types
