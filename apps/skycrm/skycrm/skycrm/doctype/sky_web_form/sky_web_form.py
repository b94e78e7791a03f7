from frappe.model.document import Document


class SkyWebForm(Document):
	"""A form that marketers build and other web sites show."""
