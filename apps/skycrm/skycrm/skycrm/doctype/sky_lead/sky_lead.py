import frappe
from frappe.model.document import Document
from frappe.utils import add_days, cint, now_datetime

from skycrm.services import duplicates, identity, search
from skycrm.services.identity import KeepsImportedText
from skycrm.services.lead_lock import refuse_change_of_converted
from skycrm.services.opportunity_prices import check_items_exist
from skycrm.services.ownership import set_owner_and_team
from skycrm.services.status import guard_lead
from skycrm.services.workflow_guard import ServiceMovesStatus, note_state_without_request


class SkyLead(KeepsImportedText, ServiceMovesStatus, Document):
	"""First trace of a person or organization that may buy; becomes customer, contact and opportunity by conversion."""

	def validate(self) -> None:
		guard_lead(self)
		refuse_change_of_converted(self)
		identity.set_identity(self)
		check_items_exist(self)
		set_owner_and_team(self, "lead_owner")
		self.set_first_contact()
		self.note_consents()
		duplicates.check_on_save(self)

	def on_update(self) -> None:
		note_state_without_request(self)

	def set_first_contact(self) -> None:
		"""Plan the first contact of a new lead, so many days ahead as the settings say."""
		if not self.is_new() or self.next_contact_on:
			return
		days = cint(frappe.get_cached_doc("Sky CRM Settings").default_next_contact_days)
		if days:
			self.next_contact_on = add_days(now_datetime(), days)

	def note_consents(self) -> None:
		"""Write down when a consent was given or refused, for whoever left it out; forget it with the answer."""
		before = self.get_doc_before_save()
		for channel in ("email", "sms", "call"):
			field, moment = f"{channel}_consent", f"{channel}_consent_on"
			answer = self.get(field) or "Unknown"
			if answer == "Unknown":
				self.set(moment, None)
				self.set(f"{channel}_consent_how", None)
			elif not self.get(moment) or (
				before and before.get(field) != answer and before.get(moment) == self.get(moment)
			):
				self.set(moment, now_datetime())


def on_doctype_update() -> None:
	"""Indexes over two columns: what lists and the permission rule filter by together."""
	frappe.db.add_index("Sky Lead", ["status", "modified"])
	frappe.db.add_index("Sky Lead", ["lead_owner", "status"])
	frappe.db.add_index("Sky Lead", ["team", "status"])
	search.ensure_index()
