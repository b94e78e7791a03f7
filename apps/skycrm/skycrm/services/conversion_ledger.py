"""The ledger of conversions, DocType Sky Lead Conversion: one row per conversion, read by the undo and by nobody else.

The four records are links, so that a rename is followed; rows of the framework (comments, files, ...) are never renamed
and stand as JSON.
"""

import json
from dataclasses import asdict
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.domain.conversion_match import CREATE
from skycrm.services.conversion_run import Notes, Run

DOCTYPE = "Sky Lead Conversion"
ACTIVE, UNDONE = "Active", "Undone"
PARTS = {
	"customer": "Customer",
	"contact": "Contact",
	"address": "Address",
	"opportunity": "Sky Opportunity",
}


def write(run: Run) -> Document:
	"""Store what a conversion did.

	Args:
		run: with all four records settled and its notes complete.
	"""
	parts = {part.doctype: part for part in run.plan.parts()}
	ledger = frappe.new_doc(DOCTYPE)
	ledger.update(
		{
			"lead": run.lead.name,
			"status": ACTIVE,
			"converted_by": frappe.session.user,
			"converted_on": run.at,
			**run.answer(),
			"target_doctype": run.target.doctype,
			"lead_before": json.dumps(_lead_before(run), default=str, ensure_ascii=False),
			"notes": json.dumps(asdict(run.notes), default=str, ensure_ascii=False),
		}
	)
	for key, doctype in PARTS.items():
		doc = run.made()[key]
		created = bool(doc) and parts[doctype].action == CREATE
		ledger.set(f"{key}_created", int(created))
		# What it looked like when it was made: a later time of change means that somebody went on with it.
		ledger.set(f"{key}_stamp", str(doc.modified) if created else None)
	# A system record, written for a user whose rights to the lead and the four records were checked.
	return ledger.insert(ignore_permissions=True)


def active(lead: str, for_update: bool = False) -> Document | None:
	"""The conversion of a lead that was not taken back, if there is one."""
	name = frappe.db.get_value(
		DOCTYPE, {"lead": lead, "status": ACTIVE}, "name", for_update=for_update, order_by="creation desc"
	)
	return frappe.get_doc(DOCTYPE, name) if name else None


def answer(lead: Document | frappe._dict, locked: bool = False) -> dict[str, str | None]:
	"""What the conversion of a lead answered: {customer, contact, address, opportunity}.

	Args:
		lead: a converted lead.
		locked: whether its row is locked; what has just been committed elsewhere is then read as well.
	"""
	address = frappe.db.get_value(
		DOCTYPE, {"lead": lead.name, "status": ACTIVE}, "address", for_update=locked, order_by="creation desc"
	)
	return {
		"customer": lead.customer or None,
		"contact": lead.contact or None,
		"address": address or None,
		"opportunity": lead.opportunity or None,
	}


def notes_of(ledger: Document) -> Notes:
	"""The notes of a conversion."""
	return Notes(**json.loads(ledger.notes or "{}"))


def lead_before_of(ledger: Document) -> dict[str, Any]:
	"""The columns of the lead before its conversion, the framework's hidden ones (_assign, ...) included."""
	return json.loads(ledger.lead_before or "{}")


def close(ledger: Document) -> None:
	"""Note that a conversion was taken back. The links go, for the records are about to; their names stay as text."""
	names = {doctype: ledger.get(key) for key, doctype in PARTS.items() if ledger.get(key)}
	ledger.update({key: None for key in PARTS})
	ledger.update(
		{
			"status": UNDONE,
			"undone_by": frappe.session.user,
			"undone_on": now_datetime(),
			"records": "\n".join(f"{doctype}: {name}" for doctype, name in names.items()),
		}
	)
	# As in `write`: the rights of the user were checked on the lead.
	ledger.save(ignore_permissions=True)


def _lead_before(run: Run) -> dict[str, Any]:
	return {key: value for key, value in run.before.items() if not isinstance(value, list)}
