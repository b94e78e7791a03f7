import frappe
from frappe.model.document import Document
from frappe.utils import add_days, cint, now_datetime

from skycrm.services import (
	assignment,
	claim_hold,
	claim_ledger,
	consent,
	duplicate_check,
	identity,
	inbound_event,
	lead_keys,
	lead_touches,
	overwrites,
	refusal_outlives,
	scoring,
	search,
)
from skycrm.services.cached_links import LooksUpMastersInCache
from skycrm.services.identity import KeepsImportedText
from skycrm.services.lead_lock import refuse_change_of_converted
from skycrm.services.numbering import name_from_series
from skycrm.services.opportunity_prices import check_items_exist
from skycrm.services.overwrites import RefusesStaleWrites
from skycrm.services.ownership import set_owner_and_team
from skycrm.services.status import guard_lead
from skycrm.services.workflow_guard import ServiceMovesStatus, note_state_without_request


class SkyLead(RefusesStaleWrites, KeepsImportedText, LooksUpMastersInCache, ServiceMovesStatus, Document):
	"""First trace of a person or organization that may buy; becomes customer, contact and opportunity by conversion."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_lead_item.sky_lead_item import SkyLeadItem

		address_line1: DF.Data | None
		birth_date: DF.Date | None
		call_consent: DF.Literal["Unknown", "Granted", "Refused"]
		call_consent_how: DF.Data | None
		call_consent_on: DF.Datetime | None
		campaign: DF.Link | None
		city: DF.Data | None
		contact: DF.Link | None
		converted_by: DF.Link | None
		converted_on: DF.Datetime | None
		country: DF.Link | None
		customer: DF.Link | None
		data_issues: DF.SmallText | None
		email_consent: DF.Literal["Unknown", "Granted", "Refused"]
		email_consent_how: DF.Data | None
		email_consent_on: DF.Datetime | None
		email_id: DF.Data | None
		email_key: DF.Data | None
		email_subject: DF.Data | None
		first_name: DF.Data | None
		gender: DF.Link | None
		held_until: DF.Datetime | None
		image: DF.AttachImage | None
		industry: DF.Link | None
		items: DF.Table[SkyLeadItem]
		job_title: DF.Data | None
		last_name: DF.Data | None
		lead_name: DF.Data | None
		lead_owner: DF.Link | None
		middle_name: DF.Data | None
		mobile_no: DF.Data | None
		name_key: DF.Data | None
		name_key_back: DF.Data | None
		next_contact_on: DF.Datetime | None
		notes: DF.TextEditor | None
		opportunity: DF.Link | None
		organization: DF.Data | None
		organization_key: DF.Data | None
		organization_key_back: DF.Data | None
		phone: DF.Data | None
		phone_key: DF.Data | None
		phone_key_2: DF.Data | None
		rating: DF.Literal["", "Hot", "Warm", "Cold"]
		salutation: DF.Link | None
		score: DF.Int
		score_detail: DF.SmallText | None
		score_override: DF.Int
		score_override_by: DF.Link | None
		score_override_reason: DF.SmallText | None
		score_override_until: DF.Date | None
		score_updated_on: DF.Datetime | None
		search_text: DF.Data | None
		sms_consent: DF.Literal["Unknown", "Granted", "Refused"]
		sms_consent_how: DF.Data | None
		sms_consent_on: DF.Datetime | None
		source: DF.Link | None
		state: DF.Data | None
		status: DF.Literal["New", "Contacted", "Nurturing", "Qualified", "Converted", "Unqualified"]
		tax_id: DF.Data | None
		tax_key: DF.Data | None
		team: DF.Link | None
		territory: DF.Link | None
		unqualified_reason: DF.SmallText | None
		website: DF.Data | None
		zalo_id: DF.Data | None
	# end: auto-generated types

	def autoname(self) -> None:
		name_from_series(self)

	def before_insert(self) -> None:
		duplicate_check.lock_when_refusing(self)

	def validate(self) -> None:
		guard_lead(self)
		refuse_change_of_converted(self)
		identity.set_identity(self)
		check_items_exist(self)
		set_owner_and_team(self, "lead_owner")
		self.set_first_contact()
		self.note_consents()
		duplicate_check.check_on_save(self)
		scoring.set_score(self)
		claim_hold.follow(self)
		assignment.assign_new(self)
		overwrites.check(self)

	def after_insert(self) -> None:
		assignment.note_new(self)

	def on_update(self) -> None:
		lead_keys.sync(self)
		duplicate_check.refuse_taken_key(self)
		consent.note_changes(self)
		claim_hold.note_changes(self)
		note_state_without_request(self)

	def on_trash(self) -> None:
		refusal_outlives.on_lead_deleted(self)
		lead_keys.forget(self)
		lead_touches.forget(self.name)
		claim_ledger.forget(self.name)
		inbound_event.forget(self.name)

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
	frappe.db.add_index("Sky Lead", ["lead_owner", "next_contact_on"])
	frappe.db.add_index("Sky Lead", ["status", "modified"])
	frappe.db.add_index("Sky Lead", ["lead_owner", "status"])
	frappe.db.add_index("Sky Lead", ["team", "status"])
	search.ensure_index()
