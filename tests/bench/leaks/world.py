"""Two camps that must not see each other's records, and records of which every text and number is unmistakable."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import access_records as make
from rest_client import api_token

import frappe

from skycrm.permissions.governed import GOVERNED
from skycrm.setup.roles import PROFILES

MODULE = "SkyCRM"
# A form or a webhook that names its campaign is set up for everybody; what names one of these is about somebody.
OF_PEOPLE = {"Sky Lead", "Sky Opportunity", "Sky Issue"}
TEXTS = (
	"Data",
	"Small Text",
	"Text",
	"Long Text",
	"Text Editor",
	"HTML Editor",
	"Markdown Editor",
	"Code",
	"Attach",
)
NUMBERS = ("Currency", "Float")
# Job → the role profile of it, as the app ships it.
JOBS = {
	"seller": "Sky Sales",
	"sales manager": "Sky Sales Management",
	"marketer": "Sky Marketing",
	"marketing manager": "Sky Marketing Management",
	"agent": "Sky Support",
	"support manager": "Sky Support Management",
}
ADMIN = "Sky CRM Administration"
# Who of the other camp has the most rights on a type of record, and so the most ways to a foreign one.
STRONGEST = {
	"Sky Lead": "sales manager",
	"Sky Opportunity": "sales manager",
	"Sky Campaign": "marketing manager",
	"Sky Segment": "marketing manager",
	"Sky Issue": "support manager",
}
# Texts that our own code reads as JSON, or that are keys: garbage in them would break the routes that are to be walked.
NOT_MARKED = {"score_detail", "score_advice", "data_issues"}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Secret:
	"""A record, and what gives it away.

	Attributes:
	        doctype, name: of the record.
	        camp: whose it is.
	        mark: stands in each of its texts, in what hangs on it, and nowhere else.
	        number: stands in each of its amounts.
	"""

	doctype: str
	name: str
	camp: str
	mark: str
	number: int

	@property
	def signs(self) -> tuple[str, ...]:
		"""Any of these in an answer says that something of the record came out."""
		return (self.mark, str(self.number))


@dataclass(frozen=True)
class World:
	"""Everybody and everything of a walk.

	Attributes:
	        people: (camp, job) → user.
	        tokens: user → `key:secret`.
	        teams: camp → team.
	        secrets: every record of both camps.
	"""

	people: dict[tuple[str, str], str]
	tokens: dict[str, str | None]
	teams: dict[str, str]
	secrets: tuple[Secret, ...]

	def of(self, doctype: str, camp: str) -> list[Secret]:
		"""The records of a type in a camp, in the order in which they were made."""
		return [secret for secret in self.secrets if (secret.doctype, secret.camp) == (doctype, camp)]


def private_doctypes() -> tuple[str, ...]:
	"""The document types of this app whose records are somebody's: governed, limited by a hook, or saying which record of those they are about."""
	limited = set(frappe.get_hooks("permission_query_conditions")) | set(GOVERNED)
	found = []
	for doctype in frappe.get_all("DocType", {"module": MODULE, "istable": 0, "issingle": 0}, pluck="name"):
		links = {field.options for field in frappe.get_meta(doctype).get_link_fields()}
		if doctype in limited or links & OF_PEOPLE:
			found.append(doctype)
	# The five first: the others point to them.
	return tuple(sorted(found, key=lambda doctype: (doctype not in GOVERNED, doctype)))


@contextmanager
def world() -> Iterator[World]:
	"""Make the two camps, committed, and take them away again."""
	frappe.db.rollback()
	defaults = [frappe.copy_doc(row) for row in frappe.get_doc("Sky CRM Settings").access_defaults]
	for doctype in GOVERNED:
		make.set_default_access(doctype, "Team")
	people = {
		(camp, job): _person(PROFILES[profile]) for camp in ("here", "there") for job, profile in JOBS.items()
	}
	people["here", "admin"] = _person(PROFILES[ADMIN])
	people["here", "erp only"] = _person(("Sales User", "Stock User", "Accounts User"))
	people["here", "no role"] = _person(())
	people["here", "portal"] = _person((), kind="Website User")
	teams = {
		camp: make.team(members=tuple(user for (c, job), user in people.items() if c == camp and job in JOBS))
		for camp in ("here", "there")
	}
	secrets: list[Secret] = []
	# One for each person, or each of something else that the camp has once.
	made_once = {
		doctype
		for doctype in private_doctypes()
		if any(f.unique for f in frappe.get_meta(doctype).get_link_fields())
	}
	for camp in ("here", "there", "there"):
		made: dict[str, Secret] = {}
		for doctype in private_doctypes():
			if doctype in made_once and any(
				(secret.doctype, secret.camp) == (doctype, camp) for secret in secrets
			):
				continue
			made[doctype] = _record(
				doctype,
				camp,
				people[camp, STRONGEST.get(doctype, "seller")],
				teams[camp],
				made,
			)
			if doctype in GOVERNED:
				_hang_on(made[doctype], people[camp, STRONGEST[doctype]])
		secrets.extend(made.values())
	frappe.db.commit()
	tokens = {user: api_token(user) for user in people.values()}
	frappe.db.commit()
	try:
		yield World(people, {**tokens, "Guest": None}, teams, tuple(secrets))
	finally:
		frappe.db.rollback()
		_take_away(secrets, people.values(), teams.values())
		settings = frappe.get_doc("Sky CRM Settings")
		settings.set("access_defaults", defaults)
		settings.save(ignore_permissions=True)
		frappe.db.commit()


def _person(roles: tuple[str, ...], kind: str = "System User") -> str:
	name = make.user(*(role for role in roles if frappe.db.exists("Role", role)), label="leak")
	# English: of every other language each answer reads all translations there are, half of what a request takes.
	frappe.db.set_value("User", name, {"user_type": kind, "language": "en"})
	return name


def _record(doctype: str, camp: str, owner: str, team: str, made: dict[str, Secret]) -> Secret:
	"""A record straight in the tables: every text marked, every amount the same odd number, links to the camp's own."""
	number = next(_numbers)
	mark, amount = (
		f"zq{frappe.generate_hash(length=10)}",
		7_310_000_000 + number * 1_357,
	)
	values: dict[str, Any] = {"doctype": doctype, "owner": owner}
	meta = frappe.get_meta(doctype)
	for field in meta.fields:
		if (value := _value(field, mark, amount, made, owner)) is not None:
			values[field.fieldname] = value
	fields = GOVERNED.get(doctype)
	if fields:
		values.update(
			{field: value for field, value in ((fields.responsible, owner), (fields.team, team)) if field}
		)
	name = f"LEAK-{frappe.generate_hash(length=10).upper()}"
	doc = frappe.get_doc({**values, "name": name})
	# What a save would fill in or refuse does not matter here, only who gets to see it.
	_insert(doc, owner)
	if frappe.db.has_column(doctype, "_user_tags"):
		frappe.db.set_value(doctype, name, "_user_tags", f",{mark} tag", update_modified=False)
	for field in meta.get_table_fields():
		_child_row(doc, field, mark, amount)
	return Secret(doctype, name, camp, mark, amount)


def _value(field: Any, mark: str, amount: int, made: dict[str, Secret], owner: str) -> Any:
	if field.fieldname in NOT_MARKED or field.is_virtual:
		return None
	if field.fieldtype in TEXTS:
		return f"{mark} {field.fieldname}"[: field.length or 140]
	if field.fieldtype in NUMBERS:
		return amount
	if field.fieldtype == "Select":
		return next((option for option in (field.options or "").split("\n") if option), None)
	if field.fieldtype == "Link" and field.options in made:
		return made[field.options].name
	if field.fieldtype == "Link" and field.options == "User":
		return owner if field.reqd else None
	if field.fieldtype == "Link" and field.reqd:
		return next(iter(frappe.get_all(field.options, pluck="name", limit=1)), None)
	return None


def _child_row(doc: Any, field: Any, mark: str, amount: int) -> None:
	row = frappe.get_doc(
		{
			"doctype": field.options,
			"parent": doc.name,
			"parenttype": doc.doctype,
			"parentfield": field.fieldname,
			"idx": 1,
			"name": frappe.generate_hash(length=12),
		}
	)
	for column in row.meta.fields:
		if (value := _value(column, mark, amount, {}, doc.owner)) is not None:
			row.set(column.fieldname, value)
	_insert(row, doc.owner)


def _insert(doc: Any, owner: str) -> None:
	"""Straight into its table; the owner afterwards, for the framework writes who is signed in."""
	doc.flags.name_set = True
	doc.set_user_and_timestamp()
	doc.db_insert()
	frappe.db.set_value(doc.doctype, doc.name, "owner", owner, update_modified=False)
	doc.owner = owner


def _hang_on(secret: Secret, owner: str) -> None:
	"""A comment, a mail, a file, a to-do, a version, a share and a tag of the record, all marked."""
	reference = {"reference_doctype": secret.doctype, "reference_name": secret.name}
	for values in (
		{"doctype": "Comment", "comment_type": "Comment", "content": f"{secret.mark} comment", **reference},
		{"doctype": "Communication", "communication_type": "Communication", "communication_medium": "Email",
			"subject": f"{secret.mark} mail", "content": f"{secret.mark} mail", "sender": f"{secret.mark}@example.com", **reference},
		{"doctype": "ToDo", "description": f"{secret.mark} to do", "allocated_to": owner, "reference_type": secret.doctype,
			"reference_name": secret.name, "status": "Open", "date": frappe.utils.today()},
		{"doctype": "Version", "ref_doctype": secret.doctype, "docname": secret.name,
			"data": json.dumps({"changed": [["city", f"{secret.mark} before", f"{secret.mark} after"]]})},
		{"doctype": "Tag Link", "document_type": secret.doctype, "document_name": secret.name, "tag": f"{secret.mark} tag",
			"title": f"{secret.mark} title"},
		{"doctype": "Event", "subject": f"{secret.mark} event", "starts_on": frappe.utils.now(), "event_type": "Private",
			"event_participants": []},
		{"doctype": "File", "file_name": f"{secret.mark}.txt", "file_url": f"/private/files/{secret.mark}.txt", "is_private": 1,
			"attached_to_doctype": secret.doctype, "attached_to_name": secret.name},
	):  # fmt: skip
		doc = frappe.get_doc({**values, "name": frappe.generate_hash(length=10), "owner": owner})
		_insert(doc, owner)
	path = frappe.get_site_path("private", "files", f"{secret.mark}.txt")
	with open(path, "w", encoding="utf-8") as file:
		file.write(f"{secret.mark} content")


HANGING = {
	"Comment": ("reference_doctype", "reference_name"),
	"Communication": ("reference_doctype", "reference_name"),
	"ToDo": ("reference_type", "reference_name"),
	"Version": ("ref_doctype", "docname"),
	"Tag Link": ("document_type", "document_name"),
	"File": ("attached_to_doctype", "attached_to_name"),
	"DocShare": ("share_doctype", "share_name"),
	"Document Follow": ("ref_doctype", "ref_docname"),
}


def fingerprint(secret: Secret) -> str:
	"""Everything that is stored of a record and hangs on it, as one text: the same as long as nothing has changed."""
	parts = [frappe.db.sql(f"select * from `tab{secret.doctype}` where name = %s", secret.name)]
	for field in frappe.get_meta(secret.doctype).get_table_fields():
		parts.append(
			frappe.db.sql(
				f"select * from `tab{field.options}` where parent = %s order by name",
				secret.name,
			)
		)
	for doctype, (kind, name) in HANGING.items():
		parts.append(
			frappe.db.sql(
				f"select * from `tab{doctype}` where `{kind}` = %s and `{name}` = %s order by name",
				(secret.doctype, secret.name),
			)
		)
	return repr(parts)


def _take_away(secrets: list[Secret], people: Any, teams: Any) -> None:
	for secret in secrets:
		frappe.db.delete(secret.doctype, {"name": secret.name})
		for field in frappe.get_meta(secret.doctype).get_table_fields():
			frappe.db.delete(field.options, {"parent": secret.name})
		for doctype, (kind, name) in HANGING.items():
			frappe.db.delete(doctype, {kind: secret.doctype, name: secret.name})
		frappe.db.delete("Event", {"subject": f"{secret.mark} event"})
	# What people have saved on the way.
	for doctype in (
		"Report",
		"Print Format",
		"Kanban Board",
		"List Filter",
		"Dashboard Chart",
		"Number Card",
	):
		frappe.db.delete(doctype, {"owner": ("in", tuple(people))})
	for team in teams:
		frappe.delete_doc("Sky Team", team, force=True)
	make.remove_users(*people)
