from frappe.model.document import Document


class SkyIdempotencyKey(Document):
	"""Written by services/idempotency.py only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		body_hash: DF.Data | None
		expires_on: DF.Datetime | None
		idempotency_key: DF.Data | None
		method: DF.Data | None
		response: DF.LongText | None
		run_token: DF.Data | None
		user: DF.Data | None
	# end: auto-generated types
