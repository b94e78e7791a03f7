from frappe.model.document import Document


class SkyWebFormField(Document):
	"""One question of a web form, in both languages."""
