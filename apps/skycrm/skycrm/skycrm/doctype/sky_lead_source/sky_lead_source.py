from frappe.model.document import Document


class SkyLeadSource(Document):
	"""Sky Lead Source."""
