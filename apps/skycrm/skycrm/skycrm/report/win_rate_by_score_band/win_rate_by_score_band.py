"""Whether the score is worth anything: what became of the leads of each band of scores.

A lead keeps the score that it had when it was converted or given up, so high scores are no result of winning.
"""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import add_days, cint, date_diff

from skycrm.domain import lead_status
from skycrm.domain.score_value import LEAST_TO_JUDGE, Band, area_under_curve, band_of, bands, judge, lift
from skycrm.permissions.hidden_fields import refuse_hidden
from skycrm.services.report_parts import column, no_chart

WIDTH = 20


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows, message and chart; `filters` as in the .js beside this file, all optional."""
	filters = frappe._dict(filters or {})
	refuse_hidden("Sky Lead", "score", "converted_on", "opportunity")
	found = bands(cint(filters.get("width")) or WIDTH)
	won, lost = Counter(), Counter()
	count_open_and_lost(found, lost, filters)
	count_converted(found, won, lost, filters)
	message = verdict(found, won, lost, unscored(filters))
	# The last value: no total row of the framework, which would add percentages up.
	return columns(), rows(found), message, chart(found), None, 1


def count_open_and_lost(found: list[Band], lost: Counter, filters: dict) -> None:
	"""Leads that are not converted, per score and status: one grouped query with the rights of the session's user."""
	grouped = frappe.get_list(
		"Sky Lead",
		fields=["score", "status", "count(name) as leads"],
		filters=[*conditions(filters), ["status", "!=", lead_status.CONVERTED]],
		group_by="score, status",
		order_by="",
		limit_page_length=0,
	)
	for row in grouped:
		band = band_of(found, cint(row.score))
		band.leads += row.leads
		if row.status == lead_status.UNQUALIFIED:
			band.lost += row.leads
			lost[cint(row.score)] += row.leads


def count_converted(found: list[Band], won: Counter, lost: Counter, filters: dict) -> None:
	"""Converted leads with what became of their opportunity, as far as the user may read it."""
	outcomes = read_outcomes()
	converted = frappe.get_list(
		"Sky Lead",
		fields=["score", "opportunity", "creation", "converted_on"],
		filters=[*conditions(filters), ["status", "=", lead_status.CONVERTED]],
		order_by="",
		limit_page_length=0,
	)
	for row in converted:
		score = cint(row.score)
		band = band_of(found, score)
		band.leads += 1
		band.converted += 1
		band.days += max(date_diff(row.converted_on or row.creation, row.creation), 0)
		outcome = outcomes.get(row.opportunity)
		if outcome == "Won":
			band.won += 1
			won[score] += 1
		elif outcome == "Lost":
			band.lost += 1
			lost[score] += 1


def read_outcomes() -> dict[str, str]:
	"""Opportunity → Won or Lost; nothing for a user who may not read opportunities."""
	if not frappe.has_permission("Sky Opportunity", "read"):
		return {}
	decided = frappe.get_list(
		"Sky Opportunity",
		fields=["name", "status"],
		filters=[["status", "in", ["Won", "Lost"]], ["lead", "is", "set"]],
		order_by="",
		limit_page_length=0,
	)
	return {row.name: row.status for row in decided}


def unscored(filters: dict) -> int:
	"""Leads that no rule has looked at; they tell nothing about the score."""
	return len(
		frappe.get_list(
			"Sky Lead",
			filters=[*conditions(filters, scored=False), ["score_updated_on", "is", "not set"]],
			pluck="name",
			order_by="",
			limit_page_length=0,
		)
	)


def conditions(filters: dict, scored: bool = True) -> list[list]:
	"""Leads by the day they were made and whose they are; scored ones only."""
	chosen: list[list] = [["score_updated_on", "is", "set"]] if scored else []
	if filters.get("from_date"):
		chosen.append(["creation", ">=", filters["from_date"]])
	if filters.get("to_date"):
		# Up to the end of that day.
		chosen.append(["creation", "<", add_days(filters["to_date"], 1)])
	for name, field in (
		("owner", "lead_owner"),
		("team", "team"),
		("source", "source"),
		("campaign", "campaign"),
	):
		if filters.get(name):
			chosen.append([field, "=", filters[name]])
	return chosen


def columns() -> list[dict]:
	return [
		column("band", _("Score"), "Data", 120),
		column("leads", _("Leads"), "Int", 100),
		column("converted", _("Converted"), "Int", 150),
		{**column("conversion_rate", _("Conversion Rate"), "Percent", 140), "precision": 1},
		column("won", _("Won"), "Int", 90),
		column("lost", _("Lost"), "Int", 90),
		{**column("win_rate", _("Won of the Decided"), "Percent", 260), "precision": 1},
		{**column("average_days", _("Days to Conversion"), "Float", 230), "precision": 1},
	]


def rows(found: list[Band]) -> list[dict]:
	"""A row per band, the highest first, and their sum."""
	if not any(band.leads for band in found):
		return []
	everything = Band(0, 100)
	for band in found:
		for name in ("leads", "converted", "won", "lost", "days"):
			setattr(everything, name, getattr(everything, name) + getattr(band, name))
	return [*(row(band, name_of(band)) for band in found), {**row(everything, _("Total")), "is_total": 1}]


def row(band: Band, name: str) -> dict:
	return {
		"band": name,
		"leads": band.leads,
		"converted": band.converted,
		"conversion_rate": band.conversion_rate,
		"won": band.won,
		"lost": band.lost,
		"win_rate": band.win_rate,
		"average_days": band.average_days,
		"is_total": 0,
	}


def name_of(band: Band) -> str:
	return _("{0} to {1}").format(band.lowest, band.highest)


def verdict(found: list[Band], won: Counter, lost: Counter, without_score: int) -> str:
	"""Plain sentences: how often the score is right, whether that is useful, what was left out."""
	all_won, all_lost = sum(won.values()), sum(lost.values())
	area = area_under_curve(won, lost)
	word = judge(area, all_won, all_lost)
	sentences = [opinions()[word]()]
	if word != "few":
		sentences.insert(
			0,
			_(
				"Of a won and a lost lead taken at random, the won one had the higher score in {0} of 100 cases."
			).format(round((area or 0) * 100)),
		)
		if top := lift(found):
			sentences.append(
				_("Leads with {0} points and more are won {1} times as often as the average.").format(
					top[0].lowest, top[1]
				)
			)
	else:
		sentences[0] = sentences[0].format(all_won, all_lost, LEAST_TO_JUDGE)
	if without_score:
		sentences.append(_("{0} leads without a score are left out.").format(without_score))
	return " ".join(sentences)


def opinions() -> dict:
	return {
		"good": lambda: _("The score tells buyers from others well: call the highest first."),
		"fair": lambda: _("The score is a fair guide."),
		"weak": lambda: _("The score helps only a little: look at the rules again."),
		"useless": lambda: _("The score says no more than a coin: change the rules."),
		"reversed": lambda: _("Lost leads score higher than won ones: the rules point the wrong way."),
		"few": lambda: _(
			"{0} won and {1} lost leads are too few to judge the score: at least {2} of each are needed."
		),
	}


def chart(found: list[Band]) -> dict:
	shown = [band for band in reversed(found) if band.leads]
	if not any(band.decided for band in shown):
		return no_chart()
	return {
		"data": {
			"labels": [name_of(band) for band in shown],
			"datasets": [{"name": _("Won of the Decided"), "values": [band.win_rate for band in shown]}],
		},
		"type": "bar",
		"fieldtype": "Percent",
	}
