"""A refusal outlives the record that held it: the site keeps a keyed digest of the address, never the address itself.

For an erasure, and for a lead that somebody deletes: without this a list bought a year later would bring the person back
as somebody who was never asked.
"""

import frappe
from frappe.model.document import Document

from skycrm.domain.consent import CHANNELS, LABEL, REFUSED
from skycrm.services.consent import LEDGER
from skycrm.services.may_contact import erased_address

# Where the keys of a lead's addresses stand
KEYS = {"email": ("email_key",), "sms": ("phone_key", "phone_key_2"), "call": ("phone_key", "phone_key_2")}


def suppress(channel: str, key: str, note: str) -> None:
	"""Keep that an address must not be written to, without keeping the address.

	Args:
		channel: as in Sky Suppression.
		key: identity key of the address.
		note: why, for the administrator; nothing personal.
	"""
	values = {"channel": channel, "address": erased_address(key)}
	if not frappe.db.exists("Sky Suppression", values):
		frappe.get_doc({"doctype": "Sky Suppression", **values, "reason": "Manual", "note": note}).insert(
			# Follows from a deletion or an erasure that the user was checked for.
			ignore_permissions=True
		)


def on_lead_deleted(lead: Document) -> None:
	"""Keep the refusals of a lead that is being deleted, and let go of its answers: its number may be given again."""
	for channel in CHANNELS:
		if lead.get(f"{channel}_consent") == REFUSED:
			for field in KEYS[channel]:
				if lead.get(field):
					suppress(LABEL[channel], lead.get(field), lead.name)
	frappe.db.set_value(LEDGER, {"lead": lead.name}, "lead", None, update_modified=False)


def on_contact_deleted(name: str) -> None:
	"""Let go of the answers of a contact that is being deleted."""
	frappe.db.set_value(LEDGER, {"contact": name}, "contact", None, update_modified=False)
