from frappe.model.document import Document


class SkySegmentMember(Document):
	pass
