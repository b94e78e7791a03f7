"""What one conversion carries from step to step, and the notes that its undo will read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now

from skycrm.domain.conversion import Plan, Wish


@dataclass
class Notes:
	"""Every row that a conversion made, moved or changed, as plain values: the ledger stores them as JSON.

	Args:
		created: rows by DocType that were made beside the four records, for example copied comments.
		moved: rows by DocType whose reference was moved from the lead to the target.
		changed: records that were there before: {doctype, name, fields: {field: [before, after]}, rows: {child DocType:
			[names of added rows]}}.
	"""

	created: dict[str, list[str]] = field(default_factory=dict)
	moved: dict[str, list[str]] = field(default_factory=dict)
	changed: list[dict[str, Any]] = field(default_factory=list)

	def add_created(self, doctype: str, names: Iterable[str]) -> None:
		"""Note rows that were made."""
		self.created.setdefault(doctype, []).extend(names)

	def add_moved(self, doctype: str, names: Iterable[str]) -> None:
		"""Note rows whose reference was moved."""
		self.moved.setdefault(doctype, []).extend(names)

	def add_changed(
		self,
		doctype: str,
		name: str,
		fields: Mapping[str, tuple[Any, Any]] | None = None,
		rows: Mapping[str, list[str]] | None = None,
	) -> None:
		"""Note a change of a record that was there before."""
		self.changed.append(
			{
				"doctype": doctype,
				"name": name,
				"fields": {key: list(pair) for key, pair in (fields or {}).items()},
				"rows": {key: list(names) for key, names in (rows or {}).items() if names},
			}
		)


@dataclass
class Run:
	"""One conversion under way.

	Args:
		lead: locked and loaded.
		before: the lead's columns as they were, the hidden ones of the framework included.
		plan: what to do.
		wish: what was asked for.
		customer, contact, address, opportunity: the records, once they are there.
		notes: for the ledger.
		at: one moment for every row that is made.
		deals: further open opportunities of the lead, which become the customer's as well.
		counts: how much of each kind hangs on the lead, see conversion_steps/carry.py.
	"""

	lead: Document
	before: Mapping[str, Any]
	plan: Plan
	wish: Wish
	customer: Document | None = None
	contact: Document | None = None
	address: Document | None = None
	opportunity: Document | None = None
	notes: Notes = field(default_factory=Notes)
	at: str = field(default_factory=now)
	deals: Sequence[str] = ()
	counts: dict[str, int] | None = None

	@property
	def target(self) -> Document:
		"""Where the work goes on: the opportunity, the customer when there is none."""
		return self.opportunity or self.customer

	def made(self) -> dict[str, Document | None]:
		"""The four records by the names that the answer gives them."""
		return {
			"customer": self.customer,
			"contact": self.contact,
			"address": self.address,
			"opportunity": self.opportunity,
		}

	def answer(self) -> dict[str, str | None]:
		"""{customer, contact, address, opportunity}: names, None for what there is not."""
		return {key: doc.name if doc else None for key, doc in self.made().items()}

	def stamp(self) -> dict[str, Any]:
		"""Owner and times of a row that is made beside the framework's own insert."""
		user = frappe.session.user
		return {"owner": user, "creation": self.at, "modified": self.at, "modified_by": user}
