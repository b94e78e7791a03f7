"""Takes texts out of the whole database: the last step of an erasure, for copies that nobody thinks of.

Addresses and numbers belong to one person, so they are replaced wherever they stand. A name may be somebody else's too, so
it is replaced only in what hangs on the person's records and in logs. Submitted documents are never touched. What is looked
for are patterns of domain/personal/marks.py, which end where words and addresses end.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import frappe

from skycrm.domain.personal.marks import Pattern, for_database
from skycrm.services.personal_data import related

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
		"Sky Audit Log",
	}
)
EXTRA_COLUMNS = ("_comments", "_user_tags")
# Where a file lies: changed here, nobody would find it; see erase/file_names.py.
NOT_SWEPT = {"File": frozenset({"file_url", "file_name", "thumbnail_url"})}
# Tables of the framework without a DocType, and the columns of free text in them
PLAIN_TABLES = (("__UserSettings", "data"), ("tabSingles", "value"))
ATTACH_TYPES = ("Attach", "Attach Image", "Image", "Signature")


def replace_everywhere(
	patterns: list[Pattern], by: str, kept: Mapping[tuple[str, str], str] | None = None
) -> dict[str, int]:
	"""Replace in every text column of the site, submitted documents and NEVER left out.

	Args:
		patterns: as domain/personal/marks.py makes them.
		kept: records that stay as they are: (doctype, name) → reason; only those kept because of their documents.

	Returns:
		DocType → rows changed.
	"""
	found: dict[str, int] = {}
	if not patterns:
		return found
	spared = _spared(kept)
	for doctype, columns in text_columns().items():
		if doctype not in NEVER:
			if count := _replace(doctype, columns, patterns, by, without=spared.get(doctype)):
				found[doctype] = count
	for table, column in PLAIN_TABLES:
		# Constants of this module; texts are bound.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			f"update `{table}` set `{column}` = regexp_replace(`{column}`, %(pattern)s, %(by)s) where `{column}` regexp %(pattern)s",
			{"pattern": for_database(patterns)[0], "by": by},
		)
	_forget_in_search(patterns)
	return found


def replace_in_related(
	patterns: list[Pattern],
	by: str,
	records: Mapping[str, Iterable[str]],
	kept: Mapping[tuple[str, str], str],
) -> None:
	"""Replace in the rows that hang on a person's records, in the work done for them, and in logs.

	Args:
		patterns, kept: as in replace_everywhere.
		records: DocType → names.
	"""
	if not patterns:
		return
	columns = text_columns()
	for doctype, names in related_names(records).items():
		if doctype in columns and doctype not in NEVER:
			_replace(doctype, columns[doctype], patterns, by, sorted(names), _spared(kept)[doctype])
	for doctype in LOGS:
		if doctype in columns:
			_replace(doctype, columns[doctype], patterns, by)
	_forget_in_search(patterns)


def replace_in(doctype: str, names: list[str], columns: list[str], patterns: list[Pattern], by: str) -> None:
	"""Replace in some columns of some records."""
	there = set(frappe.db.get_table_columns(doctype))
	if names and patterns and (wanted := [column for column in columns if column in there]):
		_replace(doctype, wanted, patterns, by, names)


def related_names(records: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
	"""DocType → names of some records, of what hangs on them, and of what hangs on the work done for them."""
	near = _near(records)
	for doctype, names in records.items():
		near[doctype] |= set(names)
	works = {doctype: near[doctype] for doctype in ("Sky Opportunity", "Sky Issue") if near.get(doctype)}
	for doctype, names in _near(works).items():
		near[doctype] |= names
	return near


def replace_address_of_file(old: str, new: str) -> None:
	"""Follow a file that was moved: in attach fields, and in texts that show it."""
	plain = re.escape(old)
	pattern = Pattern(plain + "(?![A-Za-z0-9])", plain)
	for doctype, columns in text_columns((*TEXT_TYPES, *ATTACH_TYPES)).items():
		if doctype != "File" and doctype != "Sky Personal Data Request":
			_replace(doctype, columns, [pattern], new, drafts_only=False)


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


def text_columns(types: tuple[str, ...] = TEXT_TYPES) -> dict[str, list[str]]:
	"""DocType → its columns that hold text a person could have written. Three queries."""
	# A join over a union of the app's and the site's own fields reads plainer as SQL.
	fields = frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""select f.parent, f.fieldname from (
			select parent, fieldname, fieldtype from `tabDocField` where parenttype = 'DocType'
			union select dt, fieldname, fieldtype from `tabCustom Field`) f
		join `tabDocType` d on d.name = f.parent
		where f.fieldtype in %(types)s and d.issingle = 0 and ifnull(d.is_virtual, 0) = 0""",
		{"types": types},
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
		if column in stored.get(f"tab{doctype}", ()) and column not in NOT_SWEPT.get(doctype, ()):
			found[doctype].append(column)
	for doctype in [doctype for doctype in found if f"tab{doctype}" in stored]:
		found[doctype] += [column for column in EXTRA_COLUMNS if column in stored[f"tab{doctype}"]]
	return dict(found)


def _replace(
	doctype: str,
	columns: list[str],
	patterns: list[Pattern],
	by: str,
	only: list[str] | None = None,
	without: list[str] | None = None,
	drafts_only: bool = True,
) -> int:
	exact, core = for_database(patterns)
	values: dict[str, object] = {"pattern": exact, "core": core, "by": by}
	where = " or ".join(f"`{column}` regexp %(core)s" for column in columns)
	limits = "docstatus = 0" if drafts_only else "1 = 1"
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
	sets = [
		f"`{column}` = if(`{column}` regexp %(pattern)s, regexp_replace(`{column}`, %(pattern)s, %(by)s), `{column}`)"
		for column in columns
	]
	values["rows"] = rows
	query = f"update `tab{doctype}` set {', '.join(sets)} where name in %(rows)s"
	# As above: names out of the database's own list, texts bound.
	frappe.db.sql(query, values)  # nosemgrep: frappe-using-db-sql
	return len(rows)


def _forget_in_search(patterns: list[Pattern]) -> None:
	# The index of the search is rebuilt from the records; what stands there is the old text.
	frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"delete from `__global_search` where content regexp %(pattern)s or title regexp %(pattern)s",
		{"pattern": for_database(patterns)[0]},
	)
