from frappe.model.document import Document


class SkySharingRuleFilter(Document):
	"""One condition that a record shared by a rule meets."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		field_name: DF.Autocomplete
		operator: DF.Literal["=", "!=", ">", ">=", "<", "<=", "like", "not like", "in", "not in"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		value: DF.Data
	# end: auto-generated types
