from frappe.model.document import Document


class SkyWebFormOrigin(Document):
	"""A web site that may show the form."""
