"""The person's own users. Who works here keeps the account; a customer's login is closed and loses its name."""

from collections.abc import Iterable

import frappe

# What a user is: works here, has a login to the website alone, or one with roles of its own.
STAFF, PORTAL, PORTAL_ROLES = "staff", "portal", "portal_roles"
STANDARD = frozenset({"Administrator", "Guest"})
# Roles that the website gives to customers and suppliers by itself
PORTAL_ONLY = frozenset({"All", "Guest", "Customer", "Supplier"})
WEBSITE_USER = "Website User"


def find(addresses: Iterable[str]) -> dict[str, str]:
	"""User → what they are, for users under some addresses. Two queries."""
	wanted = sorted(set(addresses))
	if not wanted:
		return {}
	rows = frappe.get_all(
		"User",
		filters={"name": ("not in", sorted(STANDARD))},
		or_filters=[["User", "name", "in", wanted], ["User", "email", "in", wanted]],
		fields=["name", "user_type"],
	)
	if not rows:
		return {}
	names = [row.name for row in rows]
	roles = frappe.get_all("Has Role", {"parenttype": "User", "parent": ("in", names)}, ["parent", "role"])
	more = {row.parent for row in roles if row.role not in PORTAL_ONLY}
	employed = set(frappe.get_all("Employee", {"user_id": ("in", names)}, pluck="user_id"))
	kinds: dict[str, str] = {}
	for row in rows:
		if row.user_type != WEBSITE_USER or row.name in employed:
			kinds[row.name] = STAFF
		else:
			kinds[row.name] = PORTAL_ROLES if row.name in more else PORTAL
	return kinds


def addresses_of(users: Iterable[str]) -> set[str]:
	"""Addresses under which users work."""
	names = sorted(users)
	rows = frappe.get_all("User", {"name": ("in", names)}, ["name", "email"]) if names else []
	return {address for row in rows for address in (row.name, row.email) if address}


def roles_of(user: str) -> list[str]:
	"""Roles of a user that the website does not give by itself."""
	rows = frappe.get_all("Has Role", {"parenttype": "User", "parent": user}, pluck="role")
	return sorted(set(rows) - PORTAL_ONLY)
