from frappe.model.document import Document


class SkyCampaignSendWindow(Document):
	pass
