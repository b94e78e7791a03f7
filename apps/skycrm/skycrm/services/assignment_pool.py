"""The people of an assignment rule with what the choice needs to know of them, read set by set."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import frappe

from skycrm.domain.assignment import Away, Candidate, Why
from skycrm.domain.lead_status import OPEN
from skycrm.integrations.erpnext import leave
from skycrm.services.assignment_rules import Rule

TEAMS_BELOW = """
	select `name` from `tabSky Team` where `lft` >= (select `lft` from `tabSky Team` where `name` = %(team)s)
	and `rgt` <= (select `rgt` from `tabSky Team` where `name` = %(team)s)
"""


def candidates(rule: Rule, day: date) -> list[Candidate]:
	"""The pool of a rule in its stable order: who is listed first, then the others by name; deputies at the end.

	Two to five queries, whatever the number of people.
	"""
	enabled = people(rule)
	away = absences(enabled, day)
	on_leave = leave.on_leave([user for user in enabled if user not in away], day)
	stand_ins = _deputies(away, enabled, day)
	counted = [*enabled, *stand_ins]
	open_leads = count_open_leads(counted) if rule.counts_open_leads else {}
	pool = [
		Candidate(
			user,
			enabled=is_enabled,
			weight=rule.weights.get(user, 1.0),
			open_leads=open_leads.get(user, 0),
			away=_away(user, away, on_leave),
		)
		for user, is_enabled in enabled.items()
	]
	for deputy, absent in stand_ins.items():
		weight = rule.weights.get(absent, 1.0)
		pool.append(
			Candidate(deputy, weight=weight, open_leads=open_leads.get(deputy, 0), stands_in_for=absent)
		)
	return pool


def people(rule: Rule) -> dict[str, bool]:
	"""Who is in the pool of a rule → whether they may sign in. One query."""
	sources, values = _sources(rule)
	# A union of indexed look-ups; the query builder has no words for the halves of a tree.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""select distinct `u`.`name`, `u`.`enabled` from ({" union ".join(sources)}) `pool`
		join `tabUser` `u` on `u`.`name` = `pool`.`user`
		where `u`.`name` not in ('Guest', 'Administrator')""",
		values,
	)
	found = {name: bool(enabled) for name, enabled in rows}
	listed = [user for user in rule.weights if user in found]
	return {user: found[user] for user in [*listed, *sorted(set(found) - set(listed))]}


def _sources(rule: Rule) -> tuple[list[str], dict[str, Any]]:
	"""Queries that give a column `user`, out of constants; every value is bound."""
	values: dict[str, Any] = {
		"team": rule.team,
		"role": rule.role,
		"listed": tuple(rule.weights) or ("",),
	}
	teams = TEAMS_BELOW if rule.with_teams_below else "select %(team)s"
	holds_role = "select `parent` from `tabHas Role` where `parenttype` = 'User' and `role` = %(role)s"
	sources = []
	if rule.team:
		only = f"and `user` in ({holds_role})" if rule.role else ""
		plain = "" if rule.include_managers else "and ifnull(`role_in_team`, '') != 'Manager'"
		sources.append(
			f"""select `user` from `tabSky Team Member` where `parenttype` = 'Sky Team'
			and `parent` in ({teams}) {plain} {only}"""
		)
		if rule.include_managers:
			only = f"and `manager` in ({holds_role})" if rule.role else ""
			sources.append(
				f"select `manager` as `user` from `tabSky Team` where `name` in ({teams}) and `manager` is not null {only}"
			)
	elif rule.role:
		sources.append(holds_role.replace("`parent`", "`parent` as `user`", 1))
	sources.append("select `name` as `user` from `tabUser` where `name` in %(listed)s")
	return sources, values


def absences(users: Collection[str], day: date) -> dict[str, frappe._dict]:
	"""Who of these is absent on a day by a Sky Absence → the last day and the deputy. One query."""
	if not users:
		return {}
	rows = frappe.get_all(
		"Sky Absence",
		filters={"user": ("in", list(users)), "from_date": ("<=", day), "to_date": (">=", day)},
		fields=["user", "to_date", "deputy"],
		order_by="to_date",
	)
	return {row.user: row for row in rows}


def count_open_leads(users: Iterable[str]) -> dict[str, int]:
	"""Open leads per owner; one query on an index that holds all it asks for."""
	lead = frappe.qb.DocType("Sky Lead")
	rows = (
		frappe.qb.from_(lead)
		.select(lead.lead_owner, frappe.query_builder.functions.Count("*"))
		.where(lead.lead_owner.isin(list(users) or [""]) & lead.status.isin(sorted(OPEN)))
		.groupby(lead.lead_owner)
		.run()
	)
	return dict(rows)


def _away(user: str, away: dict[str, frappe._dict], on_leave: dict[str, date]) -> Away | None:
	if user in away:
		return Away(Why.ABSENT, away[user].to_date)
	if user in on_leave:
		return Away(Why.ON_LEAVE, on_leave[user])
	return None


def _deputies(away: dict[str, frappe._dict], enabled: dict[str, bool], day: date) -> dict[str, str]:
	"""Deputies who are not in the pool themselves, may sign in and are there → for whom. Two queries if there are any."""
	wanted = {row.deputy: user for user, row in away.items() if row.deputy and row.deputy not in enabled}
	if not wanted:
		return {}
	there = set(frappe.get_all("User", filters={"name": ("in", list(wanted)), "enabled": 1}, pluck="name"))
	there -= set(absences(there, day))
	there -= set(leave.on_leave(sorted(there), day))
	return {deputy: absent for deputy, absent in wanted.items() if deputy in there}
