"""Points learnt from won and lost leads with scikit-learn, an optional extra; a person accepts them or not.

Each decided lead is judged as it was on the day of the decision: with what had happened by then, and nothing later. What
is suggested stays a suggestion (Sky Score Suggestion) until somebody with the right to change rules accepts it.
"""

import random
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from skycrm.domain import lead_status, score_learning, scoring
from skycrm.domain.score_learning import Case, Evidence
from skycrm.domain.scoring import Rule
from skycrm.services import scoring_batch, scoring_facts, scoring_rules, scoring_runs

SUGGESTION = "Sky Score Suggestion"
OPEN, ACCEPTED, DISMISSED = "Open", "Accepted", "Dismissed"
# The newest decided leads say most about how selling goes now.
MOST_LEADS = 20_000
FOLDS = 5
SEED = 7
INSTALL = "bench pip install 'scikit-learn>=1.3'"


def check_possible() -> None:
	"""Whether a suggestion can be made at all, told before anybody waits for it.

	Raises:
		frappe.ValidationError: the library is missing, there are no rules, or too few leads are decided.
	"""
	_library()
	if not scoring_rules.stored_rules():
		frappe.throw(_("There is no scoring rule in force. Make rules first."), title=_("Nothing to learn"))
	won, lost = decided_counts()
	refuse_sparse(won, lost)


def refuse_sparse(won: int, lost: int) -> None:
	"""Refuse to learn from too few leads.

	Raises:
		frappe.ValidationError: how many there are, and how many are needed.
	"""
	why = score_learning.refusal(won, lost)
	if not why:
		return
	sentence = (
		_("Only {0} leads were won; at least {1} won and {1} lost ones are needed, or chance would decide.")
		if why == "few_won"
		else _(
			"Only {0} leads were lost; at least {1} won and {1} lost ones are needed, or chance would decide."
		)
	)
	count = won if why == "few_won" else lost
	frappe.throw(sentence.format(count, score_learning.LEAST_OF_EACH), title=_("Too few decided leads"))


def decided_counts() -> tuple[int, int]:
	"""(won, lost) leads, at most MOST_LEADS together."""
	rows = _decided()
	won = sum(outcome for _name, outcome in rows)
	return won, len(rows) - won


def suggest() -> Document:
	"""Learn points and keep them as an open suggestion. The same history gives the same suggestion.

	Raises:
		frappe.ValidationError: as check_possible; or no rule can be compared.
	"""
	check_possible()
	rules = scoring_rules.rules_in_force()
	cases = read_cases(rules)
	won = sum(case.won for case in cases)
	refuse_sparse(won, len(cases) - won)
	found = score_learning.evidence([rule.name for rule in rules], cases)
	learnable = score_learning.usable(found)
	if not learnable:
		frappe.throw(
			_("No rule speaks for at least {0} of the decided leads and is silent for as many.").format(
				score_learning.LEAST_PER_RULE
			),
			title=_("Nothing to learn"),
		)
	current = {rule.name: score_learning.scale_of(rule) for rule in rules}
	suggested = {**current, **learn(learnable, cases, current)}
	before, after = cross_check(learnable, cases, current)
	document = frappe.get_doc(
		{
			"doctype": SUGGESTION,
			"status": OPEN,
			"suggested_on": now_datetime(),
			"requested_by": frappe.session.user,
			"won": won,
			"lost": len(cases) - won,
			"area_before": before,
			"area_after": after,
			"folds": FOLDS,
			"seed": SEED,
			"summary": _summary(won, len(cases) - won, before, after),
			"rules": [_row(rule, current, suggested, found[rule.name]) for rule in rules],
		}
	)
	# Made by the system for somebody whose right to the rules was checked; nobody types one in.
	return document.insert(ignore_permissions=True)


def suggest_and_tell() -> None:
	"""For a job: learn, and leave a note for the user, also when it could not be done."""
	try:
		document = suggest()
		subject, name = _("Points learnt from won and lost leads wait for your decision."), document.name
	except frappe.ValidationError as error:
		frappe.clear_messages()
		subject, name = str(error), None
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"for_user": frappe.session.user,
			"type": "Alert",
			"document_type": SUGGESTION,
			"document_name": name,
			"subject": subject,
		}
	).insert(ignore_permissions=True)  # the user's own note about what they asked for
	frappe.publish_realtime(
		"skycrm_score_suggestion",
		{"name": name, "message": subject},
		user=frappe.session.user,
		after_commit=True,
	)


def read_cases(rules: Sequence[Rule]) -> list[Case]:
	"""The decided leads as they were when they were decided; a few queries for each part of them."""
	outcomes = dict(_decided())
	names = sorted(outcomes)
	now = now_datetime()
	lead = frappe.qb.DocType("Sky Lead")
	cases = []
	for start in range(0, len(names), scoring_batch.BATCH):
		part = names[start : start + scoring_batch.BATCH]
		rows = scoring_batch.read_for_rules(rules, lead.name.isin(part), len(part))
		facts = scoring_facts.facts_of_rows(rows, rules)
		for row in rows:
			as_of = scoring_batch.moment_of(row, now)
			strengths = {
				rule.name: score_learning.strength(rule, facts[row["name"]], as_of) for rule in rules
			}
			cases.append(Case(strengths, bool(outcomes[row["name"]])))
	return cases


def learn(rules: Sequence[str], cases: Sequence[Case], current: dict[str, int]) -> dict[str, int]:
	"""Points of these rules that tell won from lost leads best, by a logistic regression."""
	rows, outcomes = score_learning.design(rules, cases)
	model = _library()(C=1.0, class_weight="balanced", max_iter=1000, random_state=SEED)
	model.fit(rows, outcomes)
	weights = {rule: float(weight) for rule, weight in zip(rules, model.coef_[0], strict=True)}
	return score_learning.to_points(weights, {rule: current[rule] for rule in rules})


def cross_check(rules: Sequence[str], cases: Sequence[Case], current: dict[str, int]) -> tuple[float, float]:
	"""(right order by the points of now, right order by learnt points), each on leads that were not learnt from."""
	outcomes = [case.won for case in cases]
	before, after = [], []
	for part in score_learning.folds(outcomes, FOLDS, random.Random(SEED).shuffle):
		held_out = set(part)
		rest = [case for place, case in enumerate(cases) if place not in held_out]
		tested = [cases[place] for place in part]
		won = [case.won for case in tested]
		learnt = {**current, **learn(rules, rest, current)}
		before.append(score_learning.area(score_learning.totals(current, tested), won))
		after.append(score_learning.area(score_learning.totals(learnt, tested), won))
	return _mean(before), _mean(after)


def accept(suggestion: Document) -> Document:
	"""Give the rules the suggested points, note who did it, and ask for all scores anew.

	Args:
		suggestion: an open one, of somebody who may change rules.

	Raises:
		frappe.ValidationError: decided already, or a rule has changed since.
	"""
	_refuse_decided(suggestion)
	rules = {row.rule: frappe.get_doc(scoring_rules.RULE, row.rule) for row in suggestion.rules}
	for row in suggestion.rules:
		now = score_learning.scale_of(scoring_rules.as_rule(rules[row.rule]))
		if now != row.current_points:
			frappe.throw(
				_("Rule {0} has {1} points by now, not {2}. Ask for a new suggestion.").format(
					frappe.bold(frappe.utils.escape_html(_(rules[row.rule].title))), now, row.current_points
				),
				title=_("Rules changed since"),
			)
	for row in suggestion.rules:
		if row.suggested_points != row.current_points:
			give_points(rules[row.rule], row.current_points, row.suggested_points)
			rules[row.rule].add_comment("Info", _("took points from suggestion {0}").format(suggestion.name))
	_decide(suggestion, ACCEPTED)
	scoring_runs.start("Rules Changed")
	return suggestion


def dismiss(suggestion: Document) -> Document:
	"""Leave the rules as they are and note who decided so."""
	_refuse_decided(suggestion)
	_decide(suggestion, DISMISSED)
	return suggestion


def give_points(rule: Document, now: int, wanted: int) -> None:
	"""Write new points into a rule; those of sources all change in the same measure. No points at all: switched off."""
	if rule.kind == scoring.SOURCE:
		for row in rule.sources:
			row.points = scoring.whole((row.points or 0) * wanted / now)
		rule.other_points = scoring.whole((rule.other_points or 0) * wanted / now)
	elif wanted:
		rule.points = wanted
		if rule.max_points:
			rule.max_points = abs(scoring.whole(rule.max_points * wanted / now))
	if not wanted:
		rule.enabled = 0
	rule.save()


def _decide(suggestion: Document, status: str) -> None:
	suggestion.update({"status": status, "decided_by": frappe.session.user, "decided_on": now_datetime()})
	# The right to decide is the right to change the rules, which the caller has checked.
	suggestion.save(ignore_permissions=True)


def _refuse_decided(suggestion: Document) -> None:
	if suggestion.status != OPEN:
		frappe.throw(
			_("This suggestion is decided already: {0}.").format(_(suggestion.status)),
			title=_("Decided already"),
		)


def _decided() -> list[tuple[str, int]]:
	"""(lead, 1 for won or 0 for lost) of the newest decided leads."""
	lead, sale = frappe.qb.DocType("Sky Lead"), frappe.qb.DocType("Sky Opportunity")
	rows = (
		frappe.qb.from_(lead)
		.left_join(sale)
		.on(sale.name == lead.opportunity)
		.select(lead.name, lead.status, sale.status)
		.where(
			(lead.status == lead_status.UNQUALIFIED)
			| ((lead.status == lead_status.CONVERTED) & sale.status.isin(["Won", "Lost"]))
		)
		.orderby(lead.modified, order=frappe.qb.desc)
		.orderby(lead.name)
		.limit(MOST_LEADS)
		.run()
	)
	return [
		(name, int(status == lead_status.CONVERTED and outcome == "Won")) for name, status, outcome in rows
	]


def _row(rule: Rule, current: dict[str, int], suggested: dict[str, int], found: Evidence) -> dict[str, Any]:
	return {
		"rule": rule.name,
		"current_points": current[rule.name],
		"suggested_points": suggested[rule.name],
		"leads_with": found.applied,
		"won_with": found.rate_applied,
		"leads_without": found.silent,
		"won_without": found.rate_silent,
		"evidence": _evidence(found),
	}


def _evidence(found: Evidence) -> str:
	if not found.is_enough:
		return _("Kept: it speaks for {0} leads and is silent for {1}; {2} of each are needed.").format(
			found.applied, found.silent, score_learning.LEAST_PER_RULE
		)
	return _("Of {0} leads it spoke for, {1} % were won; of the {2} others, {3} %.").format(
		found.applied, round(found.rate_applied), found.silent, round(found.rate_silent)
	)


def _summary(won: int, lost: int, before: float, after: float) -> str:
	sentence = _(
		"Learnt from {0} won and {1} lost leads. Of a won and a lost lead taken at random, the won one scores higher in {2} of 100 cases now, and in {3} with these points."
	).format(won, lost, round(before * 100), round(after * 100))
	if after <= before:
		sentence += " " + _("That is no better than now: there is no reason to accept it.")
	return sentence


def _mean(values: Sequence[float | None]) -> float:
	known = [value for value in values if value is not None]
	return round(sum(known) / len(known), 4) if known else 0.0


def _library() -> Any:
	"""The estimator of scikit-learn.

	Raises:
		frappe.ValidationError: how to install it.
	"""
	try:
		from sklearn.linear_model import LogisticRegression
	except ImportError:
		frappe.throw(
			_(
				"Learning needs the Python package scikit-learn, which is not installed. On the server run {0}, then restart."
			).format(f"<code>{INSTALL}</code>"),
			title=_("Package missing"),
		)
	return LogisticRegression
