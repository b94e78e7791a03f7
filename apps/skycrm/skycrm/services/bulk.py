"""The same step on many records: what cannot be done is said per record and holds up none of the others."""

from collections.abc import Callable, Iterable
from typing import Any, TypedDict

import frappe
from frappe import _
from frappe.utils import strip_html

from skycrm.domain.errors import RuleError
from skycrm.services import opportunity, status
from skycrm.services.messages import message_for

SAVEPOINT = "sky_bulk_step"
# More than this goes to a job, so that no request takes longer than a person waits.
NOW_LIMIT = 50
JOB_LIMIT = 5000
REFUSALS = (frappe.ValidationError, frappe.PermissionError, frappe.DoesNotExistError, RuleError)


class Outcome(TypedDict):
	"""What became of one record; `message` says why not, and is empty when it was done."""

	name: str
	title: str
	done: bool
	message: str


def mark_unqualified(leads: Iterable[str], reason: str) -> list[Outcome]:
	"""Give leads up, each through its workflow, as the session's user.

	Args:
		leads: names of Sky Leads.
		reason: why; must not be empty.

	Raises:
		frappe.ValidationError: no reason, or too many leads.
	"""
	reason = (reason or "").strip()
	if not reason:
		frappe.throw(_("The reason is missing. Say why these leads are given up."), title=_("Reason missing"))
	return for_each("Sky Lead", leads, lambda name: status.mark_unqualified(name, reason))


def move_stage(
	opportunities: Iterable[str], stage: str, lost_reason: str | None = None, lost_note: str | None = None
) -> list[Outcome]:
	"""Move opportunities to one stage, as the session's user.

	Args:
		opportunities: names of Sky Opportunities.
		stage: name of the stage.
		lost_reason, lost_note: why, for a stage of type Lost.

	Raises:
		frappe.ValidationError: too many opportunities.
	"""
	return for_each(
		"Sky Opportunity", opportunities, lambda name: opportunity.move(name, stage, lost_reason, lost_note)
	)


def for_each(doctype: str, names: Iterable[str], step: Callable[[str], Any]) -> list[Outcome]:
	"""Take one step per record, each whole or not at all.

	Records that the user may not read are looked up set-wise first and answered without a word on whether they exist.

	Args:
		doctype: of the records.
		names: of the records; repeated ones are taken once.
		step: does it, or raises.

	Raises:
		frappe.ValidationError: more than JOB_LIMIT names.
	"""
	wanted = list(dict.fromkeys(names))
	check_number(wanted)
	title_field = frappe.get_meta(doctype).get_title_field()
	titles = {
		row.name: row.get(title_field) or row.name
		for row in frappe.get_list(
			doctype,
			filters={"name": ("in", wanted)},
			fields=list({"name", title_field}),
			limit_page_length=0,
		)
	}
	outcomes: list[Outcome] = []
	for name in wanted:
		if name not in titles:
			message = _("{0} is not there, or you may not see it.").format(name)
			outcomes.append(Outcome(name=name, title=name, done=False, message=message))
			continue
		message = _attempt(step, name)
		outcomes.append(Outcome(name=name, title=titles[name], done=not message, message=message))
	return outcomes


def check_number(names: list[str]) -> None:
	"""Refuse an empty list and one too long for a job.

	Raises:
		frappe.ValidationError: says how many there may be.
	"""
	if not names:
		frappe.throw(_("Nothing is selected. Select at least one record."), title=_("Nothing selected"))
	if len(names) > JOB_LIMIT:
		frappe.throw(
			_("{0} records are selected, at most {1} can be changed at once. Select fewer.").format(
				len(names), JOB_LIMIT
			),
			title=_("Too many records"),
		)


def _attempt(step: Callable[[str], Any], name: str) -> str:
	"""Take the step; the sentence that refused it, empty when it was done."""
	seen = len(frappe.get_message_log())
	frappe.db.savepoint(SAVEPOINT)
	try:
		step(name)
	except REFUSALS as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		messages = frappe.get_message_log()[seen:]
		# What this record was told belongs into its row of the answer, not into a dialog for each.
		del frappe.local.message_log[seen:]
		if isinstance(error, RuleError):
			return message_for(error)
		said = strip_html(messages[-1].get("message") or "") if messages else strip_html(str(error))
		return said or _("You may not change this record.")
	frappe.db.release_savepoint(SAVEPOINT)
	del frappe.local.message_log[seen:]
	return ""
