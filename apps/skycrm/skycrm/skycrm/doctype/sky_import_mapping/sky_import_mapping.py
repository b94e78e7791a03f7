from frappe.model.document import Document


class SkyImportMapping(Document):
	"""Which field each column of a file filled; suggested again for a file with the same headers."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_import_mapping_column.sky_import_mapping_column import (
			SkyImportMappingColumn,
		)

		columns: DF.Table[SkyImportMappingColumn]
		headers: DF.SmallText | None
		headers_hash: DF.Data | None
		times_used: DF.Int
	# end: auto-generated types
