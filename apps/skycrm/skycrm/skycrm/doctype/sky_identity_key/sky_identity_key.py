import frappe
from frappe.model.document import Document


class SkyIdentityKey(Document):
	"""Written by services/identity_index.py only, as plain rows."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		key_back: DF.Data | None
		key_type: DF.Literal["Email", "Phone", "Tax", "Name"]
		key_value: DF.Data
		reference_doctype: DF.Data
		reference_name: DF.Data
	# end: auto-generated types


def on_doctype_update() -> None:
	"""Look-up by key, and clearing of what belongs to one record."""
	# The record stands in the first index as well, so that a look-up is answered from the index alone.
	frappe.db.add_index(
		"Sky Identity Key", ["key_type", "key_value", "reference_doctype", "reference_name"], "key_lookup"
	)
	frappe.db.add_index("Sky Identity Key", ["reference_doctype", "reference_name"], "key_reference")
	frappe.db.add_index("Sky Identity Key", ["key_type", "key_back"], "key_from_the_end")
