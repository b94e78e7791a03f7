"""Records for the tests of access and status: people with roles, teams, leads and opportunities of theirs."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe

from skycrm.permissions import facts

_number = itertools.count(1)
# DocType -> field that says who is responsible
DOCTYPES = {"Sky Lead": "lead_owner", "Sky Opportunity": "opportunity_owner"}


def user(*roles: str, label: str = "access") -> str:
	"""A new desk user with these roles."""
	name = f"{label}{next(_number)}-{frappe.generate_hash(length=6)}@example.com".lower()
	doc = frappe.get_doc(
		{
			"doctype": "User",
			"name": name,
			"email": name,
			"first_name": name.split("@")[0],
			"full_name": name.split("@")[0],
			"enabled": 1,
			"user_type": "System User",
			"roles": [{"role": role} for role in roles],
		}
	)
	# Straight into the tables: a hundred users are made here, and nothing of what the framework does besides matters.
	doc.db_insert()
	for row in doc.roles:
		row.update({"name": frappe.generate_hash(length=10), "parent": name})
		row.db_insert()
	return name


def remove_users(*names: str) -> None:
	"""Take committed users away again: the framework limits how many a site may get in an hour."""
	frappe.db.delete("Has Role", {"parent": ("in", names)})
	frappe.db.delete("User", {"name": ("in", names)})
	frappe.db.commit()


def team(
	parent: str | None = None,
	manager: str | None = None,
	members: tuple[str, ...] = (),
	managers: tuple[str, ...] = (),
) -> str:
	"""A new team; `managers` are members whose role in the team is Manager."""
	return (
		frappe.get_doc(
			{
				"doctype": "Sky Team",
				"team_name": f"Team {next(_number)} {frappe.generate_hash(length=6)}",
				"parent_sky_team": parent,
				"is_group": 1,
				"manager": manager,
				"members": [
					*({"user": member, "role_in_team": "Member"} for member in members),
					*({"user": member, "role_in_team": "Manager"} for member in managers),
				],
			}
		)
		.insert(ignore_permissions=True)
		.name
	)


def lead(**values: Any) -> Any:
	"""A new lead; the name is its own so that no duplicate check speaks up."""
	number = next(_number)
	doc = frappe.get_doc(
		{"doctype": "Sky Lead", "lead_name": f"Khách {number} {frappe.generate_hash(length=8)}", **values}
	)
	return doc.insert(ignore_permissions=True)


def assign(doctype: str, name: str, *users: str) -> None:
	"""Give users an open assignment to a record, as the framework keeps it."""
	for user_name in users:
		frappe.get_doc(
			{
				"doctype": "ToDo",
				"reference_type": doctype,
				"reference_name": name,
				"allocated_to": user_name,
				"description": "Please look at this",
			}
		).insert(ignore_permissions=True)


def customer() -> str:
	doc = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": f"Access customer {frappe.generate_hash(length=8)}",
			"customer_type": "Company",
			"customer_group": frappe.get_all("Customer Group", {"is_group": 0}, pluck="name", limit=1)[0],
			"territory": frappe.get_all("Territory", {"is_group": 0}, pluck="name", limit=1)[0],
		}
	)
	return doc.insert(ignore_permissions=True).name


def opportunity(**values: Any) -> Any:
	"""A new opportunity in the first stage."""
	doc = frappe.get_doc(
		{
			"doctype": "Sky Opportunity",
			"title": f"Cơ hội {next(_number)}",
			"customer": values.pop("customer", None) or customer(),
			"stage": "Prospecting",
			**values,
		}
	)
	return doc.insert(ignore_permissions=True)


def set_default_access(doctype: str, access: str | None) -> None:
	"""Set the org-wide default of a DocType; None takes its row away."""
	settings = frappe.get_doc("Sky CRM Settings")
	settings.access_defaults = [row for row in settings.access_defaults if row.document_type != doctype]
	if access:
		settings.append("access_defaults", {"document_type": doctype, "access": access})
	settings.save(ignore_permissions=True)


@contextmanager
def acting_as(name: str) -> Iterator[None]:
	"""Work as this user."""
	before = frappe.session.user
	frappe.set_user(name)
	try:
		yield
	finally:
		frappe.set_user(before)


def listed(doctype: str, user: str, names: list[str]) -> set[str]:
	"""Which of these a list shows to a user."""
	with acting_as(user):
		return set(
			frappe.get_list(doctype, filters={"name": ("in", names)}, pluck="name", limit_page_length=0)
		)


def readable(doctype: str, user: str, names: list[str], ptype: str = "read") -> set[str]:
	"""Which of these a user may open, or may do something else with."""
	return {
		name
		for name in names
		if frappe.has_permission(doctype, ptype, doc=frappe.get_doc(doctype, name), user=user)
	}


def record(doctype: str, responsible: str, team: str | None = None, owner: str | None = None) -> str:
	"""A new lead or opportunity that is theirs, and of this team and maker whatever a save would fill in."""
	field = DOCTYPES[doctype]
	doc = (lead if doctype == "Sky Lead" else opportunity)(**{field: responsible})
	frappe.db.set_value(doctype, doc.name, {"team": team, "owner": owner or responsible, field: responsible})
	return doc.name


def clean_up() -> None:
	"""After a test that wrote without committing."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.clear_messages()
	frappe.local.role_permissions = {}
	# What was cached from rolled back rows.
	frappe.clear_document_cache("Sky CRM Settings", "Sky CRM Settings")
	frappe.cache.delete_value("sky_team_of_user")
	facts.forget()
	for doctype in ("Sky Lead", "Sky Opportunity"):
		frappe.cache.hdel("workflow", doctype)
