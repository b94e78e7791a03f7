from frappe.model.document import Document


class SkySalesStage(Document):
	"""Sky Sales Stage."""
