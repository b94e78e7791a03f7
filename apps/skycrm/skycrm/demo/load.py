"""Loads the demo firm through the product's own services, as the people who would have done each step.

Used by bin/up on a fresh site: `bench --site X execute skycrm.demo.load.load`.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, getdate, now_datetime, nowdate

from skycrm.demo import (
	answers,
	backdate,
	doors,
	due,
	fair,
	learning,
	mailbox,
	masters,
	partner,
	pool,
	poor,
	privacy,
	selling,
	sharing,
)
from skycrm.demo.people import PASSWORD, PEOPLE
from skycrm.demo.plan import Plan, make_plan

MARKER = "skycrm_demo_loaded"
# Records that only a business makes: one of them means that the site is in use.
REAL_DATA = (
	"Customer",
	"Supplier",
	"Item",
	"Quotation",
	"Sales Order",
	"Sales Invoice",
	"Purchase Order",
	"Lead",
	"Opportunity",
	"Sky Lead",
	"Sky Opportunity",
)

Progress = Callable[[int, int, str], None]


class DemoRefused(frappe.ValidationError):
	"""The site holds data of its own."""


def load(progress: Progress | None = None) -> dict[str, Any]:
	"""Fills an unused site with a year of business; a second call changes nothing.

	Args:
		progress: called with (done, total, what) as the work goes on.
	Returns:
		Counts per DocType and "already" when the site held the demo before.
	Raises:
		DemoRefused: the site holds records that the demo did not make.
	"""
	if frappe.db.get_default(MARKER):
		return {"already": True, **counts()}
	refuse_on_real_data()
	tell = progress or _print_progress
	today = getdate(nowdate())
	plan = make_plan()
	user = frappe.session.user
	mails_were_muted = frappe.flags.mute_emails
	frappe.flags.mute_emails = True  # nobody of the demo firm exists
	try:
		masters.speak_vietnamese()
		masters.make(today, tell)
		leads = selling.make_leads(plan, today, tell)
		opportunities = selling.make_opportunities(plan, leads, today, tell)
		frappe.set_user("Administrator")
		backdate.shift(plan, leads, opportunities, today)
		work_on_leads(plan, leads, today, tell)
		frappe.db.set_default(MARKER, str(add_days(today, 0)))
		# The command line calls this, and there is no request that would commit.
		frappe.db.commit()
	finally:
		frappe.set_user(user)
		frappe.flags.mute_emails = mails_were_muted
	return {"already": False, **counts()}


def work_on_leads(plan: Plan, leads: dict[int, str], today: date, tell: Progress) -> None:
	"""What leads live through besides selling: every door, claims, answers, merges, scores, and what is due.

	Args:
		plan: the year.
		leads: names of the leads by their number in the plan.
		today: the day on which the demo is loaded.
	"""
	now = now_datetime()
	steps: tuple[Callable[[], None], ...] = (
		lambda: doors.make(today),
		fair.make,
		partner.make,
		lambda: mailbox.make(now),
		lambda: pool.make(now),
		lambda: answers.make(plan, leads),
		poor.make,
		lambda: backdate.arrivals(now),
		learning.make,
		lambda: backdate.leave_alone(plan, leads, today),
		privacy.make,
		sharing.share_with_marketing,
		lambda: due.make(today),
	)
	for number, step in enumerate(steps, start=1):
		step()
		tell(number, len(steps), "lead features")
	frappe.set_user("Administrator")


def refuse_on_real_data() -> None:
	"""Raises DemoRefused when any record of a business exists."""
	for doctype in REAL_DATA:
		if frappe.db.exists(doctype, {}):
			frappe.throw(
				_(
					"Demo data can only be loaded on an unused site, and this one holds {0} records. Make a new site for the demo."
				).format(_(doctype)),
				DemoRefused,
			)


def logins() -> list[dict[str, Any]]:
	"""The people of the demo with password and roles, for `bin/up` to show; [] where no demo is loaded."""
	if not frappe.db.get_default(MARKER):
		return []
	return [
		{
			"user": person.email,
			"password": PASSWORD,
			"roles": [role for role in person.roles if role.startswith("Sky ")],
		}
		for person in PEOPLE
	]


def counts() -> dict[str, int]:
	"""How many records of each main kind the site holds."""
	kinds = (
		*REAL_DATA[:1],
		"Item",
		"Sky Lead",
		"Sky Opportunity",
		"Quotation",
		"Sales Order",
		"Sales Invoice",
	)
	return {doctype: frappe.db.count(doctype) for doctype in kinds}


def _print_progress(done: int, total: int, what: str) -> None:
	print(f"demo: {what} {done}/{total}", flush=True)
