"""The grounds of domain/access.py as SQL, each in a form that an index can answer.

No subquery and no function around a column: MariaDB then finds the few records of somebody through the indexes (an index
merge) instead of going through the whole table. People, shares and assignments are looked up first, in one query.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator

import frappe
from frappe.utils import nowdate

from skycrm.domain import access
from skycrm.integrations.erpnext import leave
from skycrm.permissions import density, sharing, stamp
from skycrm.permissions.governed import GOVERNED

# Not for ever: how many records somebody sees changes without any team or rule (density.py).
KEPT_SECONDS = 600


def _walk(doctype: str) -> str:
	"""True for no record, and no index can say so: beside others it keeps MariaDB from collecting records by indexes."""
	return f"length(`tab{doctype}`.`name`) = 0"


def alternatives(
	doctype: str,
	viewer_of: Callable[[], access.Viewer],
	user: str,
	default: access.Default,
	pool: access.Pool,
) -> list[str]:
	"""Conditions on `tab<doctype>` of which one has to hold, for each ground of access.grounds.

	What follows from teams, absences and sharing rules is kept in the cache under their mark (stamp.py), for some minutes;
	shares and assignments, and the mark, are read each time, in one query.

	Args:
		doctype: one of GOVERNED.
		viewer_of: gives who asks, called when it is not known yet.
		user: who asks.
		default, pool: what holds for the records of the DocType.
	"""
	mark, shared, assigned = _marked(doctype, user)
	key = f"sky_access:{mark}:{doctype}:{user}:{default.value}:{pool.value}:{_roles_and_day(user)}"
	kept = frappe.cache.get_value(key, expires=True) if mark and not leave.keeps_leave() else None
	if kept is None:
		viewer = viewer_of()
		policy = access.Policy(default, pool, sharing.rules_for(doctype, viewer))
		grounds = list(_grounds(doctype, viewer, policy))
		if density.sees_many(doctype, grounds):
			grounds.append(_walk(doctype))
		kept = {"stands_in_for": sorted(viewer.stands_in_for), "grounds": grounds}
		frappe.cache.set_value(key, kept, expires_in_sec=KEPT_SECONDS)
	if kept["stands_in_for"]:
		assigned |= _assigned(doctype, kept["stands_in_for"])
	names = shared | assigned
	return [*kept["grounds"], *([f"`tab{doctype}`.`name` in ({listed(names)})"] if names else [])]


def _roles_and_day(user: str) -> str:
	"""What else the grounds depend on: the roles that sharing rules are meant for, and the day for absences."""
	roles = hashlib.sha256("|".join(sorted(frappe.get_roles(user))).encode()).hexdigest()[:16]
	return f"{roles}:{nowdate()}"


def _grounds(doctype: str, viewer: access.Viewer, policy: access.Policy) -> Iterator[str]:
	table, fields = f"`tab{doctype}`", GOVERNED[doctype]
	teams = access.teams_that_count(viewer, policy.default)
	of_rules = frozenset[str]().union(*(rule.from_teams for rule in policy.rules))
	members = _members(teams | of_rules) if fields.responsible else {}
	yield f"{table}.`owner` = {quoted(viewer.user)}"
	if fields.responsible:
		yield f"{table}.`{fields.responsible}` in ({listed({viewer.user, *viewer.stands_in_for})})"
	yield from of_teams(doctype, teams, members)
	filters = sharing.filter_conditions(doctype, policy.rules)
	for rule in policy.rules:
		if found := _of_rule(doctype, rule, filters.get(rule.name, "1 = 1"), members):
			yield found
	waits = f"({table}.`{fields.waits_for}` is null or {table}.`{fields.waits_for}` = '')"
	if policy.pool is access.Pool.EVERYBODY:
		yield waits
	# Members whom the default keeps from their team's records may still see what nobody has taken.
	if policy.pool is access.Pool.TEAM and (more := viewer.joined - teams):
		yield f"({table}.`{fields.team}` in ({listed(more)}) and {waits})"


def records_of_rule(doctype: str, rule: access.SharingRule, filters: str) -> str:
	"""The records that a sharing rule is about, as a condition; "" when there can be none.

	Args:
		doctype: one of GOVERNED.
		rule: whose records.
		filters: what they have to meet besides, as SQL.
	"""
	return _of_rule(doctype, rule, filters, _members(rule.from_teams))


def of_teams(doctype: str, teams: Iterable[str], members: dict[str, set[str]]) -> Iterator[str]:
	"""Records that belong to one of the teams: by their own team, or by the teams of the person responsible."""
	table, fields = f"`tab{doctype}`", GOVERNED[doctype]
	teams = frozenset(teams)
	if not teams:
		return
	if fields.team:
		yield f"{table}.`{fields.team}` in ({listed(teams)})"
	people = set().union(*(members.get(team, set()) for team in teams))
	if fields.responsible and people:
		without = (
			f"({table}.`{fields.team}` is null or {table}.`{fields.team}` = '') and " if fields.team else ""
		)
		yield f"({without}{table}.`{fields.responsible}` in ({listed(people)}))"


def _of_rule(doctype: str, rule: access.SharingRule, filters: str, members: dict[str, set[str]]) -> str:
	field = GOVERNED[doctype].responsible
	if rule.from_user:
		whose = [f"`tab{doctype}`.`{field}` = {quoted(rule.from_user)}"] if field else []
	else:
		whose = list(of_teams(doctype, rule.from_teams, members))
	return f"(({' or '.join(whose)}) and {filters})" if whose else ""


def _marked(doctype: str, user: str) -> tuple[str, set[str], set[str]]:
	"""(mark of teams and rules, records shared with the user, records assigned to them): one query."""
	# Out of constants; every value is bound.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""
		select 'mark', `value` from ({stamp.SELECT}) `stamp`
		union all
		select 'shared', `share_name` from `tabDocShare`
			where `share_doctype` = %(doctype)s and `read` = 1 and `user` = %(user)s
		union all
		select 'shared', `share_name` from `tabDocShare`
			where `share_doctype` = %(doctype)s and `read` = 1 and `everyone` = 1
		union all
		select 'assigned', `reference_name` from `tabToDo`
			where `allocated_to` = %(user)s and `status` not in ('Cancelled', 'Closed') and `reference_type` = %(doctype)s
		""",
		{"doctype": doctype, "user": user},
	)
	found: dict[str, set[str]] = {"mark": set(), "shared": set(), "assigned": set()}
	for kind, value in rows:
		found[kind].add(value)
	if not found["mark"]:
		# Nothing has changed since the app was installed.
		found["mark"] = {"first"}
	return max(found["mark"]), found["shared"], found["assigned"] - {None, ""}


def _assigned(doctype: str, people: list[str]) -> set[str]:
	"""The records of a type that one of the people has an open assignment to. One query."""
	return set(
		frappe.get_all(
			"ToDo",
			filters={
				"allocated_to": ("in", people),
				"status": ("not in", ("Cancelled", "Closed")),
				"reference_type": doctype,
				"reference_name": ("is", "set"),
			},
			pluck="reference_name",
		)
	)


def _members(teams: frozenset[str]) -> dict[str, set[str]]:
	"""Team → its members and its manager. One query."""
	if not teams:
		return {}
	# Out of constants; every value is bound.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select `parent`, `user` from `tabSky Team Member`
			where `parenttype` = 'Sky Team' and `parent` in %(teams)s and `user` is not null
		union
		select `name`, `manager` from `tabSky Team` where `name` in %(teams)s and `manager` is not null
		""",
		{"teams": tuple(teams)},
	)
	members: dict[str, set[str]] = {}
	for team, person in rows:
		members.setdefault(team, set()).add(person)
	return members


def quoted(text: str) -> str:
	"""A value as SQL."""
	return frappe.db.escape(text, percent=False)


def listed(names: Iterable[str]) -> str:
	"""Values as SQL, for `in (…)`."""
	return ", ".join(quoted(name) for name in sorted(names))
