from frappe.model.document import Document


class SkyInboundWebhookField(Document):
	"""One line of a webhook's mapping: where a value stands in the payload, and which field of the lead it is for."""
