"""Takes texts out of the whole database: the last step of an erasure, for copies that nobody thinks of.

Addresses and numbers belong to one person, so they are replaced wherever they stand. A name may be somebody else's too, so
it is replaced only in what hangs on the person's records and in logs. Submitted documents are never touched.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import frappe

from skycrm.services.personal_data import related

# Shorter texts would be found inside others.
LEAST = 6
TEXT_TYPES = (
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Text Editor",
	"HTML Editor",
	"Code",
	"JSON",
	"Markdown Editor",
	"Phone",
	"Autocomplete",
	"Read Only",
	"HTML",
)
# Who works here, and what makes the program what it is
NEVER = frozenset(
	{
		"User",
		"User Email",
		"Email Account",
		"Company",
		"Employee",
		"Supplier",
		"Sales Person",
		"DocType",
		"DocField",
		"DocPerm",
	}
	| {
		"Custom Field",
		"Property Setter",
		"Translation",
		"Print Format",
		"Report",
		"Client Script",
		"Server Script",
	}
	| {
		"Sky Personal Data Request",
		"Sky Personal Data Record",
		"Sky Web Form",
		"Web Page",
		"Letter Head",
		"Patch Log",
	}
)
# Rows without a link to a record that may still tell of one
LOGS = frozenset(
	{
		"Error Log",
		"Sky Idempotency Key",
		"Notification Log",
		"Activity Log",
		"Deleted Document",
		"Prepared Report",
		"Version",
	}
	| {
		"Data Import Log",
		"Integration Request",
		"Webhook Request Log",
		"Sky Lead Conversion",
		"Sky Lead Merge",
	}
	| {
		"Sky Lead Merged Record",
		"Sky Lead Import Row",
		"Sky Inbound Event",
		"Sky Form Submission",
		"Scheduled Job Log",
	}
	| {
		"Sky Data Repair",
		"Comment",
		"Communication Link",
		"Tag Link",
		"Access Log",
		"Route History",
		"Sky Assignment Log",
	}
)
EXTRA_COLUMNS = ("_comments", "_user_tags")


def replace_everywhere(
	texts: Iterable[str], by: str, kept: Mapping[tuple[str, str], str] | None = None
) -> dict[str, int]:
	"""Replace texts in every text column of the site, submitted documents and NEVER left out.

	Args:
		texts: shorter ones than LEAST are left alone.
		kept: records that stay as they are: (doctype, name) → reason; only those kept because of their documents.

	Returns:
		DocType → rows changed.
	"""
	wanted = _wanted(texts)
	found: dict[str, int] = {}
	spared = _spared(kept)
	for doctype, columns in text_columns().items():
		if wanted and doctype not in NEVER:
			if count := _replace(doctype, columns, wanted, by, without=spared.get(doctype)):
				found[doctype] = count
	if wanted:
		_replace_global_search(wanted, by)
	return found


def replace_in_related(
	texts: Iterable[str], by: str, records: Mapping[str, Iterable[str]], kept: Mapping[tuple[str, str], str]
) -> None:
	"""Replace texts in the rows that hang on a person's records, in the work done for them, and in logs.

	Args:
		records: DocType → names.
		kept: as in replace_everywhere.
	"""
	wanted = _wanted(texts)
	if not wanted:
		return
	columns = text_columns()
	near = _near(records)
	for doctype, names in records.items():
		near[doctype] |= set(names)
	works = {doctype: near[doctype] for doctype in ("Sky Opportunity", "Sky Issue") if near.get(doctype)}
	for rows_by_doctype in (near, _near(works)):
		for doctype, names in rows_by_doctype.items():
			if doctype in columns and doctype not in NEVER:
				_replace(doctype, columns[doctype], wanted, by, sorted(names), _spared(kept)[doctype])
	for doctype in LOGS:
		if doctype in columns:
			_replace(doctype, columns[doctype], wanted, by)
	_replace_global_search(wanted, by)


def _near(records: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
	"""DocType → names of the rows that point to some records, and of the documents that those rows are part of."""
	near: dict[str, set[str]] = defaultdict(set)
	for source, rows in related.rows_of(records, fields="name"):
		near[source.doctype] |= {row.name for row in rows}
		for row in rows:
			if source.is_child and row.parent:
				near[row.parenttype].add(row.parent)
	return near


def _spared(kept: Mapping[tuple[str, str], str] | None) -> dict[str, list[str]]:
	spared: dict[str, list[str]] = defaultdict(list)
	for (doctype, name), reason in (kept or {}).items():
		if reason in ("documents", "chosen"):
			spared[doctype].append(name)
	return spared


def text_columns() -> dict[str, list[str]]:
	"""DocType → its columns that hold text a person could have written. Three queries."""
	# A join over a union of the app's and the site's own fields reads plainer as SQL.
	fields = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""select f.parent, f.fieldname from (
			select parent, fieldname, fieldtype from `tabDocField` where parenttype = 'DocType'
			union select dt, fieldname, fieldtype from `tabCustom Field`) f
		join `tabDocType` d on d.name = f.parent
		where f.fieldtype in %(types)s and d.issingle = 0 and ifnull(d.is_virtual, 0) = 0""",
		{"types": TEXT_TYPES},
	)
	stored = defaultdict(set)
	# What is really there, which the framework's meta does not say: asked of the server's own list.
	for table, column in frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""select table_name, column_name from information_schema.columns where table_schema = %s
		and data_type in ('varchar', 'char', 'text', 'mediumtext', 'longtext', 'tinytext', 'json')""",
		frappe.conf.db_name,
	):
		stored[table].add(column)
	found: dict[str, list[str]] = defaultdict(list)
	for doctype, column in fields:
		if column in stored.get(f"tab{doctype}", ()):
			found[doctype].append(column)
	for doctype in [doctype for doctype in found if f"tab{doctype}" in stored]:
		found[doctype] += [column for column in EXTRA_COLUMNS if column in stored[f"tab{doctype}"]]
	return dict(found)


def _replace(
	doctype: str,
	columns: list[str],
	texts: list[str],
	by: str,
	only: list[str] | None = None,
	without: list[str] | None = None,
) -> int:
	pattern = "|".join(re.escape(text) for text in texts)
	values: dict[str, object] = {"pattern": pattern, "by": by}
	where = " or ".join(f"`{column}` regexp %(pattern)s" for column in columns)
	limits = "docstatus = 0"
	if only is not None:
		limits += " and name in %(only)s"
		values["only"] = only or [""]
	if without:
		limits += " and name not in %(without)s"
		values["without"] = without
	query = f"select name from `tab{doctype}` where {limits} and ({where})"
	# Names of tables and columns come from the database's own list, texts are bound.
	rows = frappe.db.sql(query, values, pluck=True)  # nosemgrep: frappe-using-db-sql
	if not rows:
		return 0
	sets = []
	for column in columns:
		expression = f"`{column}`"
		for number, text in enumerate(texts):
			values[f"t{number}"] = re.escape(text)
			expression = f"regexp_replace({expression}, %(t{number})s, %(by)s)"
		sets.append(f"`{column}` = if(`{column}` regexp %(pattern)s, {expression}, `{column}`)")
	values["rows"] = rows
	query = f"update `tab{doctype}` set {', '.join(sets)} where name in %(rows)s"
	# As above: names out of the database's own list, texts bound.
	frappe.db.sql(query, values)  # nosemgrep: frappe-using-db-sql
	return len(rows)


def _replace_global_search(texts: list[str], by: str) -> None:
	# The index of the search is rebuilt from the records; what stands there is the old text.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"delete from `__global_search` where content regexp %(pattern)s or title regexp %(pattern)s",
		{"pattern": "|".join(re.escape(text) for text in texts)},
	)


def _wanted(texts: Iterable[str]) -> list[str]:
	"""The texts worth looking for, as they stand in plain text and inside JSON, the longest first."""
	plain = {text.strip() for text in texts if text and len(text.strip()) >= LEAST}
	return sorted(plain | {json.dumps(text)[1:-1] for text in plain}, key=len, reverse=True)
