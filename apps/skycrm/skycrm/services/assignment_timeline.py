"""What the timeline of a lead tells about who had it: decisions of the rules, claims, and their ends."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, format_datetime

from skycrm.services import assignment_log

CLAIM = "Sky Claim"
MOST = 50


def content(doctype: str, docname: str) -> list[dict[str, Any]]:
	"""Hook additional_timeline_content for Sky Lead; the framework has checked that the reader may read the lead.

	Returns:
		[{icon, creation, content}]; content is safe HTML. Four queries.
	"""
	found = [
		{"icon": "assign", "creation": row["decided_on"], "content": _decision(row)}
		for row in assignment_log.explain(docname, MOST)
	]
	return found + _claims(docname)


def _decision(row: dict[str, Any]) -> str:
	who = frappe.bold(escape_html(row["user_name"]))
	if row["outcome"] == assignment_log.HANDED_ON:
		said = _("{0} gave this lead to {1}.").format(frappe.bold(escape_html(row["decided_by"])), who)
	elif row["user"]:
		said = _("{0} got this lead by rule {1}.").format(who, frappe.bold(escape_html(row["rule"] or "")))
	else:
		said = _("No owner was found by rule {0}.").format(frappe.bold(escape_html(row["rule"] or "")))
	return f'{said} <span class="text-muted">{escape_html(row["reason"])}</span>'


def _claims(lead: str) -> list[dict[str, Any]]:
	rows = frappe.get_all(
		CLAIM,
		filters={"lead": lead, "end_reason": ("!=", "Refused")},
		fields=["user", "how", "claimed_on", "held_until", "ended_on", "end_reason"],
		order_by="claimed_on desc",
		limit=MOST,
	)
	names = assignment_log.names_of({row.user for row in rows if row.user})
	found = []
	for row in rows:
		who = frappe.bold(escape_html(names(row.user or "")))
		if row.how == "Claimed":
			said = _("{0} claimed this lead.").format(who)
			if row.held_until and not row.ended_on:
				said = _("{0} claimed this lead and holds it until {1}.").format(
					who, escape_html(format_datetime(row.held_until))
				)
			found.append({"icon": "lock", "creation": row.claimed_on, "content": said})
		ended = {
			"Released": _("{0} gave this lead back to the pool."),
			"Expired": _("The lead went back to the pool: {0} did not work on it in time."),
		}.get(row.end_reason)
		if ended:
			found.append({"icon": "unlock", "creation": row.ended_on, "content": ended.format(who)})
	return found
