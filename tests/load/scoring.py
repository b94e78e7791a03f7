"""Scores of all leads anew, set-wise, beside the way one would write it first: a loop over documents."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta

from bulk_rows import BATCH, fill_sky_leads
from common import SELLER, Figure, counted_statements

import frappe
from frappe.utils import now_datetime

from skycrm.services import scoring, scoring_batch, scoring_runs

# One lead in five has been in touch, twice each.
IN_TOUCH = 5
SAMPLE = 300


def recompute(rows: int) -> list[Figure]:
	fill_sky_leads(rows)
	fill_messages(rows)
	frappe.db.sql("update `tabSky Lead` set `score_updated_on` = null, `score` = 0, `score_detail` = null")
	frappe.db.commit()
	looked_at, all_new, statements = run()
	_seen, all_right, _statements = run()
	by_loop = loop_over_documents() * looked_at
	part = scoring_batch.BATCH
	return [
		Figure(
			f"recompute {looked_at:,} scores, all change",
			all_new,
			by_loop,
			"s",
			"≥ 10x faster",
			ratio_of="peer/ours",
			notes=f"(peer: loop over documents, {SAMPLE} measured)",
			met=by_loop >= 10 * all_new,
		),
		Figure(
			f"recompute {looked_at:,} scores, nothing changes",
			all_right,
			by_loop,
			"s",
			"",
			ratio_of="peer/ours",
		),
		Figure(
			f"SQL statements per {part:,} leads, all change (peer: goal)",
			statements,
			15,
			"statements",
			"≤ 15",
			met=statements <= 15,
		),
	]


def run() -> tuple[int, float, float]:
	"""One whole run as a worker does it: (leads, seconds, statements per part)."""
	# Not handed to a worker: the clock runs here.
	run = frappe.get_doc({"doctype": scoring_runs.RUN, "status": "Queued", "reason": "On Request"})
	name = run.insert(ignore_permissions=True).name
	frappe.db.commit()
	parts = []

	def after_part(seen: int, total: int) -> None:
		frappe.db.commit()
		parts.append(seen)

	start = time.perf_counter()
	with counted_statements() as seen:
		counts = scoring_runs.work(name, after_part)
	seconds = time.perf_counter() - start
	print(f"  {counts['seen']:,} leads, {counts['changed']:,} written, {seconds:.1f} s", flush=True)
	return counts["seen"], seconds, len(seen) / max(len(parts) - 1, 1)


def loop_over_documents() -> float:
	"""Seconds per lead: read the document, work its score out, write it."""
	names = frappe.get_all("Sky Lead", {"status": "New"}, pluck="name", limit=SAMPLE, order_by="creation")
	start = time.perf_counter()
	for name in names:
		lead = frappe.get_doc("Sky Lead", name)
		result = scoring.compute(lead, now_datetime())
		lead.db_set({"score": result.score, "score_detail": scoring.as_detail(result)}, update_modified=False)
	frappe.db.commit()
	return (time.perf_counter() - start) / len(names)


def fill_messages(rows: int) -> None:
	"""Messages to and from every fifth lead, written past the controllers once."""
	have = frappe.db.count("Communication", {"reference_doctype": "Sky Lead"})
	dice = random.Random(have)
	columns = (
		"name creation modified owner modified_by communication_type communication_medium sent_or_received "
		"communication_date subject reference_doctype reference_name"
	).split()
	wanted = range(have // 2 * IN_TOUCH, rows, IN_TOUCH)
	for start in range(0, len(wanted), BATCH):
		values = []
		for number in wanted[start : start + BATCH]:
			for place, direction in enumerate(("Received", "Sent")):
				moment = datetime(2026, 11, 21) - timedelta(hours=dice.randrange(2000))
				values.append(
					(
						f"load-{number:08d}-{place}",
						moment,
						moment,
						SELLER,
						SELLER,
						"Communication",
						"Email",
						direction,
						moment,
						"Hỏi giá",
						"Sky Lead",
						f"SKY-LEAD-LOAD-{number:08d}",
					)
				)
		frappe.db.bulk_insert("Communication", columns, values, chunk_size=2_000)
		frappe.db.commit()
	frappe.db.sql_ddl("analyze table `tabCommunication`")
