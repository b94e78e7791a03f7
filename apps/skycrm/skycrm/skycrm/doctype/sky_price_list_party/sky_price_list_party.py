from frappe.model.document import Document


class SkyPriceListParty(Document):
	pass
