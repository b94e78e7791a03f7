"""Who sees which row of the ledger of consents: whoever may read the lead; rows of a contact alone, as contacts."""

import frappe
from frappe.model.document import Document

from skycrm.permissions import rule

LEAD = "Sky Lead"


def query_conditions(user: str, doctype: str | None = None) -> str:
	"""Hook permission_query_conditions: the rows of leads that the user may read, as SQL."""
	leads = rule.condition(LEAD, user)
	if not leads:
		return ""
	table = "`tabSky Consent Record`"
	return (
		f"({table}.`lead` in (select `tabSky Lead`.`name` from `tabSky Lead` where {leads})"
		f" or (ifnull({table}.`lead`, '') = '' and ifnull({table}.`contact`, '') != ''))"
	)


def has_permission(doc: Document, ptype: str, user: str) -> bool | None:
	"""Hook has_permission: False when the lead may not be read, else None, so that others may still say no."""
	if not doc.lead:
		return None if doc.contact or not rule.condition(LEAD, user) else False
	if not frappe.db.exists(LEAD, doc.lead):
		return None if not rule.condition(LEAD, user) else False
	return None if rule.may(frappe.get_doc(LEAD, doc.lead), "read", user) else False
