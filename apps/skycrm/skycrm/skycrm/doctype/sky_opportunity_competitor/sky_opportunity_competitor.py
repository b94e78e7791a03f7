from frappe.model.document import Document


class SkyOpportunityCompetitor(Document):
	"""Sky Opportunity Competitor."""
