from frappe.model.document import Document


class SkyOpportunity(Document):
	"""Sky Opportunity."""
