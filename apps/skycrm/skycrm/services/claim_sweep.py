"""What time does to claimed leads: work makes the hold longer, notice is given before it ends, then the lead goes back.

Set-wise and in batches; every step looks for what is to be done now, so it may run at any time and again after a kill.
What people do with a lead (messages, comments, new arrivals) is not written into the lead when it happens: it is looked
up here, for the few leads whose time is nearly up.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

import frappe
from frappe.utils import cint, get_datetime, now_datetime

from skycrm.domain import claiming
from skycrm.services import audit, claim_ledger
from skycrm.services.conversion_lock import lock_leads
from skycrm.services.teams import team_of

LEAD, CLAIM = "Sky Lead", "Sky Claim"
BATCH = 500
# (DocType, fields that name the lead, what makes a row count)
ACTIVITIES: tuple[tuple[str, dict[str, str], str], ...] = (
	("Communication", {"reference_doctype": LEAD}, "reference_name"),
	("Comment", {"reference_doctype": LEAD, "comment_type": "Comment"}, "reference_name"),
	("Sky Lead Touch", {}, "lead"),
)


def extend_due(now: datetime | None = None) -> int:
	"""Make the hold longer of leads that are due soon and were worked on; returns how many. Five statements per batch."""
	now = now or now_datetime()
	horizon = now + timedelta(hours=max(_notice_hours(), 1))
	extended = 0
	for names in _batches(horizon):
		rows = frappe.get_all(
			LEAD,
			filters={"name": ("in", names), "held_until": ("is", "set")},
			fields=["name", "held_until", "next_contact_on"],
		)
		activity = last_activity([row.name for row in rows])
		longer = {}
		for row in rows:
			until = _until(row, activity.get(row.name))
			if until and until > row.held_until:
				longer[row.name] = until
		if longer:
			_set_until(longer)
		extended += len(longer)
	return extended


def return_expired(now: datetime | None = None) -> list[str]:
	"""Give leads back to the pool whose time is up; returns their names. Call `extend_due` before.

	Each batch locks its leads, so a claim or a save at the same moment comes before or after, never in between.
	"""
	now = now or now_datetime()
	returned: list[str] = []
	for due in _batches(now):
		rows = [row for row in lock_leads(due) if row.held_until and row.held_until < now]
		names = [row.name for row in rows]
		if not names:
			continue
		pools = dict(
			frappe.get_all(
				CLAIM,
				filters={"lead": ("in", names), "ended_on": ("is", "not set")},
				fields=["lead", "team"],
				as_list=True,
			)
		)
		alike: dict[str | None, list[str]] = {}
		for row in rows:
			alike.setdefault(pools.get(row.name) or row.team or team_of(row.lead_owner), []).append(row.name)
		lead = frappe.qb.DocType(LEAD)
		for team, some in alike.items():
			frappe.qb.update(lead).set(lead.lead_owner, None).set(lead.held_until, None).set(
				lead.team, team
			).set(lead.modified, now_datetime()).set(lead.modified_by, frappe.session.user).where(
				lead.name.isin(some)
			).run()
		audit.note_owners(LEAD, "lead_owner", {row.name: (row.lead_owner, None) for row in rows})
		claim_ledger.end(names, "Expired")
		for name in names:
			frappe.clear_document_cache(LEAD, name)
		returned += names
	return returned


def due_for_notice(now: datetime | None = None) -> list[str]:
	"""Leads that go back soon and whose owner was not told yet; they count as told from here on. Two statements."""
	now = now or now_datetime()
	hours = _notice_hours()
	if not hours:
		return []
	lead = frappe.qb.DocType(LEAD)
	claim = frappe.qb.DocType(CLAIM)
	rows = (
		frappe.qb.from_(claim)
		.join(lead)
		.on(lead.name == claim.lead)
		.select(claim.name, claim.lead)
		.where(claim.ended_on.isnull() & claim.warned_on.isnull())
		.where((lead.held_until > now) & (lead.held_until <= now + timedelta(hours=hours)))
		.limit(BATCH)
		.run()
	)
	if rows:
		frappe.qb.update(claim).set(claim.warned_on, now).where(
			claim.name.isin([name for name, _lead in rows])
		).run()
	return [found for _name, found in rows]


def note_first_contacts() -> None:
	"""Fill in when the holder first wrote to, or noted something about, a lead they hold. One statement per kind."""
	for doctype, sent in (("Communication", "and `done`.`sent_or_received` = 'Sent'"), ("Comment", "")):
		of_kind = "and `done`.`comment_type` = 'Comment'" if doctype == "Comment" else ""
		# An update from a subquery on another table, which the query builder cannot say; the parts are constants above.
		frappe.db.sql(  # nosemgrep: frappe-using-db-sql
			f"""update `tabSky Claim` `claim` join (
				select `open`.`name`, min(`done`.`creation`) as `first_on` from `tabSky Claim` `open`
				join `tab{doctype}` `done` on `done`.`reference_doctype` = 'Sky Lead'
					and `done`.`reference_name` = `open`.`lead` and `done`.`creation` >= `open`.`claimed_on`
					and `done`.`owner` = `open`.`user` {sent} {of_kind}
				where `open`.`ended_on` is null and `open`.`first_contact_on` is null group by `open`.`name`
			) `found` on `found`.`name` = `claim`.`name`
			set `claim`.`first_contact_on` = `found`.`first_on`"""
		)


def last_activity(leads: Collection[str]) -> Mapping[str, datetime]:
	"""When something last happened with each of these leads: messages, comments, arrivals, and the claim itself."""
	found: dict[str, datetime] = {}
	kinds = [
		(doctype, filters, field) for doctype, filters, field in ACTIVITIES if frappe.db.table_exists(doctype)
	]
	kinds.append((CLAIM, {}, "lead"))
	for doctype, filters, field in kinds:
		rows = frappe.get_all(
			doctype,
			filters={**filters, field: ("in", list(leads)), **_open_only(doctype)},
			fields=[f"{field} as lead", "max(creation) as latest"],
			group_by=field,
			order_by=None,
		)
		for row in rows:
			found[row.lead] = max(found.get(row.lead, row.latest), row.latest)
	return found


def _open_only(doctype: str) -> dict:
	return {"ended_on": ("is", "not set")} if doctype == CLAIM else {}


def _until(row: frappe._dict, latest: datetime | None) -> datetime | None:
	settings = frappe.get_cached_doc("Sky CRM Settings")
	if not latest:
		return None
	return claiming.held_until(
		get_datetime(latest).replace(microsecond=0),
		cint(settings.claim_days),
		get_datetime(row.next_contact_on) if row.next_contact_on else None,
		cint(settings.claim_longest_days),
	)


def _batches(before: datetime) -> Iterator[list[str]]:
	"""Names of the leads that are held and due before a moment, in batches; by the index on `held_until`."""
	names = frappe.get_all(
		LEAD, filters={"held_until": ("<", before)}, order_by="held_until", pluck="name", ignore_ifnull=True
	)
	for start in range(0, len(names), BATCH):
		yield names[start : start + BATCH]


def _set_until(longer: Mapping[str, datetime]) -> None:
	"""Store new ends on leads and on their open claims; the leads count as unchanged, for nobody has edited them."""
	by_moment: dict[datetime, list[str]] = {}
	for name, until in longer.items():
		by_moment.setdefault(until, []).append(name)
	lead, claim = frappe.qb.DocType(LEAD), frappe.qb.DocType(CLAIM)
	for until, names in by_moment.items():
		frappe.qb.update(lead).set(lead.held_until, until).where(lead.name.isin(names)).run()
		frappe.qb.update(claim).set(claim.held_until, until).set(claim.warned_on, None).where(
			claim.lead.isin(names) & claim.ended_on.isnull()
		).run()


def _notice_hours() -> int:
	return cint(frappe.get_cached_doc("Sky CRM Settings").claim_notice_hours)
