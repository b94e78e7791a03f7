from frappe.model.document import Document


class SkyAssignmentCondition(Document):
	"""One condition that a lead meets which an assignment rule is for."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		field_name: DF.Autocomplete
		operator: DF.Literal[
			"=", "!=", ">", ">=", "<", "<=", "like", "not like", "in", "not in", "is", "between", "under"
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		value: DF.Data | None
	# end: auto-generated types
