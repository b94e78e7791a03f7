"""What the rule needs to know of a user and of a record, read from the database.

Kept for the request (or job) that asked, not longer: a right that was taken away a moment ago must not live on in a
cache. `changed` is called when a team, an absence or a sharing rule changes.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from skycrm.domain import access
from skycrm.integrations.erpnext import leave
from skycrm.permissions import stamp
from skycrm.permissions.governed import GOVERNED

T = TypeVar("T")


def per_request(key: tuple[str, ...], read: Callable[[], T]) -> T:
	"""The answer of `read`, asked once in a request."""
	known = getattr(frappe.local, "sky_access", None)
	if known is None:
		known = frappe.local.sky_access = {}
	if key not in known:
		known[key] = read()
	return known[key]


def forget() -> None:
	"""Ask again from now on."""
	frappe.local.sky_access = {}


def changed() -> None:
	"""Somebody's teams, absences or sharing rules have changed: nothing read before this counts any more."""
	forget()
	stamp.renew()


def viewer(user: str, with_teams: bool = True) -> access.Viewer:
	"""Who asks. Without teams, and for those who see all: no query. With teams: two, once in a request."""
	roles = frozenset(frappe.get_roles(user))
	if access.sees_all(user, roles):
		return access.Viewer(user, sees_all=True, roles=roles)
	if not with_teams:
		return access.Viewer(user, roles=roles)
	return per_request(("viewer", user), lambda: _with_teams(user, roles))


def record(doc: Document) -> access.Record:
	"""The record as the database has it, without its assignees and the teams of the person responsible. One query.

	Stored, not in memory: the framework checks a save after it has put the request's values into the document, so a
	request could name itself the owner. A record that is not stored (any more) is judged by what is in memory.
	"""
	fields = GOVERNED[doc.doctype]
	columns = {"owner", fields.responsible, fields.team} - {""}
	stored = frappe.db.get_value(doc.doctype, doc.name, sorted(columns), as_dict=True)
	values: Any = stored or doc
	return access.Record(
		owner=values.get("owner") or "",
		responsible=(values.get(fields.responsible) or "") if fields.responsible else "",
		team=(values.get(fields.team) or "") if fields.team else "",
		held_by_team=not fields.responsible,
	)


def with_assignees(doc: Document, record: access.Record) -> access.Record:
	"""The record with those who have an open assignment to it. One query."""
	rows = frappe.get_all(
		"ToDo",
		filters={
			"reference_type": doc.doctype,
			"reference_name": doc.name,
			"status": ("not in", ("Cancelled", "Closed")),
			"allocated_to": ("is", "set"),
		},
		pluck="allocated_to",
	)
	return replace(record, assignees=frozenset(rows))


def teams_of_person(user: str) -> frozenset[str]:
	"""The teams in which somebody is a member or the manager, without the teams below. One query."""
	# A union, so that each half uses an index of its own; one round trip for every record that is checked.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select `parent` from `tabSky Team Member` where `parenttype` = 'Sky Team' and `user` = %(user)s
		union
		select `name` from `tabSky Team` where `manager` = %(user)s
		""",
		{"user": user},
	)
	return frozenset(row[0] for row in rows)


def absent_today() -> dict[str, list[str]]:
	"""Who is absent today by a Sky Absence → their deputies. One query in a request."""
	return per_request(("absent",), _read_absences)


def _read_absences() -> dict[str, list[str]]:
	today = getdate()
	rows = frappe.get_all(
		"Sky Absence",
		filters={"from_date": ("<=", today), "to_date": (">=", today)},
		fields=["user", "deputy"],
	)
	absent: dict[str, list[str]] = {}
	for row in rows:
		absent.setdefault(row.user, []).extend([row.deputy] if row.deputy else [])
	return absent


def _with_teams(user: str, roles: frozenset[str]) -> access.Viewer:
	absent = absent_today()
	stands_in_for = frozenset(
		person
		for person, deputies in absent.items()
		if any(access.same_person(deputy, user) for deputy in deputies)
	)
	managed, for_others, joined = _teams_of(user, stands_in_for, _absent_managers(user, absent))
	return access.Viewer(
		user,
		roles=roles,
		managed=managed,
		managed_for_others=for_others - managed,
		joined=joined,
		stands_in_for=stands_in_for,
	)


def _absent_managers(user: str, absent: dict[str, list[str]]) -> list[str]:
	"""Everybody who is absent, leave of an HR app included for managers whom this user stands in for in a team."""
	if not leave.keeps_leave():
		return list(absent)
	member, team = frappe.qb.DocType("Sky Team Member"), frappe.qb.DocType("Sky Team")
	managers = (
		frappe.qb.from_(team)
		.join(member)
		.on(member.parent == team.name)
		.where((member.user == user) & (member.role_in_team == "Deputy") & team.manager.isnotnull())
		.select(team.manager)
		.distinct()
		.run(pluck=True)
	)
	return [*absent, *leave.on_leave(managers, getdate())]


def _teams_of(
	user: str, stands_in_for: frozenset[str], absent_managers: list[str]
) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
	"""(teams managed and below, the same for absent managers, teams joined) in one query over the tree.

	Manager of a team is who stands in `manager`, or a member whose role in the team is Manager. Somebody stands in for
	the manager of a team as a member whose role in the team is Deputy, or as the deputy that an absent manager named.
	"""
	# The few teams at the top first, then the range of the tree below each: the other way round, every team is held
	# against every other (285 ms instead of 1 ms with 500 teams).
	below = """
		select `below`.`name`, '{kind}' as `kind`
		from ({tops}) `top` join `tabSky Team` `below` on `below`.`lft` between `top`.`lft` and `top`.`rgt`
	"""
	named = "select `lft`, `rgt` from `tabSky Team` where `manager` in %({users})s"
	with_role = """
		select `team`.`lft`, `team`.`rgt`
		from `tabSky Team Member` `member` join `tabSky Team` `team` on `team`.`name` = `member`.`parent`
		where `member`.`parenttype` = 'Sky Team' and `member`.`user` in %({users})s
		and `member`.`role_in_team` = '{role}'
	"""
	manages = f"{named} union {with_role.replace('{role}', 'Manager')}"
	parts = [below.format(kind="managed", tops=manages.format(users="user"))]
	if stands_in_for:
		parts.append(below.format(kind="for others", tops=manages.format(users="others")))
	if absent_managers:
		of_team = with_role.format(users="user", role="Deputy") + " and `team`.`manager` in %(absent)s"
		parts.append(below.format(kind="for others", tops=of_team))
	parts.append(
		"select `parent`, 'joined' from `tabSky Team Member` where `parenttype` = 'Sky Team' and `user` in %(user)s"
	)
	values = {
		"user": (user,),
		"others": tuple(stands_in_for) or ("",),
		"absent": tuple(absent_managers) or ("",),
	}
	# Out of constants; every value is bound. A self-join of the tree reads plainer as SQL than out of the query builder.
	rows = frappe.db.sql(" union ".join(parts), values)  # nosemgrep: frappe-using-db-sql
	found: dict[str, set[str]] = {"managed": set(), "for others": set(), "joined": set()}
	for name, kind in rows:
		found[kind].add(name)
	return frozenset(found["managed"]), frozenset(found["for others"]), frozenset(found["joined"])
