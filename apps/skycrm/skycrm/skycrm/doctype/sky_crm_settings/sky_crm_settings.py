from frappe.model.document import Document


class SkyCRMSettings(Document):
	"""Sky CRM Settings."""
