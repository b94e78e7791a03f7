"""What happened with leads, read for many at once: arrivals, messages, calls and meetings, products asked about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pypika.functions import Count

import frappe
from frappe.model.document import Document
from frappe.utils import get_datetime

from skycrm.domain import scoring
from skycrm.domain.scoring import Facts, Rule, Sign
from skycrm.services import scoring_rules

# What a rule may need beside the fields that it names
KEYS = ("email_key", "phone_key", "tax_key", "source")
# How a message was exchanged → what it was; everything else was written, by us or by them.
MEDIA = {
	"Phone": scoring.CALL,
	"Meeting": scoring.MEETING,
	"Visit": scoring.MEETING,
	"Event": scoring.MEETING,
}


def needs_signs(rules: Sequence[Rule]) -> bool:
	"""Whether any rule looks at what happened."""
	return any(rule.kind in scoring.KINDS_ABOUT_SIGNS for rule in rules)


def facts_of(lead: Document, rules: Sequence[Rule], now: datetime) -> Facts:
	"""Facts of a lead in memory. Two queries when it is stored and a rule looks at what happened, none else."""
	signs: Sequence[Sign] = ()
	if not lead.is_new() and needs_signs(rules):
		signs = signs_of([lead.name]).get(lead.name, ())
	fields = scoring_rules.fields_used(rules).union(KEYS)
	values = scoring.derive({field: lead.get(field) for field in fields}, len(lead.get("items") or []))
	return Facts(values, get_datetime(lead.get("creation") or now), signs)


def facts_of_rows(rows: Sequence[Mapping[str, Any]], rules: Sequence[Rule]) -> dict[str, Facts]:
	"""Facts of stored leads: three queries however many they are.

	Args:
		rows: leads with `name`, `creation`, KEYS and the fields that the rules read.
	"""
	names = [row["name"] for row in rows]
	signs = signs_of(names) if needs_signs(rules) else {}
	items = item_counts(names)
	return {
		row["name"]: Facts(
			scoring.derive(row, items.get(row["name"], 0)),
			get_datetime(row["creation"]),
			signs.get(row["name"], ()),
		)
		for row in rows
	}


def item_counts(names: Sequence[str]) -> dict[str, int]:
	"""Lead → how many products it asks about; leads without any are left out."""
	item = frappe.qb.DocType("Sky Lead Item")
	query = (
		frappe.qb.from_(item)
		.select(item.parent, Count(item.name))
		.where((item.parenttype == "Sky Lead") & item.parent.isin(list(names)))
		.groupby(item.parent)
	)
	return dict(query.run()) if names else {}


def signs_of(names: Sequence[str]) -> dict[str, list[Sign]]:
	"""Lead → what happened with it. Two queries: arrivals after the first one, and messages, calls and meetings."""
	found: dict[str, list[Sign]] = defaultdict(list)
	if not names:
		return found
	for lead, on, door in _touches(names):
		found[lead].append(Sign(scoring.TOUCH, on, door or ""))
	for lead, on, medium, direction in _messages(names):
		kind = MEDIA.get(medium) or (scoring.RECEIVED if direction == "Received" else scoring.SENT)
		found[lead].append(Sign(kind, on))
	return found


def _touches(names: Sequence[str]) -> list[tuple]:
	touch = frappe.qb.DocType("Sky Lead Touch")
	return (
		frappe.qb.from_(touch)
		.select(touch.lead, touch.received_on, touch.door)
		# The first arrival is the making of the lead.
		.where(touch.lead.isin(list(names)) & (touch.first == 0) & touch.received_on.isnotnull())
		.run()
	)


def _messages(names: Sequence[str]) -> list[tuple]:
	# A union, so that each half uses an index of its own: about the lead, and about something else that names the lead
	# (an event with the lead as participant).
	return frappe.db.sql(  # nosemgrep: frappe-using-db-sql
		"""
		select `reference_name`, `communication_date`, `communication_medium`, `sent_or_received`
		from `tabCommunication`
		where `reference_doctype` = 'Sky Lead' and `reference_name` in %(names)s
			and `communication_type` = 'Communication' and `communication_date` is not null
		union all
		select `link`.`link_name`, `message`.`communication_date`, `message`.`communication_medium`,
			`message`.`sent_or_received`
		from `tabCommunication Link` `link`
		join `tabCommunication` `message` on `message`.`name` = `link`.`parent`
		where `link`.`link_doctype` = 'Sky Lead' and `link`.`link_name` in %(names)s
			and `message`.`communication_type` = 'Communication' and `message`.`communication_date` is not null
			and not (`message`.`reference_doctype` <=> 'Sky Lead'
				and `message`.`reference_name` <=> `link`.`link_name`)
		""",
		{"names": tuple(names)},
	)
