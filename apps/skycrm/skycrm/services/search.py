"""Finding leads by whatever the user typed: a phone in any spelling, an e-mail, a tax code, words of a name.

Every way goes through an index; nothing here reads the whole table. The full-text index holds the words that
domain/search_terms.py makes of the names. InnoDB shows a row to full-text search once its transaction is committed.
"""

from typing import Any

import frappe
from frappe.desk.reportview import build_match_conditions
from frappe.utils import cint

from skycrm.domain.email_address import email_key
from skycrm.domain.errors import InvalidValue
from skycrm.domain.phone import phone_key
from skycrm.domain.search_terms import boolean_query, kind_of
from skycrm.domain.tax_code import tax_key
from skycrm.permissions.hidden_fields import hidden, shown

FIELDS = (
	"name",
	"lead_name",
	"organization",
	"mobile_no",
	"email_id",
	"tax_id",
	"status",
	"lead_owner",
	"modified",
)
MAX_RESULTS = 500
INDEX_NAME = "search_text_words"


def find_leads(text: str, limit: int = 20, include_converted: bool = False) -> list[dict[str, Any]]:
	"""Leads that the caller may read and that fit the text, newest change first.

	Args:
		text: a phone number or tax code in any spelling, an e-mail address, or beginnings of words of the person's or
			organisation's name in any order, with or without tone marks.
		limit: at most this many, 1 to MAX_RESULTS.
		include_converted: converted leads are customers now and are left out otherwise.
	Returns:
		One row per lead with FIELDS; [] for a text that holds nothing to search for. A field that the caller may not see
		is neither searched nor answered.
	Raises:
		frappe.PermissionError: the caller may not read leads at all.
	"""
	frappe.has_permission("Sky Lead", "read", throw=True)
	limit = min(max(cint(limit), 1), MAX_RESULTS)
	kind = kind_of(text or "")
	if kind == "email" and "email_id" in hidden("Sky Lead"):
		return []
	if kind == "email":
		return _by_condition(
			"email_key = %(key)s", {"key": _key_or_none(email_key, text)}, limit, include_converted
		)
	if kind == "number":
		return _by_number(text, limit, include_converted)
	if kind == "name":
		condition = "match(search_text) against (%(words)s in boolean mode)"
		return _by_condition(condition, {"words": boolean_query(text)}, limit, include_converted)
	return []


def _by_number(text: str, limit: int, include_converted: bool) -> list[dict[str, Any]]:
	# The same digits can be a phone number and a tax code: ask all three columns, each by its own index.
	keys = {
		"phone": _key_or_none(
			phone_key, text, frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region")
		),
		"tax": _key_or_none(tax_key, text),
	}
	conditions = []
	closed = hidden("Sky Lead")
	# Either number may be in either column.
	if keys["phone"] and not closed & {"mobile_no", "phone"}:
		conditions += ["phone_key = %(phone)s", "phone_key_2 = %(phone)s"]
	if keys["tax"] and "tax_id" not in closed:
		conditions.append("tax_key = %(tax)s")
	if not conditions:
		return []
	# A union by primary key: with OR and an order, MariaDB may walk the `modified` index row by row instead.
	union = " union ".join(f"select name from `tabSky Lead` where {condition}" for condition in conditions)
	return _by_condition(f"name in (select name from ({union}) as found)", keys, limit, include_converted)


def _by_condition(
	condition: str, values: dict[str, str | None], limit: int, include_converted: bool
) -> list[dict[str, Any]]:
	"""`condition` is one of the constants above; what the user typed is only ever in `values`."""
	if not any(values.values()):
		return []
	conditions = [condition]
	if not include_converted:
		conditions.append("status != 'Converted'")
	# What the framework adds to every list: user permissions, own and team records.
	if allowed := build_match_conditions("Sky Lead"):
		conditions.append(f"({allowed})")
	columns = ", ".join(f"`tabSky Lead`.{field}" for field in shown("Sky Lead", FIELDS))
	# The condition of the framework's lists is text, and the query builder knows no full-text search.
	return frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		f"""select {columns} from `tabSky Lead`
		where {" and ".join(conditions)}
		order by `tabSky Lead`.modified desc
		limit %(limit)s""",
		{**values, "limit": limit},
		as_dict=True,
	)


def _key_or_none(rule, text: str, *arguments: str) -> str | None:
	"""The key of a text that may well be something else; None when it is."""
	try:
		return rule(text, *[argument for argument in arguments if argument]) or None
	except InvalidValue:
		return None


def ensure_index() -> None:
	"""Adds the full-text index that find_leads needs; called after every change of the DocType's table."""
	table = "tabSky Lead"
	if not frappe.db.has_index(table, INDEX_NAME):
		# The framework adds plain indexes only.
		frappe.db.sql_ddl(  # nosemgrep: frappe-using-db-sql
			f"alter table `{table}` add fulltext index `{INDEX_NAME}` (`search_text`)"
		)
