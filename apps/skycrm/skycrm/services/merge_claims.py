"""Who holds a lead after a merge: one claim at most goes on, that of the person responsible."""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

CLAIM = "Sky Claim"
REASSIGNED = "Reassigned"


def settle(lead: Document) -> list[list[Any]]:
	"""End the claims on a merged lead but the latest of its owner. One query, and one write when there are others.

	Returns:
		What changed, for the ledger: [DocType, name, column, before, after].
	"""
	claims = frappe.get_all(
		CLAIM,
		filters={"lead": lead.name, "ended_on": ("is", "not set")},
		fields=["name", "user", "end_reason", "held_until"],
		order_by="claimed_on desc, creation desc",
		limit=0,
	)
	stays = next((claim.name for claim in claims if claim.user == lead.lead_owner), None)
	ended = [claim for claim in claims if claim.name != stays]
	changes = _hold_on(lead, next((claim for claim in claims if claim.name == stays), None))
	if not ended:
		return changes
	now = now_datetime()
	table = frappe.qb.DocType(CLAIM)
	(
		frappe.qb.update(table)
		.set(table.ended_on, now)
		.set(table.end_reason, REASSIGNED)
		.where(table.name.isin([claim.name for claim in ended]))
	).run()
	return changes + [
		change
		for claim in ended
		for change in (
			[CLAIM, claim.name, "ended_on", None, str(now)],
			[CLAIM, claim.name, "end_reason", claim.end_reason, REASSIGNED],
		)
	]


def _hold_on(lead: Document, claim: frappe._dict | None) -> list[list[Any]]:
	"""An owner who came with a duplicate holds the lead as long as they held that one."""
	if not claim or lead.get("held_until") or not claim.held_until:
		return []
	frappe.db.set_value(lead.doctype, lead.name, "held_until", claim.held_until, update_modified=False)
	return [[lead.doctype, lead.name, "held_until", None, str(claim.held_until)]]
