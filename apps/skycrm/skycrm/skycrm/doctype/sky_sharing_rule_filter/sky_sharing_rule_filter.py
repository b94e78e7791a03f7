from frappe.model.document import Document


class SkySharingRuleFilter(Document):
	pass
