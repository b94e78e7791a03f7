"""What SkyCRM does when a Customer changes: keep the keys by which it is found."""

from frappe.model.document import Document

from skycrm.services import identity_index


def on_update(doc: Document, method: str | None = None) -> None:
	identity_index.sync(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
	identity_index.forget(doc.doctype, doc.name)


def after_rename(
	doc: Document, method: str | None = None, old: str = "", new: str = "", merge: bool = False
) -> None:
	identity_index.rename(doc.doctype, old, new)
