from frappe.model.document import Document


class SkyLostReason(Document):
	"""Sky Lost Reason."""
