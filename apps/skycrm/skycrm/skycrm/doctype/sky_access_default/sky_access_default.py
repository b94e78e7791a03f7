from frappe.model.document import Document


class SkyAccessDefault(Document):
	"""Sky Access Default."""
