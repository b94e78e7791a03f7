from frappe.model.document import Document


class SkyLead(Document):
	"""Sky Lead."""
