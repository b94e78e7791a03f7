"""For the tests of field access: hide fields from a role for a while, as the page does."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from skycrm.permissions import facts
from skycrm.services import field_access

SELLER = "Sky Sales User"
HIDE, READ_ONLY, SHOW = "Hide", "Read Only", "Show"


def change(doctype: str, *fields: str, role: str = SELLER, access: str = HIDE) -> None:
	"""Give a role another access to fields; a field of a child table is written "Sky Opportunity Item.rate"."""
	changes = []
	for field in fields:
		owner, _dot, name = field.rpartition(".")
		changes.append({"doctype": owner or doctype, "fieldname": name, "role": role, "access": access})
	field_access.save(doctype, changes, field_access.read(doctype)["token"])


def restore(*doctypes: str) -> None:
	"""As if nobody had ever used the page."""
	for doctype in doctypes:
		frappe.clear_cache(doctype=doctype)
		field_access.reset(doctype, field_access.read(doctype)["token"])
		frappe.db.delete("Custom DocPerm", {"parent": doctype})
		frappe.db.delete("Comment", {"reference_doctype": "DocType", "reference_name": doctype})
		frappe.clear_cache(doctype=doctype)
	facts.forget()


@contextmanager
def hidden(fields: dict[str, tuple[str, ...]], role: str = SELLER) -> Iterator[None]:
	"""Hide fields from a role, committed, so that the served site knows it too."""
	frappe.db.rollback()
	restore(*fields)
	try:
		for doctype, names in fields.items():
			change(doctype, *names, role=role)
		frappe.db.commit()
		yield
	finally:
		frappe.set_user("Administrator")
		frappe.db.rollback()
		restore(*fields)
		frappe.db.commit()


def access_of(doctype: str, fieldname: str, role: str = SELLER, owner: str = "") -> str:
	"""What the page shows in a cell."""
	row = next(
		row
		for row in field_access.read(doctype)["fields"]
		if (row["doctype"], row["fieldname"]) == (owner or doctype, fieldname)
	)
	return row["access"][role]
