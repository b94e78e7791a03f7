"""What a change of the default access or a sharing rule would do, before it is saved: in words and with three people."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint
from frappe.utils.nestedset import get_ancestors_of

from skycrm.domain import access
from skycrm.permissions import rule, sharing, sql

# Counting stops here: a person wants to know "a few" or "nearly all", not a figure that takes a second.
MOST = 10_000


def words() -> dict[str, str]:
	"""What each default means, as the settings say it."""
	return {
		"Private": _(
			"Only the person responsible, whoever made the record or has it assigned, their deputies during an absence, and the managers above see and change it."
		),
		"Team": _("Everybody in the team of the record sees and changes it, and the managers above."),
		"Public Read": _(
			"Everybody whose role may read this kind of record sees all of them; the team and the managers above change them."
		),
		"Public Write": _(
			"Everybody whose role may change this kind of record sees and changes all of them."
		),
	}


def preview_default(doctype: str, default: access.Default) -> dict[str, Any]:
	"""How many records three people of this site see now, and would see with another default access.

	Returns:
		`words` for the default, `total` records, `most` that are counted, and `people`: `user`, `full_name`, `example`
		(why this person was chosen), `now`, `then`.
	"""
	return {
		"words": words()[default.value],
		"total": _count(doctype, ""),
		"most": MOST,
		"people": [
			{
				**person,
				"now": _count(doctype, rule.condition(doctype, person["user"])),
				"then": _count(doctype, rule.condition(doctype, person["user"], default)),
			}
			for person in examples(doctype)
		],
	}


def examples(doctype: str) -> list[dict[str, str]]:
	"""At most three people whom a default treats differently: a manager, a member of a team, somebody in no team.

	Whoever sees all records anyway shows nothing, and nor does whoever has no role for this kind of record.
	"""
	roles = {row.role for row in frappe.get_meta(doctype).permissions if row.read and not row.permlevel}
	role = frappe.qb.DocType("Has Role")
	user = frappe.qb.DocType("User")
	rows = (
		frappe.qb.from_(user)
		.join(role)
		.on(role.parent == user.name)
		.where((user.enabled == 1) & (user.user_type == "System User") & (user.name != "Administrator"))
		.where(role.parenttype == "User")
		.select(user.name, user.full_name, role.role)
		.orderby(user.creation)
		.run(as_dict=True)
	)
	holds: dict[str, set[str]] = {}
	for row in rows:
		holds.setdefault(row.name, set()).add(row.role)
	names = {row.name: row.full_name or row.name for row in rows}
	readers = [one for one in names if holds[one] & roles and not access.sees_all(one, holds[one])]
	managers = set(frappe.get_all("Sky Team", filters={"manager": ("in", readers)}, pluck="manager"))
	members = set(
		frappe.get_all(
			"Sky Team Member", filters={"parenttype": "Sky Team", "user": ("in", readers)}, pluck="user"
		)
	)
	kinds = (
		(_("manages a team"), [one for one in readers if one in managers]),
		(_("is a member of a team"), [one for one in readers if one in members - managers]),
		(_("is in no team"), [one for one in readers if one not in members | managers]),
	)
	return [
		{"user": found[0], "full_name": names[found[0]], "example": example}
		for example, found in kinds
		if found
	]


def preview_rule(document: frappe.model.document.Document) -> dict[str, Any]:
	"""What a sharing rule that need not be saved yet would open.

	Args:
		document: a Sky Sharing Rule that has passed its own checks.

	Returns:
		`records` that it is about (at most `most`), `people` whom it is for, `most`, and the rule in `words`.
	"""
	records = _count(document.document_type, _about(document))
	people = len(_receivers(document))
	return {"records": records, "people": people, "most": MOST, "words": rule_in_words(document)}


def rule_in_words(document: frappe.model.document.Document) -> str:
	"""A sharing rule as one sentence; plain text."""
	whose, to = document.share_from, document.share_to
	if document.share_from_type == "User":
		whose = frappe.get_cached_value("User", whose, "full_name") or whose
	else:
		whose = _("team {0} and the teams below").format(whose)
	if document.share_to_type == "User":
		to = frappe.get_cached_value("User", to, "full_name") or to
	elif document.share_to_type == "Role":
		to = _("everybody with the role {0}").format(_(to))
	else:
		to = _("the members and managers of team {0}").format(to)
	sentence = (
		_("{0} of {1} can be seen and changed by {2}.")
		if document.access == "Write"
		else _("{0} of {1} can be seen by {2}.")
	).format(_(document.document_type), whose, to)
	if document.filters:
		sentence += " " + _("Only those that meet the conditions.")
	return sentence


def _about(document: frappe.model.document.Document) -> str:
	"""Condition for the records that a rule is about."""
	teams: frozenset[str] = frozenset()
	if document.share_from_type == "Sky Team":
		teams = frozenset([document.share_from, *frappe.db.get_descendants("Sky Team", document.share_from)])
	shared = sharing.as_rule(document, teams, bool(document.filters))
	filters = sharing.as_condition(document.document_type, document.filters)
	return sql.records_of_rule(document.document_type, shared, filters) or "1 = 0"


def _receivers(document: frappe.model.document.Document) -> set[str]:
	"""Enabled users for whom a rule is, the managers above their team among them."""
	to = document.share_to
	if document.share_to_type == "User":
		found = {to}
	elif document.share_to_type == "Role":
		found = set(frappe.get_all("Has Role", filters={"role": to, "parenttype": "User"}, pluck="parent"))
	else:
		found = set(
			frappe.get_all("Sky Team Member", filters={"parenttype": "Sky Team", "parent": to}, pluck="user")
		)
		above = [to, *get_ancestors_of("Sky Team", to)]
		found |= set(_managers(above))
	enabled = {"name": ("in", list(found)), "enabled": 1, "user_type": "System User"}
	return set(frappe.get_all("User", filters=enabled, pluck="name")) if found else set()


def _managers(teams: Iterable[str]) -> list[str]:
	named = frappe.get_all("Sky Team", filters={"name": ("in", list(teams))}, pluck="manager")
	with_role = frappe.get_all(
		"Sky Team Member",
		filters={"parenttype": "Sky Team", "parent": ("in", list(teams)), "role_in_team": "Manager"},
		pluck="user",
	)
	return [one for one in (*named, *with_role) if one]


def _count(doctype: str, condition: str) -> int:
	where = f"where {condition}" if condition else ""
	# The rule's own condition, with every value in it escaped.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"select count(*) from (select 1 from `tab{doctype}` {where} limit {MOST}) as `found`"
	)
	return cint(rows[0][0])
