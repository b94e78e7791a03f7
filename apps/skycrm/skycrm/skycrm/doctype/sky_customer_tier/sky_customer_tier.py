from frappe.model.document import Document


class SkyCustomerTier(Document):
	"""A name for a group of customers, such as Gold, that price lists can apply to."""
