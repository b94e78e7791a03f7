from frappe.model.document import Document


class SkyTeamMember(Document):
	"""Sky Team Member."""
