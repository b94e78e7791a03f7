"""Giving leads out in the background: those that wait for somebody, those of an import, and telling the new owners."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

import frappe
from frappe import _

from skycrm.services import assignment, assignment_log, assignment_messages
from skycrm.services.assignment_dealer import Dealer
from skycrm.services.assignment_rules import NEXT_RULE, enabled_rules

WAITING_JOB = "skycrm_assign_waiting"


def assign_waiting() -> None:
	"""Give waiting leads out if somebody is free by now. Every five minutes; a run that is killed is made up by the next."""
	frappe.set_user("Administrator")
	_forget_settled()
	rules = enabled_rules()
	trial = Dealer(is_real=False)
	free = {rule.name for rule in rules if trial.draw(rule).chosen}
	if not free:
		return
	# A rule that hands on to the next one is not where its leads wait.
	everybody = any(rule.name in free and rule.fallback == NEXT_RULE for rule in rules)
	filters = {"is_waiting": 1} if everybody else {"is_waiting": 1, "rule": ("in", sorted(free))}
	names = frappe.get_all("Sky Assignment Log", filters=filters, order_by="decided_on", pluck="lead")
	assign(names, again=True)


def assign(names: Sequence[str], again: bool = False) -> None:
	"""Give leads out by the rules, committing in parts: a kill loses one part, and the same call finishes.

	Args:
		names: of Sky Leads.
		again: they have been waiting already.
	"""
	wanted = iter(dict.fromkeys(names))
	while part := list(islice(wanted, assignment.BATCH)):
		assignment.assign_many(part, again=again)
		# Each part stands on its own and gives its locks back.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit


def tell_owners(names: Sequence[str]) -> None:
	"""Tell the owners of leads that were given to them: one by one for a few, in one word for many."""
	frappe.set_user("Administrator")
	rows = frappe.get_all("Sky Lead", filters={"name": ("in", list(names))}, fields=["name", "lead_owner"])
	by_owner: dict[str, list[str]] = defaultdict(list)
	for row in rows:
		if row.lead_owner:
			by_owner[row.lead_owner].append(row.name)
	for owner, leads in by_owner.items():
		assignment_messages.tell(
			owner, leads, "sky_lead_given", lambda count: _("{0} leads were given to you.").format(count)
		)


def _forget_settled() -> None:
	"""Leads that got an owner otherwise, or were finished, wait no longer. One statement."""
	log = frappe.qb.DocType("Sky Assignment Log")
	lead = frappe.qb.DocType("Sky Lead")
	settled = (
		frappe.qb.from_(log)
		.left_join(lead)
		.on(lead.name == log.lead)
		.select(log.lead)
		.where(log.is_waiting == 1)
		.where(
			lead.name.isnull()
			| (lead.lead_owner.isnotnull() & (lead.lead_owner != ""))
			| lead.status.isin(["Converted", "Unqualified"])
		)
		.run(pluck=True)
	)
	assignment_log.end_waiting(settled)
	# Said once, whatever becomes of the leads that are given out afterwards.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
