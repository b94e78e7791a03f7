"""domain/access.py over the database: the same rule for one record and as a condition for many.

Costs: nothing for those who see all and for a new record; one query for the teams of the user; for one record its four
stored columns besides. Stored, not in memory: the framework checks a save after it has put the request's values into
the document, so a request could name itself the owner.
"""

import json
from typing import Any

import frappe
from frappe.model.document import Document

from skycrm.domain import access

# DocType -> field that says who works on the record. Each has `team` besides.
RESPONSIBLE = {"Sky Lead": "lead_owner", "Sky Opportunity": "opportunity_owner"}


def default_for(doctype: str) -> access.Default:
	"""The org-wide default of a DocType from Sky CRM Settings; cached, no query."""
	for row in frappe.get_cached_doc("Sky CRM Settings").get("access_defaults") or []:
		if row.document_type == doctype and row.access:
			return access.Default(row.access)
	return access.FALLBACK


def pool_for(doctype: str) -> access.Pool:
	"""Who may read records of a DocType that nobody is responsible for; cached, no query."""
	if doctype != "Sky Lead":
		return access.Pool.NOBODY
	chosen = frappe.get_cached_doc("Sky CRM Settings").get("pool_access")
	return access.Pool(chosen) if chosen else access.Pool.TEAM


def viewer_for(user: str, with_teams: bool = True) -> access.Viewer:
	"""Who asks, with the teams that they manage or belong to (one query, none for those who see all)."""
	if access.sees_all(user, frappe.get_roles(user)):
		return access.Viewer(user, sees_all=True)
	managed, joined = _teams_of(user) if with_teams else ((), ())
	return access.Viewer(user, managed=frozenset(managed), joined=frozenset(joined))


def may(doc: Document, ptype: str, user: str) -> bool:
	"""Whether the rule lets the user do this with the record. Documents shared by hand are the framework's to add.

	Args:
		doc: the record; a new one may be made by everybody whose role allows it.
		ptype: kind of access, see access.why.
		user: whose right.
	"""
	ptype = ptype or "read"
	if ptype == "create" or doc.is_new():
		return True
	viewer = viewer_for(user, with_teams=False)
	default = default_for(doc.doctype)
	if viewer.sees_all or access.is_public(default, ptype):
		return True
	record = stored_record(doc)
	if access.is_theirs(record, user):
		return True
	pool = pool_for(doc.doctype)
	return access.why(_with_teams(record), viewer_for(user), default, ptype, pool) is not None


def condition(doctype: str, user: str) -> str:
	"""The rule as a condition on `tab<doctype>` for reading, "" when everything may be read.

	Shares are part of it: the framework adds them to a list only when a role or a user permission limits it.
	"""
	viewer = viewer_for(user, with_teams=False)
	default = default_for(doctype)
	if viewer.sees_all or access.is_public(default, "read"):
		return ""
	table = f"`tab{doctype}`"
	responsible = f"{table}.`{RESPONSIBLE[doctype]}`"
	name = frappe.db.escape(user, percent=False)
	assigned = frappe.db.escape(json.dumps(user), percent=False)
	grounds = [
		f"{table}.`owner` = {name}",
		f"{responsible} = {name}",
		# Not LIKE: a user name may hold "_", which LIKE takes for any sign.
		f"instr(ifnull({table}.`_assign`, ''), {assigned}) > 0",
		f"""{table}.`name` in (
			select `share_name` from `tabDocShare`
			where `share_doctype` = {frappe.db.escape(doctype, percent=False)}
			and `read` = 1 and (`user` = {name} or `everyone` = 1)
		)""",
	]
	pool = pool_for(doctype)
	if pool is access.Pool.EVERYBODY:
		grounds.append(f"ifnull({responsible}, '') = ''")
	with_teams = viewer_for(user)
	teams = access.teams_that_count(with_teams, default)
	# Members whom the default keeps from their team's records may still see what nobody has taken.
	if pool is access.Pool.TEAM and (more := with_teams.joined - teams):
		names = ", ".join(frappe.db.escape(team, percent=False) for team in sorted(more))
		grounds.append(f"({table}.`team` in ({names}) and ifnull({responsible}, '') = '')")
	if teams:
		names = ", ".join(frappe.db.escape(team, percent=False) for team in sorted(teams))
		grounds.append(f"{table}.`team` in ({names})")
		grounds.append(
			f"""(ifnull({table}.`team`, '') = '' and {responsible} in (
				select `user` from `tabSky Team Member` where `parenttype` = 'Sky Team' and `parent` in ({names})
				union
				select `manager` from `tabSky Team` where `manager` is not null and `name` in ({names})
			))"""
		)
	return "(" + " or ".join(grounds) + ")"


def stored_record(doc: Document) -> access.Record:
	"""The record as the database has it, without the teams of the person responsible.

	A record that is not stored (any more) is judged by what is in memory.
	"""
	field = RESPONSIBLE[doc.doctype]
	stored = frappe.db.get_value(doc.doctype, doc.name, ["owner", field, "team", "_assign"], as_dict=True)
	values: Any = stored or doc
	return access.Record(
		owner=values.get("owner") or "",
		responsible=values.get(field) or "",
		assignees=frozenset(json.loads(values.get("_assign") or "[]")),
		team=values.get("team") or "",
	)


def _with_teams(record: access.Record) -> access.Record:
	"""The record with the teams of the person responsible, which matter only when it has no team of its own."""
	if record.team or not record.responsible:
		return record
	# A union, so that each half uses an index of its own; one round trip for every record that is checked.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select `parent` from `tabSky Team Member` where `parenttype` = 'Sky Team' and `user` = %(user)s
		union
		select `name` from `tabSky Team` where `manager` = %(user)s
		""",
		{"user": record.responsible},
	)
	return access.Record(
		owner=record.owner,
		responsible=record.responsible,
		assignees=record.assignees,
		responsible_teams=frozenset(row[0] for row in rows),
	)


def _teams_of(user: str) -> tuple[list[str], list[str]]:
	"""(teams managed and below, teams joined) in one query over the tree.

	Manager of a team is who stands in `manager`, or a member whose role in the team is Manager.
	"""
	# A union over a self-join of the tree reads plainer as SQL than out of the query builder.
	rows = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select `below`.`name`, 1 as `managed`
		from `tabSky Team` `below`
		join `tabSky Team` `top` on `below`.`lft` >= `top`.`lft` and `below`.`rgt` <= `top`.`rgt`
		where `top`.`manager` = %(user)s or `top`.`name` in (
			select `parent` from `tabSky Team Member`
			where `parenttype` = 'Sky Team' and `user` = %(user)s and `role_in_team` = 'Manager'
		)
		union
		select `parent`, 0 from `tabSky Team Member` where `parenttype` = 'Sky Team' and `user` = %(user)s
		""",
		{"user": user},
	)
	return [name for name, managed in rows if managed], [name for name, managed in rows if not managed]
