"""Decides what becomes of the rows of one run: who is known by a key, and who only looks like somebody."""

from collections.abc import Sequence

from frappe.model.document import Document

from skycrm.services import import_parties
from skycrm.services.import_look_alikes import LookAlikes
from skycrm.services.import_party_memory import PartyMemory
from skycrm.services.import_plan import MADE, Decision, Plan
from skycrm.services.import_rows import Prepared


class Decider:
	"""For one run of one import.

	Args:
		doc: the import.
		is_dry: nothing that it decides reaches the database, so it keeps in mind who stood in the rows before.
	"""

	def __init__(self, doc: Document, is_dry: bool = False) -> None:
		self.doc = doc
		self.makes_parties = doc.target == import_parties.TARGET
		self.plan = Plan(doc.name, doc.policy or "Attach", remember=is_dry)
		self.look_alikes = LookAlikes(remember=is_dry)
		self.memory = PartyMemory() if is_dry and self.makes_parties else None

	def leads(self, rows: Sequence[Prepared]) -> list[Decision]:
		"""A decision for each row, in order; writes nothing. Three to eleven queries for a chunk."""
		decisions = self.plan.decide(rows)
		made = [one.prepared for one in decisions if one.outcome == MADE]
		self.look_alikes.note(decisions, self.look_alikes.look_up(made))
		return decisions

	def parties(self, rows: Sequence[Prepared]) -> list[Decision]:
		"""Contacts and customers of the rows, made or tried in this transaction, and the decision that came of each."""
		# Asked before the rows are written: none of them looks like itself.
		found = self.look_alikes.look_up(rows)
		decisions = import_parties.take(self.doc, rows, self.memory)
		self.look_alikes.note(decisions, found)
		return decisions

	def foresee(self, rows: Sequence[Prepared]) -> list[Decision]:
		"""What would become of rows, in a dry run."""
		return self.parties(rows) if self.makes_parties else self.leads(rows)
