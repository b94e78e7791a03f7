from frappe.model.document import Document


class SkyShippedRecord(Document):
	"""One line of the list of what the app has put onto this site; kept by setup/shipped.py."""
