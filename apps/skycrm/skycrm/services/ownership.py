"""Whose a new record is: filled in for the sales people who make it, never for imports, guests or administrators."""

import frappe
from frappe.model.document import Document

from skycrm.services.teams import team_of

SALES_ROLES = frozenset({"Sky Sales User", "Sky Sales Manager"})


def set_owner_and_team(doc: Document, owner_field: str) -> None:
	"""Give a new record to the sales person who makes it, and let its team follow its owner. In place.

	A team that was chosen stays; a record that changes hands goes to the new owner's team unless another team was
	chosen in the same save. An import leaves leads without owner: they are shared out afterwards.

	Args:
		doc: a document with `owner_field` and `team`.
		owner_field: `lead_owner` or `opportunity_owner`.
	"""
	before = doc.get_doc_before_save()
	if not before and not doc.get(owner_field) and not frappe.flags.in_import and _sells(frappe.session.user):
		doc.set(owner_field, frappe.session.user)
	owner = doc.get(owner_field)
	if not owner:
		return
	if before:
		changed_hands = before.get(owner_field) != owner and before.team == doc.team
		if changed_hands:
			doc.team = team_of(owner) or doc.team
	if not doc.team and (not before or before.get(owner_field) != owner):
		doc.team = team_of(owner)


def _sells(user: str) -> bool:
	# Administrator holds every role without having a customer.
	return user not in ("Administrator", "Guest") and not SALES_ROLES.isdisjoint(frappe.get_roles(user))
