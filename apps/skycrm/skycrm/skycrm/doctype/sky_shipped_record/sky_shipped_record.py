from frappe.model.document import Document


class SkyShippedRecord(Document):
	"""One line of the list of what the app has put onto this site; kept by setup/shipped.py."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		is_deleted_by_admin: DF.Check
		is_ours: DF.Check
		item_key: DF.Data
		reference_doctype: DF.Data | None
		reference_name: DF.Data | None
		shipped_digest: DF.Data | None
		stored_digest: DF.Data | None
	# end: auto-generated types
