"""Writes what was decided for a chunk of rows: leads, keys, touches, tags, consents, and what became of each row."""

from collections.abc import Sequence

import pymysql

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now

from skycrm.domain.importing.table import MAX_KEPT_CELL
from skycrm.domain.intake import FILE_IMPORT, Arrival, Consent
from skycrm.services import after_import, import_products, intake_bulk
from skycrm.services.conversion_lock import lock_leads
from skycrm.services.import_plan import ATTACHED, LINE, MADE, REFUSED, ROW, Decision, Plan
from skycrm.services.intake_bulk import as_json, insert_rows
from skycrm.services.lead_keys import Key

REFERENCE = "Sky Lead Import"
# What the database says to a value that no check has foreseen.
NOT_STORED = (pymysql.err.DataError, pymysql.err.IntegrityError)
ROW_COLUMNS = (
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"lead_import",
	"line",
	"outcome",
	"lead",
	"contact",
	"customer",
	"column_no",
	"header",
	"reason",
	"row_hash",
	"cells",
	"look_alike_on",
	"look_alike_doctype",
	"look_alike_name",
	"look_alike_line",
)


def take_names(decisions: Sequence[Decision]) -> list[str]:
	"""Names for the leads that a chunk will make."""
	return intake_bulk.take_names(sum(one.outcome == MADE for one in decisions))


def write(doc: Document, plan: Plan, decisions: Sequence[Decision], names: Sequence[str]) -> list[Decision]:
	"""Write leads and touches, in this transaction.

	Args:
		doc: the import.
		plan: decides again for people who came in by another door meanwhile.
		decisions: for each row.
		names: for the leads to be made, as take_names gave them.

	Returns:
		The decisions as they came out, with names of leads.
	"""
	decisions = list(decisions)
	free = iter(names)
	for one in decisions:
		if one.outcome == MADE:
			one.prepared.values.name = next(free)
	decisions = _claim(plan, decisions)
	by_line = {
		f"{LINE}{one.prepared.row.line}": one.prepared.values.name for one in decisions if one.outcome == MADE
	}
	for one in decisions:
		one.lead = by_line.get(one.lead, one.lead)
	made = [one for one in decisions if one.outcome == MADE]
	for one in made:
		values = one.prepared.values
		values._user_tags = f",{','.join(one.prepared.tags)}" if one.prepared.tags else None
	after_import.before_insert([one.prepared.values for one in made])
	intake_bulk.insert_leads([one.prepared.values for one in made])
	import_products.insert([one.prepared.values for one in made])
	arrivals = [(one, _arrival(doc, one)) for one in decisions if one.outcome in (MADE, ATTACHED)]
	intake_bulk.first_touches((one.lead, arrival) for one, arrival in arrivals if one.outcome == MADE)
	intake_bulk.tag([(one.lead, one.prepared.tags) for one in made if one.prepared.tags])
	intake_bulk.record_consents(
		(
			(one.lead, answer)
			for one, arrival in arrivals
			if one.outcome == MADE
			for answer in arrival.consents
		),
		doc.name,
	)
	after_import.after_insert([one.prepared.values for one in made])
	attached = [(one.lead, one.matched_on, arrival) for one, arrival in arrivals if one.outcome == ATTACHED]
	asking = [lead for lead, _matched_on, arrival in attached if arrival.values.get("items")]
	intake_bulk.attach(attached, import_products.codes_of(asking))
	return decisions


def _claim(plan: Plan, decisions: list[Decision]) -> list[Decision]:
	"""Take the keys of the new leads; whoever came in by another door since the look-up is met here."""
	made = [one for one in decisions if one.outcome == MADE]
	seen = {one.lead for one in decisions if one.lead and not one.lead.startswith(LINE)}
	seen |= {lead.lead for found in plan.stored.values() for lead in found}
	late = intake_bulk.claim([one.prepared.values for one in made], seen)
	if not late:
		return decisions
	known = {row.name: intake_bulk.as_known(row) for row in lock_leads(set(late.values()))}
	given_up: list[str] = []
	result = []
	for one in decisions:
		shared: set[Key] = one.prepared.keys & late.keys() if one.outcome == MADE else set()
		people = [known[late[key]] for key in shared if late[key] in known]
		if people and (other := plan.met_late(one.prepared, people)):
			given_up.append(one.prepared.values.name)
			one = other
		result.append(one)
	intake_bulk.give_back(given_up)
	# Rows of this chunk that were to hang on a lead which is not made after all hang on the one that was met.
	met = {f"{LINE}{one.prepared.row.line}": one.lead for one in result if one.outcome == ATTACHED}
	for one in result:
		one.lead = met.get(one.lead, one.lead)
	return result


def _arrival(doc: Document, one: Decision) -> Arrival:
	prepared = one.prepared
	how = _("Import {0}").format(doc.name)
	return Arrival(
		values={**prepared.given} if one.outcome == ATTACHED else {},
		door=FILE_IMPORT,
		reference_doctype=REFERENCE,
		reference_name=doc.name,
		source=prepared.values.get("source"),
		campaign=prepared.values.get("campaign"),
		content=prepared.content,
		consents=tuple(Consent(channel, answer, how) for channel, answer in prepared.consents),
		external_id=str(prepared.row.line),
	)


def note_outcomes(name: str, decisions: Sequence[Decision], is_dry: bool = False) -> None:
	"""Write down what became of rows; the same line again is left as it is.

	Args:
		name: of the import.
		is_dry: nothing was imported, so that no later import may take the rows for known ones.
	"""
	moment, user = now(), frappe.session.user
	rows = []
	for one in decisions:
		row = one.prepared.row
		alike = one.look_alike if one.outcome == MADE else None
		made = one.lead if one.lead and not one.lead.startswith(LINE) else None
		# What is to be fixed, and what a dry run has to say about somebody who is not there yet.
		keeps_cells = one.outcome == REFUSED or (alike and not (made or one.contact))
		column = one.fault.column if one.fault else 0
		rows.append(
			(
				row_name(name, row.line),
				user,
				moment,
				moment,
				user,
				name,
				row.line,
				one.outcome,
				made,
				one.contact or None,
				one.customer or None,
				column,
				one.prepared.header[:255] or None,
				one.reason.encode("utf-8", "replace").decode()[:16_000] or None,
				None if is_dry else one.prepared.row_hash or None,
				as_json([cell[:MAX_KEPT_CELL] for cell in row.cells]) if keeps_cells else None,
				alike.on if alike else None,
				(alike.doctype or None) if alike else None,
				(alike.name or None) if alike else None,
				alike.line if alike else 0,
			)
		)
	insert_rows(ROW, ROW_COLUMNS, rows, ignore=True)


def row_name(name: str, line: int) -> str:
	"""Name of the row of a line: one for each, whoever writes it and how often."""
	return f"{name}-{line:07d}"
