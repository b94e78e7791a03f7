"""Known Leads, Contacts and Customers that look like somebody, found by indexed keys alone."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import frappe
from frappe.utils import cint

from skycrm.domain.duplicates import Match, add_near, merge
from skycrm.domain.email_address import email_key
from skycrm.domain.person_name import person_name_key
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.text import org_name_key
from skycrm.services import lead_keys, near_matches
from skycrm.services.identity import KEY_LENGTH, quiet, tax_key_to_look_up

MAX_LIMIT = 100
# A name shared by thousands must not make one look-up slow: the first so many of each key are compared.
HITS_PER_KEY = 50
# From here on a match is sure enough to stop somebody: a number at a reception is none.
REFUSE_FROM = 85

TITLES = {
	"Sky Lead": ("lead_name", "organization"),
	"Contact": ("full_name", "company_name"),
	"Customer": ("customer_name",),
}
# Columns of Sky Lead, and the type in Sky Identity Key, that hold each kind of key.
LEAD_COLUMNS = {
	"Email": ("email_key",),
	"Phone": ("phone_key", "phone_key_2"),
	"Tax": ("tax_key",),
	"Person": ("name_key",),
	"Organization": ("organization_key",),
	"Both": ("name_key",),
}
INDEX_TYPES = {"Email": "Email", "Phone": "Phone", "Tax": "Tax", "Person": "Name", "Organization": "Name"}

# kind of key -> {key: field of the asker that it came from}
Keys = dict[str, dict[str, str]]


def find_duplicates(
	email_id: str | None = None,
	mobile_no: str | None = None,
	phone: str | None = None,
	tax_id: str | None = None,
	lead_name: str | None = None,
	organization: str | None = None,
	limit: int = 10,
	exclude: str | Collection[tuple[str, str]] | None = None,
	near: bool = False,
) -> list[dict[str, Any]]:
	"""Records that the caller may read and that share a key with the values given, in any spelling.

	One query by indexed keys, and one more for each DocType in which something was found. Values that are not valid are
	passed over, as they come up while somebody types.

	Args:
		limit: at most this many, 1 to MAX_LIMIT.
		exclude: name of a Sky Lead, or (doctype, name) pairs, to leave out.
		near: also names that are only nearly the same, with one query more.

	Returns:
		[{doctype, name, title, matched_on, confidence}], the surest first; `matched_on` is a list of argument names,
		`confidence` a whole number of percent. Where a name is only nearly the same the row has `near` besides:
		{argument name: how alike in percent}.
	"""
	keys = keys_to_look_up(
		email_id=email_id,
		mobile_no=mobile_no,
		phone=phone,
		tax_id=tax_id,
		lead_name=lead_name,
		organization=organization,
	)
	found = matches_of(keys, exclude)
	if near:
		found = with_near(found, keys, exclude)
	matches, _hidden = split_readable(found)
	limit = min(max(cint(limit), 1), MAX_LIMIT)
	return [
		{
			"doctype": match.doctype,
			"name": match.name,
			"title": match.title,
			"matched_on": sorted(match.matched_on.union(match.near)),
			"confidence": match.confidence,
			**({"near": match.near} if match.near else {}),
		}
		for match in matches[:limit]
	]


def with_near(
	found: list[Match], keys: Keys, exclude: str | Collection[tuple[str, str]] | None
) -> list[Match]:
	"""The matches with names that are only nearly the same besides, see services/near_matches.py. One query more."""
	person, organization = (next(iter(keys.get(kind, ())), "") for kind in ("Person", "Organization"))
	near = near_matches.find(person, organization)
	for record in _left_out(exclude):
		near.pop(record, None)
	# The nearest first, so that no look-up of rights grows with the number of candidates.
	return add_near(found, near)[:MAX_LIMIT]


def _left_out(exclude: str | Collection[tuple[str, str]] | None) -> set[tuple[str, str]]:
	return {("Sky Lead", exclude)} if isinstance(exclude, str) else set(exclude or ())


def keys_to_look_up(
	email_id: str | None = None,
	mobile_no: str | None = None,
	phone: str | None = None,
	tax_id: str | None = None,
	lead_name: str | None = None,
	organization: str | None = None,
) -> Keys:
	"""Keys of typed values, each with the argument it came from; empty and invalid values give none."""
	region = frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION
	return without_empty(
		{
			"Email": {quiet(email_key, email_id): "email_id"},
			# The mobile number comes last, so that a number given twice counts as the surer of the two.
			"Phone": {
				quiet(phone_key, phone, region): "phone",
				quiet(phone_key, mobile_no, region): "mobile_no",
			},
			"Tax": {tax_key_to_look_up(tax_id): "tax_id"},
			"Person": {quiet(person_name_key, lead_name): "lead_name"},
			"Organization": {quiet(org_name_key, organization): "organization"},
		}
	)


def without_empty(keys: Mapping[str, Mapping[str | None, str]]) -> Keys:
	return {
		kind: {key[:KEY_LENGTH]: field for key, field in values.items() if key}
		for kind, values in keys.items()
		if any(values)
	}


def matches_of(
	keys: Keys,
	exclude: str | Collection[tuple[str, str]] | None = None,
	organization: str | None = None,
) -> list[Match]:
	"""All matches, whoever may read them. One query, none without a key.

	Args:
		organization: key that must be there as well as the name, for keys of the kind "Both".
	"""
	if not keys:
		return []
	left_out = _left_out(exclude)
	hits = []
	# A union with a limit for each branch, which keeps every look-up a dive into one index.
	rows = frappe.db.sql(*union_query(keys, organization))  # nosemgrep: frappe-using-db-sql
	for doctype, name, found_in, key in rows:
		if (doctype, name) in left_out:
			continue
		for kind, fields in keys.items():
			# Compared once more: for the database é is e, and two addresses would be one.
			if key in fields and found_in in (kind, INDEX_TYPES.get(kind)):
				hits.append((doctype, name, fields[key]))
				if kind == "Both":
					hits.append((doctype, name, "organization"))
	return merge(hits)


def nobody_has(keys: Keys, organization: str | None = None) -> bool:
	"""True when no lead, contact or customer has any of the keys. One query, less than half the work of `matches_of`.

	Args:
		organization: as for `matches_of`.
	"""
	values: dict[str, Any] = {"organization": organization}
	branches = []
	# Whoever has an address, number or tax code, a lead holds it in Sky Lead Key.
	held = [lead_keys.row_name((kind, key)) for kind in lead_keys.TYPES for key in keys.get(kind, ())]
	if held:
		values["held"] = held
		branches.append(f"(select 1 from `tab{lead_keys.STORE}` where name in %(held)s limit 1)")
	if both := tuple(keys.get("Both", ())):
		values["Both"] = both
		branches.append(
			"(select 1 from `tabSky Lead` where name_key in %(Both)s and organization_key = %(organization)s limit 1)"
		)
	for kind, fields in keys.items():
		if kind in INDEX_TYPES:
			values[f"index_{kind}"] = tuple(fields)
			branches.append(
				f"""(select 1 from `tabSky Identity Key`
				where key_type = '{INDEX_TYPES[kind]}' and key_value in %(index_{kind})s limit 1)"""
			)
	if not branches:
		return True
	query = " union all ".join(branches)
	# Constants of this module only; whatever a user typed is in the values.
	return not frappe.db.sql(f"{query} limit 1", values)  # nosemgrep: frappe-using-db-sql


def union_query(keys: Keys, organization: str | None = None) -> tuple[str, dict[str, Any]]:
	"""The look-up as SQL and its values: one branch for each index, so that each is a dive or two into that index.

	Rows are (doctype, name, kind or type of the key, key).
	"""
	# Constants of this module only; whatever a user typed is in the values.
	branches = [
		f"""(select 'Sky Lead', name, '{kind}', {column} from `tabSky Lead`
		where {column} in %({kind})s{_condition(kind)} limit {HITS_PER_KEY * len(fields)})"""
		for kind, fields in keys.items()
		for column in LEAD_COLUMNS[kind]
	]
	values = {kind: tuple(fields) for kind, fields in keys.items()}
	by_type: dict[str, tuple[str, ...]] = {}
	for kind, fields in values.items():
		if kind not in INDEX_TYPES:
			continue
		by_type[INDEX_TYPES[kind]] = by_type.get(INDEX_TYPES[kind], ()) + fields
	branches += [
		f"""(select reference_doctype, reference_name, key_type, key_value from `tabSky Identity Key`
		where key_type = '{key_type}' and key_value in %(index_{key_type})s limit {HITS_PER_KEY * len(fields)})"""
		for key_type, fields in by_type.items()
	]
	indexed = {f"index_{key_type}": fields for key_type, fields in by_type.items()}
	return " union all ".join(branches), {**values, **indexed, "organization": organization}


def _condition(kind: str) -> str:
	return " and organization_key = %(organization)s" if kind == "Both" else ""


def readable(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
	"""Those of the rows {doctype, name, matched_on, confidence} that the user may read, with their titles."""
	by_record = {(row["doctype"], row["name"]): row for row in rows}
	found, _hidden = split_readable([Match(doctype, name) for doctype, name in by_record])
	return [{**by_record[match.doctype, match.name], "title": match.title} for match in found]


def split_readable(matches: Iterable[Match]) -> tuple[list[Match], list[Match]]:
	"""The matches that the user may read, with their titles, and those that the user may not. A query per DocType."""
	readable: list[Match] = []
	hidden: list[Match] = []
	matches = list(matches)
	titles: dict[tuple[str, str], str] = {}
	for doctype in {match.doctype for match in matches}:
		if not frappe.has_permission(doctype, "read"):
			continue
		fields = TITLES[doctype]
		for row in frappe.get_list(
			doctype,
			filters={"name": ("in", [match.name for match in matches if match.doctype == doctype])},
			fields=["name", *fields],
			limit_page_length=0,
			order_by=None,
		):
			titles[(doctype, row.name)] = next((row[field] for field in fields if row.get(field)), row.name)
	for match in matches:
		title = titles.get((match.doctype, match.name))
		if title is None:
			hidden.append(match)
		else:
			match.title = title
			readable.append(match)
	return readable, hidden
