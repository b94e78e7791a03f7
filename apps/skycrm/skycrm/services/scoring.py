"""The score of a lead, on the form and for other programs: worked out on saving, explained, set by hand for a while.

On saving, the values in memory and the cached rules decide: a new lead costs no query, a stored one two (what happened
with it). What changes by itself, as days pass and messages come in, is brought up to date for all leads at once by
services/scoring_batch.py. A lead that is converted or given up keeps the score that it had then: only so can anybody
ask later whether the score was worth anything.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, getdate, now_datetime

from skycrm.domain import lead_status, scoring
from skycrm.domain.scoring import ByHand, Facts, Line, Result
from skycrm.services import identity, scoring_facts, scoring_history, scoring_rules, scoring_text

CLOSED = frozenset({lead_status.CONVERTED, lead_status.UNQUALIFIED})
HAND_FIELDS = ("score_override", "score_override_until", "score_override_reason", "score_override_by")
# As the database gives them back, or every save would be a change.
NO_HAND = {**dict.fromkeys(HAND_FIELDS), "score_override": 0}
KEPT_FIELDS = ("score", "score_detail", "score_updated_on", *HAND_FIELDS)
# What the identity keys and the products come from
TYPED_KEYS = {"email_id", "mobile_no", "phone", "tax_id", "items"}
# A text in the request is a value of a field, nothing longer.
LONGEST_VALUE = 1000


def set_score(lead: Document) -> None:
	"""Work the score out from the values in memory, and the rating where it follows. In place, for `validate`.

	Raises:
		frappe.ValidationError: a score by hand that is out of range, without a reason, or over already.
	"""
	before = lead.get_doc_before_save()
	if before and ((before.status in CLOSED and lead.status in CLOSED) or _converts(before, lead)):
		for field in KEPT_FIELDS:
			lead.set(field, before.get(field))
		return
	now = now_datetime()
	check_hand(lead, before, now)
	result = compute(lead, now)
	closes = bool(before) and lead.status in CLOSED
	if closes or not lead.score_updated_on or fingerprint(lead.score_detail) != result.fingerprint:
		lead.score_detail = as_detail(result)
		lead.score_updated_on = now
	lead.score = result.score
	lead.rating = rating_for(result.score) or lead.rating


def compute(lead: Document, now: datetime) -> Result:
	"""The score of a lead in memory by the rules in force."""
	rules = scoring_rules.rules_in_force()
	return scoring.evaluate(rules, scoring_facts.facts_of(lead, rules, now), now, by_hand(lead))


def explain(lead: Document) -> list[dict[str, Any]]:
	"""Why a lead has its score: what was worked out when the score was, in the reader's language.

	Args:
		lead: a stored lead whose right to read has been checked.

	Returns:
		[{rule, points, reason}], whose points add up to `score`; empty for a lead that was never scored.
	"""
	lines = from_detail(lead.get("score_detail"))
	gap = cint(lead.get("score")) - sum(line.points for line in lines)
	if gap:
		# Written past the rules, by an import of an older system for instance.
		lines.append(Line(scoring_text.UNEXPLAINED, gap))
	return scoring_text.explained(lines)


def replay(lead: Document, as_of: datetime) -> list[dict[str, Any]]:
	"""Why the lead had which score at a past moment: what was written on it then, what had happened by then, and the
	rules of today. The same moment gives the same answer whenever it is asked for. Nothing is written.

	Args:
		lead: a stored lead whose right to read has been checked.
	"""
	rules = scoring_rules.rules_in_force()
	scoring_history.roll_back(lead, as_of)
	facts = scoring_facts.facts_of(lead, rules, as_of)
	return scoring_text.explained(scoring.evaluate(rules, facts, as_of, by_hand(lead)).lines)


def panel(lead: Document, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
	"""What the form shows about the score.

	Args:
		lead: the stored lead, or a new one.
		values: what is typed and not saved yet; the answer is then how the lead would score. Nothing is written.

	Returns:
		{score, rating, lines, advice, by_hand, closed, updated_on, fields, follows}: `fields` are those that matter to the
		rules, `follows` says that the rating follows the score.
	"""
	closed = lead.get("status") in CLOSED and not lead.is_new()
	rules = scoring_rules.rules_in_force()
	now = now_datetime()
	if values is not None and not closed:
		put(lead, values)
	answer: dict[str, Any] = {
		"closed": closed,
		"updated_on": lead.get("score_updated_on"),
		"fields": sorted(scoring_rules.fields_used(rules) | TYPED_KEYS),
		"follows": bool(settings().get("rating_follows_score")),
		"bands": bands(),
	}
	facts: Facts = scoring_facts.facts_of(lead, rules, now)
	hand = by_hand(lead)
	if values is None and not lead.is_new():
		answer.update(score=cint(lead.score), lines=explain(lead))
	else:
		result = scoring.evaluate(rules, facts, now, hand)
		answer.update(score=result.score, lines=scoring_text.explained(result.lines))
	answer["rating"] = scoring.rating(answer["score"], *bands())
	answer["advice"] = [] if closed else scoring_text.advised(scoring.advise(rules, facts, now))
	answer["by_hand"] = bool(hand and now.date() <= hand.until)
	return answer


def put(lead: Document, values: Mapping[str, Any]) -> None:
	"""Put typed values into a lead in memory and work its keys out; what cannot be valid counts as not there."""
	known = {
		field.fieldname
		for field in lead.meta.fields
		if field.fieldtype not in scoring_rules.NO_VALUE and field.fieldname not in KEPT_FIELDS
	}
	for field, value in values.items():
		if field in known and isinstance(value, str | int | float | None):
			lead.set(field, value[:LONGEST_VALUE] if isinstance(value, str) else value)
	rows = values.get("items")
	if isinstance(rows, list):
		lead.set(
			"items", [{"item_code": str(row.get("item_code"))} for row in rows[:100] if _names_item(row)]
		)
	lead.flags.keep_invalid_values = True
	identity.set_identity(lead)


def set_by_hand(lead: Document, score: int, until: str, reason: str) -> Document:
	"""Let a person's score stand until a day, noted in the timeline.

	Args:
		lead: a lead that the user may write.
		score: 0 to 100.
		until: last day on which it holds.
		reason: why; must not be empty.

	Returns:
		The saved lead.
	"""
	refuse_closed(lead)
	lead.update({"score_override": score, "score_override_until": until, "score_override_reason": reason})
	lead.save()
	lead.add_comment(
		"Info",
		_("set the score to {0} by hand until {1}: {2}").format(
			cint(score), frappe.utils.format_date(until), frappe.utils.escape_html(reason)
		),
	)
	return lead


def drop_hand(lead: Document) -> Document:
	"""Let the rules decide again, noted in the timeline."""
	refuse_closed(lead)
	lead.update(NO_HAND)
	lead.save()
	lead.add_comment("Info", _("took back the score set by hand"))
	return lead


def refuse_closed(lead: Document) -> None:
	"""The score of a lead that is converted or given up is history.

	Raises:
		frappe.ValidationError: it is.
	"""
	if lead.status in CLOSED:
		frappe.throw(
			_("The score of this lead stays as it was when the lead was {0}. Reopen the lead first.").format(
				frappe.bold(_(lead.status))
			),
			title=_("Score is kept"),
		)


def check_hand(lead: Document, before: Document | None, now: datetime) -> None:
	"""A score by hand needs a number, a last day and a reason; who set it is noted. In place.

	Raises:
		frappe.ValidationError: names what is wrong.
	"""
	until = lead.get("score_override_until")
	if not until:
		lead.update(NO_HAND)
		return
	if before and all(_text(before.get(field)) == _text(lead.get(field)) for field in HAND_FIELDS[:3]):
		lead.score_override_by = before.score_override_by
		return
	if not 0 <= cint(lead.score_override) <= 100:
		_refuse_hand(lead, "score_override", _("Enter a number from 0 to 100."))
	if getdate(until) < now.date():
		_refuse_hand(lead, "score_override_until", _("This day is over. Enter today or a later day."))
	if not (lead.score_override_reason or "").strip():
		_refuse_hand(lead, "score_override_reason", _("Say why this lead deserves another score."))
	lead.score_override_by = frappe.session.user


def by_hand(lead: Any) -> ByHand | None:
	"""The score that a person set, None without one; it may be over."""
	until = lead.get("score_override_until")
	if not until:
		return None
	return ByHand(cint(lead.get("score_override")), getdate(until), lead.get("score_override_by") or "")


def rating_for(score: int) -> str | None:
	"""The rating that follows from a score; None where the settings leave the rating to people."""
	return scoring.rating(score, *bands()) if settings().get("rating_follows_score") else None


def settings() -> Document:
	"""Sky CRM Settings, from the cache."""
	return frappe.get_cached_doc("Sky CRM Settings")


def bands() -> tuple[int, int]:
	"""From which score on a lead is hot, and warm."""
	found = settings()
	# A setting that was never saved is empty: the default holds.
	return cint(found.get("hot_from")) or 70, cint(found.get("warm_from")) or 40


def as_detail(result: Result) -> str:
	"""The lines of a result as they are stored."""
	rows = [[line.rule, line.points, line.shown] for line in result.lines]
	return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=str)


def from_detail(detail: str | None) -> list[Line]:
	"""Stored lines; none for a lead that was never scored."""
	return [Line(rule, points, shown) for rule, points, shown in json.loads(detail or "[]")]


def fingerprint(detail: str | None) -> list[tuple[str, int]]:
	"""Result.fingerprint of stored lines."""
	return [(line.rule, line.points) for line in from_detail(detail)]


def _converts(before: Document, lead: Document) -> bool:
	"""Whether this save is a conversion or its undoing: the first keeps the score that the lead was converted with, the
	second puts the lead back field for field. A lead that was never scored is scored now.
	"""
	moved = (before.status == lead_status.CONVERTED) != (lead.status == lead_status.CONVERTED)
	return moved and bool(before.score_updated_on)


def _names_item(row: Any) -> bool:
	return isinstance(row, dict) and bool(row.get("item_code"))


def _text(value: Any) -> str:
	return str(get_datetime(value).date()) if hasattr(value, "isoformat") else str(value or "")


def _refuse_hand(lead: Document, field: str, reason: str) -> None:
	frappe.throw(
		_("{0}: {1}").format(frappe.bold(_(lead.meta.get_label(field))), reason), title=_("Score by hand")
	)
