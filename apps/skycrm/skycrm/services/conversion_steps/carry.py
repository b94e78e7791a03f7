"""Steps that carry over what was said, filed and planned: set by set, never row by row.

New work happens on the target (the opportunity, or the customer when there is none), and the lead still tells its
story. So each kind goes its own way:

	comments        copied: a comment belongs to one record, and both should show it
	communications  moved, and linked back: replies then land on the target, both timelines show them
	files           attached to both: two File records, one file on disk
	events          the target becomes a further participant
	to-dos          open ones move, closed ones stay as history; the assignment shown in lists moves along
	tags            copied
	followers       copied, as far as they may read the target
	shares          copied onto an opportunity only: a Customer is shared by all and has ERPNext's own rights
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import frappe

from skycrm.domain.conversion import merge_tags
from skycrm.domain.conversion_match import CREATE
from skycrm.services.conversion_run import Run

LEAD = "Sky Lead"


def carry_comments(run: Run) -> None:
	"""Copy what people wrote on the lead, with its authors and times."""
	if not _has(run, "comments"):
		return
	rows = frappe.get_all(
		"Comment",
		filters={"reference_doctype": LEAD, "reference_name": run.lead.name, "comment_type": "Comment"},
		fields=["*"],
		order_by="creation asc",
	)
	target = run.target
	names = _copy(
		"Comment", rows, {"reference_doctype": target.doctype, "reference_name": target.name, "idx": 0}
	)
	run.notes.add_created("Comment", names)
	# The framework keeps the latest comments in a column, for the count in lists.
	shown = [
		{"comment": (row.content or "")[:140], "by": row.comment_email or row.owner, "name": name}
		for row, name in zip(rows, names, strict=True)
	]
	known = _json_list(frappe.db.get_value(target.doctype, target.name, "_comments"))
	_set_hidden(run, {"_comments": json.dumps([*known, *shown][-100:])})


def carry_communications(run: Run) -> None:
	"""Move the lead's letters and calls to the target and keep them on the lead's timeline."""
	# An event stands on the timeline by a communication of its own, which is counted as the event that it is.
	if not (_has(run, "communications") or _has(run, "events")):
		return
	letters = frappe.get_all(
		"Communication",
		filters={"reference_doctype": LEAD, "reference_name": run.lead.name},
		fields=["name", "communication_date"],
	)
	linked = frappe.get_all(
		"Communication Link",
		filters={"link_doctype": LEAD, "link_name": run.lead.name, "parenttype": "Communication"},
		fields=["parent as name", "communication_date"],
	)
	if letters:
		own = [row.name for row in letters]
		_move("Communication", own, "reference_doctype", "reference_name", run)
		run.notes.add_moved("Communication", own)
	shown = {row.name for row in linked}
	moved = {row.name for row in letters}
	links = [(row, LEAD, run.lead) for row in letters if row.name not in shown]
	links += [(row, run.target.doctype, run.target) for row in linked if row.name not in moved]
	_add_rows(
		run,
		"Communication Link",
		[
			{
				"parent": row.name,
				"parenttype": "Communication",
				"parentfield": "timeline_links",
				"idx": 99,
				"link_doctype": doctype,
				"link_name": doc.name,
				"link_title": doc.get_title(),
				"communication_date": row.communication_date,
			}
			for row, doctype, doc in links
		],
	)


def carry_files(run: Run) -> None:
	"""Attach the lead's files to the target as well; the file on disk stays one."""
	if not _has(run, "files"):
		return
	rows = frappe.get_all(
		"File",
		filters={"attached_to_doctype": LEAD, "attached_to_name": run.lead.name, "is_folder": 0},
		fields=["*"],
	)
	target = run.target
	names = _copy(
		"File",
		rows,
		{
			"attached_to_doctype": target.doctype,
			"attached_to_name": target.name,
			# A picture field of the lead is no field of the target.
			"attached_to_field": None,
		},
	)
	run.notes.add_created("File", names)


def carry_events(run: Run) -> None:
	"""Make the target a participant of every event that the lead takes part in."""
	if not _has(run, "events"):
		return
	rows = frappe.get_all(
		"Event Participants",
		filters={"reference_doctype": LEAD, "reference_docname": run.lead.name, "parenttype": "Event"},
		fields=["parent", "parentfield", "idx"],
		distinct=True,
	)
	_add_rows(
		run,
		"Event Participants",
		[
			{
				"parent": row.parent,
				"parenttype": "Event",
				"parentfield": row.parentfield,
				"idx": row.idx + 100,
				"reference_doctype": run.target.doctype,
				"reference_docname": run.target.name,
			}
			for row in rows
		],
	)


def carry_todos(run: Run) -> None:
	"""Move open to-dos, and with them the assignment; who did what before stays with the lead."""
	if not _has(run, "to_dos"):
		return
	rows = frappe.get_all(
		"ToDo",
		filters={"reference_type": LEAD, "reference_name": run.lead.name, "status": "Open"},
		fields=["name", "allocated_to"],
		order_by="creation asc",
	)
	names = [row.name for row in rows]
	_move("ToDo", names, "reference_type", "reference_name", run)
	run.notes.add_moved("ToDo", names)
	moved = [row.allocated_to for row in rows if row.allocated_to]
	of_lead = [user for user in _json_list(run.before.get("_assign")) if user not in moved]
	of_target = _json_list(frappe.db.get_value(run.target.doctype, run.target.name, "_assign"))
	_set_hidden(run, {"_assign": json.dumps(list(dict.fromkeys([*of_target, *moved])))})
	frappe.db.set_value(
		LEAD,
		run.lead.name,
		"_assign",
		json.dumps(of_lead) if of_lead else None,
		update_modified=False,
	)


def carry_tags(run: Run) -> None:
	"""Put the lead's tags on the target as well."""
	if not _has(run, "tags"):
		return
	tags = merge_tags(run.before.get("_user_tags"))
	target = run.target
	own = frappe.db.get_value(target.doctype, target.name, "_user_tags")
	known = {tag.casefold() for tag in merge_tags(own).split(",")}
	_set_hidden(run, {"_user_tags": merge_tags(own, tags)})
	_add_rows(
		run,
		"Tag Link",
		[
			{
				"document_type": target.doctype,
				"document_name": target.name,
				"title": target.get_title() or "",
				"tag": tag,
			}
			for tag in tags.split(",")
			if tag and tag.casefold() not in known
		],
	)


def carry_followers(run: Run) -> None:
	"""Let whoever followed the lead follow the target, if they may read it."""
	if not _has(run, "followers"):
		return
	users = frappe.get_all(
		"Document Follow",
		filters={"ref_doctype": LEAD, "ref_docname": run.lead.name},
		pluck="user",
		distinct=True,
	)
	target = run.target
	known = set(
		frappe.get_all(
			"Document Follow",
			filters={"ref_doctype": target.doctype, "ref_docname": target.name},
			pluck="user",
		)
	)
	_add_rows(
		run,
		"Document Follow",
		[
			{"ref_doctype": target.doctype, "ref_docname": target.name, "user": user}
			for user in users
			if user not in known and frappe.has_permission(target.doctype, "read", doc=target, user=user)
		],
	)


def carry_shares(run: Run) -> None:
	"""Share the opportunity with whomever the lead was shared with."""
	if not _has(run, "shares"):
		return
	opportunity = run.opportunity
	if not opportunity:
		return
	if run.plan.opportunity.action != CREATE and not opportunity.has_permission("share"):
		# Somebody else's deal: who may not share it does not widen its circle by a conversion.
		return
	rows = frappe.get_all(
		"DocShare",
		filters={"share_doctype": LEAD, "share_name": run.lead.name},
		fields=["user", "read", "write", "share", "submit", "everyone"],
	)
	known = {
		(row.user, row.everyone)
		for row in frappe.get_all(
			"DocShare",
			filters={"share_doctype": opportunity.doctype, "share_name": opportunity.name},
			fields=["user", "everyone"],
		)
	}
	_add_rows(
		run,
		"DocShare",
		[
			{"share_doctype": opportunity.doctype, "share_name": opportunity.name, **row}
			for row in rows
			if (row.user, row.everyone) not in known
		],
	)


def counts(lead: str) -> dict[str, int]:
	"""How much of each kind would be carried over; one query, for the preview."""
	return dict(
		# A union of counts over eight tables, so that a preview costs one round trip.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			"""
			select 'comments', count(*) from `tabComment`
			where reference_doctype = 'Sky Lead' and reference_name = %(lead)s and comment_type = 'Comment'
			union all
			select 'communications', count(*) from (
				select name from `tabCommunication`
				where reference_doctype = 'Sky Lead' and reference_name = %(lead)s
				union
				select link.parent from `tabCommunication Link` link
				join `tabCommunication` letter on letter.name = link.parent
				where link.link_doctype = 'Sky Lead' and link.link_name = %(lead)s
				and ifnull(letter.reference_doctype, '') != 'Event'
			) letters
			union all
			select 'files', count(*) from `tabFile`
			where attached_to_doctype = 'Sky Lead' and attached_to_name = %(lead)s
			union all
			select 'events', count(distinct parent) from `tabEvent Participants`
			where reference_doctype = 'Sky Lead' and reference_docname = %(lead)s
			union all
			select 'to_dos', count(*) from `tabToDo`
			where reference_type = 'Sky Lead' and reference_name = %(lead)s and status = 'Open'
			union all
			select 'tags', count(*) from `tabSky Lead` where name = %(lead)s and ifnull(_user_tags, '') != ''
			union all
			select 'followers', count(distinct user) from `tabDocument Follow`
			where ref_doctype = 'Sky Lead' and ref_docname = %(lead)s
			union all
			select 'shares', count(*) from `tabDocShare`
			where share_doctype = 'Sky Lead' and share_name = %(lead)s
			""",
			{"lead": lead},
		)
	)


def _has(run: Run, kind: str) -> bool:
	"""Whether there is anything of a kind: one query for all kinds, since most leads have little."""
	if run.counts is None:
		run.counts = counts(run.lead.name)
	return bool(run.counts[kind])


def _copy(doctype: str, rows: Sequence[frappe._dict], changes: dict[str, Any]) -> list[str]:
	"""Insert copies of rows under new names; owner and times stay those of the original."""
	if not rows:
		return []
	names = [frappe.generate_hash(length=10) for _row in rows]
	columns = list(rows[0])
	frappe.db.bulk_insert(
		doctype,
		columns,
		[
			tuple({**row, **changes, "name": name}[column] for column in columns)
			for row, name in zip(rows, names, strict=True)
		],
	)
	return names


def _add_rows(run: Run, doctype: str, rows: Iterable[dict[str, Any]]) -> None:
	"""Insert new rows with one statement and note them."""
	made = [{"name": frappe.generate_hash(length=10), **run.stamp(), **row} for row in rows]
	if not made:
		return
	columns = list(made[0])
	frappe.db.bulk_insert(doctype, columns, [tuple(row[column] for column in columns) for row in made])
	run.notes.add_created(doctype, [row["name"] for row in made])


def _move(doctype: str, names: Sequence[str], doctype_field: str, name_field: str, run: Run) -> None:
	"""Point rows at the target; their own times stay, for nothing was said anew."""
	table = frappe.qb.DocType(doctype)
	(
		frappe.qb.update(table)
		.set(table[doctype_field], run.target.doctype)
		.set(table[name_field], run.target.name)
		.where(table.name.isin(list(names)))
	).run()


def _set_hidden(run: Run, values: dict[str, Any]) -> None:
	"""Write columns that the framework keeps beside the fields; those of a record known before are noted."""
	target = run.target
	part = run.plan.opportunity if run.opportunity else run.plan.customer
	if part.action != CREATE:
		before = frappe.db.get_value(target.doctype, target.name, list(values), as_dict=True)
		run.notes.add_changed(
			target.doctype, target.name, {key: (before.get(key), values[key]) for key in values}
		)
	frappe.db.set_value(target.doctype, target.name, values, update_modified=False)


def _json_list(text: str | None) -> list[Any]:
	try:
		value = json.loads(text or "[]")
	except ValueError:
		return []
	return value if isinstance(value, list) else []
