"""What SkyCRM does when a Contact changes: the Vietnamese order of the name, and the keys by which it is found."""

from frappe.model.document import Document

from skycrm.domain.person_name import join_full_name
from skycrm.services import consent, identity_index, refusal_outlives


def validate(doc: Document, method: str | None = None) -> None:
	"""Write the full name family-first where the contact says so; the framework has joined it given-first."""
	if doc.get("sky_family_name_first"):
		full_name = join_full_name(doc.last_name or "", doc.middle_name or "", doc.first_name or "")
		doc.full_name = full_name or doc.full_name


def on_update(doc: Document, method: str | None = None) -> None:
	identity_index.sync(doc)
	consent.note_contact_changes(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
	identity_index.forget(doc.doctype, doc.name)
	refusal_outlives.on_contact_deleted(doc.name)


def after_rename(
	doc: Document, method: str | None = None, old: str = "", new: str = "", merge: bool = False
) -> None:
	identity_index.rename(doc.doctype, old, new)
