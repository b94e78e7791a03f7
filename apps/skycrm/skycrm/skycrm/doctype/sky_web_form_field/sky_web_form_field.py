from frappe.model.document import Document


class SkyWebFormField(Document):
	"""One question of a web form, in both languages."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		field: DF.Literal[
			"Full Name",
			"Family Name",
			"Given Name",
			"Organization",
			"Job Title",
			"Email",
			"Mobile No",
			"Phone",
			"Zalo ID",
			"Tax Code (MST)",
			"Date of Birth",
			"Gender",
			"Industry",
			"Territory",
			"Address",
			"District or City",
			"Province",
			"Message",
		]
		help_en: DF.SmallText | None
		help_vi: DF.SmallText | None
		label_en: DF.Data | None
		label_vi: DF.Data | None
		lead_field: DF.Data | None
		options: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		placeholder_en: DF.Data | None
		placeholder_vi: DF.Data | None
		required: DF.Check
	# end: auto-generated types
