"""Known Leads, Contacts and Customers whose name is nearly that of somebody; candidates by indexes alone.

Asked for while somebody types and by programs that ask for duplicates, never on saving: the exact look-up of
services/duplicates.py is a tenth of a screen refresh, this one a few times that.
"""

from typing import Any

import frappe

from skycrm.domain.near_names import (
	beginning,
	organization_likeness,
	organization_query,
	person_likeness,
	person_query,
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
	for field, key, words, column in (
		("person", person, person_query(person), "name_key"),
		("organization", organization, organization_query(organization), "organization_key"),
	):
		# Constants only; what somebody typed is in the values, and in the words it is letters and digits.
		if start := beginning(key):
			values[f"{field}_start"] = _escaped(start) + "%"
			branches += [
				f"""(select 'Sky Lead', name, name_key, organization_key from `tabSky Lead`
				where {column} like %({field}_start)s limit {CANDIDATES})""",
				f"""(select reference_doctype, reference_name, key_value, key_value from `tabSky Identity Key`
				where key_type = 'Name' and key_value like %({field}_start)s limit {CANDIDATES})""",
			]
		if words:
			values[f"{field}_words"] = words
			branches += [
				f"""(select 'Sky Lead', name, name_key, organization_key from `tabSky Lead`
				where match(search_text) against (%({field}_words)s in boolean mode) limit {CANDIDATES})""",
				f"""(select reference_doctype, reference_name, key_value, key_value from `tabSky Identity Key`
				where match(search_text) against (%({field}_words)s in boolean mode) limit {CANDIDATES})""",
			]
	return " union all ".join(branches), values


def _escaped(start: str) -> str:
	"""Without the signs that LIKE takes for wildcards; a key holds letters, digits and spaces, and "_" at most."""
	return start.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
