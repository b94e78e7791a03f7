from frappe.model.document import Document


class SkyOpportunityItem(Document):
	"""Sky Opportunity Item."""
