"""Known Leads, Contacts and Customers whose name is nearly that of somebody; candidates by indexes alone.

Asked for while somebody types and by programs that ask for duplicates, never on saving: the exact look-up of
services/duplicates.py is a tenth of a screen refresh, this one a few times that.
"""

from typing import Any

import frappe

from skycrm.domain.near_names import (
	ORGANIZATION_SHARES,
	PERSON_SHARES,
	backwards,
	beginnings,
	organization_likeness,
	person_likeness,
)

# Candidates of each road; they are ranked, and the best few shown.
CANDIDATES = 60

Near = dict[tuple[str, str], dict[str, int]]


def find(person: str, organization: str) -> Near:
	"""Records with a near name: (doctype, name) → {"lead_name" or "organization": how alike in percent}.

	Args:
		person, organization: keys of the names (person_name_key, org_name_key); "" for none.

	One query, none without a name that tells anything.
	"""
	query, values = candidates_query(person, organization)
	if not query:
		return {}
	found: Near = {}
	# A union with a limit for each branch, which keeps every look-up a dive into one index.
	for doctype, name, person_key, organization_key in frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		query, values
	):
		near = {
			"lead_name": person_likeness(person, person_key or "") if person else 0,
			"organization": organization_likeness(organization, organization_key or "")
			if organization
			else 0,
		}
		kept = found.setdefault((doctype, name), {})
		for field, likeness in near.items():
			if likeness > kept.get(field, 0):
				kept[field] = likeness
	return {record: near for record, near in found.items() if near}


def candidates_query(person: str, organization: str) -> tuple[str, dict[str, Any]]:
	"""The look-up as SQL and its values, ("", {}) when there is nothing to look for.

	Rows are (doctype, name, key of the person, key of the organisation); a Contact or Customer has one key, which may
	be either.
	"""
	branches: list[str] = []
	values: dict[str, Any] = {}
	for column, key, shares in (
		("name_key", person, PERSON_SHARES),
		("organization_key", organization, ORGANIZATION_SHARES),
	):
		# (column of Sky Lead, column of Sky Identity Key, beginning in that column)
		roads = [(column, "key_value", start) for start in beginnings(key, shares)]
		roads += [(f"{column}_back", "key_back", start) for start in beginnings(backwards(key), shares)]
		for lead_column, index_column, start in roads:
			# Constants only; what somebody typed is in the values.
			value = f"start_{len(values)}"
			values[value] = _escaped(start) + "%"
			branches += [
				f"""(select 'Sky Lead', name, name_key, organization_key from `tabSky Lead`
				where {lead_column} like %({value})s limit {CANDIDATES})""",
				f"""(select reference_doctype, reference_name, key_value, key_value from `tabSky Identity Key`
				where key_type = 'Name' and {index_column} like %({value})s limit {CANDIDATES})""",
			]
	return " union all ".join(branches), values


def _escaped(start: str) -> str:
	"""Without the signs that LIKE takes for wildcards; a key holds letters, digits and spaces, and "_" at most."""
	return start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
