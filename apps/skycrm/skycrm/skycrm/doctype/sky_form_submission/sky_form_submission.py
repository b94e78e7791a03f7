from frappe.model.document import Document


class SkyFormSubmission(Document):
	"""What somebody sent through a web form; guests are shown its number and nothing else."""
