"""domain/access.py over the database: the same rule for one record and as a condition for many.

Costs: nothing for those who see all and for a new record. The first question of a request about a user's teams and
sharing rules takes three queries, the next ones none; one record costs its stored columns besides.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

import frappe
from frappe.model.document import Document

from skycrm.domain import access
from skycrm.permissions import facts, sharing
from skycrm.permissions.governed import GOVERNED


def default_for(doctype: str) -> access.Default:
	"""The org-wide default of a DocType from Sky CRM Settings; cached, no query."""
	for row in frappe.get_cached_doc("Sky CRM Settings").get("access_defaults") or []:
		if row.document_type == doctype and row.access:
			return access.Default(row.access)
	return GOVERNED[doctype].default


def pool_for(doctype: str) -> access.Pool:
	"""Who may read records of a DocType that nobody has; cached, no query."""
	chosen = None
	if doctype == "Sky Lead":
		chosen = frappe.get_cached_doc("Sky CRM Settings").get("pool_access")
	return access.Pool(chosen) if chosen else GOVERNED[doctype].pool


def viewer_for(user: str, with_teams: bool = True) -> access.Viewer:
	"""Who asks; see facts.viewer."""
	return facts.viewer(user, with_teams)


def policy_for(doctype: str, viewer: access.Viewer, default: access.Default | None = None) -> access.Policy:
	"""What holds for the records of a DocType; `default` instead of the one in the settings, to see what it would do."""
	return access.Policy(
		default or default_for(doctype), pool_for(doctype), sharing.rules_for(doctype, viewer)
	)


def may(doc: Document, ptype: str, user: str) -> bool:
	"""Whether the rule lets the user do this with the record. Documents shared by hand are the framework's to add.

	Args:
		doc: the record; a new one may be made by everybody whose role allows it.
		ptype: kind of access, see access.grounds.
		user: whose right.
	"""
	ptype = ptype or "read"
	if ptype == "create" or doc.is_new():
		return True
	viewer = facts.viewer(user, with_teams=False)
	if viewer.sees_all or access.is_public(default_for(doc.doctype), ptype):
		return True
	record = facts.record(doc)
	if access.is_theirs(record, user):
		return True
	return next(_grounds(doc, record, facts.viewer(user), ptype), None) is not None


def grounds(doc: Document, ptype: str, user: str) -> tuple[access.Ground, ...]:
	"""Every ground on which the user may do this with a stored record, for whoever wants to know why."""
	return tuple(_grounds(doc, facts.record(doc), facts.viewer(user), ptype))


def _grounds(
	doc: Document, record: access.Record, viewer: access.Viewer, ptype: str
) -> Iterator[access.Ground]:
	if not record.team and record.responsible:
		record = replace(record, responsible_teams=facts.teams_of_person(record.responsible))
	policy = policy_for(doc.doctype, viewer)
	filtered = [
		rule
		for rule in policy.rules
		if rule.filtered and access.gives(rule, ptype) and access.concerns(rule, record)
	]
	if filtered:
		record = replace(record, matching=sharing.matching(doc.doctype, doc.name, filtered))
	return access.grounds(record, viewer, policy, ptype)


def condition(doctype: str, user: str, default: access.Default | None = None) -> str:
	"""The rule as a condition on `tab<doctype>` for reading, "" when everything may be read.

	Shares are part of it: the framework adds them to a list only when a role or a user permission limits it.

	Args:
		doctype: one of GOVERNED.
		user: who reads.
		default: an org-wide default to try instead of the one in force.
	"""
	viewer = facts.viewer(user, with_teams=False)
	if viewer.sees_all or access.is_public(default or default_for(doctype), "read"):
		return ""
	viewer = facts.viewer(user)
	policy = policy_for(doctype, viewer, default)
	return "(" + " or ".join(_alternatives(doctype, viewer, policy)) + ")"


def _alternatives(doctype: str, viewer: access.Viewer, policy: access.Policy) -> Iterator[str]:
	"""One condition for each ground of access.grounds, in its order."""
	table, fields = f"`tab{doctype}`", GOVERNED[doctype]
	people = [viewer.user, *sorted(viewer.stands_in_for)]
	yield f"{table}.`owner` = {_quoted(viewer.user)}"
	if fields.responsible:
		yield f"{table}.`{fields.responsible}` in ({_listed(people)})"
	for person in people:
		# Not LIKE: a user name may hold "_", which LIKE takes for any sign.
		yield f"instr(ifnull({table}.`_assign`, ''), {_quoted(json.dumps(person))}) > 0"
	yield f"""{table}.`name` in (
		select `share_name` from `tabDocShare`
		where `share_doctype` = {_quoted(doctype)}
		and `read` = 1 and (`user` = {_quoted(viewer.user)} or `everyone` = 1)
	)"""
	teams = access.teams_that_count(viewer, policy.default)
	yield from _of_teams(doctype, teams)
	filters = sharing.filter_conditions(doctype, policy.rules)
	for rule in policy.rules:
		if found := records_of_rule(doctype, rule, filters.get(rule.name, "1 = 1")):
			yield found
	waits = f"ifnull({table}.`{fields.waits_for}`, '') = ''"
	if policy.pool is access.Pool.EVERYBODY:
		yield waits
	# Members whom the default keeps from their team's records may still see what nobody has taken.
	if policy.pool is access.Pool.TEAM and (more := viewer.joined - teams):
		yield f"({table}.`{fields.team}` in ({_listed(more)}) and {waits})"


def records_of_rule(doctype: str, rule: access.SharingRule, filters: str) -> str:
	"""The records that a sharing rule is about, as a condition; "" when there can be none.

	Args:
		doctype: one of GOVERNED.
		rule: whose records.
		filters: what they have to meet besides, as SQL.
	"""
	field = GOVERNED[doctype].responsible
	if rule.from_user:
		whose = [f"`tab{doctype}`.`{field}` = {_quoted(rule.from_user)}"] if field else []
	else:
		whose = list(_of_teams(doctype, rule.from_teams))
	return f"(({' or '.join(whose)}) and {filters})" if whose else ""


def _of_teams(doctype: str, teams: Iterable[str]) -> Iterator[str]:
	"""Records that belong to one of the teams: by their own team, or by the teams of the person responsible."""
	table, fields = f"`tab{doctype}`", GOVERNED[doctype]
	if not teams:
		return
	names = _listed(teams)
	if fields.team:
		yield f"{table}.`{fields.team}` in ({names})"
	if fields.responsible:
		without = f"ifnull({table}.`{fields.team}`, '') = '' and " if fields.team else ""
		yield f"""({without}{table}.`{fields.responsible}` in (
			select `user` from `tabSky Team Member` where `parenttype` = 'Sky Team' and `parent` in ({names})
			union
			select `manager` from `tabSky Team` where `manager` is not null and `name` in ({names})
		))"""


def _quoted(text: str) -> str:
	return frappe.db.escape(text, percent=False)


def _listed(names: Iterable[str]) -> str:
	return ", ".join(_quoted(name) for name in sorted(names))
