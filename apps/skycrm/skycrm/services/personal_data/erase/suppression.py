"""First step: nobody writes to the person again."""

import frappe
from frappe.model.document import Document

from skycrm.services import refusal_outlives
from skycrm.services.personal_data.erase.rows import channels_of, mails_of
from skycrm.services.personal_data.subject import Subject


def suppress(subject: Subject, request: Document) -> None:
	"""Nobody writes to the person again: the site keeps a keyed digest of each address, no address."""
	plain = [(channel, key) for channel, keys in channels_of(subject) for key in keys]
	for channel, key in plain:
		refusal_outlives.suppress(channel, key, request.name)
		frappe.db.delete("Sky Suppression", {"channel": channel, "address": key})
	mails = mails_of(subject)
	if mails:
		frappe.db.delete("Email Unsubscribe", {"email": ("in", mails)})
		frappe.db.delete("Email Group Member", {"email": ("in", mails)})
