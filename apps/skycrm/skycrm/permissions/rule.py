"""domain/access.py over the database: the same rule for one record and as a condition for many.

Costs: nothing for those who see all and for a new record. A condition takes one query, and some more when teams or rules
have changed or ten minutes have passed (sql.py). One record takes its stored columns, those who have it
assigned, and the user's teams and rules once in a request.
"""

from collections.abc import Iterator
from dataclasses import replace

import frappe
from frappe.model.document import Document

from skycrm.domain import access
from skycrm.permissions import facts, sharing, sql
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
	record = facts.with_assignees(doc, record)
	if access.is_theirs(record, user):
		return True
	return next(_grounds(doc, record, facts.viewer(user), ptype), None) is not None


def grounds(doc: Document, ptype: str, user: str) -> tuple[access.Ground, ...]:
	"""Every ground on which the user may do this with a stored record, for whoever wants to know why."""
	record = facts.with_assignees(doc, facts.record(doc))
	return tuple(_grounds(doc, record, facts.viewer(user), ptype))


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
	alternatives = sql.alternatives(
		doctype, lambda: facts.viewer(user), user, default or default_for(doctype), pool_for(doctype)
	)
	return "(" + " or ".join(alternatives) + ")"
