"""Sky Identity Key: by which Contacts and Customers are recognised, kept beside them because their tables are not ours.

A row's name is made from its content, so the same key is never stored twice, whoever writes it and how often. The
reference is plain data, not a link field: the framework would look through this table at every delete and rename.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pypika.terms import ExistsCriterion

import frappe
from frappe.model.document import Document
from frappe.utils import now

from skycrm.domain.email_address import email_key
from skycrm.domain.near_names import backwards
from skycrm.domain.person_name import join_full_name, person_name_key
from skycrm.domain.phone import DEFAULT_REGION, phone_key
from skycrm.domain.text import name_key, org_name_key
from skycrm.services.identity import KEY_LENGTH, quiet, tax_key_to_look_up

INDEX = "Sky Identity Key"
INDEXED_DOCTYPES = ("Contact", "Customer")
# The fields that keys are made of, besides a Contact's rows of addresses and numbers.
CONTACT_FIELDS = ("full_name", "first_name", "middle_name", "last_name", "email_id", "mobile_no", "phone")
CUSTOMER_FIELDS = ("customer_name", "customer_type", "tax_id")
# (key type, key)
Key = tuple[str, str]

ROWS_PER_INSERT = 2000
COLUMNS = (
	"name",
	"owner",
	"creation",
	"modified",
	"modified_by",
	"key_type",
	"key_value",
	"reference_doctype",
	"reference_name",
	"key_back",
)


def keys_of(record: Mapping[str, Any]) -> set[Key]:
	"""All keys by which a Contact or Customer is recognised. Values that are not valid give none.

	Args:
		record: the document, or its fields as a mapping with "doctype" and, for a Contact, its child rows.
	"""
	return _contact_keys(record) if record["doctype"] == "Contact" else _customer_keys(record)


def sync(doc: Document) -> None:
	"""Bring the rows of a saved Contact or Customer up to date: one delete and one insert at most, nothing as a rule."""
	keys = keys_of(_as_mapping(doc))
	before = doc.get_doc_before_save()
	old = keys_of(_as_mapping(before)) if before is not None else set()
	if gone := old - keys:
		# By primary key: a delete through the index of references would lock the gaps beside them as well, and two saves
		# at the same time could end in a deadlock.
		frappe.db.delete(INDEX, {"name": ("in", [_row_name(doc.doctype, doc.name, key) for key in gone])})
	_insert((doc.doctype, doc.name, key) for key in keys - old)


def forget(doctype: str, name: str) -> None:
	"""Delete the rows of a record."""
	frappe.db.delete(INDEX, {"reference_doctype": doctype, "reference_name": name})


def rename(doctype: str, old: str, new: str) -> None:
	"""Move the rows of a renamed or merged record to its new name, with what the record holds now."""
	frappe.db.delete(INDEX, {"reference_doctype": doctype, "reference_name": ("in", (old, new))})
	records = _load(doctype, [new])
	_insert((doctype, new, key) for record in records for key in keys_of(record))


def backfill(batch: int = 1000, after_batch: Callable[[], None] | None = None) -> int:
	"""Index the Contacts and Customers that have no row yet, set-wise; safe to repeat and to interrupt.

	Args:
		batch: records per round: a handful of statements each.
		after_batch: called after each round, so that a job can commit it.

	Returns:
		How many records were looked at.
	"""
	seen = 0
	for doctype in INDEXED_DOCTYPES:
		after = ""
		while names := records_without_rows(doctype, batch, after):
			_insert(
				(doctype, record["name"], key) for record in _load(doctype, names) for key in keys_of(record)
			)
			after = names[-1]
			seen += len(names)
			if after_batch:
				after_batch()
	return seen


def records_without_rows(doctype: str, limit: int, after: str = "") -> list[str]:
	"""Names of the next records that the index does not know, in order. A record without any key comes up each time."""
	record, index = frappe.qb.DocType(doctype), frappe.qb.DocType(INDEX)
	known = (
		frappe.qb.from_(index)
		.select(index.reference_name)
		.where((index.reference_doctype == doctype) & (index.reference_name == record.name))
	)
	query = (
		frappe.qb.from_(record)
		.select(record.name)
		.where((record.name > after) & ExistsCriterion(known).negate())
		.orderby(record.name)
		.limit(limit)
	)
	return query.run(pluck=True)


def rebuild(doctype: str, names: list[str]) -> None:
	"""Write the rows of these records anew, whatever is there: after a change of the rules, or a write past the events."""
	frappe.db.delete(INDEX, {"reference_doctype": doctype, "reference_name": ("in", names)})
	_insert((doctype, record["name"], key) for record in _load(doctype, names) for key in keys_of(record))


def _contact_keys(record: Mapping[str, Any]) -> set[Key]:
	emails = {record.get("email_id"), *(row.get("email_id") for row in record.get("email_ids") or ())}
	numbers = {record.get("mobile_no"), record.get("phone")}
	numbers |= {row.get("phone") for row in record.get("phone_nos") or ()}
	given, middle, family = (record.get(part) or "" for part in ("first_name", "middle_name", "last_name"))
	# The framework writes full names given-first; a Vietnamese asks for the other order.
	names = {record.get("full_name"), _family_first(family, middle, given)}
	return _tidy(
		[("Email", quiet(email_key, value)) for value in emails if value]
		+ [("Phone", quiet(phone_key, value, _region())) for value in numbers if value]
		+ [
			("Name", key)
			for value in names
			for key in (quiet(person_name_key, value), quiet(name_key, value))
		]
	)


def _customer_keys(record: Mapping[str, Any]) -> set[Key]:
	# Address and number of a customer are those of its contact: a match belongs to the contact.
	name = record.get("customer_name")
	rules = [name_key, person_name_key if record.get("customer_type") == "Individual" else org_name_key]
	return _tidy(
		[("Tax", tax_key_to_look_up(record.get("tax_id")))] + [("Name", quiet(rule, name)) for rule in rules]
	)


def _tidy(keys: Iterable[Key]) -> set[Key]:
	return {(key_type, value[:KEY_LENGTH]) for key_type, value in keys if value}


def _family_first(family: str, middle: str, given: str) -> str:
	"""Family-first full name, "" when a part is longer than a name can be."""
	return quiet(lambda parts: join_full_name(*parts), (family, middle, given))


def _region() -> str:
	return frappe.get_cached_doc("Sky CRM Settings").get("default_phone_region") or DEFAULT_REGION


def _as_mapping(doc: Document) -> dict[str, Any]:
	fields = ("doctype", *CONTACT_FIELDS, "email_ids", "phone_nos", *CUSTOMER_FIELDS)
	return {field: doc.get(field) for field in fields}


def _insert(rows: Iterable[tuple[str, str, Key]]) -> None:
	moment, user = now(), frappe.session.user
	values = [
		(_row_name(doctype, name, key), user, moment, moment, user, *key, doctype, name, _back(key))
		for doctype, name, key in rows
	]
	columns, places = ", ".join(COLUMNS), f"({', '.join(['%s'] * len(COLUMNS))})"
	for start in range(0, len(values), ROWS_PER_INSERT):
		some = values[start : start + ROWS_PER_INSERT]
		# As plain SQL: the query builder takes longer over a thousand rows than the database does. Constants only.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			f"insert ignore into `tab{INDEX}` ({columns}) values {', '.join([places] * len(some))}",
			[value for row in some for value in row],
		)


def fill_backs(batch: int = 20_000, after_batch: Callable[[], None] | None = None) -> int:
	"""Give the names of before 1.1, and those of leads, their keys from the end; safe to repeat and to interrupt.

	Returns:
		How many values were filled.
	"""
	filled = 0
	for table, column, back in (
		(f"tab{INDEX}", "key_value", "key_back"),
		("tabSky Lead", "name_key", "name_key_back"),
		("tabSky Lead", "organization_key", "organization_key_back"),
	):
		only_names = "key_type = 'Name' and" if column == "key_value" else ""
		rows = batch
		while rows == batch:
			# Set by set, what `backwards` computes; constants only.
			frappe.db.sql(  # nosemgrep: frappe-using-db-sql
				f"""update `{table}` set {back} = reverse({column})
				where {only_names} {back} is null and {column} is not null and {column} != '' limit {int(batch)}"""
			)
			rows = max(frappe.db._cursor.rowcount, 0)
			filled += rows
			if after_batch:
				after_batch()
	return filled


def without_backs(limit: int) -> int:
	"""How many names have no key from the end yet, counted up to `limit` in each table."""
	missing = len(
		frappe.get_all(INDEX, {"key_type": "Name", "key_back": ("is", "not set")}, limit=limit, pluck="name")
	)
	for column in ("name_key", "organization_key"):
		where = {column: ("is", "set"), f"{column}_back": ("is", "not set")}
		missing += len(frappe.get_all("Sky Lead", where, limit=limit, pluck="name"))
	return missing


def _back(key: Key) -> str | None:
	key_type, value = key
	return backwards(value) if key_type == "Name" else None


def _row_name(doctype: str, name: str, key: Key) -> str:
	return hashlib.sha1("\x1f".join((doctype, name, *key)).encode(), usedforsecurity=False).hexdigest()[:24]


def _load(doctype: str, names: list[str]) -> list[dict[str, Any]]:
	"""The records with what their keys are made of: one query for each table."""
	fields = ["name", *(CUSTOMER_FIELDS if doctype == "Customer" else CONTACT_FIELDS)]
	records = frappe.get_all(
		doctype, filters={"name": ("in", names)}, fields=fields, order_by="name", limit=0
	)
	children: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
	if doctype == "Contact":
		for table, field, column in (
			("Contact Email", "email_ids", "email_id"),
			("Contact Phone", "phone_nos", "phone"),
		):
			rows = frappe.get_all(
				table,
				filters={"parenttype": "Contact", "parent": ("in", names)},
				fields=["parent", column],
				limit=0,
			)
			for row in rows:
				children[row.parent][field].append(row)
	return [{**record, **children[record.name], "doctype": doctype} for record in records]
