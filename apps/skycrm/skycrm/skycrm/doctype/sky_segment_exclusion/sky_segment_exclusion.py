from frappe.model.document import Document


class SkySegmentExclusion(Document):
	pass
