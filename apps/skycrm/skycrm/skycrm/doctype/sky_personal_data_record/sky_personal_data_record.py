from frappe.model.document import Document


class SkyPersonalDataRecord(Document):
	"""One record of a person, and what a request does with it."""
