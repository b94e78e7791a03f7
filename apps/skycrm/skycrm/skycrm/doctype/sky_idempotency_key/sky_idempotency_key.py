from frappe.model.document import Document


class SkyIdempotencyKey(Document):
	"""Written by services/idempotency.py only."""
