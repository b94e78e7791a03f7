"""The report of poor data and its repairs among hundreds of thousands of leads, and what a merge costs."""

from __future__ import annotations

import statistics
import time

from bulk_rows import fill_sky_leads
from common import SELLER, Figure, counted_statements, median_ms, new_person

import frappe

from skycrm.domain import data_quality as quality
from skycrm.services import data_quality
from skycrm.services.data_normalise import normalise
from skycrm.services.merge import merge

BATCH, LOOP, MERGES, LINKED = 500, 60, 20, 50


def measure(rows: int) -> list[Figure]:
	fill_sky_leads(rows)
	spoil()
	overview = median_ms(data_quality.counts, times=3) / 1000
	slowest, check = max(
		(median_ms(lambda c=c: data_quality.leads_with(c), times=3), c) for c in quality.CHECKS
	)
	set_wise, looped = repair()
	took, statements = merging()
	return [
		Figure(
			f"report of poor data, overview, {rows:,} leads",
			overview,
			0,
			"s",
			"≤ 3 s",
			met=overview <= 3,
		),
		Figure(f"its slowest finding ({check})", slowest, 0, "ms", "≤ 2000 ms", met=slowest <= 2000),
		Figure(
			"numbers and keys put right (peer: document by document)",
			set_wise,
			looped,
			"leads/s",
			"≥ 10x",
			met=set_wise >= 10 * looped,
		),
		Figure(f"merge of two leads, {LINKED} comments", took, 0, "ms", "≤ 300 ms", met=took <= 300),
		Figure("statements of that merge", statements, 0, "statements", "≤ 60", met=statements <= 60),
	]


def spoil() -> None:
	"""One lead in fifty shares the number of the one before, one in ten has no source, one in a hundred a wrong value."""
	table = frappe.qb.DocType("Sky Lead")
	names = (
		frappe.qb.from_(table).select(table.name).where(table.name.like("SKY-LEAD-LOAD-%50")).run(pluck=True)
	)
	for name in names:
		number = int(name.rsplit("-", 1)[1])
		frappe.db.set_value(
			"Sky Lead",
			name,
			{"phone_key_2": f"+849{number - 1:08d}", "data_issues": "Email is not valid"},
			update_modified=False,
		)
	frappe.db.commit()


def repair() -> tuple[float, float]:
	"""Leads per second, set-wise and through their documents; every one of them changes."""
	names = frappe.get_all(
		"Sky Lead", {"name": ("like", "SKY-LEAD-LOAD-%")}, pluck="name", limit=BATCH + LOOP, order_by="name"
	)
	table = frappe.qb.DocType("Sky Lead")
	frappe.qb.update(table).set(table.name_key, None).where(table.name.isin(names)).run()
	frappe.db.commit()
	start = time.perf_counter()
	done = normalise(names[:BATCH])
	set_wise = len(done) / (time.perf_counter() - start)
	start = time.perf_counter()
	for name in names[BATCH:]:
		lead = frappe.get_doc("Sky Lead", name)
		lead.flags.ignore_duplicates = True
		lead.save()
	looped = LOOP / (time.perf_counter() - start)
	frappe.db.commit()
	return set_wise, looped


def merging() -> tuple[float, float]:
	"""Median milliseconds and statements of a merge."""
	taken, counted = [], []
	for _ in range(MERGES):
		person = new_person()
		pair = []
		for _copy in range(2):
			lead = frappe.new_doc("Sky Lead")
			lead.update({"lead_name": person.name, "mobile_no": person.phone, "lead_owner": SELLER})
			lead.flags.ignore_duplicates = True
			pair.append(lead.insert())
		for number in range(LINKED):
			pair[1].add_comment("Comment", f"{number}")
		frappe.db.commit()
		with counted_statements() as seen:
			start = time.perf_counter()
			merge(pair[0].name, [pair[1].name])
			frappe.db.commit()
			taken.append((time.perf_counter() - start) * 1000)
			counted.append(len(seen))
	return statistics.median(taken), statistics.median(counted)
