"""SkyCRM beside ERPNext's own Lead, in one run on one site; prints ratios and asserts no time.

Started by `bin/load`, inside the bench. Makes a site's tables large: never the demo site.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import frappe

EVERYTHING = (
	"insert",
	"rest",
	"lookup",
	"chain",
	"score",
	"intake",
	"flood",
	"quality",
	"import",
	"doors",
	"visibility",
)


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	parser.add_argument("--site", default=os.environ.get("SKYCRM_TEST_SITE"))
	parser.add_argument("--url", default=os.environ.get("SKYCRM_TEST_URL", "http://127.0.0.1:8000"))
	parser.add_argument("--rows", type=int, default=200_000)
	parser.add_argument(
		"--million",
		action="store_true",
		help="also find_duplicates among 1,000,000 leads",
	)
	parser.add_argument(
		"--only",
		nargs="*",
		choices=EVERYTHING,
		default=[],
	)
	chosen = parser.parse_args()

	frappe.init(site=chosen.site, sites_path=".")
	frappe.connect()
	import chain
	import common
	import data_quality
	import importing
	import inserting
	import intake
	import looking_up
	import other_doors
	import scoring
	import visibility
	import web_form_flood

	common.answer_gravatar_locally()
	token = common.ensure_seller()
	frappe.set_user(common.SELLER)
	frappe.flags.mute_emails = True

	figures: list[common.Figure] = []
	wanted = set(chosen.only or EVERYTHING)
	if "insert" in wanted:
		print("inserting in process", flush=True)
		figures += inserting.in_process()
	if "rest" in wanted:
		print("inserting over HTTP", flush=True)
		figures += inserting.over_http(chosen.url, chosen.site, token)
	if "intake" in wanted:
		print("coming in by a door", flush=True)
		figures += intake.in_process()
		figures += intake.over_http(chosen.url, chosen.site, token)
	if "chain" in wanted:
		print("lead to invoice", flush=True)
		figures += chain.to_invoice()
	if "lookup" in wanted:
		print("looking up", flush=True)
		figures += looking_up.among(chosen.rows, chosen.url, chosen.site, token)
		figures.append(looking_up.duplicates(chosen.rows))
		figures.append(looking_up.near_names(chosen.rows))
		if chosen.million:
			figures.append(looking_up.duplicates(1_000_000))
	if "visibility" in wanted:
		print("who sees what", flush=True)
		figures += visibility.measure(1_000_000 if chosen.million else chosen.rows, chosen.url, chosen.site)
	if "score" in wanted:
		print("scoring", flush=True)
		figures += scoring.recompute(chosen.rows)
	if "import" in wanted:
		print("a list of 100,000 people", flush=True)
		figures += importing.measure(chosen.site, 100_000, 1_000)
	if "doors" in wanted:
		print("other programs, mails and exports", flush=True)
		figures += other_doors.measure()
	if "quality" in wanted:
		print("poor data and its repair", flush=True)
		figures += data_quality.measure(chosen.rows)
	if "flood" in wanted:
		print("web forms under a flood", flush=True)
		figures += web_form_flood.measure(chosen.url, chosen.site, token)
	common.show(figures)
	frappe.destroy()
	return 0


if __name__ == "__main__":
	sys.exit(main())
