"""Known Leads, Contacts and Customers that look like somebody, found by indexed keys alone."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, get_link_to_form

from skycrm.domain.duplicates import Match, merge
from skycrm.domain.email_address import email_key
from skycrm.domain.person_name import person_name_key
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.text import org_name_key
from skycrm.services import lead_keys
from skycrm.services.conversion_lock import lock_leads
from skycrm.services.identity import KEY_LENGTH, quiet, tax_key_to_look_up
from skycrm.services.person_lock import hold

MAX_LIMIT = 100
# A name shared by thousands must not make one look-up slow: the first so many of each key are compared.
HITS_PER_KEY = 50
# On saving: a name or a firm alone is no reason to interrupt anybody, a number at a reception none to stop them.
WARN_FROM = 70
REFUSE_FROM = 85
SHOWN_ON_SAVE = 5

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
WATCHED_KEYS = ("email_key", "phone_key", "phone_key_2", "tax_key", "name_key", "organization_key")

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
) -> list[dict[str, Any]]:
	"""Records that the caller may read and that share a key with the values given, in any spelling.

	One query by indexed keys, and one more for each DocType in which something was found. Values that are not valid are
	passed over, as they come up while somebody types.

	Args:
		limit: at most this many, 1 to MAX_LIMIT.
		exclude: name of a Sky Lead, or (doctype, name) pairs, to leave out.

	Returns:
		[{doctype, name, title, matched_on, confidence}], the surest first; `matched_on` is a list of argument names,
		`confidence` a whole number of percent.
	"""
	keys = keys_to_look_up(
		email_id=email_id,
		mobile_no=mobile_no,
		phone=phone,
		tax_id=tax_id,
		lead_name=lead_name,
		organization=organization,
	)
	matches, _hidden = _readable(matches_of(keys, exclude))
	limit = min(max(cint(limit), 1), MAX_LIMIT)
	return [
		{
			"doctype": match.doctype,
			"name": match.name,
			"title": match.title,
			"matched_on": sorted(match.matched_on),
			"confidence": match.confidence,
		}
		for match in matches[:limit]
	]


def check_on_save(lead: Document) -> None:
	"""Warn or refuse, as the settings say, when a new lead or a lead with changed keys looks like a known record.

	One query when nobody matches. A warning links to the records that the user may read; of others it says only that they
	exist. Nothing happens for guests, who must not learn whom we know, nor with `lead.flags.ignore_duplicates`.

	Raises:
		frappe.DuplicateEntryError: the policy is Refuse and a key other than a name matches.
	"""
	policy = _policy(lead)
	if policy == "Ignore":
		return
	before = lead.get_doc_before_save()
	if before is not None and all(lead.get(key) == before.get(key) for key in WATCHED_KEYS):
		return
	if policy == "Warn" and frappe.flags.in_import:
		# Nobody reads it: the list of duplicates of the lead shows the same later.
		return
	own = {(field.title(), lead.get(field)) for field in ("customer", "contact") if lead.get(field)}
	found = matches_of(_keys_of_lead(lead), {("Sky Lead", lead.name or ""), *own}, lead.organization_key)
	found = [
		match for match in found if match.confidence >= (REFUSE_FROM if policy == "Refuse" else WARN_FROM)
	]
	if not found:
		return
	readable, hidden = _readable(found[:MAX_LIMIT])
	message = _message(readable[:SHOWN_ON_SAVE], bool(hidden))
	if policy == "Refuse":
		frappe.throw(message, exc=frappe.DuplicateEntryError, title=_("Known Already"))
	frappe.msgprint(message, title=_("Possible Duplicate"), indicator="orange")


def lock_when_refusing(lead: Document) -> None:
	"""Hold the keys of a new lead until this transaction ends where duplicates are refused. For `before_insert`.

	Called before the lead has its number: whoever waits holds nothing that the other one needs. One statement, none with
	another policy.

	Raises:
		ConflictError (409): somebody else held one of the keys for too long.
	"""
	if _policy(lead) != "Refuse":
		return
	hold(
		keys_to_look_up(**{field: lead.get(field) for field in ("email_id", "mobile_no", "phone", "tax_id")})
	)


def refuse_taken_key(lead: Document) -> None:
	"""Refuse a lead whose key is held by another one, where duplicates are refused. For `on_update`, after the keys.

	The look-up on saving finds nearly all; this is the word of the unique index for what was written at the same moment.

	Raises:
		frappe.DuplicateEntryError: with the record that holds the key.
	"""
	if not lead.flags.key_taken or _policy(lead) != "Refuse":
		return
	held = lead_keys.owners(lead_keys.keys_of(lead))
	# Read as they are now: this transaction may have begun before they were there.
	others = [row.name for row in lock_leads(set(held.values()) - {lead.name})]
	if others:
		readable, hidden = _readable([Match("Sky Lead", name) for name in others])
		message = _message(readable[:SHOWN_ON_SAVE], bool(hidden))
		frappe.throw(message, exc=frappe.DuplicateEntryError, title=_("Known Already"))


def _policy(lead: Document) -> str:
	"""What happens on saving to a lead that looks like a known record: Ignore, Warn or Refuse."""
	if lead.flags.ignore_duplicates or frappe.session.user == "Guest":
		return "Ignore"
	return frappe.get_cached_doc("Sky CRM Settings").get("duplicate_policy") or "Warn"


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
	return _without_empty(
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


def _keys_of_lead(lead: Document) -> Keys:
	# phone_key is the mobile number when there is one; the other is the second.
	first = "mobile_no" if lead.mobile_no else "phone"
	return _without_empty(
		{
			"Email": {lead.email_key: "email_id"},
			"Phone": {lead.phone_key_2: "phone", lead.phone_key: first},
			"Tax": {lead.tax_key: "tax_id"},
			# A name alone, or a firm alone, is below WARN_FROM: only both together are looked for.
			"Both": {lead.name_key if lead.organization_key else None: "lead_name"},
		}
	)


def _without_empty(keys: Mapping[str, Mapping[str | None, str]]) -> Keys:
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
	left_out = {("Sky Lead", exclude)} if isinstance(exclude, str) else set(exclude or ())
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
	found, _hidden = _readable([Match(doctype, name) for doctype, name in by_record])
	return [{**by_record[match.doctype, match.name], "title": match.title} for match in found]


def sentence(known: list[dict[str, Any]]) -> str:
	"""Why a lead is refused: with links to the records that the user may read, or that there are others."""
	return _message([Match(row["doctype"], row["name"], row["title"]) for row in known], not known)


def _readable(matches: Iterable[Match]) -> tuple[list[Match], list[Match]]:
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


def _message(readable: list[Match], some_hidden: bool) -> str:
	sentences = []
	if readable:
		links = ", ".join(
			# The title is text of a user, the link is HTML.
			get_link_to_form(match.doctype, match.name, f"{_(match.doctype)} {escape_html(match.title)}")
			for match in readable
		)
		sentences.append(
			_(
				"This lead looks like records that exist already: {0}. Open one of them before you go on."
			).format(links)
		)
	if some_hidden:
		sentences.append(
			_("It also matches a record that you may not open. Ask your manager before you go on.")
			if readable
			else _(
				"This lead matches a record that exists already and that you may not open. Ask your manager before you go on."
			)
		)
	return "<br>".join(sentences)
