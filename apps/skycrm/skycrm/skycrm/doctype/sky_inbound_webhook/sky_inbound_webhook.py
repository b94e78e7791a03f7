import json

import frappe
from frappe import _
from frappe.model.document import Document

from skycrm.domain import json_path, webhook_mapping
from skycrm.domain.errors import RuleError
from skycrm.services import inbound_webhook
from skycrm.services.messages import throw_rule_error

SHORTEST_SECRET = 24


class SkyInboundWebhook(Document):
	"""An address to which another program sends leads, signed with a secret that both know."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from skycrm.skycrm.doctype.sky_inbound_webhook_field.sky_inbound_webhook_field import (
			SkyInboundWebhookField,
		)

		calls_per_minute: DF.Int
		campaign: DF.Link | None
		enabled: DF.Check
		event_id_path: DF.Data | None
		keep_days: DF.Int
		mapping: DF.Table[SkyInboundWebhookField]
		policy: DF.Literal["", "Attach", "Refuse", "Warn"]
		previous_secret: DF.Password | None
		previous_secret_until: DF.Datetime | None
		sample_payload: DF.Code | None
		secret: DF.Password | None
		source: DF.Link | None
		title: DF.Data
	# end: auto-generated types

	def onload(self) -> None:
		self.set_onload("endpoint", inbound_webhook.address_of(self.name))

	def before_insert(self) -> None:
		if not self.secret:
			self.secret = frappe.generate_hash(length=inbound_webhook.SECRET_LENGTH)

	def validate(self) -> None:
		self.check_secret()
		self.check_mapping()
		self.check_sample()
		for field in ("calls_per_minute", "keep_days"):
			if not self.get(field):
				self.set(field, self.meta.get_field(field).default)

	def check_secret(self) -> None:
		"""Refuse a secret that can be guessed; one that is stored already shows as stars."""
		if self.secret and not self.is_dummy_password(self.secret) and len(self.secret) < SHORTEST_SECRET:
			frappe.throw(
				_("{0} has {1} characters, at least {2} are needed. Use New Secret to make one.").format(
					_("Secret"), len(self.secret), SHORTEST_SECRET
				)
			)

	def check_mapping(self) -> None:
		try:
			webhook_mapping.check(inbound_webhook.rows_of(self))
			if self.event_id_path:
				json_path.parse(self.event_id_path)
		except RuleError as error:
			throw_rule_error(error)

	def check_sample(self) -> None:
		try:
			json.loads(self.sample_payload or "null")
		except ValueError:
			frappe.throw(
				_("Sample Payload is not valid JSON. Copy a whole payload of the other program into it.")
			)
