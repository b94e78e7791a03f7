"""Role permissions that an admin gives on our DocTypes: a role that reads a document sees its fields until one is hidden.

The framework's page gives rights at level 0 only. Money, phone numbers and the like have a level of their own, so a
role that is new to a DocType gets them with the document.
"""

import frappe
from frappe.model.document import Document

from skycrm.permissions.hidden_fields import is_ours
from skycrm.setup import field_levels


def after_insert(doc: Document, method: str | None = None) -> None:
	"""Event after_insert of Custom DocPerm: the levels that the app ships, for a role that the app does not know here."""
	if doc.permlevel or not doc.read or not is_ours(doc.parent):
		return
	# A copy of the rights that the app ships brings its own rows.
	if frappe.db.exists("DocPerm", {"parent": doc.parent, "role": doc.role}):
		return
	field_levels.open_to_role(doc.parent, doc.role, bool(doc.write or doc.create))
