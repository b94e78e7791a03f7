"""Texts of a file that name records, looked up set-wise: one query per DocType and chunk, none for texts seen before."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _

from skycrm.domain.errors import InvalidValue
from skycrm.domain.vietnamese_names import TITLES
from skycrm.services.import_fields import LANGUAGES

# Masters up to this many are read once, with their names in every language of the app.
SMALL = 1000
# Texts remembered for one DocType: a column of 100,000 different wrong names must not fill the memory.
REMEMBERED = 20_000
# DocType → fields besides the name by which people write its records.
ALSO_KNOWN_BY = {
	"User": ("full_name",),
	"Sky Campaign": ("campaign_name",),
	"Country": ("code",),
	"Item": ("item_name",),
}
# What the form offers besides being in use.
OFFERED: dict[str, dict[str, Any]] = {
	"User": {"user_type": "System User"},
	"Item": {"has_variants": 0, "is_sales_item": 1},
}
SEVERAL = object()


@dataclass
class Links:
	"""What was looked up in one run, for one user."""

	_known: dict[str, dict[str, Any]] = field(default_factory=dict)
	_allowed: dict[str, set[str] | None] = field(default_factory=dict)
	_small: set[str] = field(default_factory=set)

	def learn(self, doctype: str, texts: Iterable[str]) -> None:
		"""Look up the texts that are new: one query for the names, one for each other field they may be known by."""
		known = self._known.setdefault(doctype, {})
		if doctype not in self._small and not known.get("\x00looked"):
			known["\x00looked"] = True
			if _count(doctype) <= SMALL:
				self._small.add(doctype)
				self._read_all(doctype, known)
		if doctype in self._small:
			return
		if len(known) > REMEMBERED:
			known = self._known[doctype] = {"\x00looked": True}
		new = {text for text in texts if _key(text) not in known}
		if not new:
			return
		for fieldname in ("name", *ALSO_KNOWN_BY.get(doctype, ())):
			for row in frappe.get_all(
				doctype,
				filters={**_in_use(doctype), fieldname: ("in", sorted(new))},
				fields=["name", fieldname],
				limit=0,
			):
				_note(known, row.get(fieldname), row.name)
		for text in new:
			known.setdefault(_key(text), None)

	def find(self, doctype: str, text: str) -> str:
		"""The name of the record that a text means.

		Raises:
			InvalidValue: link_unknown when there is none that the user may use, link_several when it fits more than one.
		"""
		found = self._known.get(doctype, {}).get(_key(text))
		shown = {"doctype": _(doctype)}
		if found is SEVERAL:
			raise InvalidValue("link_several", text[:60], shown)
		if found is None or not self._may_use(doctype, found):
			raise InvalidValue("link_unknown", text[:60], shown)
		return found

	def _read_all(self, doctype: str, known: dict[str, Any]) -> None:
		fields = ["name", *ALSO_KNOWN_BY.get(doctype, ())]
		names: set[str] = set()
		for row in frappe.get_all(doctype, filters=_in_use(doctype), fields=fields, limit=0):
			for fieldname in fields:
				if row.get(fieldname):
					_note(known, row.get(fieldname), row.name)
			for language in LANGUAGES:
				translated = _(row.name, lang=language)
				if translated != row.name:
					known.setdefault(_key(translated), row.name)
			names.add(row.name)
		for word, name in _words(doctype).items():
			if name in names:
				known.setdefault(word, name)

	def _may_use(self, doctype: str, name: str) -> bool:
		"""User Permissions of the one who imports hold for links as in the form."""
		if doctype not in self._allowed:
			rows = frappe.permissions.get_user_permissions(frappe.session.user).get(doctype, [])
			rows = [row for row in rows if row.get("applicable_for") in (None, "", "Sky Lead")]
			self._allowed[doctype] = {row.get("doc") for row in rows} if rows else None
		allowed = self._allowed[doctype]
		return allowed is None or name in allowed


def _words(doctype: str) -> dict[str, str]:
	"""Vietnamese words for records of the framework that have no translation there."""
	if doctype == "Salutation":
		# Ông, Bà, Anh, Chị: what stands before names.
		return {_key(title): name for title, name in TITLES.items() if name}
	if doctype in ("Country", "Territory"):
		return {"việt nam": "Vietnam", "viet nam": "Vietnam", "vn": "Vietnam"}
	if doctype == "Gender":
		return {"nam": "Male", "nữ": "Female", "nu": "Female", "m": "Male", "f": "Female"}
	return {}


def _note(known: dict[str, Any], text: str, name: str) -> None:
	key = _key(text)
	if known.get(key) not in (None, name):
		# A record's own name wins over what another is also called.
		known[key] = name if _key(name) == key else (known[key] if _key(str(known[key])) == key else SEVERAL)
	else:
		known[key] = name


def _count(doctype: str) -> int:
	table = frappe.qb.DocType(doctype)
	return len(frappe.qb.from_(table).select(table.name).limit(SMALL + 1).run())


def _in_use(doctype: str) -> dict[str, Any]:
	meta = frappe.get_meta(doctype)
	filters: dict[str, Any] = {}
	if meta.has_field("enabled"):
		filters["enabled"] = 1
	if meta.has_field("disabled"):
		filters["disabled"] = 0
	return {**filters, **OFFERED.get(doctype, {})}


def _key(text: str) -> str:
	# Tone marks count: two records may differ in nothing else.
	return " ".join(unicodedata.normalize("NFC", text).casefold().split())
