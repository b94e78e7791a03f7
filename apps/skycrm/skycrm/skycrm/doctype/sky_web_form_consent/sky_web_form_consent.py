from frappe.model.document import Document


class SkyWebFormConsent(Document):
	"""A box to tick by which a visitor agrees to be written to or called, with the very words."""
