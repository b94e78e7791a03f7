"""The list of leads for people whom the rule limits, beside the same list for an administrator, among many leads."""

from __future__ import annotations

import bulk_rows
from common import Figure, paired_ms
from looking_up import Desk

import frappe

from skycrm.permissions import facts

MANAGER, REP, NOBODY = (
	"load-manager@example.com",
	"load-rep@example.com",
	"load-nobody@example.com",
)
TEAMS, MANAGED = 500, 50


def measure(rows: int, url: str, host: str) -> list[Figure]:
	"""Lists of 20 as the desk asks for them, newest first; the peer is the same list for an administrator.

	Over HTTP, as somebody gets them, and in this process, without everything else that a request costs.
	"""
	user = frappe.session.user
	frappe.set_user("Administrator")
	bulk_rows.fill_sky_leads(rows)
	make_people()
	spread_over_teams()
	try:
		return [
			served(
				f"list of 20 over HTTP among {rows:,}: manager of {MANAGED} teams",
				MANAGER,
				url,
				host,
			),
			served(
				f"list of 20 over HTTP among {rows:,}: member of 1 team of {TEAMS}",
				REP,
				url,
				host,
			),
			served(
				f"list of 20 over HTTP among {rows:,}: somebody who sees none",
				NOBODY,
				url,
				host,
			),
			limited(f"list of 20 among {rows:,}: manager of {MANAGED} teams", MANAGER),
			limited(f"list of 20 among {rows:,}: member of 1 team of {TEAMS}", REP),
			limited(
				f"list of 20 with a status among {rows:,}: manager of {MANAGED} teams",
				MANAGER,
				status="New",
			),
		]
	finally:
		frappe.set_user(user)


def make_people() -> None:
	for name in (MANAGER, REP, NOBODY):
		if not frappe.db.exists("User", name):
			frappe.get_doc(
				{
					"doctype": "User",
					"email": name,
					"first_name": name.split("@")[0],
					"send_welcome_email": 0,
					"roles": [{"role": "Sky Sales User"}],
				}
			).insert()
	if not frappe.db.exists("Sky Team", "Load Top"):
		top = frappe.get_doc(
			{
				"doctype": "Sky Team",
				"team_name": "Load Top",
				"is_group": 1,
				"manager": MANAGER,
			}
		).insert()
		for number in range(TEAMS):
			frappe.get_doc(
				{
					"doctype": "Sky Team",
					"team_name": team(number),
					"parent_sky_team": top.name if number < MANAGED - 1 else None,
					"members": [{"user": REP}] if number == TEAMS - 1 else [],
				}
			).insert()
	frappe.db.commit()


def team(number: int) -> str:
	return f"Load Team {number:03d}"


def spread_over_teams() -> None:
	"""Every lead into one of the teams, by its number: old and new ones alike."""
	if frappe.db.exists("Sky Lead", {"team": team(TEAMS - 1)}):
		return
	frappe.db.sql(
		f"""update `tabSky Lead` set
			team = concat('Load Team ', lpad(mod(cast(right(name, 8) as unsigned) * 7919, {TEAMS}), 3, '0'))
		where name like 'SKY-LEAD-LOAD-%%'"""
	)
	frappe.db.commit()
	frappe.db.sql_ddl("analyze table `tabSky Lead`")


def served(name: str, user: str, url: str, host: str) -> Figure:
	desks = {who: Desk(url, host, token_of(who)) for who in (user, "Administrator")}
	ours, peer = paired_ms(
		lambda: desks[user].list_view("Sky Lead", []),
		lambda: desks["Administrator"].list_view("Sky Lead", []),
		40,
	)
	goal = "<= 2x" if user == MANAGER else ""
	return Figure(
		f"{name}, peer: administrator",
		ours,
		peer,
		"ms",
		goal,
		met=ours <= 2 * peer if goal else None,
	)


def token_of(user: str) -> str:
	"""`key:secret` of a user, new."""
	doc = frappe.get_doc("User", user)
	secret = frappe.generate_hash(length=15)
	doc.api_key, doc.api_secret = doc.api_key or frappe.generate_hash(length=15), secret
	doc.save(ignore_permissions=True)
	frappe.db.commit()
	return f"{doc.api_key}:{secret}"


def limited(name: str, user: str, **filters: str) -> Figure:
	def rows() -> list:
		# Each call is a request of its own: nothing of the one before is kept.
		facts.forget()
		found = frappe.get_list(
			"Sky Lead",
			fields=[
				"name",
				"lead_name",
				"organization",
				"status",
				"lead_owner",
				"modified",
			],
			filters=filters,
			order_by="modified desc",
			limit_page_length=20,
		)
		assert len(found) == 20
		return found

	def as_user(who: str):
		def ask() -> list:
			frappe.session.user = who
			return rows()

		return ask

	ours, peer = paired_ms(as_user(user), as_user("Administrator"), 30)
	frappe.session.user = "Administrator"
	# The goal is the manager's; a rep's list is shown beside it.
	goal = "<= 2x" if user == MANAGER else ""
	met = ours <= 2 * peer if goal else None
	return Figure(f"{name}, peer: administrator", ours, peer, "ms", goal, met=met)
