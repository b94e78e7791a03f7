from frappe.model.document import Document


class SkySegmentFilter(Document):
	pass
