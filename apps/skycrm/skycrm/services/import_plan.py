"""What becomes of each row of an import: made, attached, skipped or refused. Reads the database set-wise, writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import frappe

from skycrm.domain.importing.table import Fault
from skycrm.domain.same_person import KnownLead, choose
from skycrm.services import intake_bulk
from skycrm.services.import_fields import header_of
from skycrm.services.import_messages import fault_sentence
from skycrm.services.import_rows import Prepared
from skycrm.services.lead_keys import Key

MADE, ATTACHED, SKIPPED, REFUSED = "Made", "Attached", "Skipped", "Refused"
OUTCOMES = (MADE, ATTACHED, SKIPPED, REFUSED)
COUNTER_OF = {MADE: "made", ATTACHED: "merged", SKIPPED: "skipped", REFUSED: "refused"}
ATTACH, SKIP, REFUSE = "Attach", "Skip", "Refuse"
ROW, LEAD = "Sky Lead Import Row", "Sky Lead"
# A lead that has no name yet is called by the line that makes it.
LINE = "\x00"
# How a row looks like somebody: by name and organization, by the organization alone.
PERSON, FIRM = "person", "organization"


@dataclass(frozen=True)
class LookAlike:
	"""Whom a row looks like: a record that the session's user may read, or an earlier row of the file.

	Args:
		on: PERSON for the same name at the same organization, FIRM for the organization alone.
		doctype, name: of the record, "" for a row.
		line: of the row, 0 for a record.
	"""

	on: str
	doctype: str = ""
	name: str = ""
	line: int = 0


@dataclass
class Decision:
	"""What becomes of a row.

	Args:
		prepared: the row.
		outcome: one of OUTCOMES.
		lead: the lead that it made or met; "\\x00<line>" for one that this chunk makes.
		matched_on: field by which the person was known.
		fault: why, None for a row that was simply made.
		contact, customer: records of ERPNext that it made or met, where those are what is imported.
		look_alike: whom the row looks like without being known, see services/import_look_alikes.py.
	"""

	prepared: Prepared
	outcome: str
	lead: str = ""
	matched_on: str = ""
	fault: Fault | None = None
	contact: str = ""
	customer: str = ""
	look_alike: LookAlike | None = None

	@property
	def reason(self) -> str:
		"""The sentence for the outcome, "" for a lead that was made without anything to say."""
		if self.fault:
			return fault_sentence(self.fault, self.prepared.header)
		issues = self.prepared.values.get("data_issues") if self.outcome == MADE else ""
		return fault_sentence(Fault("made_with_issues", 0, {"issues": issues})) if issues else ""


@dataclass
class Plan:
	"""Decides for the rows of one import.

	Args:
		name: of the import.
		policy: what happens to people who are known: Attach, Skip or Refuse.
		remember: keep every person in memory, for a dry run: nothing that it decides is in the database.
		stored: the leads that the last look-up has found, by key.
	"""

	name: str
	policy: str
	remember: bool = False
	stored: dict[Key, list[KnownLead]] = field(default_factory=dict)
	_people: dict[Key, list[KnownLead]] = field(default_factory=dict)
	_rows: dict[str, int] = field(default_factory=dict)

	def decide(self, rows: Sequence[Prepared]) -> list[Decision]:
		"""A decision for each row, in order; the rows before count as known. Three or four queries for a chunk."""
		if not self.remember:
			self._people, self._rows = {}, {}
		good = [one for one in rows if not one.fault]
		seen = self._seen_before([one.row_hash for one in good])
		keys = {key for one in good for key in one.keys}
		self.stored = intake_bulk.known_by_keys(keys)
		ids = _existing([one.known_as for one in good if one.known_as])
		elsewhere = intake_bulk.known_elsewhere(keys) if self.policy in (SKIP, REFUSE) else set()
		return [self._decide(one, seen, ids, elsewhere) for one in rows]

	def _decide(
		self,
		one: Prepared,
		seen: dict[str, str],
		ids: set[str],
		elsewhere: set[Key],
	) -> Decision:
		if one.fault:
			return Decision(one, REFUSED, fault=one.fault)
		if one.row_hash in seen:
			fault = Fault("same_row", 0, {"lead": seen[one.row_hash]})
			return Decision(one, SKIPPED, seen[one.row_hash], fault=fault)
		if one.row_hash in self._rows:
			fault = Fault("same_row_in_file", 0, {"line": self._rows[one.row_hash]})
			return Decision(one, SKIPPED, fault=fault)
		self._rows[one.row_hash] = one.row.line
		if one.known_as in ids:
			return self._known(one, one.known_as, "name")
		candidates = {
			lead.lead: lead
			for key in one.keys
			for lead in (*self.stored.get(key, ()), *self._people.get(key, ()))
		}
		found = choose(one.identity, candidates.values()) if candidates else None
		if found:
			return self._known(one, found.lead, found.matched_on)
		if shared := elsewhere & one.keys:
			matched = header_of({"Email": "email_id", "Phone": "mobile_no"}[min(shared)[0]])
			outcome = SKIPPED if self.policy == SKIP else REFUSED
			return Decision(
				one, outcome, fault=Fault("known_elsewhere", 0, {"value": matched, "matched": matched})
			)
		self._remember(one)
		return Decision(one, MADE, f"{LINE}{one.row.line}")

	def _known(self, one: Prepared, lead: str, matched_on: str) -> Decision:
		outcome = {ATTACH: ATTACHED, SKIP: SKIPPED}.get(self.policy, REFUSED)
		matched = header_of(matched_on) if matched_on != "name" else "ID"
		if lead.startswith(LINE):
			code = "attached_in_file" if outcome == ATTACHED else "repeats_line"
			fault = Fault(code, 0, {"line": lead[1:], "matched": matched})
		else:
			code = "attached" if outcome == ATTACHED else "known_already"
			fault = Fault(code, 0, {"lead": lead, "matched": matched})
		return Decision(one, outcome, lead, "" if matched_on == "name" else matched_on, fault)

	def met_late(self, one: Prepared, leads: Iterable[KnownLead]) -> Decision | None:
		"""The decision for a row whose person came in by another door while the chunk was worked out, None for another
		person."""
		found = choose(one.identity, leads)
		return self._known(one, found.lead, found.matched_on) if found else None

	def _remember(self, one: Prepared) -> None:
		lead = intake_bulk.as_known({**one.values, "name": f"{LINE}{one.row.line}"})
		for key in one.keys:
			self._people.setdefault(key, []).append(lead)

	def _seen_before(self, hashes: list[str]) -> dict[str, str]:
		"""Row hash → lead, of rows that this or another import has taken and whose lead is still there."""
		if not hashes:
			return {}
		row, lead = frappe.qb.DocType(ROW), frappe.qb.DocType(LEAD)
		query = (
			frappe.qb.from_(row)
			.join(lead)
			.on(lead.name == row.lead)
			.select(row.row_hash, row.lead)
			.where(row.row_hash.isin(hashes) & row.outcome.isin((MADE, ATTACHED)))
		)
		if self.remember:
			query = query.where(row.lead_import != self.name)
		return dict(query.run())


def not_stored(one: Prepared, text: str) -> Decision:
	"""For a row that the database refuses for a reason that no check has foreseen."""
	fault = one.fault or Fault("not_stored", 0, {"value": text[:200]})
	return Decision(one, REFUSED, fault=fault)


def counted(decisions: Iterable[Decision]) -> dict[str, int]:
	"""Counter of the import → how many of these rows."""
	counts = {**dict.fromkeys(COUNTER_OF.values(), 0), "flagged": 0, "similar": 0}
	for one in decisions:
		counts[COUNTER_OF[one.outcome]] += 1
		if one.outcome == MADE:
			counts["flagged"] += int(bool(one.prepared.values.get("data_issues")))
			counts["similar"] += int(bool(one.look_alike))
	return counts


def _existing(names: Sequence[str]) -> set[str]:
	if not names:
		return set()
	return set(frappe.get_all(LEAD, {"name": ("in", sorted(set(names)))}, pluck="name", limit=0))
