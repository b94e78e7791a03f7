"""Which team a person works in, answered from the cache: asked on every new lead and opportunity."""

import frappe

CACHE_KEY = "sky_team_of_user"
NO_TEAM = ""


def team_of(user: str | None) -> str | None:
	"""The team that a new record of this person belongs to.

	A member's team comes first, the deepest one in the tree; somebody who is in none but manages one works in that.

	Args:
		user: name of a User; None and unknown people have no team.

	Returns:
		Name of a Sky Team, or None.
	"""
	if not user:
		return None
	return frappe.cache.hget(CACHE_KEY, user, lambda: _read_team_of(user)) or None


def clear_team_cache() -> None:
	"""Forget who works where; called whenever a team changes."""
	frappe.cache.delete_value(CACHE_KEY)


def _read_team_of(user: str) -> str:
	member = frappe.qb.DocType("Sky Team Member")
	team = frappe.qb.DocType("Sky Team")
	rows = (
		frappe.qb.from_(member)
		.join(team)
		.on(team.name == member.parent)
		.where((member.user == user) & (member.parenttype == "Sky Team"))
		.orderby(team.lft, order=frappe.qb.desc)
		.select(team.name)
		.limit(1)
		.run(pluck=True)
	) or frappe.get_all("Sky Team", filters={"manager": user}, order_by="lft", limit=1, pluck="name")
	return rows[0] if rows else NO_TEAM
