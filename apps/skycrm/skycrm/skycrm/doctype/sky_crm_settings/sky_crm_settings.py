from collections import Counter

import phonenumbers

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from skycrm.permissions.governed import GOVERNED
from skycrm.services.record_checks import check_no_repeated_row, shown

# Field → (smallest, largest) allowed value; the campaign limits are those of the public contract.
RANGES: dict[str, tuple[float, float]] = {
	"default_next_contact_days": (0, 365),
	"discount_approval_threshold": (0, 100),
	"quotation_validity_days": (0, 3650),
	"campaign_batch_size": (1, 100),
	"campaign_batch_interval_minutes": (5, 1440),
	"bounce_warn_percent": (0, 100),
	"bounce_stop_percent": (0, 100),
	"trusted_proxy_hops": (0, 10),
	"web_form_calls_per_minute": (1, 100_000),
	"web_form_calls_per_hour": (1, 1_000_000),
	"hot_from": (1, 100),
	"warm_from": (0, 100),
	"claim_days": (0, 365),
	"claim_longest_days": (0, 365),
	"claim_notice_hours": (0, 720),
	"claim_cap": (0, 100000),
	"claim_cooldown_days": (0, 365),
	"overwrite_window_minutes": (1, 43200),
	"max_export_rows": (0, 10_000_000),
}


class SkyCRMSettings(Document):
	"""Every threshold of the CRM in one place."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_access_default.sky_access_default import SkyAccessDefault
		from skycrm.skycrm.doctype.sky_door_policy.sky_door_policy import SkyDoorPolicy
		from skycrm.skycrm.doctype.sky_merge_role.sky_merge_role import SkyMergeRole
		from skycrm.skycrm.doctype.sky_recorded_view.sky_recorded_view import SkyRecordedView

		access_defaults: DF.Table[SkyAccessDefault]
		bounce_stop_percent: DF.Percent
		bounce_warn_percent: DF.Percent
		call_opt_in: DF.Check
		campaign_batch_interval_minutes: DF.Int
		campaign_batch_size: DF.Int
		claim_cap: DF.Int
		claim_cooldown_days: DF.Int
		claim_days: DF.Int
		claim_longest_days: DF.Int
		claim_notice_hours: DF.Int
		contact_page_form: DF.Link | None
		default_next_contact_days: DF.Int
		default_phone_region: DF.Data | None
		discount_approval_threshold: DF.Percent
		door_policies: DF.Table[SkyDoorPolicy]
		duplicate_policy: DF.Literal["Ignore", "Warn", "Refuse"]
		email_opt_in: DF.Check
		family_name_first: DF.Check
		hot_from: DF.Int
		max_export_rows: DF.Int
		merge_roles: DF.TableMultiSelect[SkyMergeRole]
		overwrite_policy: DF.Literal["Log", "Refuse"]
		overwrite_window_minutes: DF.Int
		pool_access: DF.Literal["The Team", "Everybody"]
		quotation_validity_days: DF.Int
		rating_follows_score: DF.Check
		recorded_views: DF.Table[SkyRecordedView]
		sandbox_mode: DF.Check
		sms_opt_in: DF.Check
		trusted_proxy_hops: DF.Int
		warm_from: DF.Int
		web_form_calls_per_hour: DF.Int
		web_form_calls_per_minute: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		self.check_ranges()
		self.check_bounces()
		self.check_score_bands()
		self.set_phone_region()
		self.check_access_defaults()
		check_no_repeated_row(self, "door_policies", ["door"])
		check_no_repeated_row(self, "recorded_views", ["document_type"])
		self.check_recorded_views()

	def check_ranges(self) -> None:
		"""Refuse values outside RANGES.

		Raises:
			frappe.ValidationError: names the field, its value and what is allowed.
		"""
		for field, (low, high) in RANGES.items():
			if not low <= flt(self.get(field)) <= high:
				frappe.throw(
					_("{0} must be between {1} and {2} and is {3}.").format(
						frappe.bold(_(self.meta.get_label(field))), low, high, self.get(field)
					),
					title=_("Setting not valid"),
				)

	def check_bounces(self) -> None:
		"""Warning comes before stopping.

		Raises:
			frappe.ValidationError: it would come after.
		"""
		if flt(self.bounce_warn_percent) > flt(self.bounce_stop_percent):
			frappe.throw(
				_("{0} ({1}) must not be above {2} ({3}): the warning would come too late.").format(
					frappe.bold(_(self.meta.get_label("bounce_warn_percent"))),
					self.bounce_warn_percent,
					frappe.bold(_(self.meta.get_label("bounce_stop_percent"))),
					self.bounce_stop_percent,
				),
				title=_("Setting not valid"),
			)

	def check_score_bands(self) -> None:
		"""Hot leads score higher than warm ones.

		Raises:
			frappe.ValidationError: they would not.
		"""
		if flt(self.warm_from) >= flt(self.hot_from):
			frappe.throw(
				_("{0} ({1}) must be above {2} ({3}), or no lead could be warm.").format(
					frappe.bold(_(self.meta.get_label("hot_from"))),
					self.hot_from,
					frappe.bold(_(self.meta.get_label("warm_from"))),
					self.warm_from,
				),
				title=_("Setting not valid"),
			)

	def set_phone_region(self) -> None:
		"""Two capital letters of a country that has phone numbers.

		Raises:
			frappe.ValidationError: no such country.
		"""
		self.default_phone_region = (self.default_phone_region or "VN").strip().upper()
		if self.default_phone_region not in phonenumbers.SUPPORTED_REGIONS:
			frappe.throw(
				_("{0} is not a country code: {1}. Enter two letters, for example VN.").format(
					frappe.bold(_(self.meta.get_label("default_phone_region"))),
					frappe.bold(frappe.utils.escape_html(self.default_phone_region)),
				),
				title=_("Setting not valid"),
			)

	def check_access_defaults(self) -> None:
		"""One row per DocType, and only DocTypes whose visibility this app decides.

		Raises:
			frappe.ValidationError: names the row and the DocType.
		"""
		counts = Counter(row.document_type for row in self.access_defaults)
		for row in self.access_defaults:
			named = shown(_(row.document_type))
			if counts[row.document_type] > 1:
				frappe.throw(
					_("Row {0}: {1} is there more than once. Keep one row for it.").format(row.idx, named),
					title=_("Default access not clear"),
				)
			if row.document_type not in GOVERNED:
				frappe.throw(
					_("Row {0}: access to {1} follows roles alone. Choose one of: {2}.").format(
						row.idx, named, ", ".join(_(doctype) for doctype in GOVERNED)
					),
					title=_("Default access not possible"),
				)

	def check_recorded_views(self) -> None:
		"""Only DocTypes with records of their own that people open.

		Raises:
			frappe.ValidationError: names the row and the DocType.
		"""
		for row in self.recorded_views:
			meta = frappe.get_meta(row.document_type)
			if meta.istable or meta.issingle or meta.is_virtual:
				frappe.throw(
					_(
						"Row {0}: {1} has no records that somebody could open. Choose another document type."
					).format(row.idx, frappe.bold(_(row.document_type))),
					title=_("Setting not valid"),
				)
