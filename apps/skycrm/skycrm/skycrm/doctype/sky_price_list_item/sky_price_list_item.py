from frappe.model.document import Document


class SkyPriceListItem(Document):
	pass
