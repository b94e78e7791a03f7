from frappe.model.document import Document


class SkyLeadItem(Document):
	"""Sky Lead Item."""
