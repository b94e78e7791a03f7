"""How often a form was filled in, and what came of it.

Leads are counted from the stored submissions. Who was turned away leaves no record, or a flood would fill the tables:
that is counted in Redis and written into the form once an hour. Counters in the row of the form would make every two
visitors wait for each other.
"""

from collections import Counter

import frappe
from frappe.utils import cint

FORM, SUBMISSION = "Sky Web Form", "Sky Form Submission"
BLOCKED = "skycrm_form_blocked"
FIELDS = {"New Lead": "leads_made", "Known Person": "leads_attached"}


def note_blocked(form: str) -> None:
	"""Somebody was turned away."""
	frappe.cache.hincrby(_key(BLOCKED), form, 1)


def blocked_since(form: str) -> int:
	"""Turned away and not yet written into the form."""
	return cint(frappe.cache.execute_command("HGET", _key(BLOCKED), form))


def of_form(form: str) -> dict[str, int]:
	"""The counts of one form as they are now."""
	return _counts(form).get(form) or _nothing()


def store() -> None:
	"""Write the counts into all forms that changed, for the list; run once an hour."""
	for form, blocked in _take_blocked().items():
		table = frappe.qb.DocType(FORM)
		frappe.qb.update(table).set(table.blocked, table.blocked + blocked).where(table.name == form).run()
		frappe.clear_document_cache(FORM, form)
	stored = frappe.get_all(FORM, fields=["name", "submissions", *FIELDS.values()])
	counts = _counts()
	for row in stored:
		now = counts.get(row.name) or _nothing()
		if any(cint(row.get(field)) != number for field, number in now.items()):
			frappe.db.set_value(FORM, row.name, now, update_modified=False)


def _counts(form: str | None = None) -> dict[str, dict[str, int]]:
	table = frappe.qb.DocType(SUBMISSION)
	query = (
		frappe.qb.from_(table)
		.select(table.form, table.status, frappe.query_builder.functions.Count("*"))
		.groupby(table.form, table.status)
	)
	if form:
		query = query.where(table.form == form)
	found: dict[str, dict[str, int]] = {}
	for name, status, number in query.run():
		counts = found.setdefault(name, _nothing())
		counts["submissions"] += number
		if field := FIELDS.get(status):
			counts[field] += number
	return found


def _nothing() -> dict[str, int]:
	return {"submissions": 0, **dict.fromkeys(FIELDS.values(), 0)}


def _take_blocked() -> Counter[str]:
	"""Read and empty the counters in one step, so that nobody is counted twice or lost between."""
	taken = f"{BLOCKED}:{frappe.generate_hash(length=8)}"
	if not frappe.cache.exists(BLOCKED):
		return Counter()
	frappe.cache.rename(_key(BLOCKED), _key(taken))
	rows = frappe.cache.execute_command("HGETALL", _key(taken))
	frappe.cache.execute_command("DEL", _key(taken))
	return Counter({name.decode(): int(number) for name, number in dict(rows).items()})


def _key(name: str) -> bytes | str:
	return frappe.cache.make_key(name)
