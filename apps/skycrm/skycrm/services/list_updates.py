"""Tells people who look at a list that a record has changed, and nobody who may not see it.

The framework tells everybody who has a list of the DocType open, by name. Those whom the rule limits are kept out of that
room (overrides/realtime.py) and are told one by one here.
"""

import frappe
from frappe.model.document import Document
from frappe.realtime import emit_via_redis, get_user_room

from skycrm.domain import access
from skycrm.domain.list_updates import TeamPeople, told
from skycrm.permissions import facts, rule
from skycrm.permissions.governed import GOVERNED

# More changes in one transaction are a batch; whoever waits for it reads the list again.
MOST_RECORDS = 20
# Deeper trees are read no further.
MOST_LEVELS = 8


def tell(doc: Document, method: str | None = None) -> None:
	"""Events on_change and after_delete of the governed DocTypes: tell once the transaction is committed."""
	if frappe.flags.in_patch or access.is_public(rule.default_for(doc.doctype), "read"):
		return
	waiting = getattr(frappe.local, "sky_list_updates", None)
	if waiting is None:
		waiting = frappe.local.sky_list_updates = {}
		frappe.db.after_commit.add(_send)
		frappe.db.after_rollback.add(_forget)
	fields = GOVERNED[doc.doctype]
	waiting[doc.doctype, doc.name] = access.Record(
		owner=doc.owner or "",
		responsible=(doc.get(fields.responsible) or "") if fields.responsible else "",
		team=(doc.get(fields.team) or "") if fields.team else "",
	)


def _forget() -> None:
	frappe.local.sky_list_updates = None


def _send() -> None:
	waiting = frappe.local.sky_list_updates or {}
	_forget()
	if len(waiting) > MOST_RECORDS:
		return
	for (doctype, name), record in waiting.items():
		message = {"doctype": doctype, "name": name, "user": frappe.session.user}
		for person in sorted(_people(doctype, record)):
			emit_via_redis("list_update", message, get_user_room(person))


def _people(doctype: str, record: access.Record) -> frozenset[str]:
	names = [record.team] if record.team else sorted(facts.teams_of_person(record.responsible))
	team = [people for name in names for people in _of_team(name)[:1]]
	above = [people for name in names for people in _of_team(name)[1:]]
	return told(record, rule.default_for(doctype), team, above)


def _of_team(name: str) -> list[TeamPeople]:
	"""The people of a team, then of each above it. Out of the cache of documents."""
	found: list[TeamPeople] = []
	while name and len(found) < MOST_LEVELS and frappe.db.exists("Sky Team", name, cache=True):
		team = frappe.get_cached_doc("Sky Team", name)
		leads = {row.user for row in team.members if row.role_in_team == "Manager"} | {team.manager}
		found.append(
			TeamPeople(
				managers=frozenset(leads - {None, ""}),
				members=frozenset(row.user for row in team.members if row.user) - leads,
			)
		)
		name = team.parent_sky_team
	return found
