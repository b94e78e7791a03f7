import frappe
from frappe.model.document import Document

from skycrm.services import form_checks, form_counters, form_origins


class SkyWebForm(Document):
	"""A form that marketers build and other web sites show."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_web_form_consent.sky_web_form_consent import SkyWebFormConsent
		from skycrm.skycrm.doctype.sky_web_form_field.sky_web_form_field import SkyWebFormField
		from skycrm.skycrm.doctype.sky_web_form_origin.sky_web_form_origin import SkyWebFormOrigin

		accent_color: DF.Color | None
		address_calls_per_hour: DF.Int
		address_calls_per_minute: DF.Int
		allowed_origins: DF.Table[SkyWebFormOrigin]
		blocked: DF.Int
		button_en: DF.Data | None
		button_vi: DF.Data | None
		campaign: DF.Link | None
		consents: DF.Table[SkyWebFormConsent]
		coupon: DF.Link | None
		coupon_by_email: DF.Check
		coupon_email_template: DF.Link | None
		coupon_text_en: DF.SmallText | None
		coupon_text_vi: DF.SmallText | None
		form_calls_per_hour: DF.Int
		form_calls_per_minute: DF.Int
		form_fields: DF.Table[SkyWebFormField]
		heading_en: DF.Data | None
		heading_vi: DF.Data | None
		honeypot_field: DF.Data | None
		intro_en: DF.SmallText | None
		intro_vi: DF.SmallText | None
		language: DF.Literal["Auto", "Vietnamese", "English"]
		leads_attached: DF.Int
		leads_made: DF.Int
		max_kilobytes: DF.Int
		min_seconds: DF.Int
		published: DF.Check
		redirect_url: DF.Data | None
		slug: DF.Data | None
		source: DF.Link | None
		submissions: DF.Int
		thank_you_en: DF.SmallText | None
		thank_you_vi: DF.SmallText | None
		title: DF.Data
	# end: auto-generated types

	def before_validate(self) -> None:
		form_checks.set_first_questions(self)

	def autoname(self) -> None:
		form_checks.set_slug(self)
		self.name = self.slug

	def validate(self) -> None:
		form_checks.check_questions(self)
		form_checks.check_consents(self)
		form_checks.check_origins(self)
		form_checks.check_redirect(self)
		form_checks.check_coupon(self)
		form_checks.check_limits(self)

	def on_update(self) -> None:
		form_origins.forget()

	def on_trash(self) -> None:
		form_origins.forget()

	def onload(self) -> None:
		self.update(form_counters.of_form(self.name))
		self.blocked = (self.blocked or 0) + form_counters.blocked_since(self.name)
		self.set_onload("site_url", frappe.utils.get_url())
