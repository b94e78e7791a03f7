"""What the report Access Audit shows: the audit log, and what the framework's own logs hold besides.

The framework's Access Log tells of files and prints of other DocTypes, of private files and backups; its View Log of
openings of DocTypes that the settings do not name. Nothing is copied: each log is asked for its newest lines, by an
index, and the newest of all stay.
"""

from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from skycrm.domain.audit import Action
from skycrm.services import audit, audit_words
from skycrm.services.assignment_log import names_of

MOST_LINES = 5000
LINES = 500
ACCESS_ACTIONS = (Action.EXPORTED.value, Action.PRINTED.value)


def rows(filters: frappe._dict) -> tuple[list[dict[str, Any]], bool]:
	"""The lines, the newest first, and whether there are more. One query, and one for the names of people."""
	most = min(cint(filters.get("limit")) or LINES, MOST_LINES)
	values = {
		**filters,
		"most": most + 1,
		"ours": _crm_doctypes(),
		"recorded": _recorded() or ("",),
	}
	parts = [*_own(filters)]
	if not filters.get("action") or filters.action in ACCESS_ACTIONS:
		parts.append(_access_log(filters))
	if not filters.get("action") or filters.action == Action.VIEWED.value:
		parts.append(_view_log(filters))
	# A union over three tables, which the query builder says at greater length; every value is bound.
	found = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		" union all ".join(f"({part})" for part in parts) + " order by `creation` desc limit %(most)s",
		values,
		as_dict=True,
	)
	lines = found[:most]
	full_name = names_of({line[key] for line in lines for key in ("user", "impersonated_by") if line[key]})
	for line in lines:
		_describe(line, full_name)
	return lines, len(found) > most


def _describe(line: dict[str, Any], full_name: Any) -> None:
	words = _framework_words(line) if line["source"] else audit_words.sentence(line, full_name)
	who = full_name(line["user"])
	if line["impersonated_by"]:
		who = _("{0} (in truth {1})").format(who, full_name(line["impersonated_by"]))
	line.update(
		{
			"who": who,
			"sentence": words,
			"action_label": _(line["action"]),
			"type_label": _(line["document_type"]) if line["document_type"] else "",
			"filters": "" if line["source"] else audit_words.filters_text(line),
		}
	)


def _framework_words(line: dict[str, Any]) -> str:
	if line["action"] == Action.VIEWED.value:
		return _("Opened the record")
	if line["channel"] == "Backup":
		return _("Downloaded a backup of the site")
	if line["document_type"] == "File":
		return _("Downloaded a private file")
	if line["action"] == Action.PRINTED.value:
		return _("Printed the record") if line["document_name"] else _("Made a PDF of a report on the screen")
	what = _(line["channel"] or line["document_type"] or "")
	return (
		_("Exported {0}, as {1}").format(what, line["file_type"])
		if line["file_type"]
		else _("Exported {0}").format(what)
	)


def _own(filters: frappe._dict) -> Iterator[str]:
	"""The audit log, in parts that an index answers each; no line is in two of them."""
	about = _period(filters, "creation")
	for field in ("action", "document_type"):
		if filters.get(field):
			about.append(f"`{field}` = %({field})s")
	people = [[]]
	if filters.get("user"):
		# What somebody did themselves, and what they did as another person.
		people = [["`user` = %(user)s"], ["`impersonated_by` = %(user)s", "`user` != %(user)s"]]
	records = [[]]
	if filters.get("record"):
		# A bulk has its records as lines of one text, and its first one as its own.
		records = [
			["`document_name` = %(record)s"],
			[
				"`row_count` > 1",
				"`document_name` != %(record)s",
				"instr(concat('\n', `names`, '\n'), concat('\n', %(record)s, '\n'))",
			],
		]
	for person in people:
		for record in records:
			yield f"""select `name`, `creation`, '' as `source`, `action`, `user`, `impersonated_by`, `document_type`,
					`document_name`, `row_count`, `file_type`, `channel`, `details`, `ip_address`
				from `tabSky Audit Log` where {" and ".join([*about, *person, *record])}
				order by `creation` desc limit %(most)s"""


def _access_log(filters: frappe._dict) -> str:
	"""Its index is on `modified`, and nothing changes its lines."""
	printed = "ifnull(`log`.`method`, '') in ('Print', 'PDF')"
	found = [
		*_period(filters, "`log`.`modified`"),
		# What is the CRM's is in the audit log, with its rows and its refusals.
		"ifnull(`log`.`export_from`, '') not in %(ours)s",
		"ifnull(`report`.`ref_doctype`, '') not in %(ours)s",
	]
	if filters.get("user"):
		found.append("`log`.`user` = %(user)s")
	if filters.get("action"):
		found.append(printed if filters.action == Action.PRINTED.value else f"not {printed}")
	if filters.get("document_type"):
		found.append("`log`.`export_from` = %(document_type)s")
	if filters.get("record"):
		found.append("`log`.`reference_document` = %(record)s")
	return f"""select `log`.`name`, `log`.`modified` as `creation`, 'Access Log', if({printed}, 'Printed', 'Exported'),
			`log`.`user`, null, `log`.`export_from`, `log`.`reference_document`, null, `log`.`file_type`,
			`log`.`report_name`, null, null
		from `tabAccess Log` `log` left join `tabReport` `report` on `report`.`name` = `log`.`report_name`
		where {" and ".join(found)} order by `log`.`modified` desc limit %(most)s"""


def _view_log(filters: frappe._dict) -> str:
	found = [*_period(filters, "modified"), "`reference_doctype` not in %(recorded)s"]
	if filters.get("user"):
		found.append("`viewed_by` = %(user)s")
	if filters.get("document_type"):
		found.append("`reference_doctype` = %(document_type)s")
	if filters.get("record"):
		found.append("`reference_name` = %(record)s")
	return f"""select `name`, `modified` as `creation`, 'View Log', 'Viewed', `viewed_by`, null, `reference_doctype`,
			`reference_name`, 1, null, null, null, null
		from `tabView Log` where {" and ".join(found)} order by `modified` desc limit %(most)s"""


def _period(filters: frappe._dict, column: str) -> list[str]:
	"""Both days count."""
	column = column if "`" in column else f"`{column}`"
	found = ["1 = 1"]
	if filters.get("from_date"):
		found.append(f"{column} >= %(from_date)s")
	if filters.get("to_date"):
		found.append(f"{column} < date_add(%(to_date)s, interval 1 day)")
	return found


def _crm_doctypes() -> tuple[str, ...]:
	return tuple(frappe.get_all("DocType", filters={"module": audit.MODULE}, pluck="name")) or ("",)


def _recorded() -> tuple[str, ...]:
	rows = frappe.get_cached_doc("Sky CRM Settings").get("recorded_views") or []
	return tuple(row.document_type for row in rows)
