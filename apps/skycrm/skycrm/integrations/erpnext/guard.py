"""The first question of every handler on ERPNext's documents: does this one concern us at all?

Answered from the document in memory, without a query, so that ERPNext without our fields filled in behaves and costs
exactly as before.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from frappe.model.document import Document

# Set on a document that SkyCRM itself is changing, so that the change does not come back as an event.
OWN_CHANGE = "changed_by_skycrm"


def linked_opportunity(doc: Document) -> str | None:
	"""The opportunity that a document belongs to, None when it has none or when the change is our own."""
	opportunity = doc.get("sky_opportunity")
	if not opportunity or doc.flags.get(OWN_CHANGE):
		return None
	return opportunity


def link_is_fresh(doc: Document) -> bool:
	"""Whether the link to the opportunity was set with this save: checks then run once, not on every save."""
	return bool(doc.get("sky_opportunity")) and (doc.is_new() or doc.has_value_changed("sky_opportunity"))


@contextmanager
def own_change(doc: Document) -> Iterator[Document]:
	"""While inside, events of this document are not answered."""
	doc.flags[OWN_CHANGE] = True
	try:
		yield doc
	finally:
		doc.flags.pop(OWN_CHANGE, None)
