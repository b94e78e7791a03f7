"""HTTP methods of the score: arguments in, one service called, plain values out."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from skycrm.api.v1._common import limit_calls, read_document, rule_errors_as_http, text_argument
from skycrm.services import score_learning, score_sources, scoring, scoring_rules, scoring_runs
from skycrm.services.scoring_rules import RULE


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=600, seconds=60)
@rule_errors_as_http
def panel(lead: str) -> dict[str, Any]:
	"""What the form shows about the score of a stored lead that the caller may read.

	Returns:
		See services/scoring.py, panel.
	"""
	return scoring.panel(read_document("Sky Lead", lead))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=600, seconds=60)
@rule_errors_as_http
def preview(values: dict[str, Any] | str, lead: str | None = None) -> dict[str, Any]:
	"""How a lead would score with values that are not saved yet. Writes nothing.

	Args:
		values: field → value as typed, `items` as a list of rows.
		lead: the stored lead that is being edited and that the caller may change; none for a new one.
	"""
	typed = frappe.parse_json(values)
	if not isinstance(typed, dict):
		frappe.throw(_("Send the values as an object of fields."))
	if lead:
		document = read_document("Sky Lead", lead, "write")
	else:
		frappe.has_permission("Sky Lead", "create", throw=True)
		document = frappe.new_doc("Sky Lead")
	return scoring.panel(document, typed)


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def set_by_hand(lead: str, score: int, until: str, reason: str) -> dict[str, Any]:
	"""Let a score set by a person stand until a day; noted in the timeline.

	Returns:
		The panel of the lead as it is now.
	"""
	text = text_argument(reason, _("Reason"), longest=500, required=True)
	document = read_document("Sky Lead", lead, "write")
	return scoring.panel(scoring.set_by_hand(document, cint(score), until, text or ""))


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def drop_hand(lead: str) -> dict[str, Any]:
	"""Take back a score set by hand: the rules decide again.

	Returns:
		The panel of the lead as it is now.
	"""
	return scoring.panel(scoring.drop_hand(read_document("Sky Lead", lead, "write")))


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=60, seconds=60)
@rule_errors_as_http
def fields() -> list[dict[str, str]]:
	"""What a rule may compare, for the form of rules: [{value, label}]."""
	frappe.has_permission(RULE, "write", throw=True)
	return [{"value": field, "label": label} for field, label in scoring_rules.fields_to_compare().items()]


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=10, seconds=60)
@rule_errors_as_http
def recompute() -> dict[str, Any]:
	"""Ask for the scores of all open leads anew, by a worker.

	Returns:
		{name, status, seen, total, changed, sentence} of the Sky Score Run.
	"""
	frappe.has_permission(RULE, "write", throw=True)
	return scoring_runs.state_of(scoring_runs.start("On Request"))


@frappe.whitelist(methods=["GET", "POST"])
@limit_calls(calls=300, seconds=60)
@rule_errors_as_http
def progress(run: str) -> dict[str, Any]:
	"""How far a recomputation is; for those who may read it."""
	return scoring_runs.state_of(read_document(scoring_runs.RUN, run).name)


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=10, seconds=60)
@rule_errors_as_http
def fill_sources(rule: str, best_points: int = 15) -> list[dict[str, Any]]:
	"""Points of lead sources out of what was won from them; a proposal for the form of the rule, nothing is saved.

	Args:
		rule: name of a Sky Scoring Rule of the kind Lead Source.
		best_points: what the best source gets, 1 to 100.

	Returns:
		[{source, points, win_rate, decided}], the best first.
	"""
	read_document(RULE, rule, "write")
	return score_sources.propose(min(max(cint(best_points), 1), 100))


@frappe.whitelist(methods=["POST"])
@limit_calls(calls=5, seconds=60)
@rule_errors_as_http
def suggest() -> dict[str, str]:
	"""Learn points from won and lost leads, by a worker; who asked gets a note when it is done.

	Returns:
		{message}. 417 with the reason when nothing can be learnt.
	"""
	frappe.has_permission(RULE, "write", throw=True)
	score_learning.check_possible()
	frappe.enqueue(
		"skycrm.jobs.scoring.suggest",
		queue="long",
		job_id=f"skycrm_score_suggestion_{frappe.session.user}",
		deduplicate=True,
		enqueue_after_commit=True,
		user=frappe.session.user,
	)
	return {"message": _("The history is being read. You get a note when the suggestion is there.")}


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def accept_suggestion(name: str) -> dict[str, str]:
	"""Give the rules the suggested points; for those who may change the rules.

	Returns:
		{name, status}.
	"""
	frappe.has_permission(RULE, "write", throw=True)
	document = score_learning.accept(read_document(score_learning.SUGGESTION, name))
	return {"name": document.name, "status": document.status}


@frappe.whitelist(methods=["POST"])
@rule_errors_as_http
def dismiss_suggestion(name: str) -> dict[str, str]:
	"""Leave the rules as they are; for those who may change the rules.

	Returns:
		{name, status}.
	"""
	frappe.has_permission(RULE, "write", throw=True)
	document = score_learning.dismiss(read_document(score_learning.SUGGESTION, name))
	return {"name": document.name, "status": document.status}
