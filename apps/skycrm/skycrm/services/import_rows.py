"""Rows of a file as leads to be: cells read as values, links looked up, identity keys made. Nothing is written here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, cint, now_datetime

from skycrm.domain.errors import InvalidValue
from skycrm.domain.importing.known_headers import JOINED, NOT_IMPORTED
from skycrm.domain.importing.table import Fault, Row
from skycrm.domain.importing.values import row_key
from skycrm.domain.same_person import Identity
from skycrm.domain.spreadsheet_safety import restore
from skycrm.services import identity, import_products
from skycrm.services.import_fields import ID, ITEMS, QUANTITY, TAGS, Target, targets
from skycrm.services.import_links import Links
from skycrm.services.import_messages import fault_sentence
from skycrm.services.lead_keys import Key, keys_of
from skycrm.services.plain_lead import LEAD, PlainLead
from skycrm.services.teams import team_of

CONSENTS = {"email_consent": "email", "sms_consent": "sms", "call_consent": "call"}
# Without any of these a row is nobody.
SOMEBODY = ("lead_name", "first_name", "last_name", "organization", "email_id", "mobile_no", "phone")
DEFAULT_FIELDS = ("source", "campaign", "lead_owner", "team", "territory")
LONGEST_TAG = 60
# What an import makes, when nothing else is chosen.
LEADS = "Leads"


@dataclass
class Prepared:
	"""A row that was read.

	Args:
		row: as the reader gave it.
		fault: why it is refused, None when it can be taken.
		header: of the column that the fault is about.
		values: columns of Sky Lead; empty when refused.
		content: header → text as it stands in the file.
		consents: (channel, answer).
		row_hash: what the row says, as one key.
	"""

	row: Row
	fault: Fault | None = None
	header: str = ""
	values: PlainLead = field(default_factory=PlainLead)
	content: dict[str, str] = field(default_factory=dict)
	given: dict[str, Any] = field(default_factory=dict)
	consents: list[tuple[str, str]] = field(default_factory=list)
	tags: tuple[str, ...] = ()
	row_hash: str = ""
	known_as: str = ""

	@property
	def keys(self) -> set[Key]:
		"""By which this person is recognised."""
		return keys_of(self.values)

	@property
	def identity(self) -> Identity:
		"""For domain/same_person.py."""
		values = self.values
		return Identity(
			values.get("lead_name") or "",
			values.get("email_key") or "",
			frozenset(number for number in (values.get("phone_key"), values.get("phone_key_2")) if number),
			values.get("tax_key") or "",
		)

	@property
	def sentence(self) -> str:
		"""Why it is refused, in the language of the session; "" when it is not."""
		return fault_sentence(self.fault, self.header) if self.fault else ""


class Preparer:
	"""Reads the rows of one import, with what is the same for all of them looked up once."""

	def __init__(self, doc: Document, headers: Sequence[str]) -> None:
		self.what = doc.get("target") or LEADS
		self.targets = targets(doc.date_order != "Month First")
		self.headers = headers
		self.columns = self._columns(doc)
		self.links = Links()
		self.defaults = {name: doc.get(name) for name in DEFAULT_FIELDS if doc.get(name)}
		self.tags = split_tags(doc.tags or "")
		self.template = self._template()
		self.required = [
			row.fieldname
			for row in frappe.get_meta(LEAD).fields
			if row.reqd and row.fieldtype not in ("Table", "Table MultiSelect")
		]
		days = cint(frappe.get_cached_doc("Sky CRM Settings").default_next_contact_days)
		self.next_contact = add_days(now_datetime(), days) if days else None

	def read(self, rows: Iterable[Row]) -> list[Prepared]:
		"""The rows, each with its values or with why it is refused; links are looked up for all of them at once."""
		prepared = [Prepared(row, row.fault, self._header(row.fault)) for row in rows]
		found = [
			(one, texts) for one in prepared if not one.fault and (texts := self._texts(one)) is not None
		]
		self._learn_links([texts for _one, texts in found])
		for one, texts in found:
			self._fill(one, texts)
		return prepared

	def _columns(self, doc: Document) -> list[tuple[int, Target]]:
		return [
			(row.position - 1, self.targets[row.field])
			for row in doc.columns
			if row.field and row.field != NOT_IMPORTED and row.field in self.targets
		]

	def _template(self) -> dict[str, Any]:
		"""Defaults of a new lead for this user, as the form would start with; and those of the import."""
		new = frappe.new_doc(LEAD)
		columns = frappe.get_meta(LEAD).get_valid_columns()
		kept = {name: new.get(name) for name in columns if new.get(name) not in (None, "")}
		for name in (
			"name",
			"owner",
			"creation",
			"modified",
			"modified_by",
			"docstatus",
			"idx",
			"lead_owner",
		):
			kept.pop(name, None)
		return {**kept, **self.defaults}

	def _header(self, fault: Fault | None) -> str:
		if not fault or not 0 < fault.column <= len(self.headers):
			return ""
		return self.headers[fault.column - 1]

	def _texts(self, one: Prepared) -> dict[str, tuple[int, str]] | None:
		"""Field → (column, text) of a row; None, with the fault noted, when a text is too long for its field."""
		texts: dict[str, tuple[int, str]] = {}
		for index, target in self.columns:
			text = restore(one.row.cell(index)).strip()
			if not text:
				continue
			# Several values in one cell, as Google Contacts writes them: the first is the main one.
			if " ::: " in text and target.fieldname != TAGS:
				text = text.split(" ::: ", 1)[0].strip()
			header = self.headers[index] or target.label
			# Two columns may be called the same.
			one.content[header] = f"{one.content[header]}\n{text}" if header in one.content else text
			name = target.fieldname
			if name in texts and name in JOINED:
				text = f"{texts[name][1]}{JOINED[name]}{text}"
			if len(text) > target.limit:
				self._refuse(
					one,
					index,
					InvalidValue("value_too_long", "", {"length": len(text), "limit": target.limit}),
				)
				return None
			texts.setdefault(name, (index, text))
			texts[name] = (texts[name][0], text)
		says = {name: text for name, (_index, text) in texts.items()}
		# The same list may become leads and, another time, contacts.
		one.row_hash = row_key(says if self.what == LEADS else {**says, "_what": self.what})
		if not any(name in texts for name in SOMEBODY):
			one.fault = Fault("nobody")
			return None
		return texts

	def _learn_links(self, rows: Sequence[dict[str, tuple[int, str]]]) -> None:
		wanted: dict[str, set[str]] = {}
		links = {
			target.fieldname: target.options for _index, target in self.columns if target.fieldtype == "Link"
		}
		for texts in rows:
			for name in links.keys() & texts.keys():
				wanted.setdefault(links[name], set()).add(texts[name][1])
		for doctype, names in wanted.items():
			self.links.learn(doctype, names)
		if any(target.fieldname == ITEMS for _index, target in self.columns):
			import_products.learn((texts[ITEMS][1] for texts in rows if ITEMS in texts), self.links)

	def _fill(self, one: Prepared, texts: dict[str, tuple[int, str]]) -> None:
		given: dict[str, Any] = {}
		for name, (index, text) in texts.items():
			try:
				given[name] = self._value(self.targets[name], text)
			except InvalidValue as error:
				self._refuse(one, index, error)
				return
		quantity = given.pop(QUANTITY, None)
		if quantity and len(given.get(ITEMS) or ()) > 1:
			self._refuse(one, texts[QUANTITY][0], InvalidValue("quantity_of_several", len(given[ITEMS])))
			return
		for product in given.get(ITEMS) or ():
			product["qty"] = product["qty"] or quantity or 1
		one.known_as = given.pop(ID, "")
		one.tags = tuple(dict.fromkeys([*self.tags, *split_tags(given.pop(TAGS, ""))]))
		for name, channel in CONSENTS.items():
			if given.get(name) in ("Granted", "Refused"):
				one.consents.append((channel, given.pop(name)))
			else:
				given.pop(name, None)
		one.given = {name: value for name, value in given.items() if value not in (None, "", [])}
		lead = PlainLead({**self.template, **one.given})
		if not lead.get("next_contact_on"):
			lead.next_contact_on = self.next_contact
		if lead.get("lead_owner") and not lead.get("team"):
			lead.team = team_of(lead.lead_owner)
		identity.set_identity(lead)
		one.values = lead
		for name in self.required:
			if lead.get(name) in (None, ""):
				one.fault, one.header = Fault("required_missing"), lead.meta.get_label(name)
				return
		for name in ("lead_name", "first_name", "middle_name", "last_name"):
			if len(lead.get(name) or "") > 140:
				one.fault = Fault("value_too_long", 0, {"length": len(lead[name]), "limit": 140})
				one.header = lead.meta.get_label(name)
				return

	def _value(self, target: Target, text: str) -> Any:
		if target.fieldname == ITEMS:
			return import_products.read(text, self.links)
		return self.links.find(target.options, text) if target.fieldtype == "Link" else target.convert(text)

	def _refuse(self, one: Prepared, index: int, error: InvalidValue) -> None:
		one.fault = Fault(error.code, index + 1, error.params)
		one.header = self.headers[index] if index < len(self.headers) else ""


def split_tags(text: str) -> tuple[str, ...]:
	"""Tags out of one text: parted by commas, semicolons, or as Google Contacts does; its own group is none."""
	parts = text.replace(" ::: ", ",").replace(";", ",").split(",")
	tags = (part.strip().removeprefix("* ") for part in parts)
	return tuple(tag[:LONGEST_TAG] for tag in tags if tag and tag != "myContacts")
