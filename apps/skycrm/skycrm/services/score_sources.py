"""Points of lead sources out of what was won from them: a proposal, for a person to save."""

from typing import Any

from pypika.functions import Count

import frappe

from skycrm.domain import lead_status
from skycrm.domain.pipeline import share
from skycrm.domain.scoring import whole

# Fewer decided leads than this say nothing about a source.
LEAST_DECIDED = 10


def propose(best_points: int) -> list[dict[str, Any]]:
	"""Points in proportion to the win rate of each source with enough decided leads; the best one gets `best_points`.

	Returns:
		[{source, points, win_rate, decided}], the best first.
	"""
	rates = win_rates()
	best = max((row["win_rate"] for row in rates), default=0)
	for row in rates:
		row["points"] = whole(best_points * row["win_rate"] / best) if best else 0
	return rates


def win_rates() -> list[dict[str, Any]]:
	"""[{source, win_rate, decided}] in percent, of sources with at least LEAST_DECIDED decided leads; one query.

	Counted over all leads, whoever asks: the points hold for all leads.
	"""
	lead, sale = frappe.qb.DocType("Sky Lead"), frappe.qb.DocType("Sky Opportunity")
	rows = (
		frappe.qb.from_(lead)
		.left_join(sale)
		.on(sale.name == lead.opportunity)
		.select(lead.source, lead.status, sale.status, Count(lead.name))
		.where(
			lead.source.isnotnull()
			& (
				(lead.status == lead_status.UNQUALIFIED)
				| ((lead.status == lead_status.CONVERTED) & sale.status.isin(["Won", "Lost"]))
			)
		)
		.groupby(lead.source, lead.status, sale.status)
		.run()
	)
	decided: dict[str, int] = {}
	won: dict[str, int] = {}
	for source, status, outcome, count in rows:
		decided[source] = decided.get(source, 0) + count
		if status == lead_status.CONVERTED and outcome == "Won":
			won[source] = won.get(source, 0) + count
	found = [
		{"source": source, "win_rate": share(won.get(source, 0), count), "decided": count}
		for source, count in decided.items()
		if source and count >= LEAST_DECIDED
	]
	return sorted(found, key=lambda row: (-row["win_rate"], row["source"]))
